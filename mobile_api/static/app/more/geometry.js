// Places on a small plane of metres, and a window onto it. Pure.

const EARTH = 6_371_000;
const RADIANS = Math.PI / 180;
const ROUND = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
export const [FARTHEST, NEAREST] = [0.0005, 2];

/** `(place) => [x, y]`, metres east and south of the middle of `places`; true enough for one day's drive. */
export function plane(places) {
  const middle = (key) => (Math.min(...places.map((each) => each[key])) + Math.max(...places.map((each) => each[key]))) / 2;
  const [lng, lat] = [middle("lng"), middle("lat")];
  const narrow = Math.cos(lat * RADIANS);
  return (place) => [(place.lng - lng) * RADIANS * EARTH * narrow, (lat - place.lat) * RADIANS * EARTH];
}

/** The window `{ x, y, k }` (what is in the middle, pixels a metre) that shows all `points` within edges of pixels. */
export function fitted(points, [wide, high], { top: above, side, bottom: below }) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const k = within(Math.min((wide - 2 * side) / (right - left || 1), (high - above - below) / (bottom - top || 1)));
  return { x: (left + right) / 2, y: (top + bottom) / 2 + (below - above) / 2 / k, k };
}

const within = (k) => Math.min(0.5, Math.max(FARTHEST, k));

export const onScreen = ({ x, y, k }, [wide, high]) => ([px, py]) => [(px - x) * k + wide / 2, (py - y) * k + high / 2];

export const dragged = (view, dx, dy) => ({ ...view, x: view.x - dx / view.k, y: view.y - dy / view.k });

/** Nearer (`factor` > 1) or farther, with the place under `[px, py]` staying there. */
export function zoomed(view, factor, [px, py], [wide, high]) {
  const k = Math.min(NEAREST, Math.max(FARTHEST, view.k * factor));
  const [dx, dy] = [px - wide / 2, py - high / 2];
  return { x: view.x + dx / view.k - dx / k, y: view.y + dy / view.k - dy / k, k };
}

/** Points at least `least` pixels apart, each moved as little as may be: two visits in one house stay two dots. */
export function apart(points, least) {
  const moved = points.map((point) => [...point]);
  for (let round = 0; round < 12; round += 1) {
    for (let one = 0; one < moved.length; one += 1) {
      for (let other = 0; other < one; other += 1) push(moved[other], moved[one], least, one);
    }
  }
  return moved;
}

function push(one, other, least, turn) {
  const [dx, dy] = [other[0] - one[0], other[1] - one[1]];
  const between = Math.hypot(dx, dy);
  if (between >= least) return;
  const [ux, uy] = between > 0.01 ? [dx / between, dy / between] : [Math.cos(turn), Math.sin(turn)];
  const half = (least - between) / 2;
  [one[0], one[1], other[0], other[1]] = [one[0] - ux * half, one[1] - uy * half, other[0] + ux * half, other[1] + uy * half];
}

/** The roundest length for a scale bar of at most `most` pixels: `{ metres, pixels }`. */
export function scaleBar(k, most) {
  const metres = ROUND.findLast((each) => each * k <= most) ?? ROUND[0];
  return { metres, pixels: metres * k };
}

/** Texts where there is room for them: `[{ text, wide, spots: [[x, y], …] }]` in order, each at its first free spot or left out. */
export function placed(texts, taken, [wide, high]) {
  const boxes = [...taken];
  return texts.flatMap((each) => {
    const box = ([x, y]) => ({ left: x - each.wide / 2, right: x + each.wide / 2, top: y - 15, bottom: y + 5 });
    const isFree = (one) => one.left > 4 && one.right < wide - 4 && one.top > 4 && one.bottom < high - 4
      && boxes.every((other) => one.right < other.left || one.left > other.right || one.bottom < other.top || one.top > other.bottom);
    const spot = each.spots.find((one) => isFree(box(one)));
    if (!spot) return [];
    boxes.push(box(spot));
    return [{ ...each, at: spot }];
  });
}

export const around = ([x, y], radius) => ({ left: x - radius, right: x + radius, top: y - radius, bottom: y + radius });

/** Lines of a grid every `metres`, as pixels from left and top. */
export function grid(view, [wide, high], metres) {
  const lines = (middle, length) => {
    const first = Math.ceil((middle - length / 2 / view.k) / metres) * metres;
    const count = Math.floor(length / view.k / metres) + 1;
    return Array.from({ length: count }, (_, index) => (first + index * metres - middle) * view.k + length / 2);
  };
  return { across: lines(view.x, wide), down: lines(view.y, high) };
}
