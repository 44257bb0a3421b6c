// Dialogs: the form of another page, and a question before something that cannot be undone.
import { copyMessages, showMessage } from "./messages.js";
import { fetchPage } from "./server.js";
import { localize } from "./times.js";

const FORM = "form[data-form]";

/** Open the form of another page in a dialog. `onSuccess` runs after the form was accepted. */
export async function openForm(href, onSuccess = () => {}) {
  const found = await fetchPage(href).catch(() => null);
  if (!found?.page.querySelector(FORM)) return location.assign(href);
  const dialog = Object.assign(document.createElement("dialog"), { className: "form" });
  fillDialog(dialog, found.page);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("submit", (event) => submitForm(event, dialog, onSuccess));
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector(`${FORM} :is(input:not([type=hidden]), select, textarea)`) ?? dialog).focus();
}

function fillDialog(dialog, page) {
  const form = document.importNode(page.querySelector(FORM), true);
  const title = document.importNode(page.querySelector("h1"), true);
  title.id = "dialog-title";
  const head = Object.assign(document.createElement("div"), { className: "head" });
  head.append(title);
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", textContent: "Cancel" });
  cancel.addEventListener("click", () => dialog.close());
  (form.querySelector(".buttons") ?? form).append(cancel);
  for (const element of form.querySelectorAll("[data-no-script]")) element.remove();
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.replaceChildren(head, form);
  localize(dialog);
}

async function submitForm(event, dialog, onSuccess) {
  const form = event.target;
  event.preventDefault();
  disableButtons(form, true);
  const body = new URLSearchParams(new FormData(form, event.submitter?.disabled ? undefined : event.submitter));
  const answer = await fetchPage(form.action, { method: "POST", body }).catch(() => null);
  if (!answer) {
    disableButtons(form, false);
    return showMessage("The server did not answer. Check the result before you try again.", "bad");
  }
  if (answer.redirected) {
    dialog.close();
    copyMessages(answer.page);
    return onSuccess();
  }
  if (!answer.page.querySelector(FORM)) return showMessage(answer.page.querySelector("main")?.textContent.trim() ?? "", "bad");
  fillDialog(dialog, answer.page);
  return dialog.querySelector("[aria-invalid], [role=alert]")?.focus();
}

function disableButtons(form, disabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = disabled;
}

/** Ask a question in a dialog; resolves to true if the operator confirms. `label` names the confirming button. */
export function askToConfirm(question, label) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", question);
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  const text = Object.assign(document.createElement("p"), { textContent: question });
  const buttons = Object.assign(document.createElement("div"), { className: "buttons" });
  for (const [value, textContent, className] of [["yes", label, "btn btn-danger"], ["no", "Cancel", "btn"]]) {
    buttons.append(Object.assign(document.createElement("button"), { value, textContent, className }));
  }
  form.append(text, buttons);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
