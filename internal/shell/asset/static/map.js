// The map island. It reads its addresses from the element's data attributes:
// see package mapview. It speaks with the page by events:
//   "map:select" (on document, detail.id)  draw that point as the selected one
//   "place:changed" (bubbling in a form)   move the pin to the inputs
//   "map:renew" (on the element, detail.moved)  draw its areas, points and view anew
//   "map:open" (bubbling)                  the element's map can be drawn upon
// and opens a row's link when its point is clicked.
import {circular, DoubleClickZoom, DragPan, Feature, fromLonLat, GeoJSON, KeyboardPan, KeyboardZoom, MouseWheelZoom, OlMap, PinchZoom, Point, ScaleLine,
  TileLayer, toLonLat, transformExtent, VectorLayer, VectorSource, View, XYZ} from "./ol.js";
import {area, areaLabel, base, baseLabel, dot, haze, many, pin, ring} from "./map-style.js";

/** @param {ParentNode} el */
export function start(el) {
  el.querySelectorAll("[data-map]").forEach((box) => {
    const m = /** @type {HTMLElement} */ (box);
    if (m.dataset.on) return;
    m.dataset.on = "1";
    new Island(m).open().catch((e) => {
      const p = document.createElement("p");
      p.className = "failed";
      p.textContent = m.dataset.failed || "";
      m.append(p);
      console.warn("map:", e.message);
    });
  });
}

const geo = new GeoJSON({featureProjection: "EPSG:3857"});

async function load(/** @type {string} */ url) {
  const answer = await fetch(url, {headers: {Accept: "application/json"}});
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** Packs say layer "road", kind "minor", name_zh and name_en; the styles want one of each. */
function named(/** @type {any} */ f) {
  const [layer, kind] = [f.get("layer"), f.get("kind")];
  if (layer === "road") f.set("layer", "road-" + kind, true);
  else if (layer === "ground") f.set("layer", kind, true);
  else if (layer === "division") f.set("layer", "outline", true);
  const name = (document.documentElement.lang === "en" && f.get("name_en")) || f.get("name_zh");
  if (name) f.set("name", name, true);
  return f;
}

class Island {
  /** @param {HTMLElement} el */
  constructor(el) {
    this.el = el;
    this.target = /** @type {HTMLElement} */ (el.querySelector(".canvas"));
    this.selected = el.dataset.selected || "";
    this.lit = "";
    this.ground = new VectorSource();
    this.areas = new VectorSource();
    this.points = new VectorSource();
    this.picked = new VectorSource();
  }

  async open() {
    const layers = [];
    if (this.el.dataset.tiles) layers.push(this.tiles(this.el.dataset.tiles));
    layers.push(
      new VectorLayer({source: this.ground, style: base, updateWhileInteracting: true, updateWhileAnimating: true}),
      new VectorLayer({source: this.ground, style: baseLabel, declutter: "words"}),
      new VectorLayer({source: this.areas, style: areaLabel, declutter: "words"}),
      new VectorLayer({source: this.areas, style: area, updateWhileInteracting: true, declutter: "words"}),
      new VectorLayer({source: this.points, style: (f) => this.dot(f), declutter: "words", updateWhileInteracting: true, updateWhileAnimating: true}),
      new VectorLayer({source: this.picked, style: (f) => (f.get("haze") ? haze() : pin())}),
    );
    this.map = new OlMap({target: this.target, layers, keyboardEventTarget: this.target, view: new View({maxZoom: 19, minZoom: 9, enableRotation: false}),
      controls: [new ScaleLine({target: /** @type {HTMLElement} */ (this.el.querySelector(".scale")), minWidth: 60})],
      interactions: [new DragPan(), new PinchZoom(), new MouseWheelZoom(), new DoubleClickZoom(), new KeyboardPan(), new KeyboardZoom()]});
    this.tools();
    if (this.el.dataset.base) this.ground.addFeatures(geo.readFeatures(await load(this.el.dataset.base)).map(named));
    this.home(true);
    if (this.el.dataset.areas) this.addAreas(await load(this.el.dataset.areas));
    if (this.el.dataset.points) this.watch();
    if (this.el.dataset.pick) this.pick();
    Object.assign(this.el, {map: this.map});
    this.el.dispatchEvent(new Event("map:open", {bubbles: true}));
    this.el.addEventListener("map:renew", (e) => this.renew(/** @type {CustomEvent} */ (e).detail.moved));
    this.el.dataset.ready = "1";
  }

  /** A tile of one pixel says that the base map is not reachable: it is said, and asked again. */
  tiles(/** @type {string} */ url) {
    const source = new XYZ({url, maxZoom: Number(this.el.dataset.tilezoom) || 18});
    const notice = /** @type {HTMLElement} */ (this.el.querySelector(".unreachable"));
    const tell = (/** @type {boolean} */ bad) => {
      if (bad && notice.hidden) setTimeout(() => source.refresh(), 30000);
      notice.hidden = !bad;
    };
    source.on("tileloadend", (/** @type {any} */ e) => tell(e.tile.getImage().naturalWidth === 1));
    source.on("tileloaderror", () => tell(true));
    return new TileLayer({source});
  }

  /** Shows everything; at first what the page asked for. */
  home(first = false) {
    const view = this.map.getView();
    const given = (this.el.dataset.extent || "").split(",").map(Number);
    const at = (this.el.dataset.view || "").split(",").map(Number);
    if (first && at.length === 3) {
      view.setCenter(fromLonLat([at[0], at[1]]));
      view.setZoom(at[2]);
    } else if (given.length === 4) {
      view.fit(transformExtent(given, "EPSG:4326", "EPSG:3857"), {padding: [8, 8, 8, 8]});
    } else if (!this.ground.isEmpty()) {
      const edge = this.ground.getFeatures().filter((f) => f.get("layer") === "outline");
      view.fit(edge.length ? new VectorSource({features: edge}).getExtent() : this.ground.getExtent(), {padding: [24, 24, 24, 24]});
    } else {
      view.setCenter(fromLonLat([119.14, 36.77]));
      view.setZoom(13);
    }
  }

  tools() {
    const box = /** @type {HTMLElement} */ (this.el.querySelector(".zoom"));
    box.hidden = false;
    box.addEventListener("click", (e) => {
      const by = Number(/** @type {Element} */ (e.target).closest("button")?.getAttribute("data-zoom"));
      const view = this.map.getView();
      if (by) view.animate({zoom: (view.getZoom() || 13) + by, duration: 160});
      else if (by === 0) this.home();
    });
  }

  async renew(/** @type {boolean} */ moved) {
    if (moved) this.home(true);
    const doc = await load(this.el.dataset.areas || "");
    this.areas.clear(true);
    this.addAreas(doc);
    await this.loadPoints();
  }

  /** A point with a radius becomes a dashed circle on the ground. */
  addAreas(/** @type {any} */ doc) {
    for (const f of geo.readFeatures(doc)) {
      const radius = Number(f.get("radius"));
      const g = /** @type {any} */ (f.getGeometry());
      if (radius > 0 && g.getType() === "Point") {
        const round = new Feature({geometry: circular(toLonLat(g.getCoordinates()), radius, 72).transform("EPSG:4326", "EPSG:3857"), round: true, kind: f.get("kind")});
        this.areas.addFeature(round);
      }
      this.areas.addFeature(f);
    }
  }

  dot(/** @type {any} */ f) {
    if (f.get("n") === 1) return dot(f.get("late") ? "red" : "blue", "");
    if (f.get("n")) return many(f.get("n"), f.get("late"));
    const id = f.getId();
    const how = id === this.selected ? "selected" : id === this.lit ? "lit" : "";
    const style = dot(f.get("tone") || "", how);
    return how === "selected" ? [ring(), style] : style;
  }

  /** The view and a quarter around it, in degrees; "" before it is drawn. */
  around() {
    const size = this.map.getSize();
    if (!size || !size[0] || !size[1]) return [];
    const [w, s, e, n] = transformExtent(this.map.getView().calculateExtent(size), "EPSG:3857", "EPSG:4326");
    const [dx, dy] = [(e - w) / 4, (n - s) / 4];
    return [w - dx, s - dy, e + dx, n + dy].map((v) => Number(v.toFixed(5)));
  }

  async loadPoints() {
    const url = new URL(this.el.dataset.points || "", location.href);
    const [around, zoom] = [this.around(), Math.round(this.map.getView().getZoom() || 12)];
    url.searchParams.set("zoom", String(zoom));
    if (around.length) url.searchParams.set("in", around.join(","));
    const turn = (this.turn = (this.turn || 0) + 1);
    const doc = await load(url.href);
    if (turn !== this.turn) return; // a later one was asked for
    this.seen = {around, zoom, whole: !doc.groups};
    this.href = doc.href || "";
    this.points.clear(true);
    this.points.addFeatures(doc.points.map((/** @type {any} */ p) => {
      const f = new Feature({geometry: new Point(fromLonLat([p.lng, p.lat])), tone: p.tone, label: p.label});
      f.setId(p.id);
      return f;
    }));
    this.points.addFeatures((doc.groups || []).map((/** @type {any} */ g) =>
      new Feature({geometry: new Point(fromLonLat([g.lng, g.lat])), n: g.n, late: g.late || 0})));
    this.el.dataset.shown = String(doc.points.length);
  }

  /** Whether what was loaded does for the view: groups are of one zoom, points do for all inside. */
  enough() {
    const s = this.seen;
    if (!s) return false;
    if (!s.whole) return false;
    if (!s.around.length) return true;
    const [w, south, e, n] = transformExtent(this.map.getView().calculateExtent(this.map.getSize()), "EPSG:3857", "EPSG:4326");
    return w >= s.around[0] && south >= s.around[1] && e <= s.around[2] && n <= s.around[3];
  }

  watch() {
    const again = () => this.loadPoints().catch((e) => console.warn("map:", e.message));
    again();
    this.map.on("moveend", () => { if (!this.enough()) again(); });
    let soon = 0;
    document.body.addEventListener("live:case", () => {
      soon ||= window.setTimeout(() => { soon = 0; again(); }, 1500);
    });
    document.addEventListener("map:select", (e) => {
      this.selected = /** @type {CustomEvent} */ (e).detail.id;
      this.points.changed();
    });
    for (const on of ["mouseover", "focusin"]) {
      document.addEventListener(on, (e) => this.light(/** @type {Element} */ (e.target).closest?.("[data-queue] > .row")?.id || ""));
    }
    this.map.on("pointermove", (/** @type {any} */ e) => {
      if (e.dragging) return;
      const f = this.at(e.pixel);
      const id = f?.getId() || "";
      this.target.style.cursor = f ? "pointer" : "";
      document.querySelectorAll("[data-queue] > .lit").forEach((r) => r.classList.remove("lit"));
      if (id) document.getElementById(String(id))?.classList.add("lit");
      this.light(String(id));
    });
    if (!this.el.dataset.pick) this.map.on("click", (/** @type {any} */ e) => this.visit(this.at(e.pixel)));
  }

  light(/** @type {string} */ id) {
    if (id === this.lit) return;
    this.lit = id;
    this.points.changed();
  }

  at(/** @type {number[]} */ pixel) {
    return this.map.forEachFeatureAtPixel(pixel, (/** @type {any} */ f) => (this.points.hasFeature(f) ? f : undefined), {hitTolerance: 6});
  }

  /** Where the nearest single point is, if a finger could mean it. @param {number[]} at */
  close(at) {
    const f = this.points.getClosestFeatureToCoordinate(at, (/** @type {any} */ f) => !f.get("n"));
    const there = f?.getGeometry().getCoordinates();
    const pixels = there ? Math.hypot(there[0] - at[0], there[1] - at[1]) / (this.map.getView().getResolution() || 1) : Infinity;
    return pixels <= 12 ? there : undefined;
  }

  visit(/** @type {any} */ f) {
    if (!f) return;
    if (f.get("n")) {
      const view = this.map.getView();
      view.animate({center: f.getGeometry().getCoordinates(), zoom: (view.getZoom() || 12) + 2, duration: 240});
      return;
    }
    const link = /** @type {HTMLElement|null} */ (document.querySelector(`[id="${CSS.escape(String(f.getId()))}"] > a`));
    if (link) {
      link.scrollIntoView({block: "nearest"});
      link.click();
    } else if (this.href) {
      location.assign(this.href.replace("{id}", String(f.getId()).replace(/^[a-z]+-/, "")));
    }
  }

  /** Lets the map set the inputs of a place field, and follow them. */
  pick() {
    const form = this.el.closest("form");
    const input = (/** @type {string} */ part) => /** @type {HTMLInputElement|null} */ (form?.querySelector(`[name="${this.el.dataset.pick}.${part}"]`));
    const draw = (move = true) => {
      const [lat, lng, acc] = ["lat", "lng", "accuracy"].map((p) => parseFloat(input(p)?.value || ""));
      this.picked.clear();
      if (!(Math.abs(lat) <= 85 && Math.abs(lng) <= 180)) return;
      const at = fromLonLat([lng, lat]);
      if (acc > 0 && acc < 5000) this.picked.addFeature(new Feature({geometry: circular([lng, lat], acc, 48).transform("EPSG:4326", "EPSG:3857"), haze: true}));
      this.picked.addFeature(new Feature({geometry: new Point(at)}));
      const view = this.map.getView();
      if (move) view.animate({center: at, zoom: Math.max(view.getZoom() || 0, 16), duration: 200});
    };
    const put = (/** @type {number[]} */ at) => {
      const [lng, lat] = toLonLat(at);
      const values = {lat: lat.toFixed(6), lng: lng.toFixed(6), accuracy: ""};
      for (const [part, v] of Object.entries(values)) {
        const i = input(part);
        if (i) i.value = v;
      }
      input("lat")?.dispatchEvent(new Event("input", {bubbles: true}));
      draw(false);
    };
    // A click on a point puts the place where the point is.
    this.map.on("click", (/** @type {any} */ e) => put(this.close(e.coordinate) || e.coordinate));
    const mark = () => {
      const near = /** @type {HTMLInputElement|null|undefined} */ (form?.querySelector("[data-near] :checked"));
      this.selected = near?.value ? "part-" + near.value : "";
      this.points.changed();
    };
    for (const on of ["change", "htmx:afterSettle"]) form?.addEventListener(on, mark);
    this.target.addEventListener("keydown", (e) => {
      if (e.key !== "Enter") return;
      e.preventDefault();
      put(/** @type {number[]} */ (this.map.getView().getCenter()));
    });
    form?.addEventListener("place:changed", () => draw());
    for (const part of ["lat", "lng"]) input(part)?.addEventListener("change", () => draw());
    draw();
  }
}
