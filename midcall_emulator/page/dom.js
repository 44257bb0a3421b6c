// DOM elements. Text from calls is inserted as text, never as HTML.

/** Create an element: `h("p", {class: "quiet"}, "text", child)`. A function named on… becomes a listener. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Create a button; `style` is its class. */
export const button = (text, onclick, style = "") => h("button", { type: "button", class: style, onclick }, text);

/** Create a text field with a button. Submitting calls `submit(text)`; if that resolves to true, the field is cleared. */
export function textForm(label, maxlength, buttonText, submit) {
  const input = h("input", { type: "text", placeholder: `${label}…`, "aria-label": label, autocomplete: "off", maxlength });
  const onsubmit = (event) => {
    event.preventDefault();
    if (input.value.trim()) submit(input.value.trim()).then((succeeded) => succeeded && (input.value = ""));
  };
  return h("form", { onsubmit }, input, h("button", { type: "submit" }, buttonText));
}

/** Set an element's text. An unchanged text does not touch the element. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Make the children of `parent` match `items` in order. Existing elements are kept and not touched. */
export function arrange(parent, items, { key, make, update }) {
  const existing = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let child = existing.get(name);
    existing.delete(name);
    if (!child) {
      child = make(item);
      child.dataset.key = name;
    }
    update?.(child, item);
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  for (const removed of existing.values()) removed.remove();
}
