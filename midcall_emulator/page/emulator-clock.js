// The emulator's clock: its mode, its time, and buttons that advance a manual clock.

import * as api from "./api.js";
import { button, h, setText } from "./dom.js";
import * as time from "./virtual-time.js";

class EmulatorClock extends HTMLElement {
  connectedCallback() {
    this.face = h("output", { "aria-label": "Emulator clock" }, "–");
    this.mode = h("span", { class: "quiet" });
    this.next = button("", () => this.change({ advance: time.clock().next_due_in ?? 0 }));
    this.advanceButtons = h("span", { class: "advance", hidden: true },
      button("+1 s", () => this.change({ advance: 1 })), button("+10 s", () => this.change({ advance: 10 })), this.next);
    this.toggle = button("", () => this.change({ mode: time.clock().mode === "real" ? "manual" : "real" }), "plain");
    this.error = h("span", { class: "error", role: "alert" });
    this.append(this.mode, this.face, this.advanceButtons, this.toggle, this.error);
    setInterval(() => this.tick(), 100);
  }

  tick() {
    const clock = time.clock();
    if (!clock) return;
    const isManual = clock.mode === "manual";
    setText(this.face, time.format(time.seconds()));
    setText(this.mode, isManual ? "Manual clock" : clock.speed === 1 ? "Clock" : `Clock, ${clock.speed}× speed`);
    setText(this.toggle, isManual ? "Run clock" : "Stop clock");
    this.advanceButtons.hidden = !isManual;
    this.showNext(clock.next_due_in);
  }

  showNext(seconds) {
    this.next.disabled = seconds === null;
    setText(this.next, seconds === null ? "Nothing due" : `Next event, +${Number(seconds.toFixed(1))} s`);
  }

  async change(body) {
    try {
      time.set(await api.clock(body));
      setText(this.error, "");
    } catch (error) {
      setText(this.error, error.message);
    }
  }
}

customElements.define("emulator-clock", EmulatorClock);
