// The drawing board of a site sketch: taps on its own layer over the map become
// points, lines and areas, and the GeoJSON of the form's field. Without it the
// lengths taken by tape are typed.
import {CircleStyle, Feature, Fill, fromLonLat, GeoJSON, LineString, Point, Stroke, Style, toLonLat, VectorLayer, VectorSource} from "./ol.js";

const geo = new GeoJSON({featureProjection: "EPSG:3857"});
const look = new Style({fill: new Fill({color: "#0f57a830"}), stroke: new Stroke({color: "#0f57a8", width: 3}),
  image: new CircleStyle({radius: 6, fill: new Fill({color: "#0f57a8"}), stroke: new Stroke({color: "#fff", width: 2})})});

/** Metres between two places. @param {number[]} a @param {number[]} b */
function metres(a, b) {
  const rad = Math.PI / 180, dx = (b[0] - a[0]) * rad * Math.cos(((a[1] + b[1]) / 2) * rad), dy = (b[1] - a[1]) * rad;
  return Math.hypot(dx, dy) * 6371008.8;
}

/** @param {number[][]} l */
const length = (l) => l.slice(1).reduce((sum, p, i) => sum + metres(l[i], p), 0);

/** Square metres inside the corners. @param {number[][]} l */
function square(l) {
  const k = Math.cos((l[0][1] * Math.PI) / 180), m = (6371008.8 * Math.PI) / 180;
  return Math.abs(l.reduce((sum, p, i) => {
    const q = l[(i + 1) % l.length];
    return sum + ((p[0] - l[0][0]) * (q[1] - l[0][1]) - (q[0] - l[0][0]) * (p[1] - l[0][1])) * k * m * m;
  }, 0)) / 2;
}

class Board {
  /** @param {HTMLElement} box @param {any} map */
  constructor(box, map) {
    this.map = map;
    this.words = (box.dataset.words || "||").split("|");
    this.list = /** @type {HTMLElement} */ (box.querySelector("[data-list]"));
    this.into = /** @type {HTMLTextAreaElement} */ (document.querySelector(`[name="${box.dataset.sketch}"]`));
    this.source = new VectorSource();
    this.kind = "area";
    /** @type {{kind: string, at: number[][]}[]} */
    this.done = [];
    /** @type {number[][]} */
    this.now = [];
    map.addLayer(new VectorLayer({source: this.source, style: look, zIndex: 50}));
    map.on("click", (/** @type {any} */ e) => this.add(toLonLat(e.coordinate)));
    map.getTargetElement().addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      if (e.key === "Enter") this.add(toLonLat(map.getView().getCenter()));
      else if (e.key === "Escape") this.end();
      else return;
      e.preventDefault();
    });
    const tools = /** @type {HTMLElement} */ (box.querySelector("[data-tools]"));
    tools.hidden = false;
    tools.addEventListener("click", (e) => {
      const b = /** @type {Element} */ (e.target).closest("button");
      const kind = b?.getAttribute("data-tool");
      if (kind) {
        this.end();
        this.kind = kind;
        tools.querySelectorAll("[data-tool]").forEach((x) => {
          x.setAttribute("aria-pressed", String(x === b));
          x.classList.toggle("primary", x === b);
        });
      } else if (b?.hasAttribute("data-end")) this.end();
      else if (b?.hasAttribute("data-undo")) this.undo();
    });
    this.restore();
    this.draw();
  }

  /** What the form already holds, after it came back. */
  restore() {
    try {
      for (const f of JSON.parse(this.into.value || "{}").features || []) {
        const g = f.geometry;
        if (g.type === "Point") this.done.push({kind: "point", at: [g.coordinates]});
        else if (g.type === "LineString") this.done.push({kind: "line", at: g.coordinates});
        else if (g.type === "Polygon") this.done.push({kind: "area", at: g.coordinates[0].slice(0, -1)});
      }
    } catch { /* typed by hand and not read yet: the server says so */ }
  }

  add(/** @type {number[]} */ p) {
    this.now.push(p.map((v) => Number(v.toFixed(7))));
    if (this.kind === "point") this.end();
    this.draw();
  }

  end() {
    const least = {point: 1, line: 2, area: 3}[this.kind] || 1;
    if (this.now.length >= least) this.done.push({kind: this.kind, at: this.now});
    this.now = [];
    this.draw();
  }

  undo() {
    if (this.now.length) this.now.pop();
    else this.done.pop();
    this.draw();
  }

  /** @param {{kind: string, at: number[][]}} s @returns {any} */
  geometry(s) {
    if (s.kind === "point") return {type: "Point", coordinates: s.at[0]};
    return s.kind === "line" ? {type: "LineString", coordinates: s.at} : {type: "Polygon", coordinates: [[...s.at, s.at[0]]]};
  }

  draw() {
    this.source.clear();
    const features = this.done.map((s, i) => ({type: "Feature", properties: {name: String(i + 1)}, geometry: this.geometry(s)}));
    this.source.addFeatures(geo.readFeatures({type: "FeatureCollection", features}));
    if (this.now.length > 1) this.source.addFeature(new Feature({geometry: new LineString(this.now.map((p) => fromLonLat(p)))}));
    for (const p of this.now) this.source.addFeature(new Feature({geometry: new Point(fromLonLat(p))}));
    this.into.value = features.length ? JSON.stringify({type: "FeatureCollection", features}) : "";
    this.into.dispatchEvent(new Event("input", {bubbles: true}));
    const all = this.now.length ? [...this.done, {kind: this.kind, at: this.now}] : this.done;
    this.list.replaceChildren(...all.map((s) => {
      const li = document.createElement("li");
      li.textContent = s.kind === "point" ? this.words[2]
        : s.kind === "area" && s.at.length > 2 ? `${square(s.at).toFixed(2)} ${this.words[1]}` : `${length(s.at).toFixed(2)} ${this.words[0]}`;
      return li;
    }));
  }
}

/** The map may be there before this module, or after it. @param {any} el */
function begin(el) {
  const box = el?.closest?.("[data-sketch]");
  if (!box || !el.map || box.dataset.on) return;
  box.dataset.on = "1";
  new Board(box, el.map);
}

document.addEventListener("map:open", (e) => begin(e.target));
document.querySelectorAll("[data-sketch] [data-map]").forEach(begin);
