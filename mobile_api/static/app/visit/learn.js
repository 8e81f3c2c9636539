// What every page of a visit needs before it is drawn: its words.

import { learn } from "../words.js";
import { WORDS } from "./words.js";

learn(WORDS);
