// Forms that work without script, made better by it: in a dialog, asked about first, refreshed in place.
import { page } from "./server.js";
import { localise } from "./times.js";
import { tell, tellFrom } from "./messages.js";

/** Show the form of another page in a dialog; `sent` is told on the document when it has done its work. */
export async function openForm(href, sent = () => {}) {
  const dialog = Object.assign(document.createElement("dialog"), { className: "form" });
  const found = await page(href).catch(() => null);
  if (!found?.page.querySelector("form[data-form]")) return location.assign(href);
  fill(dialog, found.page);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("submit", (event) => submit(event, dialog, sent));
  document.body.append(dialog);
  dialog.showModal();
  (dialog.querySelector("form[data-form] :is(input:not([type=hidden]), select, textarea)") ?? dialog).focus();
}

function fill(dialog, found) {
  const form = document.importNode(found.querySelector("form[data-form]"), true);
  const title = document.importNode(found.querySelector("h1"), true);
  title.id = "dialog-title";
  const head = Object.assign(document.createElement("div"), { className: "head" });
  head.append(title);
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", textContent: "Cancel" });
  cancel.addEventListener("click", () => dialog.close());
  (form.querySelector(".buttons") ?? form).append(cancel);
  for (const only of form.querySelectorAll("[data-without-script]")) only.remove();
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.replaceChildren(head, form);
  localise(dialog);
}

async function submit(event, dialog, sent) {
  const form = event.target;
  event.preventDefault();
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const body = new URLSearchParams(new FormData(form, event.submitter?.disabled ? undefined : event.submitter));
  const found = await page(form.action, { method: "POST", body }).catch(() => null);
  if (!found) {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    return tell("The server cannot be reached; nothing is known of what you asked for.", "bad");
  }
  if (found.moved) {
    dialog.close();
    tellFrom(found.page);
    return sent();
  }
  if (!found.page.querySelector("form[data-form]")) return tell(found.page.querySelector("main")?.textContent.trim() ?? "", "bad");
  fill(dialog, found.page);
  return dialog.querySelector("[aria-invalid], [role=alert]")?.focus();
}

async function refresh(form) {
  const filled = new URLSearchParams(new FormData(form));
  const found = await filledIn(form, filled);
  const fresh = found.page.querySelector("form[data-form] [data-fields]");
  if (!fresh) return;
  const focused = document.activeElement?.id;
  form.querySelector("[data-fields]").replaceWith(document.importNode(fresh, true));
  for (const only of form.querySelectorAll("[data-without-script]")) only.remove();
  if (focused) document.getElementById(focused)?.focus();
}

/** The form as it is with what was filled in; asked by POST where that is too much for an address. */
function filledIn(form, filled) {
  if (form.dataset.refreshBy) {
    filled.append("refresh", "yes");
    return page(form.dataset.refreshBy, { method: "POST", body: filled });
  }
  filled.delete("csrf_token");
  return page(`${form.action}?${filled}`);
}

/** Ask before something is done; true if it shall be. */
export function confirmed(question, yes = "Yes") {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", question);
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  const text = Object.assign(document.createElement("p"), { textContent: question });
  const buttons = Object.assign(document.createElement("div"), { className: "buttons" });
  for (const [value, label, kind] of [["yes", yes, "btn btn-danger"], ["no", "Cancel", "btn"]]) {
    buttons.append(Object.assign(document.createElement("button"), { value, textContent: label, className: kind }));
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

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openForm(link.href, () => "reload" in link.dataset && location.reload());
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-form]");
  if (form && "refreshes" in event.target.dataset) refresh(form);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = form.elements["ask-first"]; // sent along it is asked by the server, as a page
  if (!question || question.disabled) return;
  event.preventDefault();
  const label = event.submitter?.textContent.trim() || "Yes";
  if (!(await confirmed(question.value, label))) return;
  question.disabled = true;
  form.requestSubmit(event.submitter);
  question.disabled = false;
});
