import { later } from "../later.js";

export const visitView = later(() => import("./visit_page.js"), "visitView");
