// Keyboard shortcuts of a page, and the list of them on `?`.
const shortcuts = new Map();
const INPUTS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** Run an action when a key is pressed outside of inputs; the label appears in the list. */
export function addShortcut(key, label, action) {
  shortcuts.set(key, { label, action });
}

function showList() {
  const dialog = document.getElementById("shortcuts");
  dialog.querySelector("dl").replaceChildren(
    ...[...shortcuts].flatMap(([key, { label }]) => {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      return [term, Object.assign(document.createElement("dd"), { textContent: label })];
    }),
  );
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(INPUTS)) return;
  if (document.querySelector("dialog:modal")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const shortcut = shortcuts.get(event.key);
  if (!shortcut) return;
  event.preventDefault();
  shortcut.action(event);
});

const button = document.querySelector("[data-shortcuts]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", showList);
  addShortcut("?", "Show shortcuts", showList);
  addShortcut("/", "Filter or search", () => document.querySelector("[data-filter]")?.focus());
}
