// The selected calls: single ones, a range with Shift, or all that match the filter.
export class Selection {
  constructor() {
    this.sids = new Set();
    this.lastToggled = null;
  }

  has(sid) {
    return this.sids.has(sid);
  }

  get size() {
    return this.sids.size;
  }

  /** Toggle one call; with `range`, all calls from the last toggled one to this one get its new state. */
  toggle(sid, order, range) {
    const selected = !this.sids.has(sid);
    const [from, to] = [order.indexOf(range ? (this.lastToggled ?? sid) : sid), order.indexOf(sid)];
    const changed = from < 0 ? [sid] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of changed) this.set(one, selected);
    this.lastToggled = sid;
  }

  set(sid, selected) {
    if (selected) this.sids.add(sid);
    else this.sids.delete(sid);
  }

  /** Select all of these calls, or none if all are selected. */
  toggleAll(order) {
    const selected = !order.every((sid) => this.sids.has(sid));
    for (const sid of order) this.set(sid, selected);
  }

  clear() {
    this.sids.clear();
  }

  /** Drop calls that are no longer live. */
  keepLive(isLive) {
    for (const sid of this.sids) if (!isLive(sid)) this.sids.delete(sid);
  }
}
