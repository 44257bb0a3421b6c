// Which calls are selected: one by one, a stretch with shift, or all that match.
export class Picked {
  constructor() {
    this.sids = new Set();
    this.last = null;
  }

  has(sid) {
    return this.sids.has(sid);
  }

  get size() {
    return this.sids.size;
  }

  /** Change one; with `stretch` everything between it and the one before is made the same. */
  toggle(sid, order, stretch) {
    const on = !this.sids.has(sid);
    const [from, to] = [order.indexOf(stretch ? (this.last ?? sid) : sid), order.indexOf(sid)];
    const some = from < 0 ? [sid] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of some) this.set(one, on);
    this.last = sid;
  }

  set(sid, on) {
    if (on) this.sids.add(sid);
    else this.sids.delete(sid);
  }

  /** All of these, or none if they all are already. */
  all(order) {
    const on = !order.every((sid) => this.sids.has(sid));
    for (const sid of order) this.set(sid, on);
  }

  none() {
    this.sids.clear();
  }

  /** Forget those that are no longer live. */
  keep(isLive) {
    for (const sid of this.sids) if (!isLive(sid)) this.sids.delete(sid);
  }
}
