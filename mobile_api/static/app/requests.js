import { later } from "./later.js";

export const requestsView = later(() => import("./more/requests.js"), "requestsView");
