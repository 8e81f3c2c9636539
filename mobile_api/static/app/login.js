// Code and PIN, once a month.

import { html, nothing } from "/static/vendor/lit-html.js";
import { NoConnection } from "./api.js";
import { icon } from "./dom.js";
import { language, word } from "./words.js";

const state = { isBusy: false, wrong: "" };

export function loginView(app) {
  const other = language() === "zh" ? "en" : "zh";
  return html`<main class="login">
    <div class="login-head">${mark}<h1>${word("app")}</h1><p>${word("welcome")}</p></div>
    <form @submit=${(event) => submit(app, event)}>
      <label for="code">${word("code")}</label>
      <input id="code" name="code" autocomplete="username" autocapitalize="characters" required maxlength="64">
      <label for="pin">${word("pin")}</label>
      <input id="pin" name="pin" type="password" inputmode="numeric" autocomplete="current-password" pattern="[0-9]{6,12}" required>
      ${state.wrong ? html`<p class="wrong" role="alert">${state.wrong}</p>` : nothing}
      <button class="go" type="submit" ?disabled=${state.isBusy}>${word(state.isBusy ? "logging_in" : "log_in")}</button>
      <p class="hint">${word("login_hint")}</p>
    </form>
    ${app.status.others ? html`<p class="note">${icon("upload")}<span>${word("others_here", { n: app.status.others })}</span></p>` : nothing}
    <button class="plain" type="button" lang=${other} @click=${() => { state.wrong = ""; app.speak(other); }}>${word("language")}</button>
  </main>`;
}

async function submit(app, event) {
  event.preventDefault();
  const { code, pin } = event.target.elements;
  Object.assign(state, { isBusy: true, wrong: "" });
  app.draw();
  try {
    await app.logIn(code.value.trim(), pin.value);
  } catch (error) {
    state.wrong = error instanceof NoConnection ? word("no_connection") : error.message;
    pin.select();
  }
  state.isBusy = false;
  app.draw();
}

const mark = html`<svg viewBox="0 0 32 32" class="mark" aria-hidden="true"><rect width="32" height="32" rx="8" class="mark-ground"/>
  <path d="M8 22.5c0-4 3-5.5 8-6.5s8-2.5 8-6.5" class="mark-road"/><circle cx="8" cy="22.5" r="3.1" class="mark-start"/><circle cx="24" cy="9.5" r="3.1" class="mark-end"/></svg>`;
