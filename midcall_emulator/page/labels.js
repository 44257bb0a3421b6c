// Twilio's words for people: states, numbers, and what is heard on the phone.

const STATES = {
  queued: ["○", "queued", "waiting"],
  ringing: ["◔", "rings", "ringing"],
  "in-progress": ["●", "in progress", "live"],
  completed: ["✓", "completed", "done"],
  busy: ["⊘", "busy", "failed"],
  failed: ["✕", "failed", "failed"],
  "no-answer": ["⊘", "no answer", "failed"],
  canceled: ["⊘", "canceled", "failed"],
};

const OVER = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

/** Sign, word and class of a call's status. */
export const state = (status) => STATES[status] ?? ["○", status, "waiting"];
export const isOver = (call) => OVER.has(call.status);
export const rings = (call) => call.status === "ringing" && call.direction !== "inbound";

/** The person on this phone, and whom it talks to. */
export const person = (call) => (call.direction === "inbound" ? call.from : call.to);
export const other = (call) => (call.direction === "inbound" ? call.to : call.from);

/** +14155550100 as +1 415 555 0100; anything else as it is. */
export const number = (text) => text.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");

const HEARD = {
  say: (item) => item.text,
  speech: (item) => item.text || "somebody talks",
  apology: (item) => item.text,
  play: (item) => `plays ${item.url}`,
  silence: (item) => `silence, ${plain(item.seconds)} s`,
  dtmf: (item) => `tones ${item.digits}`,
  beep: () => "beep",
  ringback: () => "it rings at the other end",
  busy: () => "busy tone",
  music: () => "hold music",
  bridge: (item) => (item.conference ? `connected, in conference ${item.conference}` : "connected"),
  message: (item) => `message ${item.content}`,
  refer: (item) => `referred to ${item.to}`,
  audio: () => "sound of a stream",
  pressed: (item) => item.digits,
  spoke: (item) => item.text || `talks for ${plain(item.seconds)} s`,
};

/** What a heard item is, in words. */
export function heard(item) {
  const words = HEARD[item.kind];
  if (words) return words(item) ?? item.kind;
  const rest = Object.entries(item).filter(([name]) => name !== "kind" && name !== "at");
  return [item.kind, ...rest.map(([name, value]) => `${name} ${value}`)].join(", ");
}

/** Whether somebody's words are heard, rather than a sound. */
export const isSpeech = (item) => ["say", "speech", "apology", "pressed", "spoke"].includes(item.kind);

const plain = (value) => Number(value ?? 0).toFixed(1).replace(/\.0$/, "");
