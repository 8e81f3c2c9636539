// Code and PIN, once a month.

import { NoConnection } from "./api.js";
import { h, s } from "./dom.js";
import { language, word } from "./words.js";

export function loginView(app) {
  const code = h("input", { id: "code", name: "code", autocomplete: "username", autocapitalize: "characters", required: true, maxlength: 64 });
  const pin = h("input", { id: "pin", name: "pin", type: "password", inputmode: "numeric", autocomplete: "current-password", pattern: "[0-9]{6,12}", required: true });
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const button = h("button", { class: "go", type: "submit" }, word("log_in"));

  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    button.textContent = word("logging_in");
    wrong.hidden = true;
    try {
      await app.logIn(code.value.trim(), pin.value);
    } catch (error) {
      wrong.textContent = error instanceof NoConnection ? word("no_connection") : error.message;
      wrong.hidden = false;
      button.disabled = false;
      button.textContent = word("log_in");
      pin.select();
    }
  };

  const other = language() === "zh" ? "en" : "zh";
  return [
    h("main", { class: "login" },
      h("div", { class: "login-head" },
        mark(),
        h("h1", {}, word("app")),
        h("p", {}, word("welcome"))),
      h("form", { onsubmit: submit },
        h("label", { for: "code" }, word("code")), code,
        h("label", { for: "pin" }, word("pin")), pin,
        wrong, button,
        h("p", { class: "hint" }, word("login_hint"))),
      h("button", { class: "plain", type: "button", lang: other, onclick: () => relabel(app, other) }, word("language"))),
  ];
}

function relabel(app, other) {
  document.querySelector("form")?.remove();
  app.speak(other);
}

function mark() {
  return s("svg", { viewBox: "0 0 32 32", class: "mark", "aria-hidden": "true" },
    s("rect", { width: 32, height: 32, rx: 8, class: "mark-ground" }),
    s("path", { d: "M8 22.5c0-4 3-5.5 8-6.5s8-2.5 8-6.5", class: "mark-road" }),
    s("circle", { cx: 8, cy: 22.5, r: 3.1, class: "mark-start" }),
    s("circle", { cx: 24, cy: 9.5, r: 3.1, class: "mark-end" }));
}
