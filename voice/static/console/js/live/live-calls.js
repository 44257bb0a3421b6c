// <live-calls>: the list of live calls. It starts from the server's table, and the feed keeps it up to date.
import { showConnection } from "../connection.js";
import { openForm } from "../dialogs.js";
import { Feed } from "../feed.js";
import { showMessage } from "../messages.js";
import { getJson } from "../server.js";
import { addShortcut } from "../shortcuts.js";
import { CallList } from "./call-list.js";
import { CommandMenu } from "./command-menu.js";
import { PointerHold } from "./pointer-hold.js";
import { callPage, createRow, updateRow } from "./row.js";
import { Selection } from "./selection.js";
import { VisibleRows } from "./visible-rows.js";

class LiveCalls extends HTMLElement {
  connectedCallback() {
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.canAct = this.dataset.canAct === "yes";
    const { commands, tones } = JSON.parse(this.find("settings").textContent);
    [this.commands, this.tones] = [commands, tones];
    this.quickCommands = commands.filter((command) => command.quick);
    this.menu = new CommandMenu(this.commands);
    [this.calls, this.selection, this.updatedSids, this.currentSid] = [new CallList(), new Selection(), new Set(), null];
    this.table = this.querySelector("table");
    this.calls.filter(this.find("filter").value);
    this.addListeners();
    this.addShortcuts();
    this.load().catch((error) => showMessage(error.message, "bad"));
  }

  /** Load the whole list page by page. The feed starts at the event the first page was read at. */
  async load() {
    this.loading = true;
    let page = await getJson("/admin/live");
    this.rows = new VisibleRows(this.table.tBodies[0], (...row) => this.drawRow(...row));
    this.pointer = new PointerHold(this.table.tBodies[0], () => this.show());
    this.feed = new Feed(page.after);
    this.feed.addEventListener("event", ({ detail }) => this.update(detail));
    showConnection(this, this.feed);
    for (;;) {
      for (const call of page.calls) if (!this.updatedSids.has(call.call_sid)) this.calls.put(call, 0);
      this.show();
      if (!page.next) break;
      page = await getJson(`/admin/live?cursor=${encodeURIComponent(page.next)}`);
    }
    this.loading = false;
    this.show();
    setInterval(() => this.show(), 1000); // removes ended calls and notices the end of a hold
  }

  update({ call }) {
    if (!call) return;
    if (this.loading) this.updatedSids.add(call.call_sid);
    if (this.calls.put(call)) this.show();
  }

  get held() {
    return !this.loading && (this.pointer.active || this.menu.isOpen);
  }

  show() {
    const waiting = this.calls.arrange(this.held);
    this.selection.keepLive((sid) => this.calls.get(sid)?.live);
    const { order } = this.calls;
    this.table.setAttribute("aria-rowcount", order.length + 1);
    this.rows?.show(order);
    this.showCounts(waiting, order.length);
    this.showSelection();
  }

  showCounts(waiting, shown) {
    this.find("count").textContent = `${this.calls.liveCount.toLocaleString("en")}${this.loading ? "+" : ""}`;
    this.find("empty").hidden = this.calls.bySid.size > 0;
    this.find("no-match").hidden = shown > 0 || this.calls.bySid.size === 0;
    this.table.hidden = shown === 0;
    const button = this.find("waiting");
    button.hidden = waiting === 0;
    button.textContent = `Show ${waiting} new`;
  }

  showSelection() {
    const form = this.querySelector("#bulk");
    if (!form) return;
    form.hidden = this.selection.size === 0;
    this.find("selected-count").textContent = `${this.selection.size.toLocaleString("en")} selected`;
    this.find("clear-selection").hidden = false;
    const all = this.find("select-all");
    all.checked = this.selection.size > 0 && this.calls.order.every((sid) => this.selection.has(sid));
    all.indeterminate = this.selection.size > 0 && !all.checked;
  }

  drawRow(sid, index, existing) {
    const call = this.calls.get(sid);
    const row = existing ?? createRow(call, this.canAct, this.quickCommands);
    const current = sid === this.currentSid;
    const reachable = current || (!this.calls.get(this.currentSid) && index === 0);
    updateRow(row, call, {
      leg: this.calls.isLeg(call), selected: this.selection.has(sid), current, reachable, index, tones: this.tones,
    });
    return row;
  }

  addListeners() {
    this.find("search").addEventListener("submit", (event) => event.preventDefault());
    this.find("filter").addEventListener("input", (event) => {
      this.calls.filter(event.target.value);
      this.showNow();
    });
    this.find("waiting").addEventListener("click", () => this.showNow());
    for (const button of this.querySelectorAll("[data-sort]")) button.addEventListener("click", () => this.sort(button));
    this.table.tBodies[0].addEventListener("click", (event) => this.handleClick(event));
    this.table.tBodies[0].addEventListener("focusin", (event) => this.setCurrent(event.target.closest("tr")?.dataset.sid));
    const all = this.find("select-all");
    if (!all) return;
    all.hidden = !this.querySelector("#bulk");
    all.addEventListener("click", () => this.select(() => this.selection.toggleAll(this.calls.order)));
    this.find("clear-selection")?.addEventListener("click", () => this.select(() => this.selection.clear()));
    this.querySelector("#bulk")?.addEventListener("submit", () => this.fillBulkForm());
  }

  sort(button) {
    const { sort } = this.calls;
    const by = button.dataset.sort;
    this.calls.sort = { by, descending: sort.by === by ? !sort.descending : by === "started_at" || by === "action" };
    for (const head of this.table.querySelectorAll("th[aria-sort]")) head.removeAttribute("aria-sort");
    const ascending = this.calls.sort.descending === (by === "started_at"); // the newest call has the shortest duration
    button.closest("th").setAttribute("aria-sort", ascending ? "ascending" : "descending");
    this.showNow();
  }

  /** Show the list in its new order, even if the pointer is on it. */
  showNow() {
    this.pointer?.release();
    this.show();
  }

  handleClick(event) {
    const sid = event.target.closest("tr")?.dataset.sid;
    if (event.target.closest(".more")) this.menu.show(sid, event.target.closest(".more"));
    if (event.target.matches("input[type=checkbox]")) {
      this.select(() => this.selection.toggle(sid, this.calls.order, event.shiftKey));
    }
  }

  select(change) {
    change();
    this.show();
  }

  fillBulkForm() {
    const field = this.querySelector("#bulk textarea");
    field.disabled = false;
    field.value = [...this.selection.sids].join("\n");
  }

  setCurrent(sid) {
    if (!sid || sid === this.currentSid) return;
    this.currentSid = sid;
    this.rows?.schedulePaint();
  }

  moveBy(step) {
    const { order } = this.calls;
    const index = order.indexOf(this.currentSid);
    const next = index < 0 ? 0 : Math.max(0, Math.min(order.length - 1, index + step));
    this.setCurrent(order[next]);
    this.rows.focus(next);
  }

  addShortcuts() {
    const onCurrent = (action) => () => this.calls.get(this.currentSid) && action(this.currentSid);
    addShortcut("j", "Next call", () => this.moveBy(1));
    addShortcut("k", "Previous call", () => this.moveBy(-1));
    addShortcut("Enter", "Open call", onCurrent((sid) => location.assign(callPage(sid))));
    if (!this.canAct) return;
    addShortcut("x", "Select call", onCurrent((sid) => this.select(() => this.selection.toggle(sid, this.calls.order, false))));
    addShortcut("m", "Show all commands", onCurrent((sid) => this.menu.show(sid, this.rows.rows.get(sid))));
    for (const { name, title, shortcut } of this.commands) {
      if (shortcut) addShortcut(shortcut, title, onCurrent((sid) => openForm(`${callPage(sid)}/${name}`)));
    }
  }
}

customElements.define("live-calls", LiveCalls);
