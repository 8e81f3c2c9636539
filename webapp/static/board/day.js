// One day as the board thinks of it: rows of the server's tables become technicians with stops, and visits.

export const TIGHT = 900;

function rows(table) {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((name, at) => [name, row[at]])));
}

/** A colour of its own for each technician: hues a golden angle apart. */
export function colour(index, isDark) {
  const hue = (index * 137.508 + 210) % 360;
  return isDark ? `hsl(${hue.toFixed(0)}, 62%, 66%)` : `hsl(${hue.toFixed(0)}, 68%, 40%)`;
}

/** Whether the page is shown dark. */
export function matchesDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** How a stop stands to its promise: "late", "tight" or "". */
export function risk(stop) {
  const { visit } = stop;
  if (!visit || visit.latest === null) return "";
  if (stop.start > visit.latest) return "late";
  return visit.latest - stop.start < TIGHT ? "tight" : "";
}

const LOOK = { waiting: "planned", "en-route": "on-the-way", "on-site": "on-site", completed: "done", "could-not-complete": "trouble", cancelled: "cancelled" };

/** The state's name in the style sheet. */
export function look(visit) {
  return LOOK[visit.state] ?? "planned";
}

export class Day {
  constructor(raw, language) {
    this.raw = raw;
    this.language = language;
    this.plan = raw.plan;
    this.mark = raw.mark;
    this.figures = raw.figures;
    this.midnight = Date.parse(raw.midnight);
    this.ends = raw.ends;
    this.visits = new Map(rows(raw.visits).map((visit) => [visit.visit, visit]));
    this.technicians = raw.technicians.map((person, index) => ({ ...person, index, stops: [] }));
    this.people = new Map(this.technicians.map((person) => [person.id, person]));
    for (const stop of rows(raw.stops)) this.people.get(stop.technician)?.stops.push(this.#stop(stop));
    for (const person of this.technicians) this.#number(person);
    this.unassigned = rows(raw.unassigned).map((left) => ({ ...left, visit: this.visits.get(left.visit) }));
  }

  #stop(row) {
    return { ...row, visit: row.visit === null ? null : this.visits.get(row.visit), number: 0 };
  }

  #number(person) {
    let number = 0;
    for (const stop of person.stops) if (stop.visit) stop.number = ++number;
  }

  /** Put the routes of a preview in the place of those shown (instants become seconds of the day). */
  take(routes) {
    for (const route of routes) {
      const person = this.people.get(route.technician_id);
      person.revision = route.revision;
      person.stops = this.stopsOf(route);
      this.#number(person);
      person.travel = person.stops.reduce((sum, stop) => sum + stop.travel, 0);
    }
  }

  stopsOf(route) {
    return route.stops.map((stop) => this.#stop({
      technician: route.technician_id, visit: stop.visit_id, arrive: this.seconds(stop.arrive_at),
      start: this.seconds(stop.start_at), leave: this.seconds(stop.leave_at), travel: stop.travel, distance: stop.distance,
    }));
  }

  seconds(instant) {
    return Math.round((Date.parse(instant) - this.midnight) / 1000);
  }

  instant(seconds) {
    return new Date(this.midnight + seconds * 1000).toISOString();
  }

  get now() {
    return Math.round((Date.now() - this.midnight) / 1000);
  }

  /** Wall-clock time of a second of the day, as 09:05. */
  clock(seconds) {
    const minutes = Math.round((seconds + this.raw.wall_shift) / 60);
    const hour = ((Math.floor(minutes / 60) % 24) + 24) % 24;
    return `${String(hour).padStart(2, "0")}:${String(((minutes % 60) + 60) % 60).padStart(2, "0")}`;
  }

  /** Seconds of the day for a wall-clock time such as 09:05; null when it is none. */
  secondsOf(clock) {
    const found = /^(\d{1,2}):(\d{2})$/.exec(clock);
    return found ? Number(found[1]) * 3600 + Number(found[2]) * 60 - this.raw.wall_shift : null;
  }

  window(visit) {
    return visit.earliest === null ? "" : `${this.clock(visit.earliest)}–${this.clock(visit.latest)}`;
  }

  product(visit) {
    return this.raw.products[visit.product]?.[this.language] || visit.product;
  }

  icon(visit) {
    return this.raw.products[visit.product]?.icon ?? "box";
  }

  skill(code) {
    return this.raw.skills[code]?.[this.language] || code;
  }

  county(visit) {
    return this.raw.counties[visit.county]?.[this.language] || visit.county;
  }

  /** A county's name as people say it: 黄浦 for 黄浦区, Jingan for Jingan District. */
  shortCounty(visit) {
    const name = this.county(visit).replace(/ (District|New Area|County|City)$/, "");
    return name.length > 2 ? name.replace(/(新区|自治县|区|县|市)$/, "") : name;
  }

  /** The stop that holds a visit, or null; that of a technician when two make it. */
  stopOf(visitId, technicianId = null) {
    const people = technicianId === null ? this.technicians : [this.people.get(technicianId)];
    for (const person of people) for (const stop of person?.stops ?? []) if (stop.visit?.visit === visitId) return stop;
    return null;
  }

  /** The span of time worth looking at. */
  get span() {
    const begins = this.technicians.map((p) => p.begins).filter((s) => s !== undefined);
    const ends = this.technicians.map((p) => Math.max(p.hard_end ?? 0, p.returns ?? 0)).filter((s) => s > 0);
    const from = begins.length ? Math.min(...begins) : 8 * 3600;
    const to = ends.length ? Math.max(...ends) : 19 * 3600;
    return [Math.max(0, from - 1800), Math.min(this.ends + 6 * 3600, to + 1800)];
  }
}
