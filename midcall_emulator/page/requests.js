// The requests to the app: a line for each, everything about it on demand, and what there was to complain about.

import { arrange, h, say } from "./dom.js";
import { moment } from "./virtual-time.js";

const USUAL = new Set([
  "CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction", "CallStatus",
  "CallerCity", "CallerState", "CallerZip", "CallerCountry", "FromCity", "FromState", "FromZip", "FromCountry",
  "CalledCity", "CalledState", "CalledZip", "CalledCountry", "ToCity", "ToState", "ToZip", "ToCountry",
]);

/** Show a call's requests in a list. */
export function showRequests(list, requests) {
  const seen = new Map();
  const named = requests.map((item) => {
    const name = `${item.idempotency_token} ${item.url}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return { item, key: `${seen.get(name)} ${name}` };
  });
  arrange(list, named, { key: (entry) => entry.key, make: () => h("li", {}, row()), update });
}

/** Show a call's warnings and errors in a list. */
export function showWarnings(list, warnings) {
  arrange(list, warnings.map((item, index) => ({ item, key: `${index}` })), {
    key: (entry) => entry.key,
    make: ({ item }) => warning(item),
  });
}

function row() {
  return h("details", {}, h("summary", {}, ...["at", "outcome", "what", "kind", "ms"].map((name) => h("span", { class: name }))));
}

function update(child, { item }) {
  const shown = JSON.stringify([item.status, item.error, item.discarded, item.at, item.milliseconds, item.response]);
  if (child.shown === shown) return;
  child.shown = shown;
  const [sign, word, sort] = outcome(item);
  const set = (name, text) => say(child.querySelector(`.${name}`), text);
  child.className = sort;
  set("at", moment(item.at));
  set("outcome", `${sign} ${word}`);
  set("what", `${item.method} ${path(item.url)}`);
  set("kind", item.discarded ? `${item.kind}, too late` : item.kind);
  set("ms", settled(item) ? `${item.milliseconds} ms` : "");
  const details = child.firstElementChild;
  while (details.children.length > 1) details.lastElementChild.remove();
  details.append(everything(item));
}

const settled = (item) => item.status !== null || item.error !== null;

function outcome(item) {
  if (item.discarded) return ["⊘", item.status ?? "late", "quiet"];
  if (item.error) return ["✕", item.status ?? "no answer", "bad"];
  if (item.status === null) return ["◔", "asks", "open"];
  return item.status < 400 ? ["✓", item.status, "good"] : ["✕", item.status, "bad"];
}

function path(url) {
  return url.replace(/^[a-z]+:\/\/[^/?#]+/i, "") || "/";
}

function everything(item) {
  const box = h("div", { class: "everything" });
  if (item.error) box.append(h("p", { class: "error" }, item.error));
  box.append(table("Request", [["URL", item.url], ["Signature", item.signature], ["Idempotency token", item.idempotency_token]]));
  const own = Object.entries(item.params).filter(([name]) => !USUAL.has(name));
  const usual = Object.entries(item.params).filter(([name, value]) => USUAL.has(name) && value);
  if (own.length) box.append(table("Parameters", own));
  if (usual.length) box.append(table(own.length ? "Sent with every request" : "Parameters", usual));
  if (item.response !== null) box.append(answer(item));
  return box;
}

function answer(item) {
  const text = item.response ? h("pre", { tabindex: "0" }, item.response) : h("p", { class: "quiet" }, "empty");
  return h("div", {}, h("h4", {}, "Answer ", h("small", {}, item.content_type ?? "")), text);
}

function table(title, pairs) {
  const rows = pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value === "" ? "empty" : String(value))));
  return h("div", {}, h("h4", {}, title), h("dl", {}, ...rows));
}

function warning(item) {
  const bad = item.level === "error";
  const head = h("b", {}, `${bad ? "✕ error" : "▲ warning"} ${item.code}`);
  return h("li", { class: bad ? "bad" : "warn" }, h("time", {}, moment(item.at)), head, h("span", {}, item.message), h("small", {}, item.url ? path(item.url) : ""));
}
