// Hearing: off until it is asked for. Speech by the browser's own voice, recordings by their sound.

let wanted = false;

export const isPossible = () => "speechSynthesis" in window;

/** Switch hearing on or off. */
export function hear(on) {
  wanted = on;
  if (!on) hush();
}

/** Stop what is being said. */
export function hush() {
  if (isPossible()) speechSynthesis.cancel();
}

/** Let something be heard, if that is wanted. */
export function play(item) {
  if (!wanted) return;
  if (["say", "speech", "apology"].includes(item.kind) && isPossible()) {
    const utterance = new SpeechSynthesisUtterance(item.text ?? "");
    if (item.language) utterance.lang = item.language;
    speechSynthesis.speak(utterance);
  }
  const src = item.kind === "play" && playable(item.url);
  if (src) new Audio(src).play().catch(() => {});
}

/** Ring once, if that is wanted: the two tones of a North American bell. */
export function ring() {
  if (!wanted) return;
  const context = new AudioContext();
  const volume = new GainNode(context, { gain: 0.05 });
  volume.connect(context.destination);
  for (const frequency of [440, 480]) {
    const tone = new OscillatorNode(context, { frequency });
    tone.connect(volume);
    tone.start();
    tone.stop(context.currentTime + 0.8);
    tone.addEventListener("ended", () => context.state === "closed" || context.close());
  }
}

/** The path of a sound that the emulator itself keeps, "" for any other: the page asks no other host. */
export function playable(url) {
  const path = String(url).match(/^https?:\/\/[^/]+(\/2010-04-01\/Accounts\/[^/?#]+\/Recordings\/RE[^/?#.]+)/)?.[1];
  return path ? `${path}.wav` : "";
}
