// Requests to this server: the JSON API under /admin, and pages of the console.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** The URL of a path, with the prefix under which Midcall is served. */
export const url = (path) => meta("root") + path;

/** Return the JSON answer of `GET path`. Throws RequestError with the API's message. */
export const getJson = (path) => request(path, {});

/** Return the JSON answer of `POST path` (or another method) with a JSON body. `key` makes a repeat harmless. */
export function sendJson(path, body = {}, { method = "POST", key = null } = {}) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": meta("csrf-token") };
  if (key) headers["Idempotency-Key"] = key;
  return request(path, { method, headers, body: JSON.stringify(body) });
}

/** An error answer of the API: `status`, `code`, `fields`, and a message for people. */
export class RequestError extends Error {
  constructor(status, error) {
    super(error?.message ?? `The server answered with status ${status}.`);
    Object.assign(this, { status, code: error?.code, fields: error?.fields ?? [] });
  }
}

async function request(path, options) {
  let answer;
  try {
    answer = await fetch(url(path), options);
  } catch {
    throw new RequestError(0, { message: "The server cannot be reached. Check your connection." });
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new RequestError(answer.status, body?.error);
  return body;
}

/** Fetch a page of the console: `{page, redirected, url}`; `page` is a document that is not displayed. */
export async function fetchPage(href, options = {}) {
  const answer = await fetch(href, options);
  const text = await answer.text();
  return { page: new DOMParser().parseFromString(text, "text/html"), redirected: answer.redirected, url: answer.url };
}
