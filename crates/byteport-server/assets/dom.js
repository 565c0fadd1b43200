// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Making and changing elements. What a device or a user wrote only ever becomes a text node or an attribute's value:
// nothing here, or anywhere in the page, turns text into markup, and the page's policy would not let it.

/** An element: attributes by name, listeners by `onNAME`; children are elements or text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

/** Sets an element's text where it differs; tells whether it did. */
export function setText(element, text) {
  if (element.textContent === text) return false;
  element.textContent = text;
  return true;
}

/** As setText, and marks a value that changed for a moment. */
export function setValue(element, text) {
  const isFirst = !element.hasAttribute("data-known");
  element.setAttribute("data-known", "");
  if (!setText(element, text) || isFirst) return;
  element.classList.remove("changed");
  void element.offsetWidth; // lets the animation begin again
  element.classList.add("changed");
}

/** Makes the children of `parent` those of `items`; a row that stays is kept, and with it focus and selection. */
export function keyed(parent, items, keyOf, make, update) {
  const wanted = new Set(items.map(keyOf));
  const rows = new Map();
  for (const row of [...parent.children]) {
    if (wanted.has(row.dataset.key)) rows.set(row.dataset.key, row);
    else row.remove();
  }
  let next = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const row = rows.get(key) ?? make(item);
    row.dataset.key = key;
    update(row, item);
    if (row === next) next = next.nextElementSibling;
    else parent.insertBefore(row, next);
  }
}

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/** Lets the arrow keys, Home and End go from link to link of a list. */
export function walkable(list) {
  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const stops = [...list.querySelectorAll("a[href], button")];
    const here = stops.indexOf(document.activeElement);
    if (step === undefined || here < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    stops[Math.min(Math.max(here + step, 0), stops.length - 1)].focus();
  });
  return list;
}

/** A table with these columns, each with the class that says how wide it is; `keyed` fills its body. */
export function table(caption, columns) {
  const heads = Object.entries(columns).map(([name, width]) => h("th", { scope: "col", class: width }, name));
  const body = walkable(h("tbody"));
  const head = h("thead", {}, h("tr", {}, ...heads));
  return { body, node: h("table", {}, h("caption", { class: "unseen" }, caption), head, body) };
}

/** A part of a view with a heading, and a line below it that says why it is empty or what went wrong. */
export function section(title, ...children) {
  const note = h("p", { class: "note", hidden: true });
  const node = h("section", { "aria-label": title }, h("h2", {}, title), ...children, note);
  const say = (text = "") => {
    note.hidden = text === "";
    setText(note, text);
  };
  return { node, say };
}

/** A line that screen readers read out when it changes. */
export function status() {
  return h("p", { class: "note", role: "status" });
}
