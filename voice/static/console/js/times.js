// Moments in the viewer's own zone, and lengths of time that count on.
const KINDS = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  day: { year: "numeric", month: "short", day: "numeric" },
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

/** Write every `<time>` in `root` for this viewer; the whole moment is in its title. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    const format = formats[time.dataset.how];
    if (Number.isNaN(moment.getTime())) continue;
    time.title = moment.toLocaleString(undefined, { dateStyle: "full", timeStyle: "long" });
    time.textContent = format ? format.format(moment) : duration(since(time.dateTime));
  }
}

/** Count on, once a second, whatever on the page is ticking. */
export function tick() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-how="ticking"]')) {
      const text = duration(since(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
  }, 1000);
}
