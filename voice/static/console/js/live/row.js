// One row of the list. Text of callers enters the page as text only.
import { url } from "../server.js";
import { duration, secondsSince } from "../times.js";

const NEW_FOR = 2000; // milliseconds that an arrived call is highlighted

export const createElement = (tag, className = "", text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });

export const callPage = (sid) => url(`/console/calls/${sid}`);

const statusLabel = (status) => {
  const words = status.replaceAll("-", " ");
  return words[0].toUpperCase() + words.slice(1);
};

/** A new row for a call; `quickCommands` get a button in the row. */
export function createRow(call, canAct, quickCommands) {
  const row = createElement("tr");
  row.dataset.sid = call.call_sid;
  const cells = ["status", "started_at number", "from", "to", "place", "action"].map((name) => createElement("td", name));
  cells[0].append(createElement("span", "state"));
  cells[2].append(Object.assign(createElement("a"), { href: callPage(call.call_sid) }));
  cells[1].append(createElement("time"));
  row.append(...(canAct ? [checkboxCell(), ...cells, commandsCell(call, quickCommands)] : cells));
  return row;
}

function checkboxCell() {
  const cell = createElement("td", "select");
  cell.append(Object.assign(createElement("input", "form-check-input"), { type: "checkbox" }));
  return cell;
}

function commandsCell(call, quickCommands) {
  const [cell, quick] = [createElement("td", "commands"), createElement("span", "quick")];
  for (const { name, title } of quickCommands) {
    const link = Object.assign(createElement("a", "btn btn-quiet", title), { href: `${callPage(call.call_sid)}/${name}` });
    link.dataset.dialog = "";
    quick.append(link);
  }
  const more = Object.assign(createElement("button", "btn btn-quiet more", "•••"), { type: "button" });
  cell.append(quick, more);
  return cell;
}

/** Update a row to what is known of its call. `tones` has the CSS class of each state. */
export function updateRow(row, call, { leg, selected, current, reachable, index, tones }) {
  const cell = (name) => row.querySelector(`.${name}`);
  const isNew = Date.now() - call.arrivedAt < NEW_FOR;
  row.className = [leg && "leg", selected && "selected", current && "current", !call.live && "ended", isNew && "new"].filter(Boolean).join(" ");
  setReachable(row, reachable);
  row.setAttribute("aria-rowindex", index + 2);
  setText(cell("status").firstChild, statusLabel(call.status), `state ${tones[call.status] ?? "over"}`);
  setText(cell("from").firstChild, call.from || "unknown");
  setText(cell("to"), call.to ?? "");
  setText(cell("place"), call.place);
  showAction(cell("action"), call.command, tones);
  showDuration(cell("started_at").firstChild, call);
  const box = cell("select")?.firstChild;
  if (!box) return;
  box.checked = selected;
  box.setAttribute("aria-label", `Select ${call.from}`);
  cell("commands").lastChild.setAttribute("aria-label", `All commands for ${call.from}`);
}

/** The Tab key reaches one row and its controls; j and k move to other rows. */
function setReachable(row, reachable) {
  const tabIndex = reachable ? 0 : -1;
  if (row.tabIndex === tabIndex && row.hasAttribute("tabindex")) return;
  row.tabIndex = tabIndex;
  for (const control of row.querySelectorAll("a, button, input")) control.tabIndex = tabIndex;
}

function setText(element, text, className) {
  if (element.textContent !== text) element.textContent = text;
  if (element.title !== text) element.title = text;
  if (className && element.className !== className) element.className = className;
}

function showAction(cell, command, tones) {
  const version = command ? `${command.id} ${command.state}` : "";
  if (cell.dataset.version === version) return;
  cell.dataset.version = version;
  cell.replaceChildren();
  if (!command) return;
  cell.title = command.message ?? "";
  const by = createElement("span", "soft", `${command.state}, ${command.operator}`);
  cell.append(createElement("span", `state ${tones[command.state] ?? "over"}`, command.title), " ", by);
}

function showDuration(time, call) {
  time.dateTime = call.started_at;
  time.dataset.format = call.live ? "elapsed" : "stopped";
  const seconds = call.live ? secondsSince(call.started_at) : (Date.parse(call.ended_at) - Date.parse(call.started_at)) / 1000;
  if (!time.textContent || !call.live) time.textContent = duration(seconds);
}
