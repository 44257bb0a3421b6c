// The form that dials: the caller's number, the account's number, and where its calls go.

import * as api from "./api.js";
import { isSpeechAvailable, setAudio } from "./audio.js";
import { h, setText } from "./dom.js";
import { formatNumber } from "./labels.js";

const BEHAVIORS = [
  ["answer", "Answer automatically"],
  ["manual", "Wait for me to answer"],
  ["busy", "Busy"],
  ["no-answer", "No answer"],
  ["failed", "Unreachable"],
];

class DialForm extends HTMLElement {
  connectedCallback() {
    this.from = h("input", { id: "from", type: "tel", value: "+14155550123", autocomplete: "off", required: true });
    this.to = h("select", { id: "to", onchange: () => this.showTarget() });
    this.target = h("span", { class: "target" });
    this.error = h("p", { class: "error", role: "alert", hidden: true });
    const target = h("details", { class: "where" }, h("summary", {}, this.target), this.voiceUrlForm());
    this.append(this.callForm(), target, this.error, this.behaviorField(), this.audioField());
  }

  callForm() {
    const field = (label, input) => h("div", { class: "field" }, h("label", { for: input.id }, label), input);
    const submit = h("button", { type: "submit", class: "main" }, "Call");
    return h("form", { class: "dial", onsubmit: (event) => this.dial(event) }, field("From", this.from), field("To", this.to), submit);
  }

  voiceUrlForm() {
    this.url = h("input", { id: "voice-url", type: "url", placeholder: "http://127.0.0.1:8000/voice", autocomplete: "off" });
    const label = h("label", { for: "voice-url" }, "Voice URL");
    return h("form", { class: "set", onsubmit: (event) => this.saveVoiceUrl(event) }, label, this.url, h("button", { type: "submit" }, "Save"));
  }

  behaviorField() {
    const options = BEHAVIORS.map(([value, label]) => h("option", { value }, label));
    const save = () => this.attempt(() => api.setDefaultBehavior(this.behavior.value));
    this.behavior = h("select", { id: "behavior", onchange: save }, ...options);
    return h("div", { class: "people" }, h("label", { for: "behavior" }, "Phones that your app dials"), this.behavior);
  }

  audioField() {
    const onchange = (event) => setAudio(event.target.checked);
    const checkbox = h("input", { type: "checkbox", disabled: !isSpeechAvailable(), onchange });
    const title = "Speaks what the selected phone hears, and rings when a phone rings";
    return h("label", { class: "choice", title }, checkbox, "Play call audio");
  }

  /** Show the account's numbers and the default behavior of dialed phones. */
  show({ numbers, everybody }) {
    this.showNumbers(numbers);
    if (document.activeElement !== this.behavior) this.behavior.value = everybody.behaviour;
  }

  showNumbers(numbers) {
    const selected = this.to.value;
    const shown = JSON.stringify(numbers);
    this.numbers = numbers;
    if (this.shown === shown) return;
    this.shown = shown;
    this.to.replaceChildren(...numbers.map((item) => h("option", { value: item.phone_number }, formatNumber(item.phone_number))));
    if (numbers.some((item) => item.phone_number === selected)) this.to.value = selected;
    this.showTarget();
  }

  selectedNumber() {
    return this.numbers?.find((item) => item.phone_number === this.to.value);
  }

  showTarget() {
    const item = this.selectedNumber();
    const target = item?.voice_application_sid ? `application ${item.voice_application_sid}` : item?.voice_url;
    setText(this.target, target ? `Calls go to ${target}` : "No voice URL: calls fail at once");
    this.target.classList.toggle("warn", !target);
    if (document.activeElement !== this.url) this.url.value = item?.voice_url ?? "";
    if (!target) this.querySelector("details").open = true;
  }

  dial(event) {
    event?.preventDefault();
    return this.attempt(async () => {
      const { sid } = await api.dial(this.from.value.trim(), this.to.value);
      this.dispatchEvent(new CustomEvent("call-created", { detail: sid, bubbles: true }));
    });
  }

  /** Dial again with the numbers of a call. */
  redial(call) {
    this.from.value = call.from;
    this.to.value = call.to;
    this.showTarget();
    return this.dial();
  }

  saveVoiceUrl(event) {
    event.preventDefault();
    return this.attempt(async () => {
      const number = await api.setVoiceUrl(this.to.value, this.url.value.trim());
      Object.assign(this.selectedNumber(), number);
      this.showTarget();
      this.querySelector("details").open = !number.voice_url;
      this.dispatchEvent(new Event("voice-url-change", { bubbles: true }));
    });
  }

  async attempt(action) {
    try {
      await action();
      this.showError("");
    } catch (error) {
      this.showError(error.message);
    }
  }

  /** Show an error message; "" hides it. */
  showError(message) {
    setText(this.error, message);
    this.error.hidden = !message;
  }
}

customElements.define("dial-form", DialForm);
