// Every page: shortcuts, dialogs, menus, and the loading of islands where the
// page holds one. Nothing here is needed to use the program.

const root = document.documentElement;
root.classList.add("js");

/** Loads the module of every island that stands below el, once. */
function islands(/** @type {ParentNode} */ el) {
  const has = (/** @type {string} */ s) => el.querySelector(s) !== null;
  if (has("[data-map]")) import("./map.js").then((m) => m.start(el));
  if (has("[data-form]")) import("./form.js").then((m) => m.start(el));
  if (has("[data-files]")) import("./photo.js").then((m) => m.start(el));
  if (has("[data-place]")) import("./place.js").then((m) => m.start(el));
  if (has("[data-nearest]")) import("./place.js").then((m) => m.nearest(el));
}

/** A draft is forgotten once a page opens that does not show its form again. */
function forgetSent() {
  for (const k of Object.keys(localStorage)) {
    if (!k.startsWith("draft:")) continue;
    const d = JSON.parse(localStorage.getItem(k) || "{}");
    const back = d.sent && document.querySelector(`input[name=_key][value="${CSS.escape(d.sent)}"]`);
    if ((d.sent && !back) || Date.now() - d.at > 7 * 864e5) localStorage.removeItem(k);
  }
}

const typing = (/** @type {Element|null} */ el) =>
  el instanceof HTMLElement && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));

/** Moves the focus to the next or previous row of the queue. */
function step(/** @type {number} */ by) {
  const links = [...document.querySelectorAll("[data-queue] .row > a")];
  if (links.length === 0) return;
  let at = links.indexOf(/** @type {Element} */ (document.activeElement));
  if (at < 0) at = links.findIndex((a) => a.getAttribute("aria-current"));
  const to = /** @type {HTMLElement} */ (links[Math.min(links.length - 1, Math.max(0, at + by))]);
  to.focus();
  to.scrollIntoView({block: "nearest"});
}

document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.key === "Escape") document.querySelectorAll("details[data-menu][open]").forEach((d) => d.removeAttribute("open"));
  if (typing(document.activeElement) || document.querySelector("dialog[open]")) return;
  const known = {j: () => step(1), k: () => step(-1), "/": () => /** @type {HTMLElement|null} */ (document.querySelector("[data-search]"))?.focus(),
    "?": () => /** @type {HTMLDialogElement|null} */ (document.getElementById("keys"))?.showModal()}[e.key];
  const button = e.key.length === 1 && /[a-z0-9]/i.test(e.key) ? document.querySelector(`[data-key="${e.key.toLowerCase()}" i]`) : null;
  if (button instanceof HTMLElement) button.click();
  else if (known) known();
  else return;
  e.preventDefault();
});

document.addEventListener("click", (e) => {
  const el = /** @type {Element} */ (e.target);
  const opener = el.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.getAttribute("data-dialog") || "");
  if (dialog instanceof HTMLDialogElement) {
    e.preventDefault();
    dialog.showModal();
  }
  if (el instanceof HTMLDialogElement && el.open) el.close(); // the backdrop
  el.closest("[data-dismiss]")?.closest(".toast")?.remove();
  if (el.closest("[data-print]")) window.print();
  document.querySelectorAll("details[data-menu][open]").forEach((d) => d.contains(el) || d.removeAttribute("open"));
});

/** Brings the summary of a refused form to the reader. */
const wrong = (/** @type {ParentNode} */ el) => /** @type {HTMLElement|null} */ (el.querySelector("[data-focus]"))?.focus();

document.addEventListener("htmx:load", (e) => {
  const el = /** @type {ParentNode} */ (e.target);
  islands(/** @type {ParentNode} */ (/** @type {Element} */ (el).parentNode || el));
  wrong(el);
});
islands(document);
try { forgetSent(); } catch { /* storage is switched off */ }
wrong(document);
for (const t of document.querySelectorAll(".tabs [aria-current]")) t.scrollIntoView({block: "nearest", inline: "center"});
const stream = document.querySelector("[data-live]")?.getAttribute("data-live");
if (stream) import("./live.js").then((m) => m.listen(stream));
