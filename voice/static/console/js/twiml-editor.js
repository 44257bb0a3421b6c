// <twiml-editor>: numbers the lines, has the server check the document while the operator types, and marks lines with errors.
import { fetchPage } from "./server.js";

const PAUSE = 300; // milliseconds without a key press before the server checks

class TwimlEditor extends HTMLElement {
  connectedCallback() {
    [this.text, this.gutter, this.findings] = ["textarea", "[data-gutter]", "[data-findings]"].map((name) => this.querySelector(name));
    this.text.addEventListener("input", () => this.scheduleCheck());
    this.text.addEventListener("scroll", () => this.alignGutter());
    this.findings.addEventListener("click", (event) => this.goToFinding(event));
    this.numberLines();
  }

  scheduleCheck() {
    this.numberLines();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const { value } = this.text;
    const csrf = document.querySelector('meta[name="csrf-token"]').content;
    const body = new URLSearchParams({ twiml: value, csrf_token: csrf });
    const answer = await fetchPage(this.dataset.check, { method: "POST", body }).catch(() => null);
    const fresh = answer?.page.querySelector("[data-findings]");
    if (!fresh || value !== this.text.value) return;
    this.findings.replaceChildren(...document.importNode(fresh, true).childNodes);
    this.numberLines();
  }

  numberLines() {
    const errors = new Map([...this.findings.querySelectorAll("[data-line]")].map((link) => [Number(link.dataset.line), link.parentNode.textContent]));
    const count = this.text.value.split("\n").length;
    this.gutter.replaceChildren(
      ...Array.from({ length: count }, (_, index) =>
        Object.assign(document.createElement("span"), { textContent: index + 1, className: errors.has(index + 1) ? "bad" : "", title: errors.get(index + 1) ?? "" }),
      ),
    );
    this.alignGutter();
  }

  alignGutter() {
    this.gutter.scrollTop = this.text.scrollTop;
  }

  goToFinding(event) {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    const lines = this.text.value.split("\n");
    const [line, column] = [Number(link.dataset.line), Number(link.dataset.column)];
    const start = lines.slice(0, line - 1).reduce((sum, before) => sum + before.length + 1, 0) + column - 1;
    this.text.focus();
    this.text.setSelectionRange(start, start + 1);
  }
}

customElements.define("twiml-editor", TwimlEditor);
