// The page: which phones are on it, and which of them is in the hand.

import "./emulator-clock.js";
import "./dial-form.js";
import "./call-list.js";
import { showEmpty } from "./empty-state.js";
import { say } from "./dom.js";
import { typed } from "./keypad.js";
import { PhoneCard } from "./phone-card.js";
import { ring } from "./audio.js";
import * as store from "./store.js";
import { isOver, person, rings } from "./labels.js";

const BY_THEMSELVES = 6;
const AT_MOST = 8;

const phones = document.getElementById("phones");
const form = document.querySelector("dial-form");
const list = document.querySelector("call-list");
const empty = document.getElementById("empty");
const cards = new Map();
const closed = new Set();
let current = null;
let ringing = [];

const inShort = (sid) => store.known.overview?.calls.find((call) => call.sid === sid);
const nameOf = (sid) => (inShort(sid) ? person(inShort(sid)) : "");

function open(sid, { focus = false } = {}) {
  closed.delete(sid);
  if (!cards.has(sid)) place(sid);
  if (focus || !current) hold(cards.get(sid));
  if (focus) {
    cards.get(sid).focus({ preventScroll: true });
    cards.get(sid).scrollIntoView({ block: "nearest" });
  }
  relist();
}

function place(sid) {
  const onAgain = (call) => form.redial(call);
  const card = new PhoneCard().open(sid, { nameOf, onAgain, account: store.known.overview.account });
  card.addEventListener("close", () => close(sid));
  card.addEventListener("focusin", () => hold(card));
  const parent = cards.get(inShort(sid)?.parent_call_sid);
  if (parent) parent.after(card);
  else phones.prepend(card);
  cards.set(sid, card);
  store.watch(sid);
  prune(sid);
}

function prune(kept) {
  const over = [...cards.values()].filter((card) => card.sid !== kept && card.call && isOver(card.call));
  if (cards.size > AT_MOST && over.length) drop(over[0].sid);
}

function close(sid) {
  closed.add(sid);
  drop(sid);
  (current ?? phones).focus();
}

function drop(sid) {
  cards.get(sid)?.remove();
  cards.delete(sid);
  store.unwatch(sid);
  if (current?.sid === sid) {
    current = null;
    if (cards.size) hold(cards.values().next().value);
  }
  relist();
}

function hold(card) {
  if (current === card) return;
  if (current) current.isCurrent = false;
  current?.classList.remove("current");
  current = card;
  card.isCurrent = true;
  card.classList.add("current");
}

function relist() {
  const overview = store.known.overview;
  if (overview) list.show(overview, (sid) => cards.has(sid));
  empty.hidden = cards.size > 0;
  phones.dataset.phones = cards.size > 2 ? "many" : cards.size;
  if (overview && !cards.size) showEmpty(empty, overview);
}

function welcome(overview) {
  form.show(overview);
  for (const call of [...overview.calls].reverse()) {
    if (isOver(call) || closed.has(call.sid) || cards.has(call.sid)) continue;
    if (cards.has(call.parent_call_sid) || cards.size < BY_THEMSELVES) open(call.sid);
  }
  showRinging(overview.calls.filter(rings).map((call) => call.sid));
  relist();
}

function showRinging(sids) {
  if (sids.some((sid) => !ringing.includes(sid))) ring();
  ringing = sids;
  document.title = `${sids.length ? `(${sids.length} rings) ` : ""}Phones · emulator`;
}

const LINES = { live: "● live", lost: "✕ The emulator does not answer. Trying again…" };

function showLine(state) {
  const line = document.getElementById("line");
  say(line, LINES[state]);
  line.className = `line ${state}`;
  if (state === "live") [form, ...cards.values()].forEach((one) => one.complain(""));
}

function startOver() {
  [...cards.keys()].forEach(drop);
  closed.clear();
}

store.news.addEventListener("line", ({ detail }) => showLine(detail));
store.news.addEventListener("overview", ({ detail }) => welcome(detail));
store.news.addEventListener("reset", startOver);
store.news.addEventListener("gone", ({ detail }) => drop(detail));
store.news.addEventListener("call", ({ detail }) => cards.get(detail.sid)?.show(detail, store.known.own.get(detail.sid) ?? []));
form.addEventListener("dialled", async ({ detail }) => {
  await store.refresh();
  open(detail, { focus: true });
});
form.addEventListener("pointed", () => store.refresh());
list.addEventListener("chosen", ({ detail }) => open(detail, { focus: true }));
document.addEventListener("keydown", (event) => {
  const digit = typed(event);
  if (digit && current) {
    event.preventDefault();
    current.press(digit);
  }
});
setInterval(() => cards.forEach((card) => card.tick()), 250);
setInterval(() => document.hidden || store.refresh().catch(() => {}), 5000);
store.start();
