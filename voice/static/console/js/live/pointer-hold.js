// Whether the operator's mouse is on the list. While it is, no row moves.
const IDLE_AFTER = 5_000; // milliseconds without movement that end the hold

export class PointerHold {
  constructor(area, onRelease) {
    Object.assign(this, { active: false, onRelease });
    area.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hold());
    area.addEventListener("pointerleave", () => this.release());
  }

  hold() {
    this.active = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.release(), IDLE_AFTER);
  }

  release() {
    clearTimeout(this.timer);
    if (!this.active) return;
    this.active = false;
    this.onRelease();
  }
}
