// Short messages in the corner of the page, in a polite live region for screen readers.
const SHOWN_FOR = 6000; // milliseconds
const region = document.querySelector(".messages");

/** Show a message; one of the kind "bad" stays until the operator dismisses it. */
export function showMessage(text, kind = "good") {
  const message = document.createElement("div");
  message.className = kind;
  message.append(Object.assign(document.createElement("span"), { textContent: text }));
  region.append(message);
  addDismissButton(message);
}

/** Prepare the messages that the server sent with this page. */
export function prepareMessages() {
  for (const message of region.querySelectorAll("[data-message]")) addDismissButton(message);
}

/** Show the messages that the server sent with another page. */
export function copyMessages(page) {
  for (const message of page.querySelectorAll("[data-message]")) showMessage(message.textContent.trim(), message.className || "good");
}

function addDismissButton(message) {
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  button.setAttribute("aria-label", "Dismiss message");
  button.addEventListener("click", () => message.remove());
  message.append(button);
  if (!message.classList.contains("bad")) setTimeout(() => message.remove(), SHOWN_FOR);
}
