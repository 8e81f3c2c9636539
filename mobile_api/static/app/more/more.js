// What every view of this folder needs before it is drawn: its words and its looks.

import { learn } from "../words.js";
import { WORDS } from "./words.js";

learn(WORDS);

const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/phone/static/app/more/more.css" });
const drawn = new Promise((resolve) => {
  link.onload = link.onerror = resolve;
});
document.head.append(link);
await drawn;
