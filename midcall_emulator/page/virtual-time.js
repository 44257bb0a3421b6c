// The emulator's clock as the page sees it between two looks at it, and moments as text.

let told = null;
let toldAt = 0;

/** Take what the emulator said about its clock. */
export function set(clock) {
  told = clock;
  toldAt = performance.now();
}

/** Return what was said last. */
export const clock = () => told;

const since = () => (told && told.mode === "real" ? ((performance.now() - toldAt) / 1000) * told.speed : 0);

/** Virtual seconds since the emulator's start, or since its reset. */
export const seconds = () => (told ? told.seconds + since() : 0);

/** Virtual seconds since a date of the emulator's. */
export function elapsed(date) {
  if (!told || !date) return 0;
  return Math.max(0, (Date.parse(told.now) - Date.parse(date)) / 1000 + since());
}

/** Seconds as 1:02.5, or 1:02 without tenths. */
export function moment(value, tenths = true) {
  const all = tenths ? Math.round(Math.abs(value) * 10) / 10 : Math.floor(Math.abs(value));
  const minutes = Math.floor(all / 60);
  const rest = (all - minutes * 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, "0");
  return `${value < 0 && all ? "−" : ""}${minutes}:${rest}`;
}
