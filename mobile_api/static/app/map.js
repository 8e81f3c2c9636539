import { later } from "./later.js";

export const mapView = later(() => import("./more/map.js"), "mapView");
