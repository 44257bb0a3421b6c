// The transcript of one phone: what it heard and what its person did, in order.

import { localRecording } from "./audio.js";
import { arrange, h } from "./dom.js";
import { formatNumber, isSpeech, transcriptText } from "./labels.js";
import { format } from "./virtual-time.js";

const DEFAULT_VOICES = ["man", "en-US"];

/** Show a call and the actions of its person in a box with a list; return the items that are new. */
export function showTranscript(box, call, actions, numberOf) {
  const added = [];
  const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  arrange(box.firstElementChild, withKeys(merge(call.heard, actions)), {
    key: (entry) => entry.key,
    make: ({ item }) => {
      added.push(item);
      return line(item, numberOf);
    },
  });
  if (added.length && isAtEnd) box.scrollTop = box.scrollHeight;
  return added;
}

function merge(heard, actions) {
  const items = [...heard];
  let inserted = 0;
  for (const action of actions) {
    const later = items.findIndex((other) => other.at > action.at);
    const byTime = later < 0 ? items.length : later;
    items.splice(action.heardBefore === undefined ? byTime : action.heardBefore + inserted, 0, action);
    inserted += 1;
  }
  return items;
}

/** Give each item a key made of its content, so the key stays valid when the emulator drops older items. */
function withKeys(items) {
  const counts = new Map();
  return items.map((item) => {
    const text = JSON.stringify(item);
    const count = (counts.get(text) ?? 0) + 1;
    counts.set(text, count);
    return { item, key: `${count} ${text}` };
  });
}

function line(item, numberOf) {
  const isAction = item.kind === "pressed" || item.kind === "spoke";
  const style = isAction ? "mine" : isSpeech(item) ? "words" : "sound";
  const note = noteOf(item);
  const src = item.kind === "play" && localRecording(item.url);
  return h("li", { class: style },
    h("time", {}, format(item.at)),
    h("span", { class: "what" }, ...content(item, numberOf)),
    note ? h("small", {}, note) : null,
    src ? h("audio", { controls: true, preload: "none", src, "aria-label": "Played recording" }) : null);
}

function content(item, numberOf) {
  if (item.kind === "pressed") return [...item.digits].map((digit) => h("kbd", {}, digit));
  if (item.kind === "bridge" && item.sid && numberOf(item.sid)) return [`${transcriptText(item)} with ${formatNumber(numberOf(item.sid))}`];
  if (item.kind === "play" && localRecording(item.url)) return ["recording"];
  return [transcriptText(item)];
}

function noteOf(item) {
  if (item.kind === "pressed") return "pressed";
  if (item.kind === "spoke") return "said";
  if (item.kind === "apology") return "apology";
  if (item.kind === "speech") return "other participant";
  if (item.kind !== "say") return "";
  return [item.voice, item.language].filter((value) => value && !DEFAULT_VOICES.includes(value)).join(", ");
}
