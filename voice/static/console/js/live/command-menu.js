// The menu of all commands for one call, beside its row.
import { callPage, createElement } from "./row.js";

export class CommandMenu {
  constructor(commands) {
    this.commands = commands;
    this.element = createElement("div", "menu");
    this.element.popover = "auto";
    this.element.addEventListener("keydown", (event) => this.moveFocus(event));
    this.element.addEventListener("click", () => this.element.hidePopover());
    document.body.append(this.element);
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /** Show the menu for a call, beside the button or row that opened it. */
  show(sid, anchor) {
    this.element.replaceChildren(this.link(sid, { title: "Open call", name: "" }), ...this.entries(sid));
    this.element.showPopover();
    const [beside, own] = [anchor.getBoundingClientRect(), this.element.getBoundingClientRect()];
    this.element.style.left = `${Math.max(8, Math.min(beside.right - own.width, innerWidth - own.width - 8))}px`;
    this.element.style.top = `${beside.bottom + own.height > innerHeight ? Math.max(8, beside.top - own.height) : beside.bottom}px`;
    this.element.querySelector("a").focus();
  }

  entries(sid) {
    let group = "";
    return this.commands.flatMap((command) => {
      const heading = command.group !== group ? [createElement("h3", "", command.group)] : [];
      group = command.group;
      return [...heading, this.link(sid, command)];
    });
  }

  link(sid, { name, title, danger }) {
    const link = Object.assign(createElement("a", danger ? "danger" : "", title), { href: name ? `${callPage(sid)}/${name}` : callPage(sid) });
    if (name) link.dataset.dialog = "";
    return link;
  }

  moveFocus(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...this.element.querySelectorAll("a")];
    links.at((links.indexOf(document.activeElement) + step) % links.length).focus();
  }
}
