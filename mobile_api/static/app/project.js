// The day as it will be once everything on this phone has arrived: the server's word, then what is still here. Pure.

const OPEN = new Set(["waiting", "en-route", "on-site"]);
const NOTHING_TOLD = { readiness: null, checklist: null, serial: null, signed: false, parts_needed: null };

/** What each event makes of a visit. Nothing goes backwards: the server may know more than this phone. */
const BECOMES = {
  "en-route": (visit, event) => visit.state === "waiting" && Object.assign(visit, { state: "en-route", en_route_at: event.device_time }),
  "check-in": (visit, event) =>
    ["waiting", "en-route"].includes(visit.state) && Object.assign(visit, { state: "on-site", arrived_at: event.device_time }),
  completion: (visit, event) => OPEN.has(visit.state) && Object.assign(visit, { state: "completed", left_at: event.device_time }),
  "could-not-complete": (visit, event) =>
    OPEN.has(visit.state)
    && Object.assign(visit, { state: "could-not-complete", left_at: event.device_time, failure_reason: event.payload.reason }),
  readiness: (visit, event) => { visit.told.readiness = event.payload; },
  checklist: (visit, event) => { visit.told.checklist = event.payload.done; },
  serial: (visit, event) => { visit.told.serial = event.payload; },
  signature: (visit) => { visit.told.signed = true; },
  "parts-needed": (visit, event) => { visit.told.parts_needed = event.payload; },
  surcharge: (visit, event) => { visit.agreed = agreed(visit.agreed, event.payload); },
  acceptance: (visit) => { if (visit.accepted !== "yes") visit.accepted = "pending"; },
};

function agreed(before, { code, count, amount }) {
  const others = before.filter((each) => each.code !== code);
  return count ? [...others, { code, count, amount }] : others;
}

/** One visit; `events` and `pictures` are this technician's, oldest first, `told` what could not be used. */
export function projectedVisit(shown, events, pictures, told = []) {
  const visit = {
    ...shown,
    told: { ...NOTHING_TOLD, ...shown.told },
    agreed: [...(shown.agreed ?? [])],
    accepted: shown.accepted_at ? "yes" : wasWrong(shown.id, told) ? "wrong" : "no",
    is_gone: Boolean(shown.is_gone),
  };
  for (const event of events) if (event.visit_id === visit.id) BECOMES[event.type]?.(visit, event);
  visit.pictures = byShot(pictures.filter((picture) => picture.visit_id === visit.id));
  visit.missing = (shown.missing ?? []).filter((code) => !visit.pictures[code]?.some((picture) => picture.state !== "refused"));
  return visit;
}

const wasWrong = (id, told) => told.some((each) => each.visit_id === id && each.type === "acceptance" && each.outcome === "rejected");

function byShot(pictures) {
  const shots = {};
  for (const picture of pictures) (shots[picture.shot] ??= []).push(picture);
  return shots;
}

/** All days the server has told of, and today even without a route; `today` a date; `project` a visit of the server's. */
export function projectedDays({ visits = {}, routes = [], time_zone = "Asia/Shanghai", area = "" }, events, today, project) {
  const shown = Object.values(visits);
  const known = routes.some((route) => route.on === today) ? routes : [...routes, { on: today, revision: null }];
  return known
    .map((route) => ({ ...route, seen_revision: seen(route, events) }))
    .map((route) => day(route, shown.filter((each) => each.on === route.on), { today, time_zone, area }, project))
    .sort((one, other) => one.on.localeCompare(other.on));
}

/** The revision of a route that its technician has looked at, told or still to be told. */
function seen({ on, seen_revision = null }, events) {
  const looks = events.filter((event) => event.type === "route-seen" && event.payload.on === on).map((event) => event.payload.revision);
  return looks.length ? Math.max(seen_revision ?? 0, ...looks) : seen_revision;
}

function day(route, shown, { today, time_zone, area }, project) {
  const visits = shown.map((each) => ({ distance: 0, colleague: null, ...each, kind: "visit", visit: project(each) }));
  const breaks = (route.breaks ?? []).map(({ starts_at, ends_at }) => ({
    kind: "break", position: null, scheduled_arrival: starts_at, scheduled_start: starts_at, scheduled_leave: ends_at,
    travel: 0, distance: 0, colleague: null, visit: null,
  }));
  const stops = visits.sort((one, other) => one.position - other.position);
  return {
    travel: 0, distance: 0, start: null, starts_at: null, ends_at: null, time_zone, area, ...route,
    is_today: route.on === today, published: route.revision !== null, stops: withBreaks(stops, breaks),
  };
}

/** Breaks go before the first stop that begins later; the order of the route itself is the server's. */
function withBreaks(stops, breaks) {
  const result = [...stops];
  for (const rest of breaks) {
    const after = result.findIndex((stop) => stop.scheduled_start > rest.scheduled_start);
    result.splice(after < 0 ? result.length : after, 0, rest);
  }
  return result;
}
