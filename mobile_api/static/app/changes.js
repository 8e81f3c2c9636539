// What is different about a route since it was last seen. Pure.

const NOTICEABLE = 10 * 60_000;

/** A route as it is remembered: one small line a visit. */
export const outline = (day) => day.stops.filter((stop) => stop.visit && !stop.visit.is_gone).map((stop) => ({
  id: stop.visit.id,
  product: stop.visit.product,
  district: stop.visit.district,
  due: stop.scheduled_arrival,
  from: stop.visit.window?.starts_at ?? stop.scheduled_arrival,
  to: stop.visit.window?.ends_at ?? null,
}));

/** `{ fresh, gone, moved: [{ ...line, was }] }` between two outlines; a few minutes more or less are no change. */
export function changes(before, now) {
  const known = new Map(before.map((line) => [line.id, line]));
  const present = new Set(now.map((line) => line.id));
  return {
    fresh: now.filter((line) => !known.has(line.id)),
    gone: before.filter((line) => !present.has(line.id)),
    moved: now.filter((line) => known.has(line.id) && isMoved(known.get(line.id), line)).map((line) => ({ ...line, was: known.get(line.id) })),
  };
}

function isMoved(before, now) {
  const apart = (one, other) => Math.abs(new Date(one) - new Date(other));
  return apart(before.from, now.from) > 0 || apart(before.due, now.due) > NOTICEABLE;
}
