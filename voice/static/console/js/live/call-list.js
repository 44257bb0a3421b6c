// The calls that are shown, as data: what the server said last of each, their order, and which match.
const FADES = 4_000; // milliseconds that an ended call stays in sight

export class Calls {
  constructor() {
    this.known = new Map();
    this.order = []; // of what is in sight; stays put while somebody's hand is on it
    this.sort = { by: "started_at", down: true };
    this.words = [];
  }

  /** Take over what the server says of a call; true if something was not known. */
  put(call, arrived = Date.now()) {
    const before = this.known.get(call.call_sid);
    if (!before && !call.live) return false;
    const endedAt = call.live ? null : (before.endedAt ?? Date.now());
    this.known.set(call.call_sid, { ...call, endedAt, arrived: before?.arrived ?? arrived });
    return true;
  }

  get(sid) {
    return this.known.get(sid);
  }

  get live() {
    let count = 0;
    for (const call of this.known.values()) if (call.live) count += 1;
    return count;
  }

  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  /** Put everything where it belongs. While `held` nothing moves: what is new waits, what is over stays. */
  arrange(held) {
    if (held) return this.fresh().length;
    for (const [sid, call] of this.known) if (call.endedAt && Date.now() - call.endedAt > FADES) this.known.delete(sid);
    this.order = this.sorted();
    return 0;
  }

  /** Those that belong into the list, and are not in it yet. */
  fresh() {
    const there = new Set(this.order);
    return [...this.known.values()].filter((call) => call.live && this.matches(call) && !there.has(call.call_sid));
  }

  /** The CallSids in order, each leg below its parent; a leg without a parent here stands alone. */
  sorted() {
    const shown = [...this.known.values()].filter((call) => this.matches(call)).sort((one, other) => this.compare(one, other));
    const legs = Map.groupBy(shown, (call) => (this.isLeg(call) ? call.parent_call_sid : null));
    const below = (call) => [call.call_sid, ...(legs.get(call.call_sid) ?? []).flatMap(below)];
    return (legs.get(null) ?? []).flatMap(below);
  }

  isLeg(call) {
    const parent = this.known.get(call.parent_call_sid);
    return parent !== undefined && this.matches(parent);
  }

  matches(call) {
    if (this.words.length === 0) return true;
    const text = [
      call.from, call.to, call.place, call.status, call.status.replace("-", " "), call.call_sid, call.command?.operator, call.command?.title,
    ].join(" ").toLowerCase();
    return this.words.every((word) => text.includes(word));
  }

  compare(one, other) {
    const [a, b] = [this.value(one), this.value(other)];
    const order = a < b ? -1 : a > b ? 1 : one.call_sid < other.call_sid ? -1 : 1;
    return this.sort.down ? -order : order;
  }

  value(call) {
    if (this.sort.by === "asked") return call.command?.requested_at ?? "";
    return (call[this.sort.by] ?? "").toLowerCase();
  }
}
