// Views that are fetched when they are first looked at, or when the phone has nothing better to do.

import { html } from "/static/vendor/lit-html.js";
import { word } from "./words.js";

const AGAIN = 5_000;
const all = [() => import("./more/menu.js")];

/** A view out of a module that comes later: `later(() => import("./more/map.js"), "mapView")`. */
export function later(load, name) {
  let view = null;
  let failedAt = -Infinity;
  const open = (app) => load().then((module) => { view = module[name]; }, () => { failedAt = performance.now(); }).then(app.draw);
  all.push(load);
  return (app, ...params) => {
    if (view) return view(app, ...params);
    const isMissing = performance.now() - failedAt < AGAIN;
    if (!isMissing) open(app);
    return html`<main aria-busy=${!isMissing}><p class="empty">${word(isMissing ? "no_connection_page" : "loading")}</p></main>`;
  };
}

let isWarm = false;

/** Fetch all of them, one after the other, so that they open without signal; once. */
export async function warm() {
  if (isWarm) return;
  isWarm = true;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  for (const load of all) await load().catch(() => { isWarm = false; });
}
