// <kept-fresh>: a part of a page that is asked for again whenever something happens that concerns it.
import { Feed } from "./feed.js";
import { morph } from "./morph.js";
import { page } from "./server.js";
import { localise } from "./times.js";
import { tell } from "./told.js";

const PAUSE = 300; // milliseconds; much that happens at once is asked for once

/** `data-kinds`: how the events begin that concern it; `data-after`: open a feed from there; `data-page`: where it is found. */
class KeptFresh extends HTMLElement {
  connectedCallback() {
    if (this.listening) return;
    this.listening = true;
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

  async show() {
    const fresh = (await page(this.dataset.page ?? location.href)).page.getElementById(this.id);
    if (!fresh) return;
    for (const only of fresh.querySelectorAll("[data-without-script]")) only.remove();
    localise(fresh);
    const before = this.dataset.outcome;
    morph(this, fresh);
    if (this.dataset.outcome && this.dataset.outcome !== before) tell(this.dataset.outcome);
  }
}

customElements.define("kept-fresh", KeptFresh);
