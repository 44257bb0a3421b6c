// Moments of the filters in the viewer's own zone; the server gets them with their zone.
const form = document.querySelector("form[data-seek]");
const fields = [...form.querySelectorAll("input[data-moment]")];
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" }).formatToParts(new Date()).find((part) => part.type === "timeZoneName").value;

for (const field of fields) {
  const moment = new Date(/Z|[+-]\d\d:?\d\d$/.test(field.dataset.moment) ? field.dataset.moment : `${field.dataset.moment}Z`);
  if (Number.isNaN(moment.getTime())) continue;
  field.value = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
for (const shown of form.querySelectorAll("[data-zone]")) shown.textContent = zone;
form.addEventListener("formdata", ({ formData }) => {
  for (const name of [...formData.keys()]) if (!formData.get(name)) formData.delete(name);
  for (const { name, value } of fields) if (value) formData.set(name, new Date(value).toISOString());
});
