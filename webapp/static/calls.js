// Keys of the call list: what is done for the row that has the focus, or for the first one.

import { onKey } from "./shell.js";

function act(key) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const row = rows.find((one) => one.contains(document.activeElement)) ?? rows[0];
  const target = row?.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  const menu = target.closest("details.menu");
  if (menu) {
    menu.open = true;
    menu.querySelector("input:not([type=hidden])").focus();
  } else target.click();
}

for (const key of ["b", "n", "r"]) onKey(key, () => act(key));

/** A row that an address names is opened. */
const named = location.hash ? document.getElementById(location.hash.slice(1))?.querySelector("details") : null;
if (named) named.open = true;
