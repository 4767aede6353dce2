// Signatures: a pad for finger, pen and mouse. What is drawn goes into a field
// of the form as a PNG on white paper; the server proves it. Without this
// script the name is typed.

/** @param {ParentNode} el */
export function start(el) {
  el.querySelectorAll("[data-sign]").forEach((b) => {
    const box = /** @type {HTMLElement} */ (b);
    if (box.dataset.on) return;
    box.dataset.on = "1";
    pad(box);
  });
}

function pad(/** @type {HTMLElement} */ box) {
  const find = (/** @type {string} */ s) => /** @type {HTMLElement} */ (box.querySelector(s));
  const ink = /** @type {HTMLInputElement} */ (find("[data-ink]"));
  const canvas = /** @type {HTMLCanvasElement} */ (find("canvas"));
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const said = find("[data-said]"), words = JSON.parse(box.dataset.words || "{}");
  const typed = /** @type {HTMLDetailsElement} */ (find("details"));
  find("[data-pad]").hidden = false;
  if (!box.closest(".field.bad") && !typed.querySelector("input")?.value) typed.open = false;

  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = pen.fillStyle = "#10243e";
    pen.lineWidth = 3.2;
    pen.lineCap = pen.lineJoin = "round";
  };
  /** Shows what the field holds: after a draft, a refusal or a fresh start. */
  const show = () => {
    blank();
    if (!ink.value) return;
    const img = new Image();
    img.onload = () => { pen.drawImage(img, 0, 0, canvas.width, canvas.height); said.textContent = words.drawn; };
    img.src = ink.value;
  };
  const put = (/** @type {string} */ value, /** @type {string} */ word) => {
    ink.value = value;
    said.textContent = word;
    ink.dispatchEvent(new Event("input", {bubbles: true}));
  };

  /** @type {[number, number]|null} the end of the stroke that is being drawn */
  let last = null;
  const at = (/** @type {PointerEvent} */ e) => {
    const r = canvas.getBoundingClientRect();
    return /** @type {[number, number]} */ ([(e.clientX - r.left) * canvas.width / r.width, (e.clientY - r.top) * canvas.height / r.height]);
  };
  const line = (/** @type {[number, number]} */ to) => {
    pen.beginPath();
    pen.moveTo(...(last || to));
    pen.lineTo(...to);
    pen.stroke();
    last = to;
  };
  canvas.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    e.preventDefault();
    canvas.setPointerCapture(e.pointerId);
    line(at(e));
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!last) return;
    for (const x of e.getCoalescedEvents?.() || []) line(at(x));
    line(at(e));
  });
  const lift = () => {
    if (!last) return;
    last = null;
    put(canvas.toDataURL("image/png"), words.drawn);
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  find("[data-clear]").addEventListener("click", () => { blank(); put("", words.cleared); });
  ink.addEventListener("restored", show);
  ink.form?.addEventListener("reset", () => { ink.value = ""; show(); });
  show();
}
