// Where the phone is, asked for once and never waited for longer than eight seconds. A refusal is an answer.

const PATIENCE = 8_000;
const FRESH = 60_000;
const STILL_TRUE = 600_000;
let last = { place: null, at: 0 };

const placeOf = ({ coords }) => ({ lng: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy });

function found(position) {
  last = { place: placeOf(position), at: performance.now() };
  return last.place;
}

/** `{ place: { lng, lat, accuracy } }` in WGS-84, or `{ place: null, unknown: "refused" | "no-fix" }`. */
export function here() {
  if (!navigator.geolocation) return Promise.resolve({ place: null, unknown: "no-fix" });
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve({ place: null, unknown: "no-fix" }), PATIENCE + 500);
    const answer = (result) => {
      clearTimeout(late);
      resolve(result);
    };
    navigator.geolocation.getCurrentPosition(
      (position) => answer({ place: found(position) }),
      (error) => answer({ place: null, unknown: error.code === error.PERMISSION_DENIED ? "refused" : "no-fix" }),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH },
    );
  });
}

/** What was found within the last ten minutes, without asking again; null otherwise. */
export const lastPlace = () => (performance.now() - last.at < STILL_TRUE ? last.place : null);

/** Call `told` with every new place until the returned function is called. */
export function watch(told) {
  if (!navigator.geolocation) return () => undefined;
  const id = navigator.geolocation.watchPosition((position) => told(found(position)), () => undefined, {
    enableHighAccuracy: true,
    maximumAge: 15_000,
  });
  return () => navigator.geolocation.clearWatch(id);
}
