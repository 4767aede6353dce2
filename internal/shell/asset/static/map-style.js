// How the map is drawn: a pale ground that lets cases and areas speak.
import {CircleStyle, Fill, Point, Stroke, Style, Text} from "./ol.js";

const font = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif';

/** Widths are in metres on the ground, at least min and at most max pixels. */
const roads = {
  "road-arterial": {m: 34, min: 3, max: 15, fill: "#fbeec8", edge: "#e6d6a6", z: 30, label: 11.8},
  "road-secondary": {m: 22, min: 2, max: 11, fill: "#ffffff", edge: "#d3d7d8", z: 20, label: 13},
  "road-minor": {m: 11, min: 0.9, max: 7, fill: "#ffffff", edge: "#dfe2e2", z: 10, label: 15.2},
};
const grounds = {
  block: {fill: "#f8f8f6", edge: "#ebebe7", z: 1},
  green: {fill: "#d9e9d2", edge: "#c9dec0", z: 2},
  water: {fill: "#bdd8ec", edge: "#a9cae3", z: 3},
};

/** @type {Map<string, Style>} */
const made = new Map();
/** @param {string} key @param {() => Style} make */
const once = (key, make) => {
  const s = made.get(key) || make();
  made.set(key, s);
  return s;
};

const halo = new Stroke({color: "#fffffff0", width: 3.2});

/** @param {string} text @param {object} o */
const label = (text, o = {}) => new Text({text, font: `500 12px ${font}`, fill: new Fill({color: "#5c6670"}), stroke: halo, ...o});

/** The style of one feature of the base layer; labels come from baseLabel. */
export function base(/** @type {any} */ feature, /** @type {number} */ resolution) {
  const layer = feature.get("layer");
  if (layer in grounds) {
    const g = grounds[/** @type {keyof typeof grounds} */ (layer)];
    const line = feature.getGeometry().getType().includes("Line"); // a river may be its middle line
    return once(layer + line, () => new Style({zIndex: g.z, fill: new Fill({color: g.fill}), stroke: new Stroke({color: line ? g.fill : g.edge, width: line ? 14 : 1, lineCap: "round"})}));
  }
  if (layer in roads) {
    const r = roads[/** @type {keyof typeof roads} */ (layer)];
    const w = Math.round(2 * Math.min(r.max, Math.max(r.min, r.m / resolution))) / 2;
    return [
      once(`${layer}e${w}`, () => new Style({zIndex: r.z - 5, stroke: new Stroke({color: r.edge, width: w + (w > 2 ? 1.8 : 1)})})),
      once(`${layer}f${w}`, () => new Style({zIndex: r.z, stroke: new Stroke({color: r.fill, width: w})})),
    ];
  }
  if (layer === "outline") return once("outline", () => new Style({zIndex: 60, stroke: new Stroke({color: "#6d86a4", width: 1.6, lineDash: [9, 5]})}));
  return undefined;
}

/** The name of a feature of the base layer: along a road, inside an area. */
export function baseLabel(/** @type {any} */ feature, /** @type {number} */ resolution) {
  const [layer, name] = [feature.get("layer"), feature.get("name")];
  if (!name || layer === "outline" || layer === "block") return undefined;
  const zoom = Math.log2(156543.03392 / resolution);
  if (layer in roads) {
    const r = roads[/** @type {keyof typeof roads} */ (layer)];
    if (zoom < r.label) return undefined;
    return once("n" + layer + name, () => new Style({zIndex: r.z, text: label(name, {placement: "line", repeat: 420, maxAngle: 0.6, textBaseline: "middle", overflow: false})}));
  }
  if (zoom < 13.6) return undefined;
  const line = feature.getGeometry().getType().includes("Line");
  const color = layer === "green" ? "#3f7a4d" : "#3d76a5";
  return once("n" + layer + name, () => new Style({zIndex: 5, text: label(name, {placement: line ? "line" : "point", repeat: 500, overflow: layer === "green", fill: new Fill({color})})}));
}

/** @type {Record<string, string>} */
const tones = {"": "#5f6f80", blue: "#0f57a8", green: "#2c8c57", amber: "#d98200", red: "#b0201a"};

/** A case: a dot in the colour of its state. @param {string} tone @param {"" | "lit" | "selected"} how */
export function dot(tone, how) {
  return once(`dot${tone}${how}`, () => new Style({zIndex: how ? 20 : tone === "red" ? 10 : 5, image: new CircleStyle({declutterMode: "obstacle",
    radius: how === "selected" ? 10.5 : how === "lit" ? 9 : 6.5, fill: new Fill({color: tones[tone] || tones[""]}),
    stroke: new Stroke({color: "#fff", width: how ? 3 : 2})})}));
}

/** Several cases: their number, wider the more there are; a red edge says that some are overdue. @param {number} n @param {number} late */
export function many(n, late) {
  const said = n < 10000 ? String(n) : Math.round(n / 1000) + "k";
  return once(`many${said}${late > 0}`, () => new Style({zIndex: 8, image: new CircleStyle({declutterMode: "none", radius: 9 + 3.5 * Math.log10(n) + 1.5 * said.length, fill: new Fill({color: "#0f57a8e0"}),
    stroke: new Stroke({color: late > 0 ? "#b0201a" : "#fff", width: late > 0 ? 3 : 2})}), text: new Text({text: said, font: `600 12px ${font}`, fill: new Fill({color: "#fff"}), declutterMode: "none"})}));
}

/** The ring around the selected case. */
export const ring = () => once("ring", () => new Style({zIndex: 19, image: new CircleStyle({declutterMode: "obstacle", radius: 15, stroke: new Stroke({color: "#0f57a8", width: 1.6, lineDash: [4, 3]})})}));

/** @type {Record<string, {line: string, fill: string, text: string, dash?: number[]}>} */
const kinds = {
  ban: {line: "#b0201a", fill: "#b0201a24", text: "#98130e"}, limit: {line: "#a86a00", fill: "#d9820028", text: "#7a4a00"},
  zone: {line: "#0f57a8", fill: "#0f57a812", text: "#0b447f", dash: [6, 5]}, green: {line: "#2c8c57", fill: "#2c8c5722", text: "#146a3e"},
};

/** An area or a dashed circle of the given radius. */
export function area(/** @type {any} */ feature) {
  const k = kinds[feature.get("kind")] || kinds.zone;
  const type = feature.getGeometry().getType();
  if (type.includes("Point")) return site(feature.get("label") || "", feature.get("kind"));
  const round = feature.get("round");
  return once(`area${feature.get("kind")}${round}`, () => new Style({zIndex: round ? 1 : 2, fill: new Fill({color: k.fill}), stroke: new Stroke({color: k.line, width: round ? 1.5 : 1.8, lineDash: round ? [6, 5] : k.dash})}));
}

/** A point in the upper third of an area: the middle is where cases lie. */
function upper(/** @type {any} */ feature) {
  const [west, south, east, north] = feature.getGeometry().getExtent();
  return new Point([(west + east) / 2, north - (north - south) * 0.3]);
}

/** The name of an area. */
export function areaLabel(/** @type {any} */ feature, /** @type {number} */ resolution) {
  const name = feature.get("label");
  if (!name || feature.get("round") || feature.getGeometry().getType().includes("Point") || resolution > 14) return undefined;
  const k = kinds[feature.get("kind")] || kinds.zone;
  return once("t" + feature.get("kind") + name, () => new Style({geometry: upper, text: label(name, {font: `600 12.5px ${font}`, overflow: true, fill: new Fill({color: k.text})})}));
}

/** A place such as a stall cluster: a white ring with its name below. */
function site(/** @type {string} */ name, /** @type {string} */ kind) {
  const k = kinds[kind] || kinds.zone;
  return once("site" + kind + name, () => new Style({zIndex: 4, image: new CircleStyle({declutterMode: "obstacle", radius: 7.5, fill: new Fill({color: "#fff"}), stroke: new Stroke({color: k.line, width: 3.5})}),
    text: label(name, {font: `600 12.5px ${font}`, offsetY: 19, fill: new Fill({color: k.text})})}));
}

/** The pin of a picked place, with the circle of its accuracy. */
export const pin = () => [
  once("pin", () => new Style({zIndex: 31, image: new CircleStyle({radius: 9, fill: new Fill({color: "#0f57a8"}), stroke: new Stroke({color: "#fff", width: 3})})})),
  once("pin2", () => new Style({zIndex: 32, image: new CircleStyle({radius: 3, fill: new Fill({color: "#fff"})})})),
];
export const haze = () => once("haze", () => new Style({zIndex: 30, fill: new Fill({color: "#0f57a81a"}), stroke: new Stroke({color: "#0f57a870", width: 1})}));
