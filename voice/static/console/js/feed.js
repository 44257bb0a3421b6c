// The live feed: every event with its call as it is then, resumed where it broke off, so that none is missed.
import { address } from "./server.js";

const SILENT = 40_000; // milliseconds; the server says something every 15 seconds
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5_000;

/** Dispatches `event` (detail: the event, its `call` in it) and `state` (detail: live, broken or signed-out). */
export class Feed extends EventTarget {
  constructor(after) {
    super();
    this.last = after;
    this.wait = FIRST_WAIT;
    this.open();
    addEventListener("online", () => this.again());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.again());
  }

  open() {
    this.source = new EventSource(`${address("/admin/live/events")}?after=${this.last}`);
    this.source.onopen = () => this.alive();
    this.source.onmessage = (message) => this.heard(message);
    this.source.addEventListener("still-here", () => this.alive());
    this.source.onerror = () => this.broke();
    this.watch();
  }

  heard(message) {
    this.last = Number(message.lastEventId);
    this.alive();
    const event = { detail: JSON.parse(message.data) };
    this.dispatchEvent(new CustomEvent("event", event));
    document.dispatchEvent(new CustomEvent("happened", event)); // for parts that share a page's feed
  }

  alive() {
    this.wait = FIRST_WAIT;
    this.watch();
    this.tell("live");
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.broke(), SILENT);
  }

  /** We come back ourselves, from the last event that arrived: the browser would ask for all since the page was loaded. */
  async broke() {
    this.source.close();
    clearTimeout(this.silence);
    clearTimeout(this.later);
    const answer = await fetch(address("/admin/scenes"), { method: "HEAD" }).catch(() => null);
    if (answer?.status === 401) return this.tell("signed-out");
    this.tell("broken");
    this.later = setTimeout(() => this.open(), this.wait);
    this.wait = Math.min(LONGEST_WAIT, this.wait * (1.5 + Math.random()));
  }

  again() {
    if (this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.later);
    this.open();
  }

  tell(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
    document.dispatchEvent(new CustomEvent("connection", { detail: state }));
  }
}
