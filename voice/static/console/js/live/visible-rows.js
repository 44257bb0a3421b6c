// Only rows in sight are in the page, so thousands of calls cost no more than a screenful.
const ALL_UP_TO = 120; // with fewer calls all rows are in the page, for screen readers and the browser's own search
const MARGIN = 12; // rows above and below the screen

export class VisibleRows {
  /** `draw(sid, index, row or null)` returns the row, new or updated. */
  constructor(body, draw) {
    Object.assign(this, { body, draw, order: [], rows: new Map(), rowHeight: 40 });
    const columns = body.closest("table").tHead.rows[0].cells.length;
    this.above = this.spacer(columns);
    this.below = this.spacer(columns);
    body.replaceChildren(this.above, this.below);
    const schedule = () => this.schedulePaint();
    addEventListener("scroll", schedule, { passive: true });
    addEventListener("resize", schedule);
  }

  spacer(columns) {
    const row = document.createElement("tr");
    row.className = "space";
    row.ariaHidden = "true";
    row.append(Object.assign(document.createElement("td"), { colSpan: columns }));
    return row;
  }

  show(order) {
    this.order = order;
    this.schedulePaint();
  }

  /** Paint at most once per frame. */
  schedulePaint() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  visibleRange() {
    const count = this.order.length;
    if (count <= ALL_UP_TO) return [0, count];
    const top = this.body.getBoundingClientRect().top;
    const first = Math.floor(-top / this.rowHeight) - MARGIN;
    const last = first + Math.ceil(innerHeight / this.rowHeight) + 2 * MARGIN;
    return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
  }

  paint() {
    const [first, last] = this.visibleRange();
    const visible = this.order.slice(first, last);
    const focused = this.body.contains(document.activeElement) ? document.activeElement.closest("tr") : null;
    this.removeOthers(new Set(visible), focused);
    this.drawRows(visible, first);
    this.measureRow();
    this.above.style.height = `${first * this.rowHeight}px`;
    this.below.style.height = `${(this.order.length - last) * this.rowHeight}px`;
    this.above.hidden = first === 0;
    this.below.hidden = last === this.order.length;
    if (focused && !focused.isConnected) this.focus(Math.min(focused.ariaRowIndex - 2, this.order.length - 1));
  }

  /** Remove rows out of sight. The focused row stays until its call leaves the list. */
  removeOthers(visible, focused) {
    for (const [sid, row] of this.rows) {
      if (visible.has(sid) || (row === focused && this.order.includes(sid))) continue;
      row.remove();
      this.rows.delete(sid);
    }
  }

  drawRows(sids, firstIndex) {
    let before = this.above;
    sids.forEach((sid, offset) => {
      const row = this.draw(sid, firstIndex + offset, this.rows.get(sid) ?? null);
      this.rows.set(sid, row);
      if (before.nextSibling !== row) before.after(row);
      before = row;
    });
  }

  measureRow() {
    const row = this.above.nextSibling;
    const height = row === this.below ? 0 : row.getBoundingClientRect().height;
    if (height) this.rowHeight = height;
  }

  /** Scroll a row into view and focus it. */
  focus(index) {
    const sid = this.order[index];
    if (!sid) return;
    if (!this.rows.has(sid)) {
      scrollBy(0, this.body.getBoundingClientRect().top + index * this.rowHeight - innerHeight / 2);
    }
    this.paint();
    const row = this.rows.get(sid);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }
}
