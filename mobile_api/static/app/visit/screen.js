// A whole screen over the page: for the camera, the scanner, and what the consumer sees. Back closes it.

import { nothing, render } from "/static/vendor/lit-html.js";

/**
 * Open one: `body(screen)` is its content, drawn again by `redraw`. Resolves `closed` with what `close` was called with,
 * undefined when it was left by back, Escape or another page; `leave` is run then, too.
 */
export function openScreen(label, body, { kind = "", leave = () => undefined } = {}) {
  const dialog = document.createElement("dialog");
  dialog.className = `screen ${kind}`;
  dialog.ariaLabel = label;
  let result;
  const screen = {
    dialog,
    redraw: () => dialog.isConnected && render(body(screen), dialog),
    close: (value) => {
      result = value;
      dialog.close();
    },
  };
  screen.closed = new Promise((resolve) => {
    const away = () => dialog.close();
    addEventListener("hashchange", away);
    dialog.addEventListener("close", () => {
      removeEventListener("hashchange", away);
      leave();
      render(nothing, dialog);
      dialog.remove();
      resolve(result);
    });
  });
  document.body.append(dialog);
  screen.redraw();
  dialog.showModal();
  return screen;
}
