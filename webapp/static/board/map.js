// The map: counties, stops and routes from our own data. It needs no tiles and no fonts from elsewhere.

import { colour, look, matchesDark } from "./day.js";

const CROWDED = 1000;
const NARROW = 440;
const STALE = 600000;
const EMPTY = { type: "FeatureCollection", features: [] };

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function collection(features) {
  return { type: "FeatureCollection", features };
}

function point(lng, lat, properties) {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: [lng, lat] } };
}

export class BoardMap {
  /** on: {hover(visitId|null), open(visitId)}. `load` imports the library; it may be refused by the machine. */
  constructor(host, words, on, tiles) {
    this.host = host;
    this.words = words;
    this.on = on;
    this.tiles = tiles;
    this.counties = null;
    this.people = [];
    this.age = new Intl.RelativeTimeFormat(words.language === "zh" ? "zh-CN" : "en", { style: "short" });
    this.day = null;
    this.isReady = false;
    this.hasChoropleth = false;
    this.isCrowded = false;
  }

  async start() {
    try {
      const library = await import("../vendor/maplibre-gl.mjs");
      this.library = library;
      this.map = new library.Map({
        container: this.host, style: this.#style(), center: [121.47, 31.23], zoom: 8.5, attributionControl: false,
        dragRotate: false, pitchWithRotate: false, fadeDuration: 0, maxZoom: 18,
      });
    } catch (cause) {
      this.#refused(cause);
      return;
    }
    this.map.on("error", (event) => console.warn("map:", event.error?.message));
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new this.library.NavigationControl({ showCompass: false }), "top-right");
    await new Promise((done) => this.map.once("load", done));
    this.#listen();
    this.isReady = true;
    this.host.dataset.ready = "true";
    if (this.counties) this.setCounties(this.counties);
    if (this.day) this.show(this.day);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
  }

  #refused(cause) {
    console.warn("map:", cause?.message ?? cause);
    const notice = document.createElement("p");
    notice.className = "map-notice";
    notice.textContent = this.words.no_map;
    this.host.replaceChildren(notice);
    this.host.dataset.ready = "refused";
  }

  restyle() {
    this.map.setStyle(this.#style());
    this.map.once("styledata", () => {
      if (this.counties) this.setCounties(this.counties, false);
      if (this.day) this.show(this.day);
    });
  }

  #style() {
    const font = ["Noto Sans Regular"];
    const halo = css("--panel");
    const layers = [{ id: "ground", type: "background", paint: { "background-color": css("--sunken") } }];
    const sources = { counties: { type: "geojson", data: EMPTY }, labels: { type: "geojson", data: EMPTY }, routes: { type: "geojson", data: EMPTY }, lit: { type: "geojson", data: EMPTY }, homes: { type: "geojson", data: EMPTY }, people: { type: "geojson", data: EMPTY },
      stops: { type: "geojson", data: EMPTY, cluster: true, clusterRadius: this.isCrowded ? 44 : 26, clusterMaxZoom: 11 } };
    if (this.tiles) {
      sources.tiles = { type: "raster", tiles: [this.tiles], tileSize: 256 };
      layers.push({ id: "tiles", type: "raster", source: "tiles" });
    }
    const busy = ["interpolate", ["linear"], ["get", "share"], 0, css("--panel"), 1, css("--accent")];
    layers.push(
      { id: "county-fill", type: "fill", source: "counties", paint: { "fill-color": this.hasChoropleth ? busy : css("--raised"), "fill-opacity": this.tiles ? 0.3 : this.hasChoropleth ? 0.75 : 1 } },
      { id: "county-line", type: "line", source: "counties", paint: { "line-color": css("--line-strong"), "line-width": 1 } },
      { id: "routes", type: "line", source: "routes", layout: { "line-join": "round" }, paint: { "line-color": ["get", "colour"], "line-width": 1.6, "line-opacity": this.#faintness(false) } },
      { id: "lit-line", type: "line", source: "lit", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": ["get", "colour"], "line-width": 4 } },
      { id: "homes", type: "circle", source: "homes", minzoom: 11, paint: { "circle-radius": 4, "circle-color": halo, "circle-stroke-color": ["get", "colour"], "circle-stroke-width": 2 } },
      { id: "clusters", type: "circle", source: "stops", filter: ["has", "point_count"], paint: { "circle-color": css("--planned"), "circle-opacity": 0.92, "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 10, 50, 18, 500, 28], "circle-stroke-color": halo, "circle-stroke-width": 2 } },
      { id: "county-label", type: "symbol", source: "labels", layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 12, "text-padding": 2, "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 1.6 }, paint: { "text-color": css("--muted"), "text-halo-color": halo, "text-halo-width": 1.5 } },
      { id: "cluster-count", type: "symbol", source: "stops", filter: ["has", "point_count"], layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": font, "text-size": 11, "text-allow-overlap": true, "text-padding": 9 }, paint: { "text-color": halo } },
      { id: "stops", type: "circle", source: "stops", filter: ["!", ["has", "point_count"]], paint: { "circle-color": ["get", "colour"], "circle-radius": ["interpolate", ["linear"], ["zoom"], 9, 6, 13, 10], "circle-stroke-color": ["case", ["get", "left"], css("--trouble"), halo], "circle-stroke-width": ["case", ["get", "left"], 2.5, 1.5], "circle-opacity": ["case", ["get", "gone"], 0.45, 1] } },
      { id: "stop-number", type: "symbol", source: "stops", filter: ["!", ["has", "point_count"]], layout: { "text-field": ["get", "number"], "text-font": font, "text-size": 10.5, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": ["case", ["get", "left"], css("--trouble"), halo] } },
      { id: "lit-ring", type: "circle", source: "lit", filter: ["all", ["==", ["geometry-type"], "Point"], ["get", "ring"]], paint: { "circle-radius": 15, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": css("--text"), "circle-stroke-width": 2.5 } },
      { id: "lit-dots", type: "circle", source: "lit", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 10, "circle-color": ["get", "colour"], "circle-stroke-color": halo, "circle-stroke-width": 2 } },
      { id: "lit-number", type: "symbol", source: "lit", filter: ["==", ["geometry-type"], "Point"], layout: { "text-field": ["get", "number"], "text-font": font, "text-size": 11, "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": halo } },
      { id: "people", type: "circle", source: "people", paint: { "circle-radius": 6, "circle-color": ["get", "colour"], "circle-opacity": ["case", ["get", "stale"], 0.35, 1], "circle-stroke-color": css("--text"), "circle-stroke-width": 2, "circle-stroke-opacity": ["case", ["get", "stale"], 0.35, 1] } },
      { id: "people-label", type: "symbol", source: "people", minzoom: 8, layout: { "text-field": ["get", "label"], "text-font": font, "text-size": 11, "text-anchor": "left", "text-offset": [0.9, 0], "text-optional": true }, paint: { "text-color": css("--text"), "text-halo-color": halo, "text-halo-width": 1.5 } },
    );
    return { version: 8, sources, layers };
  }

  /** How strongly routes are drawn: faintly beside a lit one, and not at all where thousands would be a tangle. */
  #faintness(isLit) {
    const strength = isLit ? 0.14 : 0.45;
    return this.isCrowded ? ["interpolate", ["linear"], ["zoom"], 10, 0, 12, strength] : strength;
  }

  #listen() {
    for (const layer of ["stops", "lit-dots"]) {
      this.map.on("mousemove", layer, (event) => {
        this.map.getCanvas().style.cursor = "pointer";
        this.on.hover(event.features[0].properties.visit);
      });
      this.map.on("mouseleave", layer, () => {
        this.map.getCanvas().style.cursor = "";
        this.on.hover(null);
      });
      this.map.on("click", layer, (event) => this.on.open(event.features[0].properties.visit));
    }
    this.map.on("click", "clusters", async (event) => {
      const [cluster] = event.features;
      const zoom = await this.map.getSource("stops").getClusterExpansionZoom(cluster.properties.cluster_id);
      this.map.easeTo({ center: cluster.geometry.coordinates, zoom });
    });
  }

  setCounties(counties, isFirst = true) {
    this.counties = counties;
    if (!this.isReady) return;
    const { language } = this.words;
    this.map.getSource("labels").setData(collection(counties.centres.map((c) => point(c.lng, c.lat, { name: c[language] || c.zh }))));
    this.#shade();
    if (isFirst && counties.source && !this.attribution) {
      this.attribution = new this.library.AttributionControl({ compact: true, customAttribution: counties.source.replaceAll("<", "‹") });
      this.map.addControl(this.attribution, "bottom-right");
      if (this.host.clientWidth < NARROW) this.host.querySelector(".maplibregl-compact-show")?.classList.remove("maplibregl-compact-show");
    }
  }

  #shade() {
    const counts = new Map();
    for (const visit of this.day?.visits.values() ?? []) counts.set(visit.county, (counts.get(visit.county) ?? 0) + 1);
    const most = Math.max(1, ...counts.values());
    const features = this.counties.shapes.features.map((f) => ({ ...f, properties: { ...f.properties, share: (counts.get(f.properties.code) ?? 0) / most } }));
    this.map.getSource("counties").setData(collection(features));
  }

  /** Colour the counties by their number of visits, or not. */
  choropleth(isOn) {
    this.hasChoropleth = isOn;
    if (this.isReady) this.restyle();
  }

  show(day) {
    const isOther = !this.day || !this.framed || this.day.raw.on_date !== day.raw.on_date || this.day.raw.area !== day.raw.area;
    this.day = day;
    if (!this.isReady) return;
    this.#crowd();
    const isDark = matchesDark();
    const [routes, stops, homes] = [[], [], []];
    for (const person of day.technicians) {
      const tone = colour(person.index, isDark);
      homes.push(point(...person.start, { colour: tone }));
      const visits = person.stops.filter((stop) => stop.visit);
      if (!visits.length) continue;
      routes.push(this.#line(person, visits, tone));
      for (const stop of visits) stops.push(this.#dot(stop, tone));
    }
    for (const { visit } of day.unassigned) {
      stops.push(point(visit.lng, visit.lat, { visit: visit.visit, number: "!", colour: css("--panel"), left: true, gone: false }));
    }
    this.map.getSource("routes").setData(collection(routes));
    this.map.getSource("homes").setData(collection(homes));
    this.map.getSource("stops").setData(collection(stops));
    this.#drawPeople();
    if (this.counties) this.#shade();
    if (isOther) this.frame();
  }

  /** Where the technicians' phones were last: [{technician, lng, lat, at}]. */
  setPeople(people) {
    this.people = people;
    if (this.isReady && this.day) this.#drawPeople();
  }

  #drawPeople() {
    const isDark = matchesDark();
    const dots = this.people.flatMap(({ technician, lng, lat, at }) => {
      const person = this.day.people.get(technician);
      const age = Date.now() - Date.parse(at);
      const minutes = Math.max(0, Math.round(age / 60000));
      const label = `${person?.name ?? ""} · ${minutes < 90 ? this.age.format(-minutes, "minute") : this.age.format(-Math.round(minutes / 60), "hour")}`;
      return person ? [point(lng, lat, { colour: colour(person.index, isDark), label, stale: age > STALE })] : [];
    });
    this.map.getSource("people").setData(collection(dots));
    this.host.dataset.people = dots.length;
  }

  /** Gather more stops into one dot, and fade the routes, when there are very many. */
  #crowd() {
    const isCrowded = this.day.visits.size > CROWDED;
    if (isCrowded === this.isCrowded) return;
    this.isCrowded = isCrowded;
    this.map.getSource("stops").setClusterOptions({ cluster: true, clusterRadius: isCrowded ? 44 : 26, clusterMaxZoom: 11 });
    this.map.setPaintProperty("routes", "line-opacity", this.#faintness(false));
  }

  #line(person, visits, tone) {
    const coordinates = [person.start, ...visits.map(({ visit }) => [visit.lng, visit.lat])];
    return { type: "Feature", properties: { colour: tone }, geometry: { type: "LineString", coordinates } };
  }

  #dot(stop, tone) {
    const { visit } = stop;
    return point(visit.lng, visit.lat, { visit: visit.visit, number: String(stop.number), colour: tone, left: false, gone: look(visit) === "done" });
  }

  /** Move the map so that every stop is in sight. */
  frame() {
    const places = [...this.day.visits.values()].map((v) => [v.lng, v.lat]);
    const all = places.length ? places : (this.counties?.centres ?? []).map((c) => [c.lng, c.lat]);
    if (!all.length) return;
    const bounds = all.reduce((box, at) => box.extend(at), new this.library.LngLatBounds(all[0], all[0]));
    this.map.fitBounds(bounds, { padding: 36, animate: false, maxZoom: 12.5 });
    this.framed = true;
  }

  /** Light a stop and its route (or a whole route, or nothing). */
  light(person, visitId = null) {
    if (!this.isReady) return;
    const features = [];
    if (person) {
      const tone = colour(person.index, matchesDark());
      const visits = person.stops.filter((stop) => stop.visit);
      features.push(this.#line(person, visits, tone));
      for (const stop of visits) features.push(point(stop.visit.lng, stop.visit.lat, { visit: stop.visit.visit, number: String(stop.number), colour: tone, ring: stop.visit.visit === visitId }));
    } else if (visitId !== null) {
      const visit = this.day.visits.get(visitId);
      features.push(point(visit.lng, visit.lat, { visit: visitId, number: "!", colour: css("--trouble"), ring: true }));
    }
    this.map.getSource("lit").setData(collection(features));
    this.map.setPaintProperty("routes", "line-opacity", this.#faintness(features.length > 0));
  }

  /** Bring a place into sight if it is not; `covered` is how many pixels at the right lie under the side panel. */
  reveal(lng, lat, covered = 0) {
    if (!this.isReady) return;
    const { clientWidth, clientHeight } = this.host;
    const right = clientWidth - covered > 120 ? covered : 0;
    const at = this.map.project([lng, lat]);
    if (at.x > 30 && at.x < clientWidth - right - 30 && at.y > 30 && at.y < clientHeight - 30) return;
    this.map.easeTo({ center: [lng, lat], offset: [-right / 2, 0], duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250 });
  }

  /** Move the map to a technician's route. */
  follow(person, covered) {
    const places = person.stops.filter((stop) => stop.visit).map(({ visit }) => [visit.lng, visit.lat]);
    if (!this.isReady || !places.length) return;
    const bounds = places.reduce((box, at) => box.extend(at), new this.library.LngLatBounds(person.start, person.start));
    const right = this.host.clientWidth - covered > 160 ? covered : 0;
    const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250;
    this.map.fitBounds(bounds, { padding: { top: 48, bottom: 48, left: 32, right: right + 32 }, maxZoom: 13, duration });
  }

  resize() {
    this.map?.resize();
  }
}
