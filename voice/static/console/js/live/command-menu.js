// All commands for one call, in a menu beside its row.
import { make, pageOf } from "./row.js";

export class Menu {
  constructor(commands) {
    this.commands = commands;
    this.element = make("div", "menu");
    this.element.popover = "auto";
    this.element.addEventListener("keydown", (event) => this.move(event));
    this.element.addEventListener("click", () => this.element.hidePopover());
    document.body.append(this.element);
  }

  get open() {
    return this.element.matches(":popover-open");
  }

  /** Show it for a call, beside the button that asked for it. */
  show(sid, button) {
    this.element.replaceChildren(this.link(sid, { title: "Open the call", name: "" }), ...this.entries(sid));
    this.element.showPopover();
    const [beside, own] = [button.getBoundingClientRect(), this.element.getBoundingClientRect()];
    this.element.style.left = `${Math.max(8, Math.min(beside.right - own.width, innerWidth - own.width - 8))}px`;
    this.element.style.top = `${beside.bottom + own.height > innerHeight ? Math.max(8, beside.top - own.height) : beside.bottom}px`;
    this.element.querySelector("a").focus();
  }

  entries(sid) {
    let group = "";
    return this.commands.flatMap((command) => {
      const heading = command.group !== group ? [make("h3", "", command.group)] : [];
      group = command.group;
      return [...heading, this.link(sid, command)];
    });
  }

  link(sid, { name, title, group }) {
    const link = Object.assign(make("a", group === "End" ? "danger" : "", title), { href: name ? `${pageOf(sid)}/${name}` : pageOf(sid) });
    if (name) link.dataset.dialog = "";
    return link;
  }

  move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const links = [...this.element.querySelectorAll("a")];
    links.at((links.indexOf(document.activeElement) + step) % links.length).focus();
  }
}
