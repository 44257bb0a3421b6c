// <live-call>: one call, kept up to date. Whatever happens to it or around it, the server is asked for the page again.
import { showConnection } from "../connection.js";
import { Feed } from "../feed.js";
import { morph } from "../morph.js";
import { page } from "../server.js";
import { shortcut } from "../shortcuts.js";
import { localise } from "../times.js";
import { tell } from "../messages.js";

const ON_DEMAND = ["recordings", "twilio"]; // parts that come only when they are asked for

class LiveCall extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.load(event));
    if (matchMedia("(max-width: 62rem)").matches) for (const long of this.querySelectorAll("[data-folds]")) long.open = false;
    if (!this.dataset.after) return; // long over
    const feed = new Feed(Number(this.dataset.after));
    showConnection(this, feed);
    feed.addEventListener("event", ({ detail }) => this.concerns(detail) && this.happened(detail));
    for (const link of this.querySelectorAll("[data-shortcut]")) {
      const key = link.dataset.shortcut;
      shortcut(key, link.textContent, () => this.querySelector(`[data-shortcut="${key}"]`)?.click());
    }
  }

  /** The call itself, its legs, who is in a room with it. */
  concerns({ call_sid: sid, call }) {
    return sid === this.dataset.sid || call?.parent_call_sid === this.dataset.sid || Boolean(this.querySelector(`[data-key="${CSS.escape(sid ?? "")}"]`));
  }

  /** Where the caller is now comes with the event; all else is asked for. */
  happened({ call }) {
    const place = this.querySelector("[data-place]");
    if (place && call?.call_sid === this.dataset.sid && call.live && call.place) place.textContent = call.place;
    this.refresh();
  }

  /** One request at a time; what happens meanwhile asks once more. */
  async refresh() {
    this.stale = true;
    if (this.asking) return;
    this.asking = true;
    while (this.stale) {
      this.stale = false;
      await this.show(location.pathname + (location.search.includes("all") ? "?all=1" : ""), (name) => !ON_DEMAND.includes(name)).catch(() => null);
    }
    this.asking = false;
  }

  async show(href, wanted) {
    const found = (await page(href)).page.querySelector("live-call");
    if (!found) return;
    for (const only of found.querySelectorAll("[data-without-script]")) only.hidden = true;
    localise(found);
    const news = this.newest();
    for (const fresh of found.querySelectorAll("[data-part]")) {
      if (wanted(fresh.dataset.part)) this.part(fresh);
    }
    for (const old of this.querySelectorAll("[data-part]")) {
      if (wanted(old.dataset.part) && !found.querySelector(`[data-part="${old.dataset.part}"]`)) old.remove();
    }
    if (this.newest() !== news) this.querySelector("[role=status][data-news]").textContent = this.newest();
  }

  part(fresh) {
    const old = this.querySelector(`[data-part="${fresh.dataset.part}"]`);
    if (old) morph(old, fresh);
  }

  newest() {
    return this.querySelector("li[data-news]")?.dataset.news ?? "";
  }

  async load(event) {
    const link = event.target.closest("a[data-part-of]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = link.dataset.partOf;
    link.setAttribute("aria-busy", "true");
    await this.show(link.href, (part) => part === name).catch(() => tell("The server cannot be reached.", "bad"));
    link.removeAttribute("aria-busy");
  }
}

customElements.define("live-call", LiveCall);
