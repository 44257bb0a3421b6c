// Requests to the emulator's control API. A failed request throws an Error with a message for the reader.

const ROOT = "_emulator";

async function request(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) options.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(ROOT + path, options);
  } catch {
    throw new Error("The emulator is not responding. Is it still running?");
  }
  const json = await response.json().catch(() => null);
  if (response.ok) return json;
  const message = json?.error?.message ?? `the emulator responded with ${response.status}`;
  throw Object.assign(new Error(message[0].toUpperCase() + message.slice(1) + "."), { status: response.status });
}

export const overview = () => request("GET", "/overview");
export const call = (sid) => request("GET", `/calls/${sid}`);
export const act = (sid, action, body = {}) => request("POST", `/calls/${sid}/${action}`, body);
export const dial = (from, to) => request("POST", "/calls", { from, to });
export const clock = (body) => (body ? request("POST", "/clock", body) : request("GET", "/clock"));
export const setDefaultBehavior = (behavior) => request("PUT", "/people", { behaviour: behavior });
export const setVoiceUrl = (number, url) =>
  request("PUT", `/numbers/${encodeURIComponent(number)}`, { voice_url: url });

/** The event stream after an event number, as a response whose body arrives piece by piece. */
export const events = (after) => fetch(`${ROOT}/events?after=${after}`, { cache: "no-store" });
