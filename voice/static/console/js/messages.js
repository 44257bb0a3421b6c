// Short messages in the corner; a screen reader hears them when it is free.
const STAYS = 6000;
const region = document.querySelector(".told");

/** Tell the operator something; what went wrong stays until it is closed. */
export function tell(text, kind = "good") {
  const line = document.createElement("div");
  line.className = kind;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  region.append(line);
  dress(line);
}

/** What the server had to say when it sent this page. */
export function welcome() {
  for (const line of region.querySelectorAll("[data-told]")) dress(line);
}

/** What another page of ours would have told. */
export function tellFrom(page) {
  for (const line of page.querySelectorAll("[data-told]")) tell(line.textContent.trim(), line.className || "good");
}

function dress(line) {
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", "Close this message");
  close.addEventListener("click", () => line.remove());
  line.append(close);
  if (!line.classList.contains("bad")) setTimeout(() => line.remove(), STAYS);
}
