// Labels for Twilio's values: call statuses, phone numbers, and items of the transcript.

const STATUSES = {
  queued: ["○", "queued", "waiting"],
  ringing: ["◔", "ringing", "ringing"],
  "in-progress": ["●", "in progress", "live"],
  completed: ["✓", "completed", "done"],
  busy: ["⊘", "busy", "failed"],
  failed: ["✕", "failed", "failed"],
  "no-answer": ["⊘", "no answer", "failed"],
  canceled: ["⊘", "canceled", "failed"],
};

const ENDED = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

/** Return the sign, word and class for a call status. */
export function statusLabel(status) {
  const [sign, word, style] = STATUSES[status] ?? ["○", status, "waiting"];
  return { sign, word, style };
}

export const isEnded = (call) => ENDED.has(call.status);
export const isRinging = (call) => call.status === "ringing" && call.direction !== "inbound";

/** The number of this phone, and the number at the other end. */
export const ownNumber = (call) => (call.direction === "inbound" ? call.from : call.to);
export const peerNumber = (call) => (call.direction === "inbound" ? call.to : call.from);

/** Format +14155550100 as +1 415 555 0100; other texts stay as they are. */
export const formatNumber = (text) => text.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");

const TRANSCRIPT = {
  say: (item) => item.text,
  speech: (item) => item.text || "speech",
  apology: (item) => item.text,
  play: (item) => `audio ${item.url}`,
  silence: (item) => `silence, ${formatSeconds(item.seconds)}`,
  dtmf: (item) => `tones ${item.digits}`,
  beep: () => "beep",
  ringback: () => "ringback tone",
  busy: () => "busy tone",
  music: () => "hold music",
  bridge: (item) => (item.conference ? `in conference ${item.conference}, connected` : "connected"),
  message: (item) => `message ${item.content}`,
  refer: (item) => `referred to ${item.to}`,
  audio: () => "stream audio",
  pressed: (item) => item.digits,
  spoke: (item) => item.text || `speech, ${formatSeconds(item.seconds)}`,
};

/** Return the text for an item of the transcript. */
export function transcriptText(item) {
  const text = TRANSCRIPT[item.kind];
  if (text) return text(item) ?? item.kind;
  const fields = Object.entries(item).filter(([name]) => name !== "kind" && name !== "at");
  return [item.kind, ...fields.map(([name, value]) => `${name} ${value}`)].join(", ");
}

/** Return whether an item is words rather than a sound. */
export const isSpeech = (item) => ["say", "speech", "apology", "pressed", "spoke"].includes(item.kind);

const formatSeconds = (value) => `${Number(value ?? 0).toFixed(1).replace(/\.0$/, "")} s`;
