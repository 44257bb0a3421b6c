// Call audio, off by default: the browser's speech synthesis, recordings, and a ringing tone.

let isOn = false;

export const isSpeechAvailable = () => "speechSynthesis" in window;

/** Turn call audio on or off. */
export function setAudio(on) {
  isOn = on;
  if (!on) stopSpeech();
}

/** Stop the current speech. */
export function stopSpeech() {
  if (isSpeechAvailable()) speechSynthesis.cancel();
}

/** Play a heard item if call audio is on. */
export function play(item) {
  if (!isOn) return;
  if (["say", "speech", "apology"].includes(item.kind) && isSpeechAvailable()) speak(item);
  const src = item.kind === "play" && localRecording(item.url);
  if (src) new Audio(src).play().catch(() => {});
}

function speak({ text = "", language }) {
  const utterance = new SpeechSynthesisUtterance(text);
  if (language) utterance.lang = language;
  speechSynthesis.speak(utterance);
}

/** Ring once if call audio is on, with the two tones of a North American phone. */
export function ring() {
  if (!isOn) return;
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

/** Return the path of a recording that the emulator stores; "" for other audio, since the page loads from no other host. */
export function localRecording(url) {
  const path = String(url).match(/^https?:\/\/[^/]+(\/2010-04-01\/Accounts\/[^/?#]+\/Recordings\/RE[^/?#.]+)/)?.[1];
  return path ? `${path}.wav` : "";
}
