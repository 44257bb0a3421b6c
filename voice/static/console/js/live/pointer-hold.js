// Whether somebody's hand is on the list: then nothing in it may move.
const STILL = 5_000; // milliseconds; a pointer that has not moved for so long holds nothing

export class Hand {
  constructor(area, released) {
    Object.assign(this, { on: false, released });
    area.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hold());
    area.addEventListener("pointerleave", () => this.release());
  }

  hold() {
    this.on = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), STILL);
  }

  release() {
    clearTimeout(this.timer);
    if (!this.on) return;
    this.on = false;
    this.released();
  }
}
