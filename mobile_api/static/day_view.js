// The day: the next stop first, filling the screen, then the route.

import { h, icon } from "./dom.js";
import { nextStep, OPEN, pill, product, reach, street, windowText } from "./parts.js";
import { sketch } from "./sketch.js";
import { clock, distance, spell, word } from "./words.js";

export function dayView(app) {
  const { day } = app;
  if (!day) return [h("main", {}, h("p", { class: "empty" }, word("loading")))];
  const stops = app.stops();
  const visits = stops.filter((stop) => stop.visit);
  if (!visits.length) return [h("main", {}, nothing(app, day.published ? "empty_day" : "not_published"))];
  const next = visits.find((stop) => stop.visit.state === "on-site")
    ?? visits.find((stop) => stop.visit.state === "en-route")
    ?? visits.find((stop) => stop.visit.state === "waiting");
  return [
    h("main", { class: "day" },
      changed(app),
      next ? hero(day, next, visits) : nothing(app, "all_done"),
      route(day, stops, visits)),
    next ? h("div", { class: "thumb" }, reach(next.visit), nextStep(app, next.visit)) : "",
  ];
}

function changed(app) {
  const { published, revision, seen_revision } = app.day;
  if (!published || seen_revision === null || seen_revision >= revision) return null;
  return h("div", { class: "notice" }, icon("warning"), h("p", {}, word("route_changed")),
    h("button", { type: "button", onclick: () => app.see() }, word("seen")));
}

function nothing(app, what) {
  return h("section", { class: "empty" }, icon(what === "all_done" ? "check" : "calendar"),
    h("h1", {}, word(what)), h("p", {}, word(`${what}_more`)),
    h("button", { type: "button", onclick: () => app.read() }, icon("undo"), word("refresh")));
}

function hero(day, stop, visits) {
  const { visit } = stop;
  const zone = day.time_zone;
  return h("section", { class: `hero ${visit.state}`, "aria-label": word("next_stop") },
    h("div", { class: "hero-top" },
      h("span", { class: "eyebrow" }, word("of", { n: visits.indexOf(stop) + 1, total: visits.length })),
      pill(visit.state)),
    h("p", { class: "label" }, word("promised")),
    h("h1", { class: "time" }, windowText(stop, zone)),
    h("p", { class: "plan" },
      h("span", {}, word("planned_at", { time: clock(stop.scheduled_arrival, zone) })),
      h("span", {}, distance(stop.distance)),
      h("span", {}, word("drive", { time: spell(stop.travel) }))),
    h("a", { class: "where", href: `#/visit/${visit.id}` },
      product(visit),
      h("p", { class: "district" }, visit.district),
      h("p", { class: "address" }, street(visit)),
      h("p", { class: "quiet" }, [visit.consumer_name, word("work", { time: spell(visit.service) })].join(" · "))),
    stop.colleague ? h("p", { class: "note" }, icon("info"), h("span", {}, word("together", { name: stop.colleague }))) : null,
    visit.note ? h("p", { class: "note" }, icon("info"), h("span", {}, visit.note)) : null,
    visit.place && !visit.place.approximate ? null : h("p", { class: "note" }, icon("warning"), h("span", {}, word("approximate"))),
    then(visits.slice(visits.indexOf(stop) + 1).find((later) => OPEN.has(later.visit.state)), zone));
}

function then(stop, zone) {
  if (!stop) return null;
  return h("p", { class: "then" }, h("span", {}, word("then")), h("strong", {}, windowText(stop, zone)),
    h("span", {}, [stop.visit.product, stop.visit.district].join(" · ")));
}

function route(day, stops, visits) {
  const done = visits.filter((stop) => !OPEN.has(stop.visit.state)).length;
  return h("section", { class: "route" },
    h("div", { class: "route-head" },
      h("h2", {}, word("today")),
      h("span", {}, word("done_count", { done, total: visits.length }))),
    h("p", { class: "quiet" }, [distance(day.distance), word("drive", { time: spell(day.travel) })].join(" · ")),
    sketch(day.start, visits),
    h("ol", { class: "stops" }, stops.map((stop) => row(day, stop, visits))));
}

function row(day, stop, visits) {
  const zone = day.time_zone;
  if (!stop.visit) {
    return h("li", { class: "rest" }, h("span", { class: "at" }, clock(stop.scheduled_start, zone)),
      h("span", {}, `${word("rest")} · ${spell((new Date(stop.scheduled_leave) - new Date(stop.scheduled_start)) / 1000)}`));
  }
  const { visit } = stop;
  return h("li", {},
    h("a", { href: `#/visit/${visit.id}`, class: visit.state },
      h("span", { class: "number" }, OPEN.has(visit.state) ? String(visits.indexOf(stop) + 1) : icon(visit.state === "completed" ? "check" : "close")),
      h("span", { class: "row-text" },
        h("strong", {}, windowText(stop, zone)),
        h("span", {}, visit.product),
        h("span", { class: "quiet" }, `${visit.district} ${street(visit)}`)),
      pill(visit.state)));
}
