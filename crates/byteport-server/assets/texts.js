// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The values of a field as a list, the newest first.

import { now } from "./api.js";
import { h, keyed, setText, table } from "./dom.js";
import { showClock } from "./format.js";

const LONGEST = 2000; // characters that are shown of one value

/** A list of values; `show` takes what a follower keeps. */
export function texts(title) {
  const { body, node } = table(`Values of ${title}, the newest first`, { Time: "time", Value: "rest" });
  const show = (list) => keyed(body, list, ({ micros }) => String(micros), makeRow, updateRow);
  return { node, show };
}

function makeRow() {
  const time = h("th", { scope: "row", class: "age" }, h("time"));
  return h("tr", {}, time, h("td", { class: "text" }));
}

function updateRow(row, { micros, value, isCut, length }) {
  showClock(row.firstChild.firstChild, micros / 1000, now(), true);
  const text = String(value);
  const rest = isCut || text.length > LONGEST ? ` … (${length} bytes)` : "";
  setText(row.lastChild, text.slice(0, LONGEST) + rest);
}
