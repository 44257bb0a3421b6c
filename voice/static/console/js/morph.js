// Bring what is shown up to what the server sent, and touch nothing else: focus, selection and sound go on.
const KEPT = new Set(["open", "data-own"]); // what the viewer, or a script, has set

/** Make `old` like `fresh`. Children with a `data-key` or an id are found again wherever they are. */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh) || old.hasAttribute("data-own")) return;
  attributes(old, fresh);
  let at = old.firstChild;
  for (const next of fresh.childNodes) {
    const match = find(old, at, next);
    if (!match) {
      old.insertBefore(arrived(next), at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else old.insertBefore(match, at);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, next);
    else if (match.data !== next.data) match.data = next.data;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

const key = (node) => node?.dataset?.key ?? node?.id ?? "";

function find(old, at, next) {
  if (key(next)) return [...old.children].find((child) => key(child) === key(next));
  return at && at.nodeName === next.nodeName && !key(at) ? at : null;
}

function arrived(node) {
  const copy = document.importNode(node, true);
  if (copy.dataset?.key) copy.classList.add("new");
  return copy;
}

function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) if (!KEPT.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!KEPT.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
}
