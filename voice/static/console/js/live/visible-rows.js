// Only the rows in sight are in the page: thousands of calls cost no more than a screenful.
const ALL_UP_TO = 120; // fewer rows are simply all there, for screen readers and the browser's own search
const BEYOND = 12;

export class Window {
  /** `draw(sid, index, row or null)` gives the row, new or brought up to date. */
  constructor(body, draw) {
    Object.assign(this, { body, draw, order: [], rows: new Map(), height: 40 });
    const columns = body.closest("table").tHead.rows[0].cells.length;
    this.above = this.space(columns);
    this.below = this.space(columns);
    body.replaceChildren(this.above, this.below);
    const again = () => this.later();
    addEventListener("scroll", again, { passive: true });
    addEventListener("resize", again);
  }

  space(columns) {
    const row = document.createElement("tr");
    row.className = "space";
    row.ariaHidden = "true";
    row.append(Object.assign(document.createElement("td"), { colSpan: columns }));
    return row;
  }

  show(order) {
    this.order = order;
    this.later();
  }

  /** At most once a frame, whatever happens in between. */
  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  range() {
    const count = this.order.length;
    if (count <= ALL_UP_TO) return [0, count];
    const top = this.body.getBoundingClientRect().top;
    const first = Math.floor(-top / this.height) - BEYOND;
    const last = first + Math.ceil(innerHeight / this.height) + 2 * BEYOND;
    return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
  }

  paint() {
    const [first, last] = this.range();
    const count = this.order.length;
    const wanted = this.order.slice(first, last);
    const keep = new Set(wanted);
    const focused = this.body.contains(document.activeElement) ? document.activeElement.closest("tr") : null;
    for (const [sid, row] of this.rows) if (!keep.has(sid) && (row !== focused || !this.order.includes(sid))) this.drop(sid, row);
    let before = this.above;
    wanted.forEach((sid, offset) => {
      const row = this.draw(sid, first + offset, this.rows.get(sid) ?? null);
      this.rows.set(sid, row);
      if (before.nextSibling !== row) before.after(row);
      before = row;
    });
    this.measure();
    this.above.style.height = `${first * this.height}px`;
    this.below.style.height = `${(this.order.length - last) * this.height}px`;
    this.above.hidden = first === 0;
    this.below.hidden = last === this.order.length;
    if (focused && !focused.isConnected) this.focus(Math.min(focused.ariaRowIndex - 2, count - 1));
  }

  drop(sid, row) {
    row.remove();
    this.rows.delete(sid);
  }

  measure() {
    const row = this.above.nextSibling;
    const height = row === this.below ? 0 : row.getBoundingClientRect().height;
    if (height) this.height = height;
  }

  /** Bring a row into sight, and give it the focus. */
  focus(index) {
    const sid = this.order[index];
    if (!sid) return;
    if (!this.rows.has(sid)) {
      scrollBy(0, this.body.getBoundingClientRect().top + index * this.height - innerHeight / 2);
    }
    this.paint();
    const row = this.rows.get(sid);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
}
