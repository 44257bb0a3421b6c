// The emulator's clock: how it goes, what it says, and by hand how far it is turned.

import * as api from "./api.js";
import { h, say } from "./dom.js";
import * as time from "./virtual-time.js";

class EmulatorClock extends HTMLElement {
  connectedCallback() {
    this.face = h("output", { "aria-label": "Time on the emulator's clock" }, "–");
    this.mode = h("span", { class: "quiet" });
    this.hand = h("span", { class: "hand", hidden: true });
    this.next = this.button("to the next event", () => this.turn({ advance: this.due() }));
    this.hand.append(this.button("+1 s", () => this.turn({ advance: 1 })), this.button("+10 s", () => this.turn({ advance: 10 })), this.next);
    this.swap = this.button("", () => this.turn({ mode: time.clock().mode === "real" ? "manual" : "real" }), "plain");
    this.error = h("span", { class: "error", role: "alert" });
    this.append(this.mode, this.face, this.hand, this.swap, this.error);
    setInterval(() => this.tick(), 100);
  }

  button(text, onclick, sort = "") {
    return h("button", { type: "button", class: sort, onclick }, text);
  }

  due() {
    return time.clock().next_due_in ?? 0;
  }

  tick() {
    const clock = time.clock();
    if (!clock) return;
    say(this.face, time.moment(time.seconds()));
    const manual = clock.mode === "manual";
    say(this.mode, manual ? "Clock, turned by hand" : clock.speed === 1 ? "Clock" : `Clock, ${clock.speed} times as fast`);
    this.hand.hidden = !manual;
    this.next.disabled = clock.next_due_in === null;
    say(this.next, clock.next_due_in === null ? "nothing due" : `next, +${Number(clock.next_due_in.toFixed(1))} s`);
    say(this.swap, manual ? "Let it run" : "Turn by hand");
  }

  async turn(body) {
    try {
      time.set(await api.clock(body));
      say(this.error, "");
    } catch (error) {
      say(this.error, error.message);
    }
  }
}

customElements.define("emulator-clock", EmulatorClock);
