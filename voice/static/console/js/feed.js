// The live feed: every event with its call as it is now. A lost connection resumes after the last event received.
import { url } from "./server.js";

const SILENCE_LIMIT = 40_000; // milliseconds; the server sends something every 15 seconds
const FIRST_DELAY = 500; // milliseconds before the first retry
const LONGEST_DELAY = 5_000;

/** Dispatches `event` (detail: the event with its `call`) and `state` (detail: live, broken or signed-out). */
export class Feed extends EventTarget {
  constructor(after) {
    super();
    this.lastEventId = after;
    this.delay = FIRST_DELAY;
    this.open();
    addEventListener("online", () => this.reopen());
    addEventListener("pagehide", () => this.source?.close());
    addEventListener("pageshow", (event) => event.persisted && this.reopen());
  }

  open() {
    this.source = new EventSource(`${url("/admin/live/events")}?after=${this.lastEventId}`);
    this.source.onopen = () => this.markAlive();
    this.source.onmessage = (message) => this.receive(message);
    this.source.addEventListener("still-here", () => this.markAlive());
    this.source.onerror = () => this.reconnect();
    this.restartSilenceTimer();
  }

  receive(message) {
    this.lastEventId = Number(message.lastEventId);
    this.markAlive();
    const event = { detail: JSON.parse(message.data) };
    this.dispatchEvent(new CustomEvent("event", event));
    document.dispatchEvent(new CustomEvent("feed-event", event)); // for parts that share the page's feed
  }

  markAlive() {
    this.delay = FIRST_DELAY;
    this.restartSilenceTimer();
    this.setState("live");
  }

  restartSilenceTimer() {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = setTimeout(() => this.reconnect(), SILENCE_LIMIT);
  }

  /** The browser's own retry would start again from the page load, so the feed reconnects itself. */
  async reconnect() {
    this.source.close();
    clearTimeout(this.silenceTimer);
    clearTimeout(this.retryTimer);
    const answer = await fetch(url("/admin/scenes"), { method: "HEAD" }).catch(() => null);
    if (answer?.status === 401) return this.setState("signed-out");
    this.setState("broken");
    this.retryTimer = setTimeout(() => this.open(), this.delay);
    this.delay = Math.min(LONGEST_DELAY, this.delay * (1.5 + Math.random()));
  }

  reopen() {
    if (this.source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.retryTimer);
    this.open();
  }

  setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
    document.dispatchEvent(new CustomEvent("feed-state", { detail: state }));
  }
}
