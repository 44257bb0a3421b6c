// <live-calls>: the list of live calls, kept up to date by the feed. The server's own table is what it starts from.
import { showConnection } from "../connection.js";
import { Feed } from "../feed.js";
import { openForm } from "../forms.js";
import { get } from "../server.js";
import { shortcut } from "../shortcuts.js";
import { tell } from "../messages.js";
import { Calls } from "./call-list.js";
import { Hand } from "./pointer-hold.js";
import { Menu } from "./command-menu.js";
import { Picked } from "./selection.js";
import { newRow, pageOf, update } from "./row.js";
import { Window } from "./visible-rows.js";

class LiveCalls extends HTMLElement {
  connectedCallback() {
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.canAct = this.dataset.canAct === "yes";
    const commands = JSON.parse(this.find("menu").textContent);
    this.common = commands.filter((command) => !command.group).slice(0, 2);
    this.menu = new Menu(commands);
    [this.calls, this.picked, this.heard, this.at] = [new Calls(), new Picked(), new Set(), null];
    this.table = this.querySelector("table");
    this.calls.filter(this.find("filter").value);
    this.listen();
    this.keys();
    this.load().catch((error) => tell(error.message, "bad"));
  }

  /** The whole list, page by page; the feed goes on from where the first page was read. */
  async load() {
    this.loading = true;
    let page = await get("/admin/live");
    this.window = new Window(this.table.tBodies[0], (...row) => this.row(...row));
    this.hand = new Hand(this.table.tBodies[0], () => this.show());
    this.feed = new Feed(page.after);
    this.feed.addEventListener("event", ({ detail }) => this.happened(detail));
    showConnection(this, this.feed);
    for (;;) {
      for (const call of page.calls) if (!this.heard.has(call.call_sid)) this.calls.put(call, 0);
      this.show();
      if (!page.next) break;
      page = await get(`/admin/live?cursor=${encodeURIComponent(page.next)}`);
    }
    this.loading = false;
    this.show();
    setInterval(() => this.show(), 1000); // what is over fades, what is held is let go
  }

  happened({ call }) {
    if (!call) return;
    if (this.loading) this.heard.add(call.call_sid);
    if (this.calls.put(call)) this.show();
  }

  get held() {
    return !this.loading && (this.hand.on || this.menu.open);
  }

  show() {
    const waiting = this.calls.arrange(this.held);
    this.picked.keep((sid) => this.calls.get(sid)?.live);
    const { order } = this.calls;
    this.table.setAttribute("aria-rowcount", order.length + 1);
    this.window?.show(order);
    this.count(waiting, order.length);
    this.bulk();
  }

  count(waiting, shown) {
    this.find("count").textContent = `${this.calls.live}${this.loading ? "+" : ""}`;
    this.find("empty").hidden = this.calls.known.size > 0;
    this.find("no-match").hidden = shown > 0 || this.calls.known.size === 0;
    this.table.hidden = shown === 0;
    const button = this.find("waiting");
    button.hidden = waiting === 0;
    button.textContent = `${waiting} new – show`;
  }

  row(sid, index, row) {
    const call = this.calls.get(sid);
    const drawn = row ?? newRow(call, this.canAct, this.common);
    update(drawn, call, { leg: this.calls.isLeg(call), picked: this.picked.has(sid), at: sid === this.at, first: !this.calls.get(this.at) && index === 0, index });
    return drawn;
  }

  listen() {
    this.find("search").addEventListener("submit", (event) => event.preventDefault());
    this.find("filter").addEventListener("input", (event) => {
      this.calls.filter(event.target.value);
      this.rearrange();
    });
    this.find("waiting").addEventListener("click", () => this.rearrange());
    for (const button of this.querySelectorAll("[data-sort]")) button.addEventListener("click", () => this.sort(button));
    this.table.tBodies[0].addEventListener("click", (event) => this.clicked(event));
    this.table.tBodies[0].addEventListener("focusin", (event) => this.here(event.target.closest("tr")?.dataset.sid));
    const all = this.find("pick-all");
    if (!all) return;
    all.hidden = !this.querySelector("#bulk");
    all.addEventListener("click", () => this.pick(() => this.picked.all(this.calls.order)));
    this.find("pick-none")?.addEventListener("click", () => this.pick(() => this.picked.none()));
    this.querySelector("#bulk")?.addEventListener("submit", () => this.fill());
  }

  sort(button) {
    const { sort } = this.calls;
    const by = button.dataset.sort;
    this.calls.sort = { by, down: sort.by === by ? !sort.down : by === "started_at" || by === "asked" };
    for (const head of this.table.querySelectorAll("th[aria-sort]")) head.removeAttribute("aria-sort");
    button.closest("th").setAttribute("aria-sort", this.calls.sort.down ? "descending" : "ascending");
    this.rearrange();
  }

  rearrange() {
    this.hand?.release();
    this.show();
  }

  clicked(event) {
    const sid = event.target.closest("tr")?.dataset.sid;
    if (event.target.closest(".more")) this.menu.show(sid, event.target.closest(".more"));
    if (event.target.matches("input[type=checkbox]")) {
      this.pick(() => this.picked.toggle(sid, this.calls.order, event.shiftKey));
    }
  }

  pick(change) {
    change();
    this.show();
  }

  bulk() {
    const form = this.querySelector("#bulk");
    if (!form) return;
    form.hidden = this.picked.size === 0;
    this.find("picked").textContent = `${this.picked.size} selected`;
    this.find("pick-none").hidden = false;
    const all = this.find("pick-all");
    all.checked = this.picked.size > 0 && this.calls.order.every((sid) => this.picked.has(sid));
    all.indeterminate = this.picked.size > 0 && !all.checked;
  }

  fill() {
    const field = this.querySelector("#bulk textarea");
    field.disabled = false;
    field.value = [...this.picked.sids].join("\n");
  }

  here(sid) {
    if (!sid || sid === this.at) return;
    this.at = sid;
    this.window?.later();
  }

  step(by) {
    const { order } = this.calls;
    const now = order.indexOf(this.at);
    const next = now < 0 ? 0 : Math.max(0, Math.min(order.length - 1, now + by));
    this.here(order[next]);
    this.window.focus(next);
  }

  keys() {
    const onRow = (action) => () => this.calls.get(this.at) && action(this.at);
    shortcut("j", "Next call", () => this.step(1));
    shortcut("k", "Call before", () => this.step(-1));
    shortcut("Enter", "Open the call", (event) => onRow((sid) => location.assign(pageOf(sid)))(event));
    if (!this.canAct) return;
    shortcut("x", "Select the call", onRow((sid) => this.pick(() => this.picked.toggle(sid, this.calls.order, false))));
    shortcut("m", "All commands for the call", onRow((sid) => this.menu.show(sid, this.window.rows.get(sid))));
    for (const { name, title } of this.common) {
      shortcut(name[0], `${title} (the call)`, onRow((sid) => openForm(`${pageOf(sid)}/${name}`)));
    }
    shortcut("e", "End call", onRow((sid) => openForm(`${pageOf(sid)}/end`)));
  }
}

customElements.define("live-calls", LiveCalls);
