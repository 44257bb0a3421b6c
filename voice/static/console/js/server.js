// Asking our own server: the JSON API under /admin, and pages of the console.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** The address of a path of ours, below the prefix that Midcall is served at. */
export const address = (path) => meta("root") + path;

/** The JSON of `GET path`. Throws Refused, with the words of the API. */
export const get = (path) => asked(path, {});

/** The JSON of `POST path` with a JSON body (or another method). `key` makes a repeat harmless. */
export function send(path, body = {}, { method = "POST", key = null } = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": meta("csrf-token") };
  if (key) headers["Idempotency-Key"] = key;
  return asked(path, { method, headers, body: JSON.stringify(body) });
}

/** What the server said no with: `status`, `code`, `fields`, and a message for people. */
export class Refused extends Error {
  constructor(status, error) {
    super(error?.message ?? `The server answered ${status}.`);
    Object.assign(this, { status, code: error?.code, fields: error?.fields ?? [] });
  }
}

async function asked(path, options) {
  let answer;
  try {
    answer = await fetch(address(path), options);
  } catch {
    throw new Refused(0, { message: "The server cannot be reached." });
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Refused(answer.status, body?.error);
  return body;
}

/** A page of ours as a document that is not shown: `{page, moved}`, `moved` if the server led elsewhere. */
export async function page(href, options = {}) {
  const answer = await fetch(href, options);
  const text = await answer.text();
  return { page: new DOMParser().parseFromString(text, "text/html"), moved: answer.redirected, at: answer.url };
}
