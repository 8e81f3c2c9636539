// Elements from plain text only: nothing that somebody typed is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element: `h("button", { class: "go", onclick }, "Go")`. Empty children are left out. */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** An icon of the family's sprite; always beside a word. */
export function icon(name) {
  return s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: `/static/icons.svg#${name}` }));
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** A sentence for three seconds, read aloud by screen readers. */
export function say(sentence) {
  const place = document.getElementById("said");
  place.replaceChildren(h("p", {}, sentence));
  clearTimeout(say.timer);
  say.timer = setTimeout(() => place.replaceChildren(), 3000);
}
