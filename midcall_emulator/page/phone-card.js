// One phone: its transcript and controls, and next to them the requests to the app.

import * as api from "./api.js";
import { play, stopSpeech } from "./audio.js";
import { button, h, setText, textForm } from "./dom.js";
import { flash, keypad } from "./keypad.js";
import { formatNumber, isEnded, isRinging, ownNumber, peerNumber, statusLabel } from "./labels.js";
import { showRecordings } from "./recordings.js";
import { showRequests, showWarnings } from "./requests.js";
import { showTranscript } from "./transcript.js";
import { elapsed, format } from "./virtual-time.js";

export class PhoneCard extends HTMLElement {
  call = null;
  isCurrent = false;

  /** Build the card for a call. `numberOf(sid)` returns a call's phone number, `redial(call)` dials it again. */
  open(sid, { numberOf, redial, account }) {
    Object.assign(this, { sid, numberOf, redial, account });
    this.className = "phone";
    this.setAttribute("role", "region");
    this.tabIndex = -1;
    this.addParts();
    this.append(this.header(), h("div", { class: "sides" }, this.conversation(), this.app()));
    return this;
  }

  addParts() {
    const part = (tag, name, attributes = {}) => (this[name] = h(tag, { class: name, ...attributes }));
    part("span", "status");
    part("h2", "number");
    part("span", "peer");
    part("span", "verb");
    part("span", "timer");
    part("p", "error", { role: "alert", hidden: true });
    part("div", "transcript", { role: "log", "aria-live": "polite", "aria-label": "Transcript", tabindex: "0" });
    this.transcript.append(h("ol"));
    part("ol", "warnings", { "aria-label": "Warnings" });
    part("ol", "requests", { "aria-label": "Requests" });
    part("ul", "recordings", { "aria-label": "Recordings" });
    part("p", "nothing");
  }

  header() {
    const close = button("✕", () => this.dispatchEvent(new Event("close", { bubbles: true })), "plain close");
    close.setAttribute("aria-label", "Close phone");
    close.title = "Close";
    return h("header", {}, this.status, this.number, this.timer, close, h("p", { class: "second" }, this.peer, this.verb));
  }

  conversation() {
    return h("section", { class: "talk" }, this.transcript, this.error, this.ringing(), this.controls(), this.ended());
  }

  app() {
    const head = h("div", { class: "head" }, h("h3", {}, "Requests to your app"), h("code", { title: "CallSid" }, this.sid));
    return h("section", { class: "app" }, head, this.warnings, this.requests, this.nothing, this.recordings);
  }

  ringing() {
    const answer = button("Answer", () => this.act("answer"), "main");
    const decline = button("Decline", () => this.act("reject", { reason: "busy" }), "danger");
    const ignore = button("Ignore", () => this.act("reject", { reason: "no-answer" }), "plain");
    return (this.ringingBox = h("div", { class: "incoming", role: "alert", hidden: true }, h("span", { class: "bell" }, "Incoming call"), answer, decline, ignore));
  }

  controls() {
    this.pad = keypad((digit) => this.press(digit));
    const speak = textForm("Say something", 1000, "Say", (text) => this.act("speak", { text }));
    this.referBox = textForm("Refer caller to", 256, "Refer", (to) => this.act("refer", { to }));
    const hint = h("p", { class: "hint" }, "Keys: click or type 0–9 * #");
    const side = h("div", { class: "side" }, speak, this.referBox, hint, button("Hang up", () => this.act("hangup"), "danger"));
    return (this.controlBox = h("div", { class: "controls", hidden: true }, this.pad, side));
  }

  ended() {
    this.endText = h("span", {});
    this.redialButton = button("Call again", () => this.redial(this.call));
    return (this.endedBox = h("div", { class: "ended", hidden: true }, this.endText, this.redialButton));
  }

  /** Show the call in its current state, with the actions of its person. */
  show(call, actions) {
    const isFirst = this.call === null;
    this.call = call;
    this.showHeader();
    this.showBoxes();
    const added = showTranscript(this.transcript, call, actions, this.numberOf);
    if (!isFirst && this.isCurrent && !isEnded(call)) added.forEach(play);
    showWarnings(this.warnings, call.warnings);
    showRequests(this.requests, call.requests);
    setText(this.nothing, call.requests.length ? "" : this.noRequestsText());
    showRecordings(this.recordings, isEnded(call) ? call.recordings : [], this.account);
    this.tick();
    if (isFirst && document.activeElement === this) this.scrollIntoView({ block: "nearest" });
  }

  showHeader() {
    const { sign, word, style } = statusLabel(this.call.status);
    const number = formatNumber(ownNumber(this.call));
    this.status.className = `status ${style}`;
    setText(this.status, `${sign} ${word}`);
    setText(this.number, number);
    this.setAttribute("aria-label", `Phone of ${number}`);
    setText(this.peer, `${this.call.direction === "inbound" ? "calling" : "called by"} ${formatNumber(peerNumber(this.call))}`);
    setText(this.verb, this.call.verb && !isEnded(this.call) ? `Now: ${this.call.verb}` : "");
  }

  showBoxes() {
    const [ended, ringing] = [isEnded(this.call), isRinging(this.call)];
    const hasFocus = this.contains(document.activeElement) && document.activeElement !== this;
    this.ringingBox.hidden = !ringing;
    this.controlBox.hidden = ended || ringing;
    this.endedBox.hidden = !ended;
    this.referBox.hidden = !(this.call.parent_call_sid && /^sips?:/.test(this.call.to)); // only a dialed SIP phone can refer
    this.redialButton.hidden = this.call.direction !== "inbound";
    this.classList.toggle("over", ended || ringing);
    this.transcript.hidden = (ended || ringing) && !this.call.heard.length;
    this.pad.querySelectorAll("button").forEach((key) => (key.disabled = this.call.answered_at === null));
    if (hasFocus && document.activeElement.closest("[hidden]")) this.focus();
    setText(this.endText, this.endSentence());
  }

  endSentence() {
    const seconds = this.call.duration_seconds;
    return `Call ended: ${statusLabel(this.call.status).word}${seconds === null ? "" : `, ${format(seconds, false)}`}`;
  }

  noRequestsText() {
    if (this.call.parent_call_sid) return "None for this leg. See the call that dialed it.";
    if (!isEnded(this.call)) return "None yet.";
    return this.call.direction === "inbound" ? "None: the number has no voice URL." : "None.";
  }

  /** Update the timer between two fetches. */
  tick() {
    const { answered_at, ended_at, duration_seconds } = this.call ?? {};
    setText(this.timer, !answered_at ? "" : format(ended_at ? duration_seconds : elapsed(answered_at), false));
  }

  /** Press a key of this phone. */
  press(digit) {
    if (!this.call || this.controlBox.hidden) return;
    flash(this.pad, digit);
    this.act("press", { digits: digit });
  }

  async act(action, body) {
    stopSpeech();
    try {
      await api.act(this.sid, action, body);
      this.showError("");
      return true;
    } catch (error) {
      this.showError(error.message);
      return false;
    }
  }

  /** Show an error message; "" hides it. */
  showError(message) {
    setText(this.error, message);
    this.error.hidden = !message;
  }
}

customElements.define("phone-card", PhoneCard);
