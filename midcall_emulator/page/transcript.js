// What is heard on one phone, with what its person did, in the order in which it happened.

import { arrange, h } from "./dom.js";
import { playable } from "./audio.js";
import { moment } from "./virtual-time.js";
import { heard, isSpeech, number } from "./labels.js";

/** Show a call in a box with a list; return the items that were not there before. */
export function show(box, call, own, nameOf) {
  const fresh = [];
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  arrange(box.firstElementChild, keyed(merged(call.heard, own)), {
    key: (entry) => entry.key,
    make: ({ item }) => {
      fresh.push(item);
      return line(item, nameOf);
    },
  });
  if (fresh.length && atEnd) box.scrollTop = box.scrollHeight;
  return fresh;
}

function merged(all, own) {
  const items = [...all];
  let moved = 0;
  for (const item of own) {
    const later = items.findIndex((other) => other.at > item.at);
    const place = item.after === undefined ? (later < 0 ? items.length : later) : item.after + moved;
    items.splice(place, 0, item);
    moved += 1;
  }
  return items;
}

/** Name each item by what it is, so that it stays the same when older ones are forgotten. */
function keyed(items) {
  const seen = new Map();
  return items.map((item) => {
    const text = JSON.stringify(item);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return { item, key: `${times} ${text}` };
  });
}

function line(item, nameOf) {
  const mine = item.kind === "pressed" || item.kind === "spoke";
  const sort = mine ? "mine" : isSpeech(item) ? "words" : "sound";
  const made = h("li", { class: sort }, h("time", {}, moment(item.at)), h("span", { class: "what" }, ...parts(item, nameOf)));
  const note = remark(item);
  if (note) made.append(h("small", {}, note));
  const src = item.kind === "play" && playable(item.url);
  if (src) made.append(h("audio", { controls: true, preload: "none", src, "aria-label": "what was played" }));
  return made;
}

function parts(item, nameOf) {
  if (item.kind === "pressed") return [...item.digits].map((digit) => h("kbd", {}, digit));
  if (item.kind === "bridge" && item.sid && nameOf(item.sid)) return [`${heard(item)} with ${number(nameOf(item.sid))}`];
  if (item.kind === "play" && playable(item.url)) return ["plays a recording"];
  return [heard(item)];
}

const USUAL = ["man", "en-US"];

function remark(item) {
  if (item.kind === "pressed") return "pressed";
  if (item.kind === "spoke") return "said";
  if (item.kind === "apology") return "apology";
  if (item.kind === "speech") return "somebody else";
  if (item.kind !== "say") return "";
  return [item.voice, item.language].filter((said) => said && !USUAL.includes(said)).join(", ");
}
