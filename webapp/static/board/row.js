// One row of the Gantt: the technician, what lies under the day, the stops. Everything is placed by style properties.

import { icon, make } from "../shell.js";
import { colour, look, matchesDark, risk } from "./day.js";

const ROOM_FOR_DETAILS = 27;
const ROOM_FOR_AIR = 44;
const ROOM_FOR_PRODUCT = 92;

/** A row. view: {day, words, from, to, scale, lit, chosen, x(seconds)}; ghosts: stops of a preview. */
export function drawRow(view, person, isHere, ghosts) {
  const lane = make("div", { class: "lane" });
  lane.append(...ground(view, person), ...person.stops.flatMap((stop) => drawStop(view, stop)), ...ghosts.map((stop) => ghost(view, stop)));
  return make("div", { class: `row ${isHere ? "is-here" : ""}`, role: "group", "aria-label": person.name, "data-technician": person.id }, head(view, person), lane);
}

function head(view, person) {
  const visits = person.stops.filter((stop) => stop.visit).length;
  const swatch = make("i", { class: "swatch" });
  swatch.style.background = colour(person.index, matchesDark());
  return make("button", { class: "row-head", type: "button", tabindex: "-1", "aria-label": `${person.name}, ${view.words.visits_of.replace("%n", visits)}` },
    swatch, make("span", { class: "row-name" }, person.name), make("span", { class: "row-code" }, person.code), make("span", { class: "row-count number" }, String(visits)));
}

function place(view, element, from, to) {
  element.style.left = `${view.x(from)}px`;
  element.style.width = `${Math.max(1, (to - from) * view.scale)}px`;
  return element;
}

/** What lies under the stops: time off, overtime, absences. */
function ground(view, person) {
  const off = (from, to, kind = "off") => place(view, make("div", { class: kind }), from, to);
  if (!person.works) return [off(view.from, view.to, "off absent")];
  const parts = [off(view.from, person.begins), off(person.hard_end, view.to)];
  if (person.hard_end > person.soft_end) parts.push(off(person.soft_end, person.hard_end, "overtime"));
  for (const [from, to] of person.absences) parts.push(off(from, to, "off absent"));
  return parts;
}

function drawStop(view, stop) {
  if (stop.leave <= view.from || stop.arrive - stop.travel >= view.to) return [];
  const travel = stop.travel > 0 ? [place(view, make("div", { class: "travel" }), stop.arrive - stop.travel, stop.arrive)] : [];
  if (!stop.visit) return [...travel, place(view, make("div", { class: "rest", title: view.words.rest }), stop.start, stop.leave)];
  return [...travel, ...promise(view, stop), ...waiting(view, stop), block(view, stop)];
}

function promise(view, { visit }) {
  if (visit.earliest === null) return [];
  return [place(view, make("div", { class: "window", "data-window": visit.visit }), visit.earliest, Math.max(visit.latest, visit.earliest + 60))];
}

function waiting(view, stop) {
  return stop.start - stop.arrive > 300 ? [place(view, make("div", { class: "waiting" }), stop.arrive, stop.start)] : [];
}

function block(view, stop) {
  const { visit } = stop;
  const { day, words } = view;
  const width = (stop.leave - stop.start) * view.scale;
  const danger = risk(stop);
  const isSlim = width < ROOM_FOR_DETAILS;
  const label = `${stop.number}. ${day.product(visit)}, ${day.county(visit)}, ${day.clock(stop.start)}–${day.clock(stop.leave)}. ${words.window} ${day.window(visit)}. ${words.state[visit.state] ?? ""} ${danger ? words.risk[danger] : ""}`;
  const top = make("span", { class: "stop-top" }, make("b", { class: "number" }, String(stop.number)));
  if (!isSlim) top.append(icon(day.icon(visit)));
  if (visit.pinned_technician !== null || visit.pinned_start !== null) top.append(icon("tack", "tack"));
  if (width > ROOM_FOR_PRODUCT) top.append(make("span", { class: "stop-product" }, day.product(visit)));
  const marks = [`is-${look(visit)}`, danger, isSlim ? "slim" : width < ROOM_FOR_AIR && "narrow", view.lit === visit.visit && "is-lit", view.chosen === visit.visit && "is-chosen"];
  const made = make("div", { class: `stop ${marks.filter(Boolean).join(" ")}`, role: "button", tabindex: "-1", "data-visit": visit.visit, "aria-label": label }, top);
  if (!isSlim) made.append(make("span", { class: "stop-county" }, day.shortCounty(visit)));
  return place(view, made, stop.start, stop.leave);
}

function ghost(view, stop) {
  return place(view, make("div", { class: `ghost ${stop.visit ? "" : "ghost-rest"} ${risk(stop)}` }), stop.start, stop.leave);
}
