// <auto-refresh>: a part of a page that is fetched again when an event of its kinds arrives.
// With `data-in-place` its forms are sent without leaving the page; the answer replaces the part.
import { Feed } from "./feed.js";
import { copyMessages, showMessage } from "./messages.js";
import { morph } from "./morph.js";
import { fetchPage } from "./server.js";
import { localize } from "./times.js";

const PAUSE = 300; // milliseconds; events that arrive together cause one request

/**
 * `data-kinds`: prefixes of event kinds; `data-after`: opens a feed after this event; `data-page`: the URL to fetch;
 * `data-every`: seconds between two requests while the page is visible, for what no event reports.
 */
class AutoRefresh extends HTMLElement {
  connectedCallback() {
    if (this.connected) return;
    this.connected = true;
    if ("inPlace" in this.dataset) this.addEventListener("submit", (event) => this.send(event));
    document.addEventListener("feed-event", ({ detail }) => this.concerns(detail) && this.refresh());
    if (this.dataset.every) setInterval(() => document.hidden || this.refresh(), this.dataset.every * 1000);
    if (this.dataset.after) new Feed(Number(this.dataset.after));
    else document.addEventListener("feed-state", ({ detail }) => detail === "live" && this.refresh()); // events before the feed opened
  }

  concerns({ kind }) {
    return this.dataset.kinds.split(" ").some((prefix) => kind.startsWith(prefix));
  }

  /** One request at a time; events during a request cause one more. */
  async refresh() {
    this.stale = true;
    if (this.loading) return;
    this.loading = true;
    while (this.stale) {
      await new Promise((done) => setTimeout(done, PAUSE));
      this.stale = false;
      await this.load().catch(() => null);
    }
    this.loading = false;
  }

  async load() {
    this.updateFrom((await fetchPage(this.dataset.page ?? location.href)).page);
  }

  async send(event) {
    const form = event.target;
    const question = form.elements["ask-first"];
    if (question && !question.disabled) return; // forms.js asks the question and submits again
    event.preventDefault();
    const answer = await fetchPage(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (!answer) return showMessage("The server did not answer. Check the result before you try again.", "bad");
    if (this.updateFrom(answer.page)) return copyMessages(answer.page);
    if (answer.redirected) return location.assign(answer.url);
    showMessage(answer.page.querySelector("main")?.textContent.trim() ?? "", "bad");
  }

  /** Take over this part from another page; false if that page does not have it. */
  updateFrom(page) {
    const fresh = page.getElementById(this.id);
    if (!fresh) return false;
    for (const element of fresh.querySelectorAll("[data-no-script]")) element.remove();
    localize(fresh);
    const before = this.dataset.outcome;
    morph(this, fresh);
    if (this.dataset.outcome && this.dataset.outcome !== before) showMessage(this.dataset.outcome);
    return true;
  }
}

customElements.define("auto-refresh", AutoRefresh);
