// <kept-fresh>: a part of a page that is asked for again whenever something happens that concerns it.
// With `data-in-place` its forms are sent without leaving the page, whose new state is the answer.
import { Feed } from "./feed.js";
import { morph } from "./morph.js";
import { page } from "./server.js";
import { localise } from "./times.js";
import { tell, tellFrom } from "./messages.js";

const PAUSE = 300; // milliseconds; much that happens at once is asked for once

/** `data-kinds`: how the events begin that concern it; `data-after`: open a feed from there; `data-page`: where it is found. */
class KeptFresh extends HTMLElement {
  connectedCallback() {
    if (this.listening) return;
    this.listening = true;
    if ("inPlace" in this.dataset) this.addEventListener("submit", (event) => this.send(event));
    document.addEventListener("happened", ({ detail }) => this.concerns(detail) && this.refresh());
    if (this.dataset.after) new Feed(Number(this.dataset.after));
    else document.addEventListener("connection", ({ detail }) => detail === "live" && this.refresh()); // what it missed until then
  }

  concerns({ kind }) {
    return this.dataset.kinds.split(" ").some((begin) => kind.startsWith(begin));
  }

  /** One request at a time; what happens meanwhile asks once more. */
  async refresh() {
    this.stale = true;
    if (this.asking) return;
    this.asking = true;
    while (this.stale) {
      await new Promise((passed) => setTimeout(passed, PAUSE));
      this.stale = false;
      await this.show().catch(() => null);
    }
    this.asking = false;
  }

  async send(event) {
    const form = event.target;
    const question = form.elements["ask-first"];
    if (question && !question.disabled) return; // it is asked first
    event.preventDefault();
    const found = await page(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (!found) return tell("The server cannot be reached; nothing is known of what you asked for.", "bad");
    if (this.bring(found.page)) return tellFrom(found.page);
    if (found.moved) return location.assign(found.at);
    tell(found.page.querySelector("main")?.textContent.trim() ?? "", "bad");
  }

  async show() {
    this.bring((await page(this.dataset.page ?? location.href)).page);
  }

  /** Bring this part up to what stands in another page; false if that has no such part. */
  bring(found) {
    const fresh = found.getElementById(this.id);
    if (!fresh) return false;
    for (const only of fresh.querySelectorAll("[data-without-script]")) only.remove();
    localise(fresh);
    const before = this.dataset.outcome;
    morph(this, fresh);
    if (this.dataset.outcome && this.dataset.outcome !== before) tell(this.dataset.outcome);
    return true;
  }
}

customElements.define("kept-fresh", KeptFresh);
