// Live updates. The server sends JSON {"topic": "case", "subject": "…"}; each
// becomes a DOM event "live:case" on the body, which fragments name in their
// hx-trigger ("live:case from:body") and which refreshes every queue that
// listens. One connection per browser through a SharedWorker; where there is
// none (phones), one per visible page.

/** @param {string} url */
export function listen(url) {
  if ("SharedWorker" in window) {
    const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), {type: "module"});
    worker.port.onmessage = (e) => receive(e.data);
    worker.port.postMessage({url});
    addEventListener("pagehide", () => worker.port.postMessage({bye: true}));
    return;
  }
  /** @type {EventSource|null} */
  let source = null;
  const open = () => {
    source = new EventSource(url);
    source.onmessage = (e) => receive(JSON.parse(e.data));
    source.onerror = () => receive({topic: "offline"});
    source.onopen = () => receive({topic: "online"});
  };
  document.addEventListener("visibilitychange", () => {
    source?.close();
    if (!document.hidden) open();
  });
  if (!document.hidden) open();
}

let late = 0;

/** @param {{topic: string, subject?: string}} m */
function receive(m) {
  const note = document.getElementById("offline");
  if (m.topic === "offline") {
    late ||= window.setTimeout(() => note?.removeAttribute("hidden"), 4000);
    return;
  }
  if (late && m.topic === "online") document.querySelectorAll("[data-queue][data-refresh]").forEach(later); // what was missed
  clearTimeout(late);
  late = 0;
  note?.setAttribute("hidden", "");
  if (m.topic === "online") return;
  document.body.dispatchEvent(new CustomEvent("live:" + m.topic, {detail: m}));
  document.querySelectorAll(`[data-queue][data-refresh][data-on~="${CSS.escape(m.topic)}"]`).forEach(later);
}

/** @type {Map<Element, number>} */
const waiting = new Map();

/** Refreshes a queue soon; many events become one request. */
function later(/** @type {Element} */ queue) {
  if (!waiting.has(queue)) waiting.set(queue, window.setTimeout(() => refresh(queue), 700));
}

async function refresh(/** @type {Element} */ queue) {
  waiting.delete(queue);
  const answer = await fetch(queue.getAttribute("data-refresh") || "", {headers: {"HX-Request": "true"}}).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(queue.id);
  if (fresh) merge(queue, fresh);
}

/**
 * Brings the rows of fresh into queue. The row under the cursor or with the
 * focus, else the first one in sight, keeps its element and its place on the
 * screen; a row that left the list but is under the cursor stays, greyed, until
 * the cursor leaves it.
 * @param {Element} queue
 * @param {Element} fresh
 */
export function merge(queue, fresh) {
  const box = scroller(queue);
  const anchor = anchorOf(queue, box);
  const top = anchor?.getBoundingClientRect().top;
  const rows = [...fresh.children];
  const ids = new Set(rows.map((r) => r.id));
  for (const old of [...queue.children]) {
    if (ids.has(old.id)) continue;
    if (old !== anchor || !(old.matches(":hover") || old.matches(":focus-within"))) {
      old.remove();
      continue;
    }
    old.classList.add("gone");
    const leave = () => (old.matches(":hover") || old.matches(":focus-within")) || old.remove();
    old.addEventListener("mouseleave", leave, {once: true});
    old.addEventListener("focusout", leave, {once: true});
  }
  const split = anchor ? rows.findIndex((r) => r.id === anchor.id) : -1;
  const here = rows.map((r) => take(queue, r));
  if (split < 0) {
    here.forEach((r) => queue.append(r));
  } else {
    here.slice(0, split).forEach((r) => queue.insertBefore(r, anchor));
    here.slice(split + 1).forEach((r) => queue.append(r));
  }
  if (anchor?.isConnected && top !== undefined) box.scrollTop += anchor.getBoundingClientRect().top - top;
}

/** The element of a row: the old one with new content, or the new one. */
function take(/** @type {Element} */ queue, /** @type {Element} */ row) {
  const old = [...queue.children].find((r) => r.id === row.id);
  if (!old) {
    row.classList.add("new");
    return document.adoptNode(row);
  }
  const [a, b] = [old.querySelector("a"), row.querySelector("a")];
  if (a && b && a.innerHTML !== b.innerHTML) a.innerHTML = b.innerHTML;
  if (a && b) a.href = b.href;
  for (const flag of ["unread"]) old.classList.toggle(flag, row.classList.contains(flag));
  const point = row.getAttribute("data-point");
  if (point) old.setAttribute("data-point", point);
  return old;
}

function scroller(/** @type {Element} */ el) {
  for (let p = el.parentElement; p; p = p.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(p).overflowY)) return p;
  }
  return document.scrollingElement || document.documentElement;
}

function anchorOf(/** @type {Element} */ queue, /** @type {Element} */ box) {
  const held = queue.querySelector(":scope > :hover") || queue.querySelector(":scope > :focus-within");
  const edge = Math.max(0, box.getBoundingClientRect().top);
  return held || [...queue.children].find((r) => r.getBoundingClientRect().bottom > edge);
}

// A fragment that a live event wants to replace is left alone while a form in
// it is being edited.
document.addEventListener("htmx:beforeSwap", (e) => {
  const d = /** @type {CustomEvent} */ (e).detail;
  const by = d.requestConfig?.triggeringEvent?.type || "";
  if (by.startsWith("live:") && d.target.querySelector("form[data-dirty], dialog[open], form :focus")) d.shouldSwap = false;
});
