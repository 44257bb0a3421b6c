// The keys of a phone, for fingers and for the keyboard.

import { h } from "./dom.js";

const KEYS = "123456789*0#";
const LETTERS = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };

/** Make a keypad that hands each key to `press`. */
export function keypad(press) {
  const keys = [...KEYS].map((key) => {
    const made = h("button", { type: "button", "data-digit": key, "aria-label": NAMES[key], onclick: () => press(key) }, key);
    if (LETTERS[key]) made.append(h("small", { "aria-hidden": "true" }, LETTERS[key]));
    return made;
  });
  return h("div", { class: "keypad", role: "group", "aria-label": "Keypad" }, ...keys);
}

const NAMES = { "*": "star", "#": "hash" };

/** Return the phone key that was typed, "" for what is none, or is typed into a field. */
export function typed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return "";
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return "";
  return event.key.length === 1 && KEYS.includes(event.key) ? event.key : "";
}

/** Show for a moment that a key went down. */
export function flash(pad, digit) {
  const key = [...pad.children].find((item) => item.dataset.digit === digit);
  key?.classList.add("down");
  setTimeout(() => key?.classList.remove("down"), 150);
}
