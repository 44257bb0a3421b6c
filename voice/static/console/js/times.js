// Times in the viewer's time zone, and durations that count.
const FORMATS = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  hours: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { year: "numeric", month: "short", day: "numeric" },
  dated: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  moment: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};
const formatters = Object.fromEntries(
  Object.entries(FORMATS).map(([name, options]) => [name, new Intl.DateTimeFormat(undefined, options)]),
);
const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A number of seconds as 0:07, 12:30 or 1:05:00. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(rest)}` : `${minutes}:${pad(rest)}`;
}

/** Seconds since a time (ISO 8601). */
export const secondsSince = (time) => (Date.now() - Date.parse(time)) / 1000;

const COUNTERS = {
  elapsed: (time) => duration(secondsSince(time)),
  remaining: (time) => (secondsSince(time) > 0 ? "now" : `in ${duration(-secondsSince(time))}`),
};

/** A Date as the console writes it; the format is `clock`, `hours`, `day` or `moment`. */
export const formatTime = (format, date) => formatterFor(format, date).format(date);

/** A `moment` of another year includes the year. */
function formatterFor(format, date) {
  const otherYear = format === "moment" && date.getFullYear() !== new Date().getFullYear();
  return formatters[otherYear ? "dated" : format];
}

/** Write every `<time>` in `root` for this viewer, with the full date and time in its title. */
export function localize(root) {
  localizeForms(root);
  for (const element of root.querySelectorAll("time[datetime]")) {
    const date = new Date(element.dateTime);
    const formatter = formatterFor(element.dataset.format, date);
    if (Number.isNaN(date.getTime())) continue;
    element.title = date.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
    element.textContent = formatter ? formatter.format(date) : (COUNTERS[element.dataset.format] ?? COUNTERS.elapsed)(element.dateTime);
  }
}

/** Forms take times in the viewer's time zone. */
function localizeForms(root) {
  for (const zone of root.querySelectorAll("[data-zone]")) zone.value = ZONE;
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = ZONE;
  for (const input of root.querySelectorAll("input[data-moment]")) {
    const date = new Date(input.dataset.moment);
    input.value = new Date(date - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    input.removeAttribute("data-moment");
  }
}

/** Update every counting `<time>` of the page once a second. */
export function startClocks() {
  setInterval(() => {
    for (const element of document.querySelectorAll('time:is([data-format="elapsed"], [data-format="remaining"])')) {
      const text = COUNTERS[element.dataset.format](element.dateTime);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 1000);
}
