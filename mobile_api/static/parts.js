// Pieces that more than one view shows.

import { h, icon } from "./dom.js";
import { clock, word } from "./words.js";

const MAPS = ["amap", "baidu", "apple", "google"];

export const OPEN = new Set(["waiting", "en-route", "on-site"]);

export function pill(state) {
  return h("span", { class: `pill ${state}` }, word(`states.${state}`));
}

export function windowText(stop, zone) {
  const { window } = stop.visit;
  if (!window) return clock(stop.scheduled_arrival, zone);
  return `${clock(window.starts_at, zone)}–${clock(window.ends_at, zone)}`;
}

export function product(visit) {
  return h("p", { class: "product" }, icon(visit.icon), h("span", {}, visit.product),
    visit.cause === "second-visit" ? h("span", { class: "tag" }, word("second_visit")) : null);
}

/** The address without what the district has already said. */
export function street({ address, district }) {
  const at = district ? address.indexOf(district) : -1;
  return at < 0 ? address : address.slice(at + district.length).trim() || address;
}

/** The two big buttons: navigate and call. */
export function reach(visit) {
  return h("div", { class: "reach" },
    h("button", { type: "button", disabled: !Object.keys(visit.navigation).length, onclick: () => chooseMap(visit) },
      icon("publish"), word("navigate")),
    h("a", { class: "button", href: `tel:${visit.consumer_phone.replace(/[^+\d]/g, "")}` }, icon("phone"), word("call")));
}

function chooseMap(visit) {
  const dialog = h("dialog", { class: "sheet", "aria-label": word("navigate_with") });
  const links = MAPS.filter((name) => visit.navigation[name]).map((name) =>
    h("a", { class: "button", href: visit.navigation[name], target: "_blank", rel: "noreferrer noopener", onclick: () => dialog.close() }, word(name)));
  dialog.append(h("div", { class: "sheet-body" },
    h("div", { class: "sheet-head" },
      h("div", {}, h("h2", {}, word("navigate_with")), h("p", {}, visit.address)),
      h("button", { class: "square", type: "button", "aria-label": word("close"), onclick: () => dialog.close() }, icon("close"))),
    links));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.getElementById("app").append(dialog);
  dialog.showModal();
}

/** The one next step, at the thumb. */
export function nextStep(app, visit) {
  const steps = {
    waiting: () => h("button", { class: "go", type: "button", onclick: () => app.setOut(visit.id) }, icon("van"), word("set_out")),
    "en-route": () =>
      app.locating === visit.id
        ? h("button", { class: "go", type: "button", disabled: true }, word("locating"))
        : h("button", { class: "go", type: "button", onclick: () => app.arrive(visit.id) }, icon("pin"), word("arrive")),
    "on-site": () => h("a", { class: "button go", href: `#/visit/${visit.id}` }, icon("camera"), word("open_visit")),
  };
  return steps[visit.state]?.();
}
