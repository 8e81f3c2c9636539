// Where the phone is, asked for once and never waited for longer than eight seconds. A refusal is an answer.

const PATIENCE = 8_000;
const FRESH = 60_000;
const STILL_TRUE = 600_000;
let last = { place: {}, at: 0 };

/** `{ lng, lat, accuracy }` in WGS-84, or `{}` with the reason under `unknown`: "refused" or "no-fix". */
export function here() {
  if (!navigator.geolocation) return Promise.resolve({ place: {}, unknown: "no-fix" });
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve({ place: {}, unknown: "no-fix" }), PATIENCE + 500);
    const answer = (result) => {
      clearTimeout(late);
      last = { place: result.place, at: Date.now() };
      resolve(result);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => answer({ place: { lng: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy } }),
      (error) => answer({ place: {}, unknown: error.code === error.PERMISSION_DENIED ? "refused" : "no-fix" }),
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH },
    );
  });
}

/** What `here` found within the last ten minutes, without asking again; `{}` otherwise. */
export function lastPlace() {
  return Date.now() - last.at < STILL_TRUE ? last.place : {};
}
