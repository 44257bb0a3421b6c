// The live calls as data: the server's newest answer for each call, the order, and the filter.
const SHOWN_AFTER_END = 4_000; // milliseconds that an ended call stays in the list

export class CallList {
  constructor() {
    this.bySid = new Map();
    this.order = []; // CallSids of the rows; does not change while the list is held
    this.sort = { by: "started_at", descending: true };
    this.words = [];
  }

  /** Store the server's answer for a call; false if the call is neither known nor live. */
  put(call, arrivedAt = Date.now()) {
    const before = this.bySid.get(call.call_sid);
    if (!before && !call.live) return false;
    const endedAt = call.live ? null : (before.endedAt ?? Date.now());
    this.bySid.set(call.call_sid, { ...call, endedAt, arrivedAt: before?.arrivedAt ?? arrivedAt });
    return true;
  }

  get(sid) {
    return this.bySid.get(sid);
  }

  get liveCount() {
    let count = 0;
    for (const call of this.bySid.values()) if (call.live) count += 1;
    return count;
  }

  filter(text) {
    this.words = text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  /** Sort the list and drop ended calls. A held list stays as it is: new calls wait, and their number is returned. */
  arrange(held) {
    if (held) return this.waiting().length;
    for (const [sid, call] of this.bySid) if (call.endedAt && Date.now() - call.endedAt > SHOWN_AFTER_END) this.bySid.delete(sid);
    this.order = this.sorted();
    return 0;
  }

  /** Live calls that match the filter and have no row yet. */
  waiting() {
    const shown = new Set(this.order);
    return [...this.bySid.values()].filter((call) => call.live && this.matches(call) && !shown.has(call.call_sid));
  }

  /** The CallSids in order, each leg below its parent; a leg without a listed parent stands alone. */
  sorted() {
    const calls = [...this.bySid.values()].filter((call) => this.matches(call)).sort((one, other) => this.compare(one, other));
    const legs = Map.groupBy(calls, (call) => (this.isLeg(call) ? call.parent_call_sid : null));
    const withLegs = (call) => [call.call_sid, ...(legs.get(call.call_sid) ?? []).flatMap(withLegs)];
    return (legs.get(null) ?? []).flatMap(withLegs);
  }

  isLeg(call) {
    const parent = this.bySid.get(call.parent_call_sid);
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
    const [a, b] = [this.sortValue(one), this.sortValue(other)];
    const order = a < b ? -1 : a > b ? 1 : one.call_sid < other.call_sid ? -1 : 1;
    return this.sort.descending ? -order : order;
  }

  sortValue(call) {
    if (this.sort.by === "action") return call.command?.requested_at ?? "";
    return (call[this.sort.by] ?? "").toLowerCase();
  }
}
