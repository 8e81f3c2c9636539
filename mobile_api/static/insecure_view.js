// Over plain HTTP a browser gives neither position nor offline work nor random ids: say so instead of failing.

import { h, icon } from "./dom.js";
import { language, word } from "./words.js";

export function insecureView(app) {
  const other = language() === "zh" ? "en" : "zh";
  return [
    h("main", {},
      h("section", { class: "empty", role: "alert" }, icon("warning"),
        h("h1", {}, word("insecure")),
        h("p", {}, word("insecure_more", { address: `https://${location.hostname}/phone` })),
        h("button", { type: "button", lang: other, onclick: () => app.speak(other) }, word("language")))),
  ];
}
