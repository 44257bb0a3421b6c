// Requests to the emulator's own routes, and their refusals in words.

const ROOT = "_emulator";

async function request(method, path, body) {
  const wanted = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) wanted.body = JSON.stringify(body);
  let response;
  try {
    response = await fetch(ROOT + path, wanted);
  } catch {
    throw new Error("The emulator does not answer. Is it still running?");
  }
  const found = await response.json().catch(() => null);
  if (response.ok) return found;
  const said = found?.error?.message ?? `the emulator answered ${response.status}`;
  throw Object.assign(new Error(said[0].toUpperCase() + said.slice(1) + "."), { status: response.status });
}

export const overview = () => request("GET", "/overview");
export const call = (sid) => request("GET", `/calls/${sid}`);
export const act = (sid, what, body = {}) => request("POST", `/calls/${sid}/${what}`, body);
export const dial = (from, to) => request("POST", "/calls", { from, to });
export const clock = (body) => (body ? request("POST", "/clock", body) : request("GET", "/clock"));
export const everybody = (behaviour) => request("PUT", "/people", { behaviour });
export const point = (number, url) =>
  request("PUT", `/numbers/${encodeURIComponent(number)}`, { voice_url: url });

/** The stream of events after a number, as a response whose body is read as it comes. */
export const events = (after) => fetch(`${ROOT}/events?after=${after}`, { cache: "no-store" });
