// <twiml-editor>: numbers the lines, asks the server while somebody types, and marks the lines where something is wrong.
import { page } from "./server.js";

const PAUSE = 300; // milliseconds without a key before the server is asked

class TwimlEditor extends HTMLElement {
  connectedCallback() {
    [this.text, this.gutter, this.seen] = ["textarea", "[data-gutter]", "[data-seen]"].map((name) => this.querySelector(name));
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("scroll", () => this.level());
    this.seen.addEventListener("click", (event) => this.jump(event));
    this.number();
  }

  typed() {
    this.number();
    clearTimeout(this.later);
    this.later = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const { value } = this.text;
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    const body = new URLSearchParams({ twiml: value, csrf_token: csrf });
    const found = await page(this.dataset.check, { method: "POST", body }).catch(() => null);
    const fresh = found?.page.querySelector("[data-seen]");
    if (!fresh || value !== this.text.value) return;
    this.seen.replaceChildren(...document.importNode(fresh, true).childNodes);
    this.number();
  }

  number() {
    const wrong = new Map([...this.seen.querySelectorAll("[data-line]")].map((link) => [Number(link.dataset.line), link.parentNode.textContent]));
    const count = this.text.value.split("\n").length;
    this.gutter.replaceChildren(
      ...Array.from({ length: count }, (_, at) =>
        Object.assign(document.createElement("span"), { textContent: at + 1, className: wrong.has(at + 1) ? "bad" : "", title: wrong.get(at + 1) ?? "" }),
      ),
    );
    this.level();
  }

  level() {
    this.gutter.scrollTop = this.text.scrollTop;
  }

  jump(event) {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = this.text.value.split("\n");
    const [line, column] = [Number(link.dataset.line), Number(link.dataset.column)];
    const at = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
    this.text.focus();
    this.text.setSelectionRange(at, at + 1);
  }
}

customElements.define("twiml-editor", TwimlEditor);
