// Forms work without a script. With it they open in a dialog, ask before they are sent, and reload their fields in place.
import { askToConfirm, openForm } from "./dialogs.js";
import { fetchPage } from "./server.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openForm(link.href, () => "reload" in link.dataset && location.reload());
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-form]");
  if (form && "reloadsFields" in event.target.dataset) reloadFields(form);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = form.elements["ask-first"]; // if this field is sent, the server asks the question with a page
  if (!question || question.disabled) return;
  event.preventDefault();
  const label = event.submitter?.textContent.trim() || "Confirm";
  if (!(await askToConfirm(question.value, label))) return;
  question.disabled = true;
  form.requestSubmit(event.submitter);
  question.disabled = false;
});

async function reloadFields(form) {
  const answer = await fetchWithValues(form, new URLSearchParams(new FormData(form)));
  const fields = answer.page.querySelector("form[data-form] [data-fields]");
  if (!fields) return;
  const focused = document.activeElement?.id;
  form.querySelector("[data-fields]").replaceWith(document.importNode(fields, true));
  for (const element of form.querySelectorAll("[data-no-script]")) element.remove();
  if (focused) document.getElementById(focused)?.focus();
}

/** Fetch the form's page with the values entered so far; by POST if they may be too long for a URL. */
function fetchWithValues(form, values) {
  if (form.dataset.refreshBy) {
    values.append("refresh", "yes");
    return fetchPage(form.dataset.refreshBy, { method: "POST", body: values });
  }
  values.delete("csrf_token");
  return fetchPage(`${form.action}?${values}`);
}
