// Which view a place of the page shows, and what is one step up from it.

import { accountView } from "./account.js";
import { dayView } from "./day.js";
import { framed } from "./frame.js";
import { insecureView } from "./insecure.js";
import { loginView } from "./login.js";
import { mapView } from "./map.js";
import { queueView } from "./queue.js";
import { requestsView } from "./requests.js";
import { cannotView } from "./visit/cannot.js";
import { finishView } from "./visit/finish.js";
import { nextView } from "./visit/next.js";
import { readyView } from "./visit/ready.js";
import { visitView } from "./visit/visit.js";
import { whyView } from "./why.js";

const PLACES = { map: mapView, queue: queueView, account: accountView, requests: requestsView };
const STEPS = { ready: readyView, cannot: cannotView, finish: finishView, next: nextView };

/** What only the visits need, fetched when one is looked at or when there is time. */
export function dressVisits() {
  if (dressVisits.isDone) return;
  dressVisits.isDone = true;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/phone/static/app/visit.css" }));
}

/** What to draw for a hash such as "#/visit/7/ready". */
export function viewOf(app, hash) {
  if (!isSecureContext) return insecureView(app);
  if (!app.me) return loginView(app);
  const [, place, name, step] = hash.split("/");
  const id = Number(name);
  if (place === "why") return framed(app, whyView(app, id), `#/visit/${id}`);
  if (place === "visit" && app.visit(id)) {
    dressVisits();
    const view = STEPS[step];
    return framed(app, view ? view(app, id) : visitView(app, id), view ? `#/visit/${id}` : "#/");
  }
  if (PLACES[place]) return framed(app, PLACES[place](app), "#/");
  return framed(app, dayView(app), null);
}
