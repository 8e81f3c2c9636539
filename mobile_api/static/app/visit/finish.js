import { later } from "../later.js";

export const finishView = later(() => import("./finish_page.js"), "finishView");
