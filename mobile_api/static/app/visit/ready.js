import { later } from "../later.js";

export const readyView = later(() => import("./ready_page.js"), "readyView");
