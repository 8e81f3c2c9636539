// The route as a line drawing: no tiles, no network, true to direction and distance.

import { s } from "./dom.js";
import { OPEN } from "./parts.js";
import { word } from "./words.js";

const WIDTH = 328;
const HEIGHT = 150;
const EDGE = 22;

/** Start, then the visits in order. Null when fewer than two places are known. */
export function sketch(start, visits) {
  const placed = visits.filter((stop) => stop.visit.place);
  if (placed.length < 2) return null;
  const points = projected([start, ...placed.map((stop) => stop.visit.place)]);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return s("svg", { class: "sketch", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": word("today") },
    s("polyline", { points: line }),
    s("rect", { x: points[0][0] - 5, y: points[0][1] - 5, width: 10, height: 10, rx: 2, class: "start" }),
    placed.map((stop, index) => dot(points[index + 1], stop.visit.state, visits.indexOf(stop) + 1)));
}

function projected(places) {
  const middle = places.reduce((sum, place) => sum + place.lat, 0) / places.length;
  const narrow = Math.cos((middle * Math.PI) / 180);
  const flat = places.map(({ lng, lat }) => [lng * narrow, -lat]);
  const [xs, ys] = [flat.map(([x]) => x), flat.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [wide, high] = [Math.max(...xs) - left || 1e-6, Math.max(...ys) - top || 1e-6];
  const scale = Math.min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high);
  const [padX, padY] = [(WIDTH - wide * scale) / 2, (HEIGHT - high * scale) / 2];
  return flat.map(([x, y]) => [padX + (x - left) * scale, padY + (y - top) * scale]);
}

function dot([x, y], state, number) {
  return s("g", { class: OPEN.has(state) ? state : "done" },
    s("circle", { cx: x, cy: y, r: 11 }),
    s("text", { x, y: y + 4.5, "text-anchor": "middle" }, String(number)));
}
