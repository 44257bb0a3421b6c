// One phone: what is heard on it, what its person does, and beside it what the app was asked.

import * as api from "./api.js";
import { button, h, say, worded } from "./dom.js";
import { flash, keypad } from "./keypad.js";
import { showRecordings } from "./recordings.js";
import { showRequests, showWarnings } from "./requests.js";
import { hush, play } from "./audio.js";
import { elapsed, moment } from "./virtual-time.js";
import { show } from "./transcript.js";
import { isOver, number, other, person, rings, state } from "./labels.js";

export class PhoneCard extends HTMLElement {
  call = null;
  isCurrent = false;

  /** Build the card for a call; `nameOf` gives a call's person, `onAgain` dials once more. */
  open(sid, { nameOf, onAgain, account }) {
    Object.assign(this, { sid, nameOf, account });
    this.className = "phone";
    this.setAttribute("role", "region");
    this.tabIndex = -1;
    this.build(onAgain);
    return this;
  }

  build(onAgain) {
    const part = (tag, name, given = {}) => (this[name] = h(tag, { class: name, ...given }));
    part("span", "status");
    part("h2", "who");
    part("span", "whom");
    part("span", "verb");
    part("span", "timer");
    part("p", "error", { role: "alert", hidden: true });
    part("div", "transcript", { role: "log", "aria-live": "polite", "aria-label": "What is heard", tabindex: "0" });
    this.transcript.append(h("ol"));
    part("ol", "warnings", { "aria-label": "Warnings" });
    part("ol", "requests", { "aria-label": "Requests" });
    part("ul", "recordings", { "aria-label": "Recordings" });
    part("p", "nothing");
    const close = button("✕", () => this.dispatchEvent(new Event("close", { bubbles: true })), "plain close");
    close.setAttribute("aria-label", "Close this phone");
    close.title = "Close";
    this.append(
      h("header", {}, this.status, this.who, this.timer, close, h("p", { class: "second" }, this.whom, this.verb)),
      h("div", { class: "sides" }, this.talk(onAgain), this.app()),
    );
  }

  talk(onAgain) {
    return h("section", { class: "talk" }, this.transcript, this.error, this.ringing(), this.controls(), this.ended(onAgain));
  }

  app() {
    const head = h("div", { class: "head" }, h("h3", {}, "Requests to your app"), h("code", { title: "CallSid" }, this.sid));
    return h("section", { class: "app" }, head, this.warnings, this.requests, this.nothing, this.recordings);
  }

  ringing() {
    const answer = button("Answer", () => this.act("answer"), "main");
    const decline = button("Decline", () => this.act("reject", { reason: "busy" }), "danger");
    const ignore = button("Let it ring out", () => this.act("reject", { reason: "no-answer" }), "plain");
    return (this.ringingBox = h("div", { class: "incoming", role: "alert", hidden: true }, h("span", { class: "bell" }, "Incoming call"), answer, decline, ignore));
  }

  controls() {
    this.pad = keypad((digit) => this.press(digit));
    const speak = worded("Say something", 1000, "Say", (text) => this.act("speak", { text }));
    this.referBox = worded("Refer the caller to", 256, "Refer", (to) => this.act("refer", { to }));
    const side = h("div", { class: "side" }, speak, this.referBox, h("p", { class: "hint" }, "Keys: click, or type 0–9 * #"), button("Hang up", () => this.act("hangup"), "danger"));
    return (this.controlBox = h("div", { class: "controls", hidden: true }, this.pad, side));
  }

  ended(onAgain) {
    this.endWords = h("span", {});
    this.again = button("Call again", () => onAgain(this.call));
    return (this.endedBox = h("div", { class: "ended", hidden: true }, this.endWords, this.again));
  }

  /** Show the call as it is now. */
  show(call, own) {
    const first = this.call === null;
    this.call = call;
    this.showHead();
    this.showBoxes();
    const fresh = show(this.transcript, call, own, this.nameOf);
    if (!first && this.isCurrent && !isOver(call)) fresh.forEach(play);
    showWarnings(this.warnings, call.warnings);
    showRequests(this.requests, call.requests);
    say(this.nothing, call.requests.length ? "" : this.whyNothing());
    showRecordings(this.recordings, isOver(call) ? call.recordings : [], this.account);
    this.tick();
    if (first && document.activeElement === this) this.scrollIntoView({ block: "nearest" });
  }

  showHead() {
    const [sign, word, sort] = state(this.call.status);
    this.status.className = `status ${sort}`;
    say(this.status, `${sign} ${word}`);
    say(this.who, number(person(this.call)));
    this.setAttribute("aria-label", `Phone of ${number(person(this.call))}`);
    say(this.whom, this.call.direction === "inbound" ? `calls ${number(other(this.call))}` : `called by ${number(other(this.call))}`);
    say(this.verb, this.call.verb && !isOver(this.call) ? `now ${this.call.verb}` : "");
  }

  showBoxes() {
    const over = isOver(this.call);
    const held = this.contains(document.activeElement) && document.activeElement !== this;
    this.ringingBox.hidden = !rings(this.call);
    this.controlBox.hidden = over || rings(this.call);
    this.endedBox.hidden = !over;
    this.referBox.hidden = !(this.call.parent_call_sid && /^sips?:/.test(this.call.to)); // only such phones can
    this.again.hidden = this.call.direction !== "inbound";
    this.classList.toggle("over", over || rings(this.call));
    this.transcript.hidden = (over || rings(this.call)) && !this.call.heard.length;
    this.pad.querySelectorAll("button").forEach((key) => (key.disabled = this.call.answered_at === null));
    if (held && document.activeElement.closest("[hidden]")) this.focus();
    const lasted = this.call.duration_seconds;
    say(this.endWords, `The call has ended: ${state(this.call.status)[1]}${lasted === null ? "" : `, after ${moment(lasted, false)}`}.`);
  }

  whyNothing() {
    if (this.call.parent_call_sid) return "None for this leg: the call that dialled it has the requests.";
    if (!isOver(this.call)) return "None yet.";
    return this.call.direction === "inbound" ? "None: the number has no voice URL." : "None.";
  }

  /** Let the seconds go on between two looks. */
  tick() {
    const { answered_at, ended_at, duration_seconds } = this.call ?? {};
    say(this.timer, !answered_at ? "" : moment(ended_at ? duration_seconds : elapsed(answered_at), false));
  }

  /** Press a key of this phone. */
  press(digit) {
    if (!this.call || this.controlBox.hidden) return;
    flash(this.pad, digit);
    this.act("press", { digits: digit });
  }

  async act(what, body) {
    hush();
    try {
      await api.act(this.sid, what, body);
      this.complain("");
      return true;
    } catch (error) {
      this.complain(error.message);
      return false;
    }
  }

  complain(text) {
    say(this.error, text);
    this.error.hidden = !text;
  }
}

customElements.define("phone-card", PhoneCard);
