// Elements. Whatever comes from a call goes in as text, never as HTML.

/** Make an element: `h("p", {class: "quiet"}, "text", child)`. Functions named on… are listeners. */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Make a button; `sort` is its class. */
export const button = (text, onclick, sort = "") => h("button", { type: "button", class: sort, onclick }, text);

/** Make a field with a button that hands on what is in it; it is emptied once `act` came to something. */
export function worded(label, maxlength, name, act) {
  const words = h("input", { type: "text", placeholder: `${label}…`, "aria-label": label, autocomplete: "off", maxlength });
  const send = (event) => {
    event.preventDefault();
    if (words.value.trim()) act(words.value.trim()).then((done) => done && (words.value = ""));
  };
  return h("form", { onsubmit: send }, words, h("button", { type: "submit" }, name));
}

/** Set an element's text, without touching it if it says that already. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Make the children of `parent` those of `items`, in their order; elements that stay are not touched. */
export function arrange(parent, items, { key, make, update }) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let child = before.get(name);
    before.delete(name);
    if (!child) {
      child = make(item);
      child.dataset.key = name;
    }
    update?.(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const gone of before.values()) gone.remove();
}
