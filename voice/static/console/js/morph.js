// Update a part of the page to a new version of it, and leave everything else alone: focus, selection, playing audio.
const PRESERVED = new Set(["open", "data-keep"]); // attributes that the operator or a script sets

/** Make `old` equal to `fresh`. Children with a `data-key` or an id are matched wherever they are. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh) || old.hasAttribute("data-keep")) return;
  updateAttributes(old, fresh);
  let position = old.firstChild;
  for (const next of fresh.childNodes) {
    const match = findMatch(old, position, next);
    if (!match) {
      old.insertBefore(newNode(next), position);
      continue;
    }
    if (match === position) position = position.nextSibling;
    else old.insertBefore(match, position);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, next);
    else if (match.data !== next.data) match.data = next.data;
  }
  while (position) {
    const surplus = position;
    position = position.nextSibling;
    surplus.remove();
  }
}

const key = (node) => node?.dataset?.key ?? node?.id ?? "";

function findMatch(old, position, next) {
  if (key(next)) return [...old.children].find((child) => key(child) === key(next));
  return position && position.nodeName === next.nodeName && !key(position) ? position : null;
}

function newNode(node) {
  const copy = document.importNode(node, true);
  if (copy.dataset?.key) copy.classList.add("new");
  return copy;
}

function updateAttributes(old, fresh) {
  for (const { name, value } of fresh.attributes) if (!PRESERVED.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!PRESERVED.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
}
