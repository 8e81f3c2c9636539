import { later } from "../later.js";

export const nextView = later(() => import("./next_page.js"), "nextView");
