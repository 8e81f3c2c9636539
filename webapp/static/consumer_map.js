// Where the technician on the way is, and roughly where the visit is. Loaded only then; without it the page says so in words.

const AGAIN = 20_000;

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function styles(address) {
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: address });
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

function style(tiles) {
  const sources = { line: { type: "geojson", data: { type: "FeatureCollection", features: [] } } };
  const layers = [{ id: "ground", type: "background", paint: { "background-color": css("--sunken") } }];
  if (tiles) {
    sources.tiles = { type: "raster", tiles: [tiles], tileSize: 256 };
    layers.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  layers.push({ id: "line", type: "line", source: "line", paint: { "line-color": css("--on-the-way"), "line-width": 2, "line-dasharray": [2, 2] } });
  return { version: 8, sources, layers };
}

function label(words, look) {
  const pin = document.createElement("span");
  pin.className = `pin ${look}`;
  pin.textContent = words;
  return pin;
}

export async function show(place) {
  const first = await ask(place);
  if (!first) return;
  const [library] = await Promise.all([import("./vendor/maplibre-gl.mjs"), styles(place.dataset.styles)]);
  place.hidden = false;
  const bounds = new library.LngLatBounds(first.technician, first.technician).extend(first.near);
  const map = new library.Map({
    container: place, style: style(place.dataset.tiles), bounds, fitBoundsOptions: { padding: 56, maxZoom: 14 },
    attributionControl: false, interactive: false, fadeDuration: 0,
  });
  const technician = new library.Marker({ element: label(place.dataset.technician, "") }).setLngLat(first.technician).addTo(map);
  new library.Marker({ element: label(place.dataset.near, "is-near") }).setLngLat(first.near).addTo(map);
  await new Promise((done) => map.once("load", done));
  const draw = (found) => {
    technician.setLngLat(found.technician);
    map.getSource("line").setData({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [found.technician, found.near] } });
    map.fitBounds(new library.LngLatBounds(found.technician, found.technician).extend(found.near), { padding: 56, maxZoom: 14, animate: false });
  };
  draw(first);
  place.dataset.ready = "true";
  const timer = setInterval(async () => {
    if (!place.isConnected) return clearInterval(timer);
    const found = document.visibilityState === "visible" ? await ask(place) : null;
    if (found) draw(found);
  }, AGAIN);
}

async function ask(place) {
  const answer = await fetch(place.dataset.where, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}
