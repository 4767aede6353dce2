// Place fields: "use my position", the place of a photo, and the pin of the map
// all set the same three inputs. The address field works without any of it.

/** @param {ParentNode} el */
export function start(el) {
  el.querySelectorAll("[data-place]").forEach((b) => {
    const box = /** @type {HTMLElement} */ (b);
    if (box.dataset.on) return;
    box.dataset.on = "1";
    const words = JSON.parse(box.dataset.words || "{}");
    const said = /** @type {Element} */ (box.querySelector("[data-said]"));
    const locate = /** @type {HTMLElement} */ (box.querySelector("[data-locate]"));
    if (navigator.geolocation && isSecureContext) {
      locate.hidden = false;
      locate.onclick = () => {
        said.textContent = words.locating;
        navigator.geolocation.getCurrentPosition(
          (p) => {
            set(box, {lat: p.coords.latitude, lng: p.coords.longitude, accuracy: p.coords.accuracy});
            said.textContent = words.found.replace("{n}", Math.round(p.coords.accuracy));
          },
          () => { said.textContent = words.denied; },
          {enableHighAccuracy: true, timeout: 15000, maximumAge: 30000});
      };
    }
    if (box.hasAttribute("data-auto") && !locate.hidden && input(box, "lat")?.value === "") locate.click();
    box.closest("form")?.addEventListener("photo:place", (e) => {
      const lat = input(box, "lat");
      if (lat && lat.value !== "") return; // a person's own choice wins over a photo
      set(box, /** @type {CustomEvent} */ (e).detail);
      said.textContent = words.exif;
    });
  });
}

const input = (/** @type {HTMLElement} */ box, /** @type {string} */ part) =>
  /** @type {HTMLInputElement|null} */ (box.querySelector(`[name="${box.dataset.place}.${part}"]`));

/** @param {HTMLElement} box @param {{lat: number, lng: number, accuracy: number}} at */
function set(box, at) {
  const put = (/** @type {string} */ part, /** @type {string} */ v) => { const i = input(box, part); if (i) i.value = v; };
  put("lat", at.lat.toFixed(6));
  put("lng", at.lng.toFixed(6));
  put("accuracy", at.accuracy ? String(Math.round(at.accuracy)) : "");
  input(box, "lat")?.dispatchEvent(new Event("input", {bubbles: true}));
  box.dispatchEvent(new CustomEvent("place:changed", {bubbles: true}));
}

/** A list that can be sorted by nearness: asks where the phone is and opens the
 * list again; once it was allowed, without a tap. @param {ParentNode} el */
export function nearest(el) {
  el.querySelectorAll("[data-nearest]").forEach((b) => {
    const link = /** @type {HTMLAnchorElement} */ (b);
    if (!navigator.geolocation || !isSecureContext) return;
    link.hidden = false;
    const go = () => navigator.geolocation.getCurrentPosition((p) => {
      location.replace(`${link.dataset.nearest}?lat=${p.coords.latitude.toFixed(6)}&lng=${p.coords.longitude.toFixed(6)}`);
    }, () => { link.hidden = true; }, {enableHighAccuracy: true, timeout: 15000, maximumAge: 60000});
    link.onclick = (e) => { e.preventDefault(); go(); };
    if (link.hasAttribute("data-now")) navigator.permissions?.query({name: "geolocation"}).then((s) => { if (s.state === "granted") go(); });
  });
}
