// What to do when no phone is on the page.

import { h } from "./dom.js";
import { number } from "./labels.js";

/** Say what to do next: set a voice URL, or call. */
export function showEmpty(place, { numbers, base_url, calls_in_all }) {
  const lost = numbers.filter((item) => !item.voice_url && !item.voice_application_sid);
  const said = !numbers.length ? noNumber(base_url) : lost.length === numbers.length ? noUrl(lost[0]) : ready(calls_in_all);
  const text = JSON.stringify([numbers, calls_in_all > 0]);
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...said);
}

function ready(calls) {
  return [
    h("h2", {}, "No phone is in use"),
    h("p", {}, "Press ", h("b", {}, "Call"), " to ring your app. What it says appears here as it says it, and beside it every request that it got."),
    h("p", { class: "quiet" }, calls ? "Or pick one of the calls in the list to look at it again." : "Calls that a test or your app makes appear here too."),
  ];
}

function noUrl(item) {
  return [
    h("h2", {}, `${number(item.phone_number)} leads nowhere yet`),
    h("p", {}, "Tell the emulator which address of your app answers calls. Enter it under ", h("b", {}, "Voice URL of this number"), ", or start the emulator with it:"),
    h("pre", {}, "python -m midcall_emulator --voice-url http://127.0.0.1:8000/voice"),
    h("p", { class: "quiet" }, "Your app can set it, too: VoiceUrl of the IncomingPhoneNumber, by Twilio's API."),
  ];
}

function noNumber(base_url) {
  return [
    h("h2", {}, "The account owns no number"),
    h("p", {}, "Create one by Twilio's API, or start the emulator with one:"),
    h("pre", {}, "python -m midcall_emulator --number +14155550100 --voice-url http://127.0.0.1:8000/voice"),
    h("p", { class: "quiet" }, `The API is at ${base_url}/2010-04-01.`),
  ];
}
