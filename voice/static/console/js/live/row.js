// One row of the list; what a caller said or is called goes in as text.
import { address } from "../server.js";
import { duration, since } from "../times.js";

const TONES = {
  "in-progress": "good", ringing: "wait", queued: "wait", initiated: "wait", failed: "bad",
  requested: "wait", accepted: "wait", confirmed: "good", refused: "bad", unconfirmed: "unsure",
};

export const make = (tag, className = "", text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });

const spoken = (status) => {
  const words = status.replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
};

export const pageOf = (sid) => address(`/console/calls/${sid}`);

/** A new row for a call; `common` are the commands with a button of their own. */
export function newRow(call, canAct, common) {
  const row = make("tr");
  row.dataset.sid = call.call_sid;
  const cells = ["status", "started_at number", "from", "to", "place", "asked"].map((name) => make("td", name));
  cells[0].append(make("span", "state"));
  cells[2].append(Object.assign(make("a"), { href: pageOf(call.call_sid) }));
  const time = make("time");
  time.dataset.how = "ticking";
  cells[1].append(time);
  row.append(...(canAct ? [pick(), ...cells, actions(call, common)] : cells));
  return row;
}

function pick() {
  const cell = make("td", "pick");
  cell.append(Object.assign(make("input", "form-check-input"), { type: "checkbox" }));
  return cell;
}

function actions(call, common) {
  const [cell, quick] = [make("td", "act"), make("span", "quick")];
  for (const { name, title } of common) {
    const link = Object.assign(make("a", "btn btn-quiet", title), { href: `${pageOf(call.call_sid)}/${name}` });
    link.dataset.dialog = "";
    quick.append(link);
  }
  const more = Object.assign(make("button", "btn btn-quiet more", "•••"), { type: "button" });
  cell.append(quick, more);
  return cell;
}

/** Bring a row up to what is known of its call. */
export function update(row, call, { leg, picked, at, first, index }) {
  const cell = (name) => row.querySelector(`.${name}`);
  row.className = [leg && "leg", picked && "picked", at && "at", !call.live && "ended", Date.now() - call.arrived < 2000 && "new"]
    .filter(Boolean).join(" ");
  reach(row, at || first);
  row.setAttribute("aria-rowindex", index + 2);
  write(cell("status").firstChild, spoken(call.status), `state ${TONES[call.status] ?? "over"}`);
  write(cell("from").firstChild, call.from || "unknown");
  write(cell("to"), call.to ?? "");
  write(cell("place"), call.place);
  ask(cell("asked"), call.command);
  clock(cell("started_at").firstChild, call);
  const box = cell("pick")?.firstChild;
  if (!box) return;
  box.checked = picked;
  box.setAttribute("aria-label", `Select ${call.from}`);
  cell("act").lastChild.setAttribute("aria-label", `All commands for ${call.from}`);
}

/** One row is reached by the tab key, and what is in it after it; j and k move on to others. */
function reach(row, reachable) {
  const tabIndex = reachable ? 0 : -1;
  if (row.tabIndex === tabIndex && row.hasAttribute("tabindex")) return;
  row.tabIndex = tabIndex;
  for (const control of row.querySelectorAll("a, button, input")) control.tabIndex = tabIndex;
}

function write(element, text, className) {
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== text) element.title = text;
  if (className && element.className !== className) element.className = className;
}

function ask(cell, command) {
  const said = command ? `${command.id} ${command.state}` : "";
  if (cell.dataset.said === said) return;
  cell.dataset.said = said;
  cell.replaceChildren();
  if (!command) return;
  cell.title = command.message ?? "";
  const by = make("span", "soft", `${command.state}, ${command.operator}`);
  cell.append(make("span", `state ${TONES[command.state]}`, command.title), " ", by);
}

function clock(time, call) {
  time.dateTime = call.started_at;
  time.dataset.how = call.live ? "ticking" : "stopped";
  const seconds = call.live ? since(call.started_at) : (Date.parse(call.ended_at) - Date.parse(call.started_at)) / 1000;
  if (!time.textContent || !call.live) time.textContent = duration(seconds);
}
