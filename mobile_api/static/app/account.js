import { later } from "./later.js";

export const accountView = later(() => import("./more/account.js"), "accountView");
