import { later } from "./later.js";

export const queueView = later(() => import("./more/queue.js"), "queueView");
