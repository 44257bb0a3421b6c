// What the page knows: the overview, the calls that are looked at, and what was pressed and said in them.

import * as api from "./api.js";
import { follow } from "./feed.js";
import * as time from "./virtual-time.js";

const SOON = 40;
const OVERVIEW_EVERY = 500;

export const known = { overview: null, calls: new Map(), own: new Map() };
export const news = new EventTarget();

const heardSoFar = new Map();
const waiting = new Map();
let last = 0;
let asOf = 0; // what happened up to here is in the overview that the feed began with
let overviewDue = null;

const tell = (kind, detail) => news.dispatchEvent(new CustomEvent(kind, { detail }));

/** Start following the emulator. */
export function start() {
  follow({ resume, onEvent, onState: (state) => tell("line", state) });
}

/** Look at a call from now on. */
export function watch(sid) {
  if (!known.calls.has(sid)) known.calls.set(sid, null);
  touch(sid);
}

/** Stop looking at a call. */
export function unwatch(sid) {
  known.calls.delete(sid);
}

/** Fetch the overview now. */
export async function refresh() {
  known.overview = await api.overview();
  time.set(known.overview.clock);
  tell("overview", known.overview);
  return known.overview;
}

async function resume() {
  const overview = await refresh();
  if (overview.last_event < last) startOver();
  asOf = overview.last_event;
  for (const sid of known.calls.keys()) touch(sid);
  return last;
}

function onEvent({ id, kind, body }) {
  last = id;
  if (kind === "reset" && id > asOf) startOver(id);
  if (kind === "call") heardSoFar.set(body.sid, 0);
  if (kind === "heard" && heardSoFar.has(body.sid)) heardSoFar.set(body.sid, heardSoFar.get(body.sid) + 1);
  if (kind === "pressed" || kind === "spoke") keepOwn(kind, body);
  if (known.calls.has(body.sid)) touch(body.sid);
  overviewDue ??= setTimeout(overviewNow, OVERVIEW_EVERY);
  if (kind === "call") hurry();
}

/** Forget everything: the emulator was reset, or is another one. */
function startOver(number = 0) {
  last = number;
  known.own.clear();
  heardSoFar.clear();
  known.calls.clear();
  tell("reset", null);
}

function keepOwn(kind, body) {
  const own = known.own.get(body.sid) ?? [];
  own.push({ kind, ...body, after: heardSoFar.get(body.sid) });
  known.own.set(body.sid, own);
}

function hurry() {
  clearTimeout(overviewDue);
  overviewDue = setTimeout(overviewNow, SOON);
}

function overviewNow() {
  overviewDue = null;
  refresh().catch(() => {});
}

/** Fetch a call soon; what happens meanwhile is fetched with it, or right after it. */
function touch(sid) {
  if (waiting.has(sid)) {
    waiting.set(sid, true);
    return;
  }
  waiting.set(sid, false);
  setTimeout(() => fetchCall(sid), SOON);
}

async function fetchCall(sid) {
  waiting.set(sid, false);
  try {
    const call = await api.call(sid);
    if (known.calls.has(sid)) {
      known.calls.set(sid, call);
      tell("call", call);
    }
  } catch (error) {
    if (error.status === 404) tell("gone", sid);
    // else the line is lost: the feed's return fetches it again
  }
  const again = waiting.get(sid);
  waiting.delete(sid);
  if (again && known.calls.has(sid)) touch(sid);
}
