// The photo that proves a surcharge.

/** Its newest picture on this phone that was not refused. */
export const photoOf = (visit, code) => visit.pictures?.[`surcharge:${code}`]?.filter((picture) => picture.state !== "refused").at(-1);

/** Whether a surcharge asks for a photo and has none. */
export const missing = (visit, charge) => Boolean(charge.photo) && !photoOf(visit, charge.code);
