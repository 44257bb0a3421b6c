// The requests to the app, one line each with all details on demand, and the warnings of the call.

import { arrange, h, setText } from "./dom.js";
import { format } from "./virtual-time.js";

const COMMON_PARAMETERS = new Set([
  "CallSid", "AccountSid", "From", "To", "Caller", "Called", "ApiVersion", "Direction", "CallStatus",
  "CallerCity", "CallerState", "CallerZip", "CallerCountry", "FromCity", "FromState", "FromZip", "FromCountry",
  "CalledCity", "CalledState", "CalledZip", "CalledCountry", "ToCity", "ToState", "ToZip", "ToCountry",
]);

/** Show a call's requests in a list. */
export function showRequests(list, requests) {
  const counts = new Map();
  const entries = requests.map((item) => {
    const name = `${item.idempotency_token} ${item.url}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return { item, key: `${counts.get(name)} ${name}` };
  });
  arrange(list, entries, { key: (entry) => entry.key, make: () => h("li", {}, row()), update });
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
  const [sign, word, style] = outcome(item);
  const set = (name, text) => setText(child.querySelector(`.${name}`), text);
  child.className = style;
  set("at", format(item.at));
  set("outcome", `${sign} ${word}`);
  set("what", `${item.method} ${pathOf(item.url)}`);
  set("kind", item.discarded ? `${item.kind}, too late` : item.kind);
  set("ms", isFinished(item) ? `${item.milliseconds} ms` : "");
  const details = child.firstElementChild;
  while (details.children.length > 1) details.lastElementChild.remove();
  details.append(requestDetails(item));
}

const isFinished = (item) => item.status !== null || item.error !== null;

function outcome(item) {
  if (item.discarded) return ["⊘", item.status ?? "late", "quiet"];
  if (item.error) return ["✕", item.status ?? "no response", "bad"];
  if (item.status === null) return ["◔", "waiting", "open"];
  return item.status < 400 ? ["✓", item.status, "good"] : ["✕", item.status, "bad"];
}

function pathOf(url) {
  return url.replace(/^[a-z]+:\/\/[^/?#]+/i, "") || "/";
}

function requestDetails(item) {
  const box = h("div", { class: "everything" });
  if (item.error) box.append(h("p", { class: "error" }, item.error));
  box.append(table("Request", [["URL", item.url], ["Signature", item.signature], ["Idempotency token", item.idempotency_token]]));
  const specific = Object.entries(item.params).filter(([name]) => !COMMON_PARAMETERS.has(name));
  const common = Object.entries(item.params).filter(([name, value]) => COMMON_PARAMETERS.has(name) && value);
  if (specific.length) box.append(table("Parameters", specific));
  if (common.length) box.append(table(specific.length ? "Common parameters" : "Parameters", common));
  if (item.response !== null) box.append(responseBox(item));
  return box;
}

function responseBox(item) {
  const text = item.response ? h("pre", { tabindex: "0" }, item.response) : h("p", { class: "quiet" }, "empty");
  return h("div", {}, h("h4", {}, "Response ", h("small", {}, item.content_type ?? "")), text);
}

function table(title, pairs) {
  const rows = pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value === "" ? "empty" : String(value))));
  return h("div", {}, h("h4", {}, title), h("dl", {}, ...rows));
}

function warning(item) {
  const isError = item.level === "error";
  const head = h("b", {}, `${isError ? "✕ error" : "▲ warning"} ${item.code}`);
  const url = h("small", {}, item.url ? pathOf(item.url) : "");
  return h("li", { class: isError ? "bad" : "warn" }, h("time", {}, format(item.at)), head, h("span", {}, item.message), url);
}
