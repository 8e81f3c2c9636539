// The route as a map of our own: no tiles, no network. Start, stops in their order, legs, breaks, and where I am.

import "./more.js";
import { html, nothing, svg } from "/static/vendor/lit-html.js";
import { dayChips, relative } from "../day.js";
import { icon, say } from "../dom.js";
import { apart, around, dragged, fitted, grid, onScreen, placed, plane, scaleBar, zoomed } from "./geometry.js";
import { chosenDay, isOpen, navigate, nextStop, pill, product, street, visitsOf, windowText } from "../parts.js";
import { here, lastPlace } from "../place.js";
import { distance, spell, word } from "../words.js";

const EDGES = { top: 56, side: 34, bottom: 84 };
const TAP = 8;
const state = { on: null, view: null, picked: null, me: null, fingers: new Map(), moved: 0 };

export function mapView(app) {
  const day = chosenDay(app);
  const drawn = day ? drawing(day) : null;
  if (!drawn) return html`<main>${day ? dayChips(app, day) : nothing}<section class="empty">${icon("map")}<h1>${word("no_map")}</h1><p>${word("no_map_more")}</p></section></main>`;
  const picked = drawn.stops.find((stop) => stop.visit.id === state.picked) ?? nextStop(day);
  return html`<main class="map-page">
      <h1 class="unseen">${word("map")}</h1>
      ${dayChips(app, day)}
      <section class="map-box" aria-label=${word("map")}>
        ${chart(app, day, drawn, picked)}
        ${tools(app, drawn)}
      </section>
      ${picked ? card(app, day, picked) : nothing}
      ${legs(app, day, picked)}
    </main>`;
}

/** What can be drawn of a day, in metres and then in pixels; null when nothing has a place. */
function drawing(day) {
  const stops = visitsOf(day).filter((stop) => stop.visit.place);
  if (!stops.length) return null;
  const size = [Math.min(innerWidth, 560) - 32, Math.round(Math.max(220, innerHeight - 446))];
  const places = [...(day.start ? [day.start] : []), ...stops.map((stop) => stop.visit.place)];
  const flat = plane(places);
  const key = `${day.on} ${size}`;
  if (state.on !== key) Object.assign(state, { on: key, view: fitted(places.map(flat), size, EDGES) });
  const screen = onScreen(state.view, size);
  const onto = (place) => screen(flat(place));
  const dots = apart(stops.map((stop) => onto(stop.visit.place)), 27);
  return { size, stops, dots, onto, whole: () => fitted(places.map(flat), size, EDGES) };
}

function chart(app, day, drawn, picked) {
  const { size: [wide, high] } = drawn;
  const label = word("map_of", { day: relative(day, app.today()), n: drawn.stops.length, km: distance(day.distance) });
  const bar = scaleBar(state.view.k, 110);
  return html`<svg class="map" viewBox="0 0 ${wide} ${high}" height=${high} role="group" aria-label=${label} tabindex="0"
      @pointerdown=${down} @pointermove=${move(app, drawn)} @pointerup=${up} @pointercancel=${up}
      @wheel=${{ handleEvent: wheel(app, drawn), passive: false }} @keydown=${keys(app, drawn)}>
    ${gridLines(drawn.size, bar.metres)}
    ${lines(day, drawn).map((each, index) => leg(each, drawn.stops[index]))}
    ${labels(day, drawn)}
    ${breaks(day, drawn)}
    ${day.start ? startMark(drawn.onto(day.start)) : nothing}
    ${drawn.stops.map((stop, index) => dot(app, day, stop, drawn.dots[index], stop === picked))}
    ${meMark(drawn)}
    ${furniture(drawn.size, bar)}
  </svg>`;
}

function gridLines([wide, high], metres) {
  const { across, down: below } = grid(state.view, [wide, high], metres);
  return svg`<g class="grid">${across.map((x) => svg`<path d="M${x} 0V${high}"/>`)}${below.map((y) => svg`<path d="M0 ${y}H${wide}"/>`)}</g>`;
}

const width = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 17 : 9.5), 6);

/** Counties and kilometres, where nothing is covered by them. */
function labels(day, drawn) {
  const { size: [wide, high], dots, onto } = drawn;
  const taken = [...dots.map((dot) => around(dot, 16)), around([wide - 26, 34], 30), { left: 0, right: wide, top: high - 66, bottom: high }];
  if (day.start) taken.push(around(onto(day.start), 12));
  return placed([...counties(drawn), ...kilometres(day, drawn)], taken, drawn.size).map(({ text, kind, at: [x, y] }) => svg`<text class=${kind} x=${x} y=${y}>${text}</text>`);
}

/** The name of each county above or below its stops: enough to know where one is. */
function counties({ stops, onto }) {
  return [...Map.groupBy(stops, (stop) => stop.visit.district)].filter(([name]) => name).map(([text, group]) => {
    const points = group.map((stop) => onto(stop.visit.place));
    const ys = points.map(([, y]) => y);
    const x = points.reduce((sum, [each]) => sum + each, 0) / points.length;
    const shifts = [0, -44, 44, -88, 88].map((shift) => x + shift);
    return { text, kind: "county", wide: width(text) * 1.1, spots: [Math.min(...ys) - 22, Math.max(...ys) + 36].flatMap((y) => shifts.map((each) => [each, y])) };
  });
}

function kilometres(day, { stops, dots, onto }) {
  return lines(day, { dots, onto }).flatMap(([[x1, y1], [x2, y2]], index) => {
    if (Math.hypot(x2 - x1, y2 - y1) < 70 || !stops[index].distance) return [];
    const text = distance(stops[index].distance);
    const [x, y, aside] = [(x1 + x2) / 2, (y1 + y2) / 2, width(text) / 2 + 10];
    const isSteep = Math.abs(y2 - y1) > Math.abs(x2 - x1);
    return [{ text, kind: "", wide: width(text), spots: isSteep ? [[x + aside, y + 6], [x - aside, y + 6]] : [[x, y - 12], [x, y + 26]] }];
  });
}

/** From where to where each leg goes. */
const lines = (day, { dots, onto }) => dots.map((dot, index) => [index ? dots[index - 1] : day.start ? onto(day.start) : dot, dot]);

function leg([[x1, y1], [x2, y2]], stop) {
  const turn = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  return svg`<g class="leg-line ${isOpen(stop) ? "" : "past"}"><path d="M${x1} ${y1}L${x2} ${y2}"/>
    ${Math.hypot(x2 - x1, y2 - y1) > 44 ? svg`<path class="arrow" d="M-5-6L5 0L-5 6" transform="translate(${(x1 + x2) / 2} ${(y1 + y2) / 2}) rotate(${turn})"/>` : nothing}</g>`;
}

/** A break stands on the leg that follows it. */
function breaks(day, { stops, dots, onto }) {
  return day.stops.flatMap((stop, at) => {
    if (stop.visit) return [];
    const before = stops.findLastIndex((each) => day.stops.indexOf(each) < at);
    const [x1, y1] = before < 0 ? (day.start ? onto(day.start) : dots[0]) : dots[before];
    const [x2, y2] = dots[before + 1] ?? [x1, y1 + 60];
    const [x, y] = [x1 + (x2 - x1) * 0.3, y1 + (y2 - y1) * 0.3];
    return svg`<g class="break" transform="translate(${x} ${y})"><circle r="10"/><path d="M0-5V0L4 2"/></g>`;
  });
}

const startMark = ([x, y]) => svg`<g class="start" transform="translate(${x} ${y})"><rect x="-9" y="-9" width="18" height="18" rx="4"/><path d="M-5 1L0-4L5 1M-3.500 0V5H3.500V0"/></g>`;

function dot(app, day, stop, [x, y], isPicked) {
  const { visit } = stop;
  const n = visitsOf(day).indexOf(stop) + 1;
  const pick = () => { state.picked = visit.id; app.draw(); };
  const press = (event) => [" ", "Enter"].includes(event.key) && (event.preventDefault(), event.stopPropagation(), pick());
  const label = word("stop_label", { n, time: windowText(stop, day.time_zone), product: visit.product, district: visit.district, state: word(`states.${visit.state}`) });
  return svg`<g class="dot ${visit.state} ${isOpen(stop) ? "" : "past"} ${isPicked ? "picked" : ""}" transform="translate(${x} ${y})" role="button" tabindex="0"
      aria-label=${label} aria-pressed=${isPicked} @click=${() => state.moved < TAP && pick()} @keydown=${press}>
    <circle class="reachable" r="24"/>${isPicked ? svg`<circle class="ring" r="18"/>` : nothing}<circle class="disc" r="13"/>
    <text y="5">${n}</text>${visit.place.approximate ? svg`<text class="guess" x="14" y="-8">?</text>` : nothing}</g>`;
}

function meMark({ onto }) {
  const me = lastPlace() ?? state.me;
  if (!me) return nothing;
  const [x, y] = onto(me);
  const round = Math.min(120, (me.accuracy ?? 0) * state.view.k);
  return svg`<g class="me" transform="translate(${x} ${y})" role="img" aria-label=${word("me")}><circle class="about" r=${round}/><circle class="here" r="8"/></g>`;
}

/** North and the scale. */
function furniture([wide, high], { metres, pixels }) {
  return svg`<g class="compass" transform="translate(${wide - 26} 34)"><path d="M0-20L7 4L0-1L-7 4Z"/><text y="22">${word("north")}</text></g>
    <g class="scale" transform="translate(14 ${high - 16})"><path d="M0-7V0H${pixels}V-7"/><text x="6" y="-7">${metres < 1000 ? `${metres} m` : word("km", { km: metres / 1000 })}</text></g>`;
}

function tools(app, { size, whole }) {
  const middle = size.map((each) => each / 2);
  const tool = (name, picture, press) => html`<button type="button" class="square" aria-label=${word(name)} @click=${press}>${picture}</button>`;
  const zoom = (factor) => () => { state.view = zoomed(state.view, factor, middle, size); app.draw(); };
  return html`<div class="map-tools">
    ${tool("where_am_i", icon("pin"), () => locate(app))}
    ${tool("fit", icon("plan"), () => { state.view = whole(); app.draw(); })}
    ${tool("zoom_out", html`<span aria-hidden="true">−</span>`, zoom(1 / 1.6))}
    ${tool("zoom_in", icon("plus"), zoom(1.6))}</div>`;
}

async function locate(app) {
  const { place } = await here();
  if (place) state.me = place;
  else say(word("no_position"));
  app.draw();
}

function down(event) {
  state.fingers.set(event.pointerId, [event.clientX, event.clientY]);
  if (state.fingers.size === 1) state.moved = 0;
}

const spread = (fingers) => {
  const [one, other = one] = [...fingers.values()];
  return { gap: Math.hypot(one[0] - other[0], one[1] - other[1]), x: (one[0] + other[0]) / 2, y: (one[1] + other[1]) / 2 };
};

const move = (app, { size }) => (event) => {
  if (!state.fingers.has(event.pointerId)) return;
  const before = spread(state.fingers);
  state.fingers.set(event.pointerId, [event.clientX, event.clientY]);
  const after = spread(state.fingers);
  state.moved += Math.hypot(after.x - before.x, after.y - before.y) + Math.abs(after.gap - before.gap);
  if (state.moved < TAP) return;
  event.currentTarget.setPointerCapture(event.pointerId);
  const box = event.currentTarget.getBoundingClientRect();
  const view = dragged(state.view, after.x - before.x, after.y - before.y);
  state.view = before.gap && after.gap ? zoomed(view, after.gap / before.gap, [after.x - box.left, after.y - box.top], size) : view;
  app.draw();
};

function up(event) {
  state.fingers.delete(event.pointerId);
}

const wheel = (app, { size }) => (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  state.view = zoomed(state.view, Math.exp(-event.deltaY / 300), [event.offsetX, event.offsetY], size);
  app.draw();
};

const keys = (app, { size, whole }) => (event) => {
  const middle = size.map((each) => each / 2);
  const steps = { ArrowLeft: [48, 0], ArrowRight: [-48, 0], ArrowUp: [0, 48], ArrowDown: [0, -48] };
  if (steps[event.key]) state.view = dragged(state.view, ...steps[event.key]);
  else if (["+", "="].includes(event.key)) state.view = zoomed(state.view, 1.6, middle, size);
  else if (event.key === "-") state.view = zoomed(state.view, 1 / 1.6, middle, size);
  else if (event.key === "0") state.view = whole();
  else return;
  event.preventDefault();
  app.draw();
};

function card(app, day, stop) {
  const { visit } = stop;
  return html`<section class="card map-card ${visit.state}">
    <div class="hero-top"><strong>${word("stop_n", { n: visitsOf(day).indexOf(stop) + 1 })} · ${windowText(stop, day.time_zone)}</strong>${pill(visit.state)}</div>
    ${product(visit)}
    <p class="address">${visit.district} ${street(visit)}</p>
    <div class="reach">${navigate(visit, app)}<a class="button" href="#/visit/${visit.id}">${icon("right")}${word("details")}</a></div>
  </section>`;
}

/** The same as a list: for those who do not look at maps, and for screen readers. */
function legs(app, day, picked) {
  const pick = (stop) => () => { state.picked = stop.visit.id; scrollTo(0, 0); app.draw(); };
  return html`<section class="route"><h2>${word("legs")}</h2><ol class="stops">${visitsOf(day).map((stop, index) => html`
    <li><button type="button" class="leg-row ${stop.visit.state}" aria-pressed=${stop === picked} @click=${pick(stop)}>
      <span class="number">${index + 1}</span>
      <span class="row-text"><strong>${stop.visit.product} · ${stop.visit.district}</strong>
        <span class="quiet">${[distance(stop.distance), word("drive", { time: spell(stop.travel ?? 0) }), stop.visit.place ? "" : word("no_place")].filter(Boolean).join(" · ")}</span></span>
    </button></li>`)}</ol></section>`;
}
