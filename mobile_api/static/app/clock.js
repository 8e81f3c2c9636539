// Two clocks: the phone's own, which anybody may set, and a counter that nobody can.

export const BOOT = crypto.randomUUID();

/** Now, as protocol 1 wants it: `{ wall: ISO text, counter: milliseconds, boot }`. */
export const reading = () => ({ wall: new Date().toISOString(), counter: Math.round(performance.now()), boot: BOOT });

/** The local date of an instant (milliseconds) in a time zone, as "2026-05-11". */
export function dateIn(at, timeZone) {
  const shown = { year: "numeric", month: "2-digit", day: "2-digit", timeZone };
  return new Intl.DateTimeFormat("en-CA", shown).format(new Date(at));
}
