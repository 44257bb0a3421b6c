// <live-call>: the page of one call. An event of the call or of its legs makes it fetch the page again.
import { showConnection } from "../connection.js";
import { Feed } from "../feed.js";
import { showMessage } from "../messages.js";
import { morph } from "../morph.js";
import { fetchPage } from "../server.js";
import { addShortcut } from "../shortcuts.js";
import { localize } from "../times.js";

const ON_DEMAND = ["recordings", "twilio"]; // parts that are loaded only by their buttons
const NARROW = "(max-width: 62rem)";

class LiveCall extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => this.loadPart(event));
    if (matchMedia(NARROW).matches) for (const section of this.querySelectorAll("[data-collapsible]")) section.open = false;
    if (!this.dataset.after) return; // the call ended long ago
    const feed = new Feed(Number(this.dataset.after));
    showConnection(this, feed);
    feed.addEventListener("event", ({ detail }) => this.concerns(detail) && this.update(detail));
    for (const link of this.querySelectorAll("[data-shortcut]")) {
      const key = link.dataset.shortcut;
      addShortcut(key, link.textContent, () => this.querySelector(`[data-shortcut="${key}"]`)?.click());
    }
  }

  /** True for an event of the call, of its legs, or of a participant in its conference. */
  concerns({ call_sid: sid, call }) {
    return sid === this.dataset.sid || call?.parent_call_sid === this.dataset.sid || Boolean(this.querySelector(`[data-key="${CSS.escape(sid ?? "")}"]`));
  }

  /** The event carries the call's new place; everything else comes with the page. */
  update({ call }) {
    const place = this.querySelector("[data-place]");
    if (place && call?.call_sid === this.dataset.sid && call.live && call.place) place.textContent = call.place;
    this.refresh();
  }

  /** One request at a time; events during a request cause one more. */
  async refresh() {
    this.stale = true;
    if (this.loading) return;
    this.loading = true;
    while (this.stale) {
      this.stale = false;
      const query = location.search.includes("all") ? "?all=1" : "";
      await this.load(location.pathname + query, (part) => !ON_DEMAND.includes(part)).catch(() => null);
    }
    this.loading = false;
  }

  async load(href, isWanted) {
    const fresh = (await fetchPage(href)).page.querySelector("live-call");
    if (!fresh) return;
    for (const element of fresh.querySelectorAll("[data-no-script]")) element.hidden = true;
    localize(fresh);
    const announcement = this.newestAnnouncement();
    for (const part of fresh.querySelectorAll("[data-part]")) {
      if (isWanted(part.dataset.part)) this.updatePart(part);
    }
    for (const part of this.querySelectorAll("[data-part]")) {
      if (isWanted(part.dataset.part) && !fresh.querySelector(`[data-part="${part.dataset.part}"]`)) part.remove();
    }
    if (this.newestAnnouncement() !== announcement) this.querySelector("[role=status][data-announcements]").textContent = this.newestAnnouncement();
  }

  updatePart(fresh) {
    const part = this.querySelector(`[data-part="${fresh.dataset.part}"]`);
    if (part) morph(part, fresh);
  }

  newestAnnouncement() {
    return this.querySelector("li[data-announcement]")?.dataset.announcement ?? "";
  }

  async loadPart(event) {
    const link = event.target.closest("a[data-loads-part]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const name = link.dataset.loadsPart;
    link.setAttribute("aria-busy", "true");
    await this.load(link.href, (part) => part === name).catch(() => showMessage("The server cannot be reached. Check your connection.", "bad"));
    link.removeAttribute("aria-busy");
  }
}

customElements.define("live-call", LiveCall);
