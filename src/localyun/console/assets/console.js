// The console without this file works by links and forms; with it, pages keep themselves current, forms answer
// in place, and everything is found by Ctrl-K.
"use strict";

const parsed = (text) => new DOMParser().parseFromString(text, "text/html");
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- Taking over parts of a page that came ------------------------------------------------------------------

// Puts new contents in the place of an element; what the visitor has opened, typed or scrolled stays so.
function replace(selector, page) {
  const now = document.querySelector(selector), next = page.querySelector(selector);
  if (!now || !next || now.outerHTML === next.outerHTML) return;
  const open = new Set(all("details[open][id]", now).map((one) => one.id));
  const chosen = new Map(all("input[type=radio]:checked", now).map((one) => [one.name, one.value]));
  const scrolled = all("[id]", now).filter((one) => one.scrollLeft || one.scrollTop).map((one) => [one.id, one.scrollLeft, one.matches(".tail") ? one.scrollTop : 0]);
  const focused = now.contains(document.activeElement) ? document.activeElement.id : "";
  now.replaceWith(next);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  for (const one of all("details[id]", next)) if (open.has(one.id)) one.open = true;
  for (const one of all("input[data-keep]", next)) one.checked = chosen.get(one.name) === one.value || (!chosen.has(one.name) && one.checked);
  for (const [id, left, top] of scrolled) document.getElementById(id)?.scrollTo({ left, top, behavior: "instant" });
}

const busy = (element) => element.contains(document.activeElement) &&
  document.activeElement.matches("input:not([type=radio]), textarea, select") || element.querySelector("dialog[open]") !== null;

// --- Forms that answer in place -----------------------------------------------------------------------------

async function send(form, submitter, swap) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const posts = form.method === "post";
  const url = new URL(form.action, location.href);
  if (!posts) url.search = fields;
  const response = await fetch(url, posts ? { method: "POST", body: fields } : {});
  const page = parsed(await response.text());
  for (const selector of swap.split(",")) replace(selector.trim(), page);
  return url;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm;
  if (question && !confirm(question)) return event.preventDefault();
  if (!form.dataset.swap) return;
  event.preventDefault();
  form.setAttribute("aria-busy", "true");
  try {
    const id = event.submitter?.id;
    const url = await send(form, event.submitter, form.dataset.swap);
    if (form.method !== "post") history.replaceState(null, "", url);
    if (form.dataset.show) document.querySelector(form.dataset.show)?.scrollIntoView({ block: "nearest", behavior: "instant" });
    // Whoever works by keyboard stays where he was, also when the button was swapped away.
    if (id && !document.activeElement?.closest("main")) (document.getElementById(id) ?? document.getElementById("main"))?.focus({ preventScroll: true });
  } finally {
    form.removeAttribute("aria-busy");
  }
});

// Fields that are looked at while they are typed in: the form is asked what it would do.
let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-preview]");
  if (!form || event.target.closest("dialog")) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const button = form.querySelector("button[value=preview]");
    send(form, button, form.dataset.preview).catch(() => {});
  }, 250);
});

// Lists: one more item is a copy of the last one under the next number.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more]");
  if (!button) return;
  const list = document.getElementById(button.dataset.more);
  const last = list.lastElementChild, number = list.childElementCount;
  const copy = last.cloneNode(true), from = `${list.dataset.name}.${number}`, to = `${list.dataset.name}.${number + 1}`;
  for (const one of [copy, ...all("*", copy)]) {
    for (const attribute of one.attributes) if (attribute.value.includes(from)) attribute.value = attribute.value.replaceAll(from, to);
    if (one.matches("input, select, textarea")) one.value = "";
    if (one.matches("label, legend")) for (const text of one.childNodes) if (text.nodeType === 3) text.data = text.data.replace(from, to);
  }
  list.append(copy);
  copy.querySelector("input, select, textarea")?.focus();
});

// --- Pages that keep themselves current ---------------------------------------------------------------------

const EVERY = 2000;
let known = null;
async function refresh() {
  const live = all("[data-live]");
  if (live.length && !document.hidden) {
    try {
      const response = await fetch(location.href, { headers: known ? { "if-none-match": known } : {}, cache: "no-store" });
      if (response.status === 200) {
        known = response.headers.get("etag");
        const page = parsed(await response.text());
        for (const one of live) if (!busy(one)) replace(`#${one.id}`, page);
      }
      document.body.classList.remove("lost");
    } catch { document.body.classList.add("lost"); }
  }
  setTimeout(refresh, EVERY);
}
setTimeout(refresh, EVERY);

// --- Small things -------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    const label = copy.querySelector("span"), before = label.textContent;
    label.textContent = copy.dataset.done;
    setTimeout(() => { label.textContent = before; }, 1200);
  }
  const add = event.target.closest("[data-add]");
  if (add) {
    const field = document.getElementById(add.dataset.to);
    field.value = [...field.value.split(/[\s,]+/).filter(Boolean), add.dataset.add].join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// Lists that are narrowed while one types.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-narrow]")) return;
  const wanted = event.target.value.trim();
  let left = 0;
  for (const one of all(event.target.dataset.narrow)) {
    one.hidden = Boolean(wanted) && fit(wanted, one.dataset.text ?? one.textContent) === 0;
    left += !one.hidden;
  }
  for (const one of all(event.target.dataset.sections)) one.hidden = !one.querySelector(`${event.target.dataset.item}:not([hidden])`);
});

// On the map, what leads to a node and from it is lit while the pointer or the focus is on it.
function light(event) {
  const node = event.target.closest?.("[data-node]");
  for (const line of all("[data-ends]")) line.classList.toggle("lit", Boolean(node) && line.dataset.ends.split("|").includes(node.dataset.node));
  for (const map of all(".map")) map.classList.toggle("looking", Boolean(node));
}
for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, light);

// --- Finding everything by Ctrl-K ---------------------------------------------------------------------------

// How well letters fit a text in their order: words' beginnings and neighbours count more; 0 doesn't fit.
function fit(letters, text) {
  const wanted = letters.toLowerCase().replaceAll(" ", ""), lower = text.toLowerCase();
  const whole = lower.indexOf(letters.toLowerCase());
  if (whole >= 0) return 1000 - whole - text.length / 100;
  let score = 0, at = -1;
  for (const letter of wanted) {
    const next = lower.indexOf(letter, at + 1);
    if (next < 0) return 0;
    const begins = next === 0 || /[A-Z]/.test(text[next]) || /[^a-z0-9]/i.test(text[next - 1]);
    score += next === at + 1 ? 8 : begins ? 10 : 1;
    at = next;
  }
  return score < wanted.length * 3 && wanted.length > 2 ? 0 : score - text.length / 100;
}

const palette = document.getElementById("palette");
const field = palette.querySelector("input"), found = palette.querySelector("ul");
let everything = [];

async function openPalette() {
  if (palette.open) return;
  palette.showModal();
  field.value = "";
  everything = await (await fetch(palette.dataset.source)).json();
  show();
}

function show() {
  const wanted = field.value.trim();
  const ranked = everything.map((one, place) => [wanted ? fit(wanted, one.title) : 1000 - place, one])
    .filter(([score]) => score > 0).sort((a, b) => b[0] - a[0]).slice(0, 12);
  found.replaceChildren(...ranked.map(([, one], place) => {
    const item = document.createElement("li"), title = document.createElement("span"), kind = document.createElement("span");
    item.id = `found-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(place === 0));
    item.dataset.address = one.address;
    title.textContent = one.title;
    kind.textContent = one.kind; kind.className = "quiet";
    item.append(title, kind);
    return item;
  }));
  if (!ranked.length) { const none = document.createElement("li"); none.className = "quiet"; none.textContent = palette.dataset.none; found.append(none); }
  mark();
}

function mark() {
  const selected = found.querySelector("[aria-selected=true]");
  field.setAttribute("aria-activedescendant", selected?.id ?? "");
  selected?.scrollIntoView({ block: "nearest", behavior: "instant" });
}

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  const items = all("[role=option]", found), at = items.findIndex((one) => one.ariaSelected === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && items.length) {
    event.preventDefault();
    items[at].setAttribute("aria-selected", "false");
    items[(at + step + items.length) % items.length].setAttribute("aria-selected", "true");
    mark();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (items[at]) location.assign(items[at].dataset.address);
  }
});
found.addEventListener("click", (event) => { const item = event.target.closest("[data-address]"); if (item) location.assign(item.dataset.address); });
palette.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });
document.addEventListener("click", (event) => { if (event.target.closest("[data-palette]")) openPalette(); });
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
  if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    const search = document.querySelector("[data-narrow], [type=search]");
    if (search) { event.preventDefault(); search.focus(); }
  }
});
