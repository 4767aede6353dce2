// Forms: questions that depend on answers, drafts that survive a closed tab,
// one submit per press. The server checks everything again.

/** @param {ParentNode} el */
export function start(el) {
  if (el.querySelector("[data-sign]")) import("./sign.js").then((m) => m.start(el));
  el.querySelectorAll("form[data-form]").forEach((f) => {
    const form = /** @type {HTMLFormElement} */ (f);
    if (form.dataset.on) return;
    form.dataset.on = "1";
    form.querySelectorAll("select[data-filter]").forEach((s) => filter(/** @type {HTMLSelectElement} */ (s)));
    form.querySelectorAll("[data-rows]").forEach((t) => rows(/** @type {HTMLElement} */ (t)));
    restore(form);
    ask(form);
    form.addEventListener("input", () => { form.dataset.dirty = "1"; ask(form); keep(form); });
    form.addEventListener("change", () => ask(form));
    form.addEventListener("submit", (e) => submit(form, e));
  });
}

/** Puts a box before a long list that leaves only the choices with those words. */
function filter(/** @type {HTMLSelectElement} */ select) {
  const box = document.createElement("input");
  box.type = "search";
  box.placeholder = select.dataset.filter || "";
  box.setAttribute("aria-label", box.placeholder);
  box.autocomplete = "off";
  select.before(box);
  box.addEventListener("input", (e) => {
    e.stopPropagation(); // it is no answer
    const words = box.value.toLowerCase().split(/\s+/);
    /** @type {HTMLOptionElement[]} */
    const left = [];
    for (const o of select.options) {
      const on = !o.value || words.every((w) => (o.text + " " + o.value).toLowerCase().includes(w));
      o.hidden = o.disabled = !on;
      if (on && o.value) left.push(o);
    }
    select.querySelectorAll("optgroup").forEach((g) => { g.hidden = !g.querySelector("option:not([hidden])"); });
    if (left.length === 1) left[0].selected = true;
  });
}

/** Lets a table of inputs grow and shrink in the page; without script the server adds empty rows. */
function rows(/** @type {HTMLElement} */ box) {
  const body = /** @type {HTMLTableSectionElement} */ (box.querySelector("tbody"));
  const more = /** @type {HTMLButtonElement} */ (box.nextElementSibling);
  const words = JSON.parse(box.dataset.words || "{}");
  const inputs = (/** @type {Element} */ row) => /** @type {NodeListOf<HTMLInputElement>} */ (row.querySelectorAll("input, select"));
  const number = () => [...body.rows].forEach((row, n) => inputs(row).forEach((i) => {
    i.name = i.name.replace(/\.\d+\./, `.${n}.`);
    i.id = i.id.replace(/-\d+-([^-]+)$/, `-${n}-$1`);
    i.setAttribute("aria-label", (i.getAttribute("aria-label") || "").replace(/\d+(\D*)$/, `${n + 1}$1`));
  }));
  const empty = (/** @type {Element} */ row) => inputs(row).forEach((i) => { i.value = ""; });
  const tool = (/** @type {HTMLTableRowElement} */ row) => {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "btn";
    b.textContent = "×";
    b.setAttribute("aria-label", words.remove);
    b.addEventListener("click", () => {
      if (body.rows.length > 1) row.remove(); else empty(row);
      number();
      more.focus();
      box.dispatchEvent(new Event("input", {bubbles: true}));
    });
    row.insertCell().append(b);
  };
  box.querySelector("thead tr")?.append(document.createElement("td"));
  [...body.rows].forEach(tool);
  more.type = "button"; // Enter submits the form, not this
  /** @type {HTMLElement} */ (more.querySelector("span")).textContent = words.one;
  more.addEventListener("click", () => {
    if (body.rows.length >= Number(box.dataset.rows)) return;
    const row = /** @type {HTMLTableRowElement} */ (body.rows[body.rows.length - 1].cloneNode(true));
    row.deleteCell(-1);
    empty(row);
    body.append(row);
    tool(row);
    number();
    inputs(row)[0]?.focus();
  });
}

/** Shows the questions whose condition holds and leaves the others unsent. */
function ask(/** @type {HTMLFormElement} */ form) {
  for (const el of form.querySelectorAll("[data-show-when]")) {
    const [name, values] = (el.getAttribute("data-show-when") || "").split("=");
    const answers = new FormData(form).getAll(name);
    const on = values.split("|").some((v) => answers.includes(v));
    /** @type {HTMLElement} */ (el).hidden = !on;
    el.querySelectorAll("input, select, textarea").forEach((i) => { /** @type {HTMLInputElement} */ (i).disabled = !on; });
  }
}

function submit(/** @type {HTMLFormElement} */ form, /** @type {SubmitEvent} */ e) {
  if (form.getAttribute("aria-busy")) {
    e.preventDefault();
    e.stopImmediatePropagation();
    return;
  }
  form.setAttribute("aria-busy", "true");
  const done = () => form.removeAttribute("aria-busy");
  window.setTimeout(done, 20000);
  form.addEventListener("htmx:afterRequest", done, {once: true});
  addEventListener("pageshow", done, {once: true});
  delete form.dataset.dirty;
  keep(form, key(form));
}

const key = (/** @type {HTMLFormElement} */ form) => String(new FormData(form).get("_key") || "");

/** What is kept of a draft: texts and choices, no files, nothing hidden, no personal data. */
function answers(/** @type {HTMLFormElement} */ form) {
  return [...form.elements].filter((i) => i instanceof HTMLInputElement || i instanceof HTMLTextAreaElement || i instanceof HTMLSelectElement)
    .filter((i) => i.name && !i.name.startsWith("_") && !/^(file|password|submit)$/.test(i.type) && !i.closest(".field:has(.personal)"));
}

/** Written at every key: a tab can be closed right after the last one. */
function keep(/** @type {HTMLFormElement} */ form, sent = "") {
  if (!form.dataset.draft) return;
  const values = answers(form).map((i) => [i.name, i.value, /radio|checkbox/.test(i.type) ? /** @type {HTMLInputElement} */ (i).checked : null]);
  try {
    localStorage.setItem("draft:" + form.dataset.draft, JSON.stringify({at: Date.now(), sent, values}));
  } catch { /* storage is full or switched off */ }
}

/** Fills an untouched form with its draft. */
function restore(/** @type {HTMLFormElement} */ form) {
  if (!form.dataset.draft || form.querySelector(".summary")) return; // a refused form comes back filled
  let draft;
  try {
    draft = JSON.parse(localStorage.getItem("draft:" + form.dataset.draft) || "null");
  } catch { return; }
  if (!draft || draft.sent) return;
  const left = answers(form);
  let changed = false;
  for (const [name, value, checked] of draft.values) {
    const i = left.find((i) => i.name === name && (checked === null || i.value === value));
    if (!i) continue;
    left.splice(left.indexOf(i), 1);
    const box = /** @type {HTMLInputElement} */ (i);
    if (checked === null ? i.value !== value : box.checked !== checked) changed = true;
    if (checked === null) i.value = value;
    else box.checked = checked;
    i.dispatchEvent(new CustomEvent("restored"));
  }
  if (changed) offerDiscard(form);
}

function offerDiscard(/** @type {HTMLFormElement} */ form) {
  form.dataset.dirty = "1";
  const note = document.createElement("p");
  note.className = "restored";
  note.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = form.dataset.discard || "";
  button.onclick = () => {
    localStorage.removeItem("draft:" + form.dataset.draft);
    form.reset();
    delete form.dataset.dirty;
    note.remove();
    ask(form);
  };
  note.append(form.dataset.restored || "", button);
  form.prepend(note);
  form.dispatchEvent(new CustomEvent("place:changed", {bubbles: true}));
}
