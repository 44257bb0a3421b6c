// The page: which phones it shows, and which phone is selected.

import "./emulator-clock.js";
import "./dial-form.js";
import "./call-list.js";
import { ring } from "./audio.js";
import { setText } from "./dom.js";
import { showEmptyState } from "./empty-state.js";
import { keyOf } from "./keypad.js";
import { isEnded, isRinging, ownNumber } from "./labels.js";
import { PhoneCard } from "./phone-card.js";
import * as store from "./store.js";

const OPENED_AUTOMATICALLY = 6; // live calls open a phone up to this number of phones
const KEPT_PHONES = 8; // above this number, a new phone replaces one whose call has ended

const phones = document.getElementById("phones");
const form = document.querySelector("dial-form");
const list = document.querySelector("call-list");
const empty = document.getElementById("empty");
const cards = new Map();
const closed = new Set();
let current = null;
let ringing = [];

const summaryOf = (sid) => store.state.overview?.calls.find((call) => call.sid === sid);
const numberOf = (sid) => (summaryOf(sid) ? ownNumber(summaryOf(sid)) : "");

function open(sid, { focus = false } = {}) {
  closed.delete(sid);
  if (!cards.has(sid)) addCard(sid);
  if (focus || !current) select(cards.get(sid));
  if (focus) {
    cards.get(sid).focus({ preventScroll: true });
    cards.get(sid).scrollIntoView({ block: "nearest" });
  }
  showList();
}

function addCard(sid) {
  const redial = (call) => form.redial(call);
  const card = new PhoneCard().open(sid, { numberOf, redial, account: store.state.overview.account });
  card.addEventListener("close", () => close(sid));
  card.addEventListener("focusin", () => select(card));
  const parent = cards.get(summaryOf(sid)?.parent_call_sid);
  if (parent) parent.after(card);
  else phones.prepend(card);
  cards.set(sid, card);
  store.watch(sid);
  removeOldest(sid);
}

function removeOldest(exceptSid) {
  const ended = [...cards.values()].filter((card) => card.sid !== exceptSid && card.call && isEnded(card.call));
  if (cards.size > KEPT_PHONES && ended.length) removeCard(ended[0].sid);
}

function close(sid) {
  closed.add(sid);
  removeCard(sid);
  (current ?? phones).focus();
}

function removeCard(sid) {
  cards.get(sid)?.remove();
  cards.delete(sid);
  store.unwatch(sid);
  if (current?.sid === sid) {
    current = null;
    if (cards.size) select(cards.values().next().value);
  }
  showList();
}

function select(card) {
  if (current === card) return;
  if (current) current.isCurrent = false;
  current?.classList.remove("current");
  current = card;
  card.isCurrent = true;
  card.classList.add("current");
}

function showList() {
  const overview = store.state.overview;
  if (overview) list.show(overview, (sid) => cards.has(sid));
  empty.hidden = cards.size > 0;
  phones.dataset.phones = cards.size > 2 ? "many" : cards.size;
  if (overview && !cards.size) showEmptyState(empty, overview);
}

function showOverview(overview) {
  form.show(overview);
  for (const call of [...overview.calls].reverse()) {
    if (isEnded(call) || closed.has(call.sid) || cards.has(call.sid)) continue;
    if (cards.has(call.parent_call_sid) || cards.size < OPENED_AUTOMATICALLY) open(call.sid);
  }
  showRinging(overview.calls.filter(isRinging).map((call) => call.sid));
  showList();
}

function showRinging(sids) {
  if (sids.some((sid) => !ringing.includes(sid))) ring();
  ringing = sids;
  document.title = `${sids.length ? `(${sids.length} ringing) ` : ""}Phones · emulator`;
}

const CONNECTIONS = { live: "● Live", lost: "✕ The emulator is not responding. Reconnecting…" };

function showConnection(connection) {
  const line = document.getElementById("connection");
  setText(line, CONNECTIONS[connection]);
  line.className = `connection ${connection}`;
  if (connection === "live") [form, ...cards.values()].forEach((element) => element.showError(""));
}

function startOver() {
  [...cards.keys()].forEach(removeCard);
  closed.clear();
}

store.updates.addEventListener("connection", ({ detail }) => showConnection(detail));
store.updates.addEventListener("overview", ({ detail }) => showOverview(detail));
store.updates.addEventListener("reset", startOver);
store.updates.addEventListener("call-removed", ({ detail }) => removeCard(detail));
store.updates.addEventListener("call", ({ detail }) => cards.get(detail.sid)?.show(detail, store.state.actions.get(detail.sid) ?? []));
form.addEventListener("call-created", async ({ detail }) => {
  await store.refresh();
  open(detail, { focus: true });
});
form.addEventListener("voice-url-change", () => store.refresh());
list.addEventListener("select-call", ({ detail }) => open(detail, { focus: true }));
document.addEventListener("keydown", (event) => {
  const digit = keyOf(event);
  if (digit && current) {
    event.preventDefault();
    current.press(digit);
  }
});
setInterval(() => cards.forEach((card) => card.tick()), 250);
setInterval(() => document.hidden || store.refresh().catch(() => {}), 5000);
store.start();
