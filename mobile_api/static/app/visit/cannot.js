import { later } from "../later.js";

export const cannotView = later(() => import("./cannot_page.js"), "cannotView");
