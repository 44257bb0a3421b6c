// The emulator's clock as the page knows it: the last reading, extrapolated in real mode.

let reading = null;
let readAt = 0;

/** Store a reading of the clock. */
export function set(clock) {
  reading = clock;
  readAt = performance.now();
}

/** Return the last reading. */
export const clock = () => reading;

const sinceReading = () => (reading?.mode === "real" ? ((performance.now() - readAt) / 1000) * reading.speed : 0);

/** Return the virtual seconds since the emulator's start or reset. */
export const seconds = () => (reading ? reading.seconds + sinceReading() : 0);

/** Return the virtual seconds since one of the emulator's dates. */
export function elapsed(date) {
  if (!reading || !date) return 0;
  return Math.max(0, (Date.parse(reading.now) - Date.parse(date)) / 1000 + sinceReading());
}

/** Format seconds as 1:02.5, or as 1:02 without tenths. */
export function format(value, withTenths = true) {
  const absolute = withTenths ? Math.round(Math.abs(value) * 10) / 10 : Math.floor(Math.abs(value));
  const minutes = Math.floor(absolute / 60);
  const rest = (absolute - minutes * 60).toFixed(withTenths ? 1 : 0).padStart(withTenths ? 4 : 2, "0");
  return `${value < 0 && absolute ? "−" : ""}${minutes}:${rest}`;
}
