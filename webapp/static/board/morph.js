// Make what is shown like what was fetched by touching only what differs: focus, scroll, open details and typed words stay.

const READERS = new Set(["open"]);
const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.dataset.key : undefined);

/** `wanted`: the nodes that `parent` is to have. One with `data-key` stays itself wherever it stands; `data-keep` stays untouched. */
export function morph(parent, wanted) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  alike(parent, wanted);
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

function alike(parent, wanted) {
  const keys = new Set(wanted.map(keyOf).filter(Boolean));
  for (const child of [...parent.children]) if (keyOf(child) && !keys.has(keyOf(child))) child.remove();
  const keyed = new Map([...parent.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let here = parent.firstChild;
  for (const next of wanted) {
    const same = counterpart(next, here, keyed);
    if (!same) {
      parent.insertBefore(next, here);
      continue;
    }
    if (same === here) here = here.nextSibling;
    else parent.insertBefore(same, here);
    take(same, next);
  }
  while (here) {
    const rest = here.nextSibling;
    here.remove();
    here = rest;
  }
}

function counterpart(next, here, keyed) {
  const key = keyOf(next);
  if (key) return keyed.get(key)?.nodeName === next.nodeName ? keyed.get(key) : null;
  return here && !keyOf(here) && here.nodeName === next.nodeName ? here : null;
}

function take(here, next) {
  if (here.nodeType !== Node.ELEMENT_NODE) {
    if (here.data !== next.data) here.data = next.data;
    return;
  }
  if (here.hasAttribute("data-keep")) return;
  for (const { name } of [...here.attributes]) if (!next.hasAttribute(name) && !READERS.has(name)) here.removeAttribute(name);
  for (const { name, value } of next.attributes) if (here.getAttribute(name) !== value) here.setAttribute(name, value);
  alike(here, [...next.childNodes]);
}
