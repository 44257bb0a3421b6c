// The page's state: the overview, the calls on the page, and the actions of their people. Changes are events.

import * as api from "./api.js";
import { follow } from "./feed.js";
import * as time from "./virtual-time.js";

const FETCH_DELAY = 40; // milliseconds, in which several events of a call lead to one request
const OVERVIEW_DELAY = 500;

export const state = { overview: null, calls: new Map(), actions: new Map() };
export const updates = new EventTarget();

const heardCounts = new Map();
const fetches = new Map(); // CallSid to whether something happened during the fetch
let lastEvent = 0;
let overviewEvent = 0; // events up to this number are part of the overview
let overviewTimer = null;

const emit = (kind, detail) => updates.dispatchEvent(new CustomEvent(kind, { detail }));

/** Start following the emulator. */
export function start() {
  follow({ resume, onEvent, onConnection: (connection) => emit("connection", connection) });
}

/** Keep a call up to date from now on. */
export function watch(sid) {
  if (!state.calls.has(sid)) state.calls.set(sid, null);
  scheduleFetch(sid);
}

/** Stop updating a call. */
export function unwatch(sid) {
  state.calls.delete(sid);
}

/** Fetch the overview now. */
export async function refresh() {
  state.overview = await api.overview();
  time.set(state.overview.clock);
  emit("overview", state.overview);
  return state.overview;
}

async function resume() {
  const overview = await refresh();
  if (overview.last_event < lastEvent) clear();
  overviewEvent = overview.last_event;
  for (const sid of state.calls.keys()) scheduleFetch(sid);
  return lastEvent;
}

function onEvent({ id, kind, body }) {
  lastEvent = id;
  if (kind === "reset" && id > overviewEvent) clear(id);
  if (kind === "call") heardCounts.set(body.sid, 0);
  if (kind === "heard" && heardCounts.has(body.sid)) heardCounts.set(body.sid, heardCounts.get(body.sid) + 1);
  if (kind === "pressed" || kind === "spoke") addAction(kind, body);
  if (state.calls.has(body.sid)) scheduleFetch(body.sid);
  scheduleOverview(kind === "call");
}

/** Forget everything: the emulator was reset or restarted. */
function clear(event = 0) {
  lastEvent = event;
  state.actions.clear();
  heardCounts.clear();
  state.calls.clear();
  emit("reset", null);
}

function addAction(kind, body) {
  const actions = state.actions.get(body.sid) ?? [];
  actions.push({ kind, ...body, heardBefore: heardCounts.get(body.sid) });
  state.actions.set(body.sid, actions);
}

function scheduleOverview(isUrgent) {
  if (isUrgent) clearTimeout(overviewTimer);
  else if (overviewTimer !== null) return;
  overviewTimer = setTimeout(fetchOverview, isUrgent ? FETCH_DELAY : OVERVIEW_DELAY);
}

function fetchOverview() {
  overviewTimer = null;
  refresh().catch(() => {});
}

/** Fetch a call soon. An event during the fetch causes one more fetch after it. */
function scheduleFetch(sid) {
  if (fetches.has(sid)) {
    fetches.set(sid, true);
    return;
  }
  fetches.set(sid, false);
  setTimeout(() => fetchCall(sid), FETCH_DELAY);
}

async function fetchCall(sid) {
  fetches.set(sid, false);
  try {
    const call = await api.call(sid);
    if (state.calls.has(sid)) {
      state.calls.set(sid, call);
      emit("call", call);
    }
  } catch (error) {
    if (error.status === 404) emit("call-removed", sid);
    // Otherwise the connection is lost, and the feed fetches the call again when it resumes.
  }
  const changedMeanwhile = fetches.get(sid);
  fetches.delete(sid);
  if (changedMeanwhile && state.calls.has(sid)) scheduleFetch(sid);
}
