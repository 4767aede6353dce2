// The watch of a cluster: the slider says its hour while it moves, and the map
// takes what the rest of the page was asked anew for.

const form = /** @type {HTMLFormElement|null} */ (document.querySelector("[data-watch]"));
if (form) {
  const hour = /** @type {HTMLInputElement} */ (form.querySelector("[name=hour]"));
  const all = /** @type {HTMLInputElement} */ (form.querySelector("[name=all]"));
  const said = /** @type {HTMLOutputElement} */ (form.querySelector("output"));
  const whole = /** @type {HTMLElement} */ (form.querySelector(".all span")).textContent || "";
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0") + ":00";
  const say = () => {
    const h = Number(hour.value);
    said.textContent = all.checked ? whole : two(h) + "–" + two(h + 1);
    hour.setAttribute("aria-valuetext", said.textContent);
  };
  hour.addEventListener("input", () => {
    all.checked = false;
    say();
  });
  form.addEventListener("change", say);
  say();
  document.addEventListener("htmx:afterSettle", () => {
    const now = document.getElementById("watch"), map = document.querySelector("[data-map]");
    if (!now || !(map instanceof HTMLElement) || now.dataset.areas === map.dataset.areas) return;
    const moved = map.dataset.view !== now.dataset.view;
    Object.assign(map.dataset, {areas: now.dataset.areas, points: now.dataset.points, view: now.dataset.view});
    map.dispatchEvent(new CustomEvent("map:renew", {detail: {moved}}));
  });
}
