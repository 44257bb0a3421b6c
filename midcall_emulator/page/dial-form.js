// Dialling: from which number, which of the account's numbers, and where its calls go.

import * as api from "./api.js";
import { h, say } from "./dom.js";
import { hear, isPossible } from "./audio.js";
import { number } from "./labels.js";

const BEHAVIOURS = [
  ["answer", "answers by itself"],
  ["manual", "waits for me to answer"],
  ["busy", "is busy"],
  ["no-answer", "rings until it is given up"],
  ["failed", "cannot be reached"],
];

class DialForm extends HTMLElement {
  connectedCallback() {
    this.from = h("input", { id: "from", type: "tel", value: "+14155550123", autocomplete: "off", required: true });
    this.to = h("select", { id: "to", onchange: () => this.showTarget() });
    this.target = h("span", { class: "target" });
    this.url = h("input", { id: "voice-url", type: "url", placeholder: "http://127.0.0.1:8000/voice", autocomplete: "off" });
    this.urlForm = h("form", { class: "set", onsubmit: (event) => this.point(event) }, h("label", { for: "voice-url" }, "Voice URL of this number"), this.url, h("button", { type: "submit" }, "Set"));
    this.error = h("p", { class: "error", role: "alert", hidden: true });
    this.append(this.dialling(), h("details", { class: "where" }, h("summary", {}, this.target), this.urlForm), this.error, ...this.choices());
  }

  dialling() {
    const field = (label, input) => h("div", { class: "field" }, h("label", { for: input.id }, label), input);
    const submit = h("button", { type: "submit", class: "main" }, "Call");
    return h("form", { class: "dial", onsubmit: (event) => this.dial(event) }, field("From", this.from), field("To", this.to), submit);
  }

  choices() {
    const sound = h("input", { type: "checkbox", disabled: !isPossible(), onchange: (event) => hear(event.target.checked) });
    const named = BEHAVIOURS.map(([value, words]) => h("option", { value }, words));
    this.everybody = h("select", { id: "everybody", onchange: () => this.attempt(() => api.everybody(this.everybody.value)) }, ...named);
    return [
      h("div", { class: "people" }, h("label", { for: "everybody" }, "A phone that your app dials"), this.everybody),
      h("label", { class: "choice" }, sound, "Hear the current phone aloud"),
    ];
  }

  /** Take the account's numbers, and what people do whose phones ring. */
  show({ numbers, everybody }) {
    const chosen = this.to.value;
    this.numbers = numbers;
    const shown = JSON.stringify(numbers);
    if (this.shown !== shown) {
      this.shown = shown;
      this.to.replaceChildren(...numbers.map((item) => h("option", { value: item.phone_number }, number(item.phone_number))));
      if (numbers.some((item) => item.phone_number === chosen)) this.to.value = chosen;
      this.showTarget();
    }
    if (document.activeElement !== this.everybody) this.everybody.value = everybody.behaviour;
  }

  chosen() {
    return this.numbers?.find((item) => item.phone_number === this.to.value);
  }

  showTarget() {
    const item = this.chosen();
    const app = item?.voice_application_sid ? `application ${item.voice_application_sid}` : item?.voice_url;
    say(this.target, app ? `Goes to ${app}` : "No voice URL: calls end at once");
    this.target.classList.toggle("warn", !app);
    if (document.activeElement !== this.url) this.url.value = item?.voice_url ?? "";
    if (!app) this.querySelector("details").open = true;
  }

  dial(event) {
    event?.preventDefault();
    return this.attempt(async () => {
      const { sid } = await api.dial(this.from.value.trim(), this.to.value);
      this.dispatchEvent(new CustomEvent("dialled", { detail: sid, bubbles: true }));
    });
  }

  /** Call once more, with the numbers of a call. */
  redial(call) {
    this.from.value = call.from;
    this.to.value = call.to;
    this.showTarget();
    return this.dial();
  }

  point(event) {
    event.preventDefault();
    return this.attempt(async () => {
      const set = await api.point(this.to.value, this.url.value.trim());
      Object.assign(this.chosen(), set);
      this.showTarget();
      this.querySelector("details").open = !set.voice_url;
      this.dispatchEvent(new Event("pointed", { bubbles: true }));
    });
  }

  async attempt(what) {
    try {
      await what();
      this.complain("");
    } catch (error) {
      this.complain(error.message);
    }
  }

  /** Say what went wrong; "" for nothing. */
  complain(text) {
    say(this.error, text);
    this.error.hidden = !text;
  }
}

customElements.define("dial-form", DialForm);
