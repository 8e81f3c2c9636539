// Niceties only: change the day without a reload, send once, look again on the day, a map while somebody is on the way.

const AGAIN = 60_000;
const times = document.querySelector("form.times");

function open(day) {
  for (const chip of document.querySelectorAll("a.day")) {
    if (chip.dataset.day === day) chip.setAttribute("aria-current", "date");
    else chip.removeAttribute("aria-current");
  }
  for (const windows of times.querySelectorAll("[data-windows]")) windows.hidden = windows.dataset.windows !== day;
}

if (times) {
  for (const chip of document.querySelectorAll("a.day")) {
    chip.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(chip.dataset.day);
    });
  }
}

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent.dataset.sent) event.preventDefault();
  sent.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => {
  for (const sent of document.querySelectorAll("form")) delete sent.dataset.sent;
  for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
});

// On the day: what has changed is put in its place; who is reading or tapping is not disturbed.
async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  const shown = document.getElementById("main");
  if (!fresh || fresh.textContent === shown.textContent || shown.contains(document.activeElement)) return;
  const map = shown.querySelector("#map");
  const place = fresh.querySelector("#map");
  if (place && !map) return location.reload();
  if (place) place.replaceWith(map);
  const hero = shown.querySelector("[data-live]");
  const next = fresh.querySelector("[data-live]");
  if (hero && next) {
    hero.className = next.className;
    hero.dataset.stage = next.dataset.stage;
    hero.replaceChildren(...next.childNodes);
    next.replaceWith(hero);
  }
  shown.replaceChildren(...fresh.childNodes);
  showMap();
}

function showMap() {
  const place = document.getElementById("map");
  if (!place || place.dataset.begun) return;
  place.dataset.begun = "yes";
  import(place.dataset.module).then((module) => module.show(place)).catch((cause) => console.warn("map:", cause));
}

if (document.querySelector("[data-live]")) setInterval(lookAgain, AGAIN);
showMap();
