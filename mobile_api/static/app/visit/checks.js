// What a photo looks like before anybody else sees it: sharp, bright, new. Measured as the server measures it later.

const LEAST_SHARPNESS = 30;
const LEAST_BRIGHTNESS = 35;
const LEAST_CONTRAST = 16;
const ALIKE_BITS = 8;
const FENCE = 300;
const EARTH = 6_371_009;

/** The grey picture of RGBA pixels: `{ grey, width, height }`, one number of 0–255 a pixel, ITU-R 601 weights. */
export function greyOf({ data, width, height }) {
  const grey = new Float32Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = data[4 * at] * 0.299 + data[4 * at + 1] * 0.587 + data[4 * at + 2] * 0.114;
  }
  return { grey, width, height };
}

/** The mean of 0 to 255. */
export const brightness = ({ grey }) => grey.reduce((sum, value) => sum + value, 0) / grey.length;

/** The variance of the Laplacian (Pech-Pacheco et al., 2000), from a picture with at most 512 pixels a side. */
export function sharpness({ grey, width, height }) {
  let [sum, squares] = [0, 0];
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x;
      const edge = 4 * grey[at] - grey[at - 1] - grey[at + 1] - grey[at - width] - grey[at + width];
      const seen = Math.min(127, Math.max(-128, edge));
      sum += seen;
      squares += seen * seen;
    }
  }
  const count = (width - 2) * (height - 2);
  return count > 0 ? squares / count - (sum / count) ** 2 : 0;
}

/** 128 bits in hexadecimal: is each of 8 × 8 places brighter than its right, its lower neighbour? Null without contrast. */
export function differenceHash(picture) {
  const [across, down] = [boxes(picture, 9, 8), boxes(picture, 8, 9)];
  if (Math.max(...across) - Math.min(...across) < LEAST_CONTRAST) return null;
  let bits = "";
  for (let y = 0; y < 8; y += 1) for (let x = 0; x < 8; x += 1) bits += across[9 * y + x] > across[9 * y + x + 1] ? 1 : 0;
  for (let at = 0; at < 64; at += 1) bits += down[at] > down[at + 8] ? 1 : 0;
  return bits.replace(/[01]{4}/g, (four) => Number.parseInt(four, 2).toString(16));
}

/** In how many bits two hashes differ. */
export function differing(one, other) {
  let count = 0;
  for (let at = 0; at < one.length; at += 1) {
    for (let left = Number.parseInt(one[at], 16) ^ Number.parseInt(other[at], 16); left; left &= left - 1) count += 1;
  }
  return count;
}

/** Metres between two places on the sphere. */
export function metres(one, other) {
  const radians = Math.PI / 180;
  const high = Math.sin(((other.lat - one.lat) * radians) / 2) ** 2;
  const wide = Math.sin(((other.lng - one.lng) * radians) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(high + Math.cos(one.lat * radians) * Math.cos(other.lat * radians) * wide));
}

/**
 * What to say about a photo, worst first: `[{ what: "dark"|"blurred"|"alike"|"far", shot?, metres? }]`, empty for a good one.
 * `earlier` are `{ visit_id, shot, hash, name }` of other photos; `place` is where the phone is, `address` where it should be.
 */
export function doubts(picture, { visit_id, shot, earlier = [], place = {}, address = null }) {
  const found = [];
  if (brightness(picture) < LEAST_BRIGHTNESS) found.push({ what: "dark" });
  else if (sharpness(picture) < LEAST_SHARPNESS) found.push({ what: "blurred" });
  const hash = differenceHash(picture);
  const like = hash && earlier.find((one) => !(one.visit_id === visit_id && one.shot === shot) && differing(one.hash, hash) <= ALIKE_BITS);
  if (like) found.push({ what: "alike", name: like.name });
  const away = place.lat !== undefined && address && !address.approximate ? metres(place, address) : 0;
  if (away > FENCE + (place.accuracy ?? 0)) found.push({ what: "far", metres: Math.round(away) });
  return found;
}

function boxes({ grey, width, height }, columns, rows) {
  const means = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      means.push(Math.round(mean(grey, width, [(column * width) / columns, ((column + 1) * width) / columns], [(row * height) / rows, ((row + 1) * height) / rows])));
    }
  }
  return means;
}

function mean(grey, width, [left, right], [top, bottom]) {
  let [sum, area] = [0, 0];
  for (let y = Math.floor(top); y < bottom; y += 1) {
    const high = Math.min(y + 1, bottom) - Math.max(y, top);
    for (let x = Math.floor(left); x < right; x += 1) {
      const share = high * (Math.min(x + 1, right) - Math.max(x, left));
      sum += share * grey[y * width + x];
      area += share;
    }
  }
  return sum / area;
}
