// Around every view: where we are, whether everything has been sent, and the menu.

import { h, icon } from "./dom.js";
import { dayName, language, word } from "./words.js";

/** Top bar, then the view; `back` is the place one step up, null at the top. */
export function framed(app, content, back) {
  return [
    h("header", { class: "bar" },
      back
        ? h("a", { class: "square", href: back, "aria-label": word("back") }, icon("left"))
        : null,
      h("div", { class: "bar-title" },
        h("strong", {}, app.day ? dayName(app.day.on) : word("app")),
        h("span", {}, app.me.technician.name)),
      connection(app)),
    ...content,
  ];
}

function connection(app) {
  const [kind, text] = condition(app.outbox);
  return h("button", { class: `connection ${kind}`, type: "button", "aria-haspopup": "dialog", onclick: () => openMenu(app) },
    icon({ good: "check", busy: "upload", away: "clock", wrong: "warning" }[kind]),
    h("span", {}, text));
}

function condition(outbox) {
  const waiting = outbox.waiting().length;
  const refused = outbox.refused().length;
  if (refused) return ["wrong", word("to_fix", { n: refused })];
  if (!outbox.connected) return ["away", waiting ? word("kept_here", { n: waiting }) : word("offline")];
  return waiting ? ["busy", word("sending", { n: waiting })] : ["good", word("synced")];
}

function openMenu(app) {
  const dialog = h("dialog", { class: "sheet", "aria-label": word("menu") });
  dialog.append(h("div", { class: "sheet-body" }, menu(app, dialog)));
  dialog.addEventListener("close", () => {
    dialog.remove();
    dispatchEvent(new HashChangeEvent("hashchange"));
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.getElementById("app").append(dialog);
  dialog.showModal();
}

function menu(app, dialog) {
  const { technician } = app.me;
  const held = app.outbox.mine();
  const waiting = app.outbox.waiting().length;
  const other = language() === "zh" ? "en" : "zh";
  return [
    h("div", { class: "sheet-head" },
      h("div", {}, h("h2", {}, technician.name), h("p", {}, word("technician", { code: technician.code }))),
      h("button", { class: "square", type: "button", "aria-label": word("close"), onclick: () => dialog.close() }, icon("close"))),
    h("h3", {}, word("on_phone")),
    held.length ? null : h("p", { class: "receipt" }, icon("check"), word("nothing_left")),
    held.length ? h("ul", { class: "held" }, held.map((item) => heldItem(app, item, dialog))) : null,
    waiting ? h("p", { class: "quiet" }, word("kept_more")) : null,
    waiting ? h("button", { type: "button", onclick: () => app.outbox.send().then(() => dialog.close()) }, icon("upload"), word("try_now")) : null,
    h("button", { type: "button", onclick: () => { dialog.close(); app.read(); } }, icon("undo"), word("refresh")),
    h("button", { type: "button", lang: other, onclick: () => { dialog.close(); app.speak(other); } }, icon("language"), word("language")),
    waiting ? h("p", { class: "quiet" }, word("sure_logout", { n: waiting })) : null,
    h("button", { type: "button", class: "leave", onclick: () => { dialog.close(); app.logOut(); } }, icon("leave"), word("log_out")),
  ];
}

function heldItem(app, item, dialog) {
  const visit = app.day?.stops.find((stop) => stop.visit?.id === item.visit_id)?.visit;
  return h("li", { class: item.state },
    h("strong", {}, word(`whats.${item.what}`), visit ? ` · ${visit.product}` : ""),
    item.problem ? h("p", {}, item.problem.detail || item.problem.title) : null,
    item.problem
      ? h("button", { type: "button", onclick: () => app.outbox.drop(item).then(() => dialog.close()) }, word("throw_away"))
      : null);
}
