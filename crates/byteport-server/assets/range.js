// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// From when to when a field is shown: one of some lengths of time up to now, which follow new data, or times of one's own.

import { clock } from "./format.js";
import { h } from "./dom.js";
import { link } from "./route.js";
import { FARTHEST } from "./series.js";

const MINUTE = 60e6;

/** The ranges that end now: their word in addresses, their name, their length in microseconds. */
export const LENGTHS = [
  ["15min", "15 min", 15 * MINUTE],
  ["hour", "Hour", 60 * MINUTE],
  ["day", "Day", 24 * 60 * MINUTE],
  ["week", "Week", 7 * 24 * 60 * MINUTE],
  ["month", "Month", 30 * 24 * 60 * MINUTE],
];

/** The range that an address names, for a clock in milliseconds: `{word, from, to, isLive, span}`. */
export function resolve(query, now) {
  const end = Math.round(now * 1000);
  const [from, to] = [micros(query.get("from")), micros(query.get("to"))];
  if (from !== null) {
    const last = to ?? Math.max(end, from);
    if (from <= last) return { word: "own", from, to: last, isLive: to === null, span: Math.max(last - from, 1) };
  }
  const [word, , span] = LENGTHS.find(([word]) => word === query.get("range")) ?? LENGTHS[1];
  return { word, from: end - span, to: end, isLive: true, span };
}

function micros(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) || Math.abs(time * 1000) > FARTHEST ? null : time * 1000;
}

/** Links to the ranges of a field, and a form for one's own. */
export function rangePicker(place) {
  const links = LENGTHS.map(([word, name]) => h("a", { href: link(place, { range: word }), "data-word": word }, name));
  const [from, to] = ["from", "to"].map((name) => h("input", { type: "datetime-local", step: "1", name }));
  from.required = true;
  const note = h("p", { class: "note", role: "alert" });
  const form = h(
    "form",
    {},
    h("label", {}, "From", from),
    h("label", {}, "To (empty: until now)", to),
    h("button", {}, "Show"),
    note,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const own = { from: new Date(from.value), ...(to.value && { to: new Date(to.value) }) };
    note.textContent = trouble(own);
    if (!note.textContent) location.hash = ownLink(place, own);
  });
  const details = h("details", {}, h("summary", {}, "Own range"), form);
  const node = h("div", { class: "ranges" }, h("nav", { "aria-label": "Range" }, ...links), details);
  const show = (range) => {
    for (const anchor of links) {
      if (anchor.dataset.word === range.word) anchor.setAttribute("aria-current", "true");
      else anchor.removeAttribute("aria-current");
    }
    details.classList.toggle("current", range.word === "own");
    from.value = inputTime(range.from);
    to.value = range.isLive ? "" : inputTime(range.to);
  };
  return { node, show };
}

/** The address of a field from one time to another; without the second it follows new data. */
export function ownLink(place, { from, to }) {
  return link(place, { from: from.toISOString(), ...(to && { to: to.toISOString() }) });
}

function trouble({ from, to }) {
  const isFar = [from, to].some((time) => time && !(Math.abs(time.getTime() * 1000) <= FARTHEST));
  if (isFar) return "Give times between the years 1716 and 2223.";
  return to && to < from ? "The end is before the beginning." : "";
}

function inputTime(micros) {
  return clock(micros / 1000).replace(" ", "T");
}
