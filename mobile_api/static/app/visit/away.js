// How far away something is, in metres when it is near.

import { distance, word } from "../words.js";

export const away = (metres) => (metres < 1000 ? word("visit.m", { m: metres }) : distance(metres));
