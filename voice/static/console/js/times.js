// Moments in the viewer's own zone, and lengths of time that count on.
const KINDS = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  hours: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { year: "numeric", month: "short", day: "numeric" },
  dated: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  moment: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
};
const formats = Object.fromEntries(
  Object.entries(KINDS).map(([how, options]) => [how, new Intl.DateTimeFormat(undefined, options)]),
);

/** 0:07, 12:30 or 1:05:00. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (number) => String(number).padStart(2, "0");
  const [hours, minutes, left] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours ? `${hours}:${pad(minutes)}:${pad(left)}` : `${minutes}:${pad(left)}`;
}

/** Seconds since a moment (ISO 8601). */
export const since = (moment) => (Date.now() - Date.parse(moment)) / 1000;

/** How long until a moment: in 0:07, or now. */
const until = (moment) => (since(moment) > 0 ? "now" : `in ${duration(-since(moment))}`);
const COUNTED = { ticking: (moment) => duration(since(moment)), until };

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Forms that ask for a moment take it in the viewer's zone. */
function localiseForms(root) {
  for (const zone of root.querySelectorAll("[data-zone]")) zone.value = ZONE;
  for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = ZONE;
  for (const input of root.querySelectorAll("input[data-moment]")) {
    const moment = new Date(input.dataset.moment);
    input.value = new Date(moment - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    input.removeAttribute("data-moment");
  }
}

/** A moment of another year says which. */
function formatOf(how, moment) {
  const dated = how === "moment" && moment.getFullYear() !== new Date().getFullYear();
  return formats[dated ? "dated" : how];
}

/** A moment (a Date) as the console writes it: as `clock`, `hours`, `day` or `moment`. */
export const written = (how, moment) => formatOf(how, moment).format(moment);

/** Write every `<time>` in `root` for this viewer; the whole moment is in its title. */
export function localise(root) {
  localiseForms(root);
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const format = formatOf(time.dataset.how, moment);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = moment.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
    time.textContent = format ? format.format(moment) : (COUNTED[time.dataset.how] ?? COUNTED.ticking)(time.dateTime);
  }
}

/** Count on, once a second, whatever on the page is ticking. */
export function tick() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time:is([data-how="ticking"], [data-how="until"])')) {
      const text = COUNTED[time.dataset.how](time.dateTime);
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1000);
}
