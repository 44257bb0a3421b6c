// A phone's keypad, for the pointer and for the computer keyboard.

import { h } from "./dom.js";

const KEYS = "123456789*0#";
const LETTERS = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };
const SPOKEN_NAMES = { "*": "star", "#": "hash" };

/** Create a keypad that calls `press(key)`. */
export function keypad(press) {
  const buttons = [...KEYS].map((key) => {
    const attributes = { type: "button", "data-digit": key, "aria-label": SPOKEN_NAMES[key], onclick: () => press(key) };
    return h("button", attributes, key, LETTERS[key] && h("small", { "aria-hidden": "true" }, LETTERS[key]));
  });
  return h("div", { class: "keypad", role: "group", "aria-label": "Keypad" }, ...buttons);
}

/** Return the phone key of a keyboard event; "" for other keys and for input into a field. */
export function keyOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return "";
  if (event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]")) return "";
  return event.key.length === 1 && KEYS.includes(event.key) ? event.key : "";
}

/** Highlight a key for a moment. */
export function flash(pad, digit) {
  const key = [...pad.children].find((item) => item.dataset.digit === digit);
  key?.classList.add("down");
  setTimeout(() => key?.classList.remove("down"), 150);
}
