// Photo and file fields: several pictures one after another, a preview of each,
// and the place that a photo carries. Without this script the file input works
// as browsers draw it.

/** Files chosen so far, by form and field: they outlive a refused form that is drawn anew.
 * @type {Map<string, File[]>} */
const chosen = new Map();

/** @param {ParentNode} el */
export function start(el) {
  el.querySelectorAll("[data-files]").forEach((box) => {
    const input = /** @type {HTMLInputElement} */ (box.querySelector("input[type=file][name]"));
    if (input.dataset.on) return;
    input.dataset.on = "1";
    const name = `${input.form?.action}#${input.form?.querySelector("input[name=_key]")?.getAttribute("value")}#${input.name}`;
    const add = (/** @type {HTMLInputElement} */ from) => {
      const files = [...(from.files || [])];
      if (from !== input) from.value = "";
      chosen.set(name, input.multiple ? [...(chosen.get(name) || []), ...files] : files);
      show(box, input, name);
      input.dispatchEvent(new Event("input", {bubbles: true}));
      files.forEach((f) => place(f, input));
    };
    if (input.files?.length && !chosen.get(name)?.length) chosen.set(name, [...input.files]); // chosen before this script came
    show(box, input, name);
    input.addEventListener("change", () => add(input));
    const camera = /** @type {HTMLElement|null} */ (box.querySelector("[data-camera]"));
    if (!camera || !matchMedia("(pointer: coarse)").matches) return;
    camera.hidden = false;
    camera.querySelector("input")?.addEventListener("change", (e) => add(/** @type {HTMLInputElement} */ (e.target)));
  });
}

/** Draws the previews and puts all chosen files into the input. */
function show(/** @type {Element} */ box, /** @type {HTMLInputElement} */ input, /** @type {string} */ name) {
  const list = /** @type {Element} */ (box.querySelector("[data-thumbs]"));
  const words = JSON.parse(box.getAttribute("data-words") || "{}");
  const files = chosen.get(name) || [];
  list.querySelectorAll("img").forEach((i) => URL.revokeObjectURL(i.src));
  list.replaceChildren(...files.map((f) => {
    const item = document.createElement("li");
    if (f.type.startsWith("image/")) {
      const img = document.createElement("img");
      img.src = URL.createObjectURL(f);
      img.alt = f.name;
      item.append(img);
    } else {
      item.append(f.name);
    }
    const drop = document.createElement("button");
    drop.type = "button";
    drop.textContent = "×";
    drop.setAttribute("aria-label", `${words.remove}: ${f.name}`);
    drop.onclick = () => {
      chosen.set(name, files.filter((x) => x !== f));
      show(box, input, name);
      input.focus();
    };
    item.append(drop);
    return item;
  }));
  const all = new DataTransfer();
  files.forEach((f) => all.items.add(f));
  if (files.length || input.files?.length) input.files = all.files;
  const caption = input.parentElement?.querySelector("span");
  if (caption && files.length && input.multiple) caption.textContent = words.more;
}

/** Tells the form's place field where a photo was taken. */
async function place(/** @type {File} */ file, /** @type {HTMLInputElement} */ input) {
  const at = gps(new DataView(await file.slice(0, 256 * 1024).arrayBuffer()));
  if (at) input.dispatchEvent(new CustomEvent("photo:place", {bubbles: true, detail: at}));
}

/**
 * Reads the GPS position of a JPEG's EXIF block (CIPA DC-008). Returns null for
 * anything it does not understand.
 * @param {DataView} v
 * @returns {{lat: number, lng: number, accuracy: number}|null}
 */
export function gps(v) {
  try {
    if (v.getUint16(0) !== 0xffd8) return null;
    for (let p = 2; p + 4 < v.byteLength;) {
      const marker = v.getUint16(p);
      const size = v.getUint16(p + 2);
      if (marker === 0xffe1 && v.getUint32(p + 4) === 0x45786966) return tiff(v, p + 10);
      if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
      p += 2 + size;
    }
  } catch { /* a broken picture has no place */ }
  return null;
}

function tiff(/** @type {DataView} */ v, /** @type {number} */ base) {
  const little = v.getUint16(base) === 0x4949;
  const u16 = (/** @type {number} */ p) => v.getUint16(base + p, little);
  const u32 = (/** @type {number} */ p) => v.getUint32(base + p, little);
  /** @param {number} dir @param {number} tag */
  const find = (dir, tag) => {
    for (let i = 0, n = u16(dir); i < n; i++) {
      const at = dir + 2 + 12 * i;
      if (u16(at) === tag) return at + 8;
    }
    return 0;
  };
  const pointer = find(u32(4), 0x8825);
  if (!pointer) return null;
  const dir = u32(pointer);
  const ratio = (/** @type {number} */ p) => u32(p) / (u32(p + 4) || 1);
  /** @param {number} ref @param {number} tag */
  const angle = (ref, tag) => {
    const [r, t] = [find(dir, ref), find(dir, tag)];
    if (!r || !t) return NaN;
    const p = u32(t);
    const deg = ratio(p) + ratio(p + 8) / 60 + ratio(p + 16) / 3600;
    return /[SW]/.test(String.fromCharCode(v.getUint8(base + r))) ? -deg : deg;
  };
  const [lat, lng] = [angle(1, 2), angle(3, 4)];
  if (!(Math.abs(lat) <= 90 && Math.abs(lng) <= 180) || (lat === 0 && lng === 0)) return null;
  const err = find(dir, 0x1f);
  return {lat, lng, accuracy: err ? Math.round(ratio(u32(err))) : 0};
}
