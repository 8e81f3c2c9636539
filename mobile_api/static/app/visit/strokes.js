// A signature as numbers: strokes of x, y in thousandths of the pad's width, so that it looks the same at any size.

export const FULL = 1000;
const MOST = 4000;
const CLOSE = 4;

/** A point of the pad: `box` as from getBoundingClientRect; what leaves the pad stays at its edge. */
export function pointOf(event, box) {
  const within = (value) => Math.round(Math.min(FULL, Math.max(0, (value * FULL) / box.width)));
  return [within(event.clientX - box.left), Math.min(within(event.clientY - box.top), Math.round((box.height * FULL) / box.width))];
}

/** The strokes with one point more at the end of the last one; a point that hardly moved is left out. */
export function drawn(strokes, [x, y]) {
  const last = strokes.at(-1);
  const [x0, y0] = last.slice(-2);
  if (last.length && Math.hypot(x - x0, y - y0) < CLOSE) return strokes;
  return [...strokes.slice(0, -1), [...last, x, y]];
}

/** At most 4,000 numbers: every second point goes, never the ends, until it fits. */
export function thinned(strokes) {
  let left = strokes.filter((stroke) => stroke.length);
  while (count(left) > MOST) {
    const thinner = left.map((stroke) => stroke.filter((_, at) => at % 4 < 2 || at >= stroke.length - 2));
    left = count(thinner) < count(left) ? thinner : left.slice(0, -1);
  }
  return left;
}

/** The `d` of an SVG path, smooth through the middles of its points; a dot where the finger only tapped. */
export function path(stroke) {
  const points = [];
  for (let at = 0; at < stroke.length; at += 2) points.push([stroke[at], stroke[at + 1]]);
  if (points.length < 2) return points.length ? `M${points[0]}h.1` : "";
  const curves = points.slice(1, -1).map(([x, y], at) => `Q${x} ${y} ${(x + points[at + 2][0]) / 2} ${(y + points[at + 2][1]) / 2}`);
  return `M${points[0].join(" ")}${curves.join("")}L${points.at(-1).join(" ")}`;
}

/** Whether somebody really wrote: a tap by mistake is no signature. */
export const isSigned = (strokes) => count(strokes) >= 10;

const count = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
