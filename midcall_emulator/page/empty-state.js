// The next step to take, shown while the page has no phone.

import { h } from "./dom.js";
import { formatNumber } from "./labels.js";

/** Explain what to do next: create a number, set a voice URL, or call. */
export function showEmptyState(section, { numbers, base_url, calls_in_all }) {
  const unset = numbers.filter((item) => !item.voice_url && !item.voice_application_sid);
  const shown = JSON.stringify([numbers, calls_in_all > 0]);
  if (section.dataset.shown === shown) return;
  section.dataset.shown = shown;
  const content = !numbers.length ? noNumber(base_url) : unset.length === numbers.length ? noVoiceUrl(unset[0]) : ready(calls_in_all);
  section.replaceChildren(...content);
}

function ready(callCount) {
  return [
    h("h2", {}, "No active phones"),
    h("p", {}, "Press ", h("b", {}, "Call"), " to call your app. The page shows what the app says, and every request that the app receives."),
    h("p", { class: "quiet" }, callCount ? "Or select a call in the list to see it again." : "Calls that a test or your app makes appear here too."),
  ];
}

function noVoiceUrl(item) {
  return [
    h("h2", {}, `${formatNumber(item.phone_number)} has no voice URL`),
    h("p", {}, "Enter the address at which your app answers calls under ", h("b", {}, "Voice URL"), ", or pass it when you start the emulator:"),
    h("pre", {}, "python -m midcall_emulator --voice-url http://127.0.0.1:8000/voice"),
    h("p", { class: "quiet" }, "Your app can also set the VoiceUrl of the IncomingPhoneNumber with Twilio's REST API."),
  ];
}

function noNumber(base_url) {
  return [
    h("h2", {}, "The account has no phone number"),
    h("p", {}, "Create one with Twilio's REST API, or pass one when you start the emulator:"),
    h("pre", {}, "python -m midcall_emulator --number +14155550100 --voice-url http://127.0.0.1:8000/voice"),
    h("p", { class: "quiet" }, `The REST API is at ${base_url}/2010-04-01.`),
  ];
}
