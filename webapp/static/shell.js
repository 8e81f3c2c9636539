// What every page of the console shares: words for scripts, requests with the session's secret, toasts, keys.

/** The messages that the page brought for a script. */
export function words(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

const shell = words("shell-words");
const ICONS = new URL("icons.svg", import.meta.url).href;

/** An icon of the sprite as an element. */
export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${extra}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

/** Make an element: attributes from an object, then children (strings become text). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** What the server said when it refused: `problem` has code, detail and perhaps remedy and field. */
export class Refused extends Error {
  constructor(status, problem) {
    super([problem.detail, problem.remedy].filter(Boolean).join(" "));
    this.status = status;
    this.problem = problem;
  }
}

async function answered(address, options) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", ...options });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Refused(0, { code: "offline", detail: shell.offline });
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const problem = await answer.json().catch(() => ({ code: "http-error", detail: answer.statusText }));
  if (answer.status === 401) location.reload();
  throw new Refused(answer.status, problem);
}

/** GET a JSON answer. Throws Refused. */
export function get(address, options = {}) {
  return answered(address, { headers: { Accept: "application/json" }, ...options });
}

/** POST a JSON body, get a JSON answer. Throws Refused. */
export function post(address, body = {}, options = {}) {
  const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": shell.csrf };
  return answered(address, { method: "POST", headers, body: JSON.stringify(body), ...options });
}

/** Say something at the bottom of the page. look: "" | "done" | "trouble". */
export function toast(text, look = "", action = null) {
  const close = make("button", { class: "button quiet icon-button", "aria-label": shell.close, type: "button" }, icon("close"));
  const box = make("div", { class: `toast ${look ? `is-${look}` : ""}` }, icon(look === "trouble" ? "warning" : look === "done" ? "check" : "info"), make("div", {}, text));
  if (action) box.append(make("button", { class: "button", type: "button", onclick: () => { box.remove(); action.run(); } }, action.text));
  box.append(close);
  close.addEventListener("click", () => box.remove());
  const toasts = document.getElementById("toasts");
  while (toasts.children.length > 2) toasts.firstElementChild.remove();
  toasts.append(box);
  if (look !== "trouble") setTimeout(() => box.remove(), 6000);
}

const keys = new Map();

/** Do something when a key is pressed outside a field. */
export function onKey(key, action) {
  keys.set(key, action);
}

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function walkRows(step) {
  const rows = [...document.querySelectorAll(".table tbody tr, [data-row]")];
  if (!rows.length) return;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  const target = row.matches("summary") ? row : row.querySelector("a, button, input") ?? row;
  if (target === row) row.tabIndex = -1;
  target.focus();
  row.scrollIntoView({ block: "nearest" });
}

onKey("/", () => document.getElementById("search")?.focus());
onKey("?", () => document.getElementById("help")?.showModal());
onKey("j", () => walkRows(1));
onKey("k", () => walkRows(-1));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    if (isTyping(event.target)) event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const action = keys.get(event.key);
  if (action) {
    event.preventDefault();
    action(event);
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

const COUNT_EVERY = 60_000;
const counted = [...document.querySelectorAll("[data-count]")];

/** The numbers beside the rooms: how many wait there. A server that cannot be reached leaves them as they are. */
async function count() {
  if (document.hidden) return;
  const numbers = await get("/calls/counts").catch(() => null);
  for (const place of numbers ? counted : []) {
    const number = numbers[place.dataset.count] ?? 0;
    place.hidden = number === 0;
    place.textContent = number > 99 ? "99+" : number;
    place.title = shell.waiting.replace("{n}", number);
  }
}

if (counted.length) {
  count();
  setInterval(count, COUNT_EVERY);
  document.addEventListener("visibilitychange", count);
}

document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
