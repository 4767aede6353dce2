// What axe judges of a page, as marks without its texts: every element with where it hangs, which attributes it has and
// whether what they refer to is there, and the order of the headings and landmarks. Two pages with the same marks have
// the same faults.
(() => {
  const marks = new Set();
  const mark = (s, h = 5381) => {
    for (let i = 0; i < s.length; i++) h = (h * 33 + s.charCodeAt(i)) % 0x1fffffffffff;
    return h;
  };
  const refers = ["for", "aria-labelledby", "aria-describedby", "aria-controls", "headers"];
  const by = ["class", "type", "role", "lang", "scope", "rel", "tabindex", "aria-hidden", "aria-expanded", "aria-current", "aria-live"];
  const attribute = (a) => a.name + (by.includes(a.name) ? a.value : refers.includes(a.name) ? a.value.split(" ").every((id) => document.getElementById(id)) : a.value !== "");
  const outline = [], ids = new Set();
  let twice = 0;
  const walk = (e, above) => {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== "");
    const here = mark(">" + e.localName + words + (e.labels ? e.labels.length : "") + [...e.attributes].map(attribute).sort(), above);
    marks.add(here.toString(36));
    if (e.id && ids.size === ids.add(e.id).size) twice++;
    if (/^(h[1-6]|main|nav|header|footer|aside|section|form)$/.test(e.localName) && outline.at(-1) !== e.localName) outline.push(e.localName);
    for (const child of e.children) walk(child, here);
  };
  walk(document.documentElement, innerWidth);
  marks.add(mark(outline.join() + twice, innerWidth).toString(36));
  return [...marks].join(" ");
})()
