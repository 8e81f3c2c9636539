// One visit: what to know, the shot list, and the way to finish.

import { scaled } from "./camera.js";
import { h, icon, say } from "./dom.js";
import { lastPlace } from "./place.js";
import { nextStep, OPEN, pill, product, reach, street, windowText } from "./parts.js";
import { clock, word } from "./words.js";

const pictures = new Map();

export function visitView(app, stop) {
  const { visit } = stop;
  const zone = app.day.time_zone;
  const open = OPEN.has(visit.state);
  return [
    h("main", { class: "visit" },
      visit.state === "on-site" && visit.shots.length ? shots(app, visit) : null,
      h("section", { class: "card" },
        h("div", { class: "hero-top" }, h("h1", {}, windowText(stop, zone)), pill(visit.state)),
        product(visit),
        h("p", { class: "address" }, `${visit.district} ${street(visit)}`),
        h("p", { class: "quiet" }, [visit.consumer_name, `${word("order")} ${visit.order_number}`, visit.merchant].join(" · ")),
        stop.colleague ? h("p", { class: "note" }, icon("info"), h("span", {}, word("together", { name: stop.colleague }))) : null,
        arrival(visit, zone),
        visit.failure_reason ? h("p", { class: "note" }, icon("warning"), h("span", {}, word(`reasons.${visit.failure_reason}`))) : null,
        visit.note ? h("p", { class: "note" }, icon("info"), h("span", {}, visit.note)) : null,
        open ? reach(visit) : null),
      visit.state !== "on-site" && visit.shots.length ? shots(app, visit) : null),
    open ? h("div", { class: "thumb" }, finish(app, visit)) : "",
  ];
}

function arrival(visit, zone) {
  if (!visit.arrived_at) return null;
  const far = visit.arrival_distance === null ? "" : ` · ${word("distance", { m: visit.arrival_distance })}`;
  return h("p", { class: "quiet" }, icon("pin"), word("arrived_at", { time: clock(visit.arrived_at, zone) }) + far);
}

function finish(app, visit) {
  const cannot = h("a", { class: "plain", href: `#/visit/${visit.id}/cannot` }, word("cannot"));
  if (visit.state !== "on-site") return [nextStep(app, visit), cannot];
  const names = visit.shots.filter((shot) => visit.missing.includes(shot.code)).map((shot) => shot.name);
  const missing = names.length > 0;
  return [
    missing ? h("p", { class: "missing", id: "missing" }, icon("camera"), h("span", {}, word("missing", { names: names.join(word("comma")) }))) : null,
    h("button", { class: "go", type: "button", disabled: missing, "aria-describedby": missing ? "missing" : null, onclick: () => complete(app, visit) },
      icon("check"), word("complete")),
    cannot,
  ];
}

async function complete(app, visit) {
  await app.report(visit.id, "completion", { more: {} });
  say(word("completed"));
  location.hash = "#/";
}

function shots(app, visit) {
  return h("section", { class: "card" },
    h("h2", {}, word("photos")),
    h("ul", { class: "shots" }, visit.shots.map((shot) => tile(app, visit, shot))));
}

function tile(app, visit, shot) {
  const waiting = visit.pending[shot.code] ?? [];
  const taken = waiting.length > 0 || shot.photo_ids.length > 0;
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": `${word(taken ? "retake" : "take")}: ${shot.name}` });
  input.addEventListener("change", () => input.files[0] && consider(app, visit, shot, input.files[0]));
  return h("li", {},
    h("label", { class: taken ? "tile taken" : "tile" },
      input,
      h("span", { class: "picture" }, taken ? thumbnail(app, waiting, shot) : icon("camera"),
        taken ? h("span", { class: "tick" }, icon(waiting.length ? "clock" : "check")) : null),
      h("strong", {}, shot.name),
      h("span", { class: "quiet" }, word(taken ? "retake" : shot.required ? "required" : "optional"))));
}

function thumbnail(app, waiting, shot) {
  const image = h("img", { alt: "" });
  const last = waiting.at(-1);
  const key = last ? last.event_id : `photo-${shot.photo_ids.at(-1)}`;
  const picture = pictures.get(key) ?? (last ? Promise.resolve(URL.createObjectURL(last.photo)) : fetched(app, shot.photo_ids.at(-1)));
  pictures.set(key, picture);
  picture.then((url) => { image.src = url; }, () => pictures.delete(key));
  return image;
}

async function fetched(app, photoId) {
  const answer = await app.ask(`/mobile/v1/photos/${photoId}`);
  return URL.createObjectURL(await answer.blob());
}

/** Keep or take again: the photo is shown as large as the screen allows. */
async function consider(app, visit, shot, file) {
  let photo;
  try {
    photo = await scaled(file);
  } catch {
    say(word("unreadable"));
    return;
  }
  const url = URL.createObjectURL(photo);
  const dialog = h("dialog", { class: "preview", "aria-label": shot.name });
  const done = () => { dialog.close(); dialog.remove(); };
  const again = h("input", { type: "file", accept: "image/*", capture: "environment", "aria-label": `${word("retake")}: ${shot.name}` });
  again.addEventListener("change", () => { if (again.files[0]) { done(); consider(app, visit, shot, again.files[0]); } });
  const accept = async () => {
    done();
    await app.report(visit.id, "photos", { shot: shot.code, photo, place: lastPlace() });
  };
  dialog.append(
    h("div", { class: "preview-head" }, h("h2", {}, shot.name), h("p", {}, word("keep_question"))),
    h("img", { src: url, alt: shot.name }),
    h("div", { class: "preview-choice" },
      h("label", { class: "button" }, again, icon("history"), word("retake")),
      h("button", { class: "go", type: "button", onclick: accept }, icon("check"), word("keep"))));
  document.getElementById("app").append(dialog);
  dialog.showModal();
}
