// Keys that work everywhere on a page, and the list of them on `?`.
const known = new Map();
const typing = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** Let a key do something while nobody is typing; the label is shown in the list. */
export function shortcut(key, label, action) {
  known.set(key, { label, action });
}

function list() {
  const dialog = document.getElementById("shortcuts");
  dialog.querySelector("dl").replaceChildren(
    ...[...known].flatMap(([key, { label }]) => {
      const term = document.createElement("dt");
      term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
      return [term, Object.assign(document.createElement("dd"), { textContent: label })];
    }),
  );
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(typing)) return;
  if (document.querySelector("dialog:modal")) return;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const found = known.get(event.key);
  if (!found) return;
  event.preventDefault();
  found.action(event);
});

const button = document.querySelector("[data-shortcuts]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", list);
  shortcut("?", "This list", list);
  shortcut("/", "Go to the filter", () => document.querySelector("[data-filter]")?.focus());
}
