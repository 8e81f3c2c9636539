import { later } from "./later.js";

export const whyView = later(() => import("./more/why.js"), "whyView");
