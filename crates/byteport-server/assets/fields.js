// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The fields of a device with their latest values, once a second.

import { get, now, path } from "./api.js";
import { h, keyed, section, setValue, table } from "./dom.js";
import { fromServer, showTime } from "./format.js";
import { poll } from "./poll.js";
import { link } from "./route.js";

/** A section with a device's fields; `current` names the one that is open, and `own` is told of it, or of none. */
export function fieldsTable(device, signal, current, own = () => {}) {
  const { body, node: list } = table("Fields and their latest values", { Field: "name", "Latest value": "rest", Stored: "short" });
  const { node, say } = section("Fields", list);
  list.hidden = true;
  const show = (fields) => {
    list.hidden = fields.length === 0;
    say(list.hidden ? "Nothing has been stored yet." : "");
    keyed(body, fields, (field) => field.name, (field) => makeRow(device, field, current), updateRow);
    own(fields.find((field) => field.name === current));
  };
  const task = async () => show((await get(`local/fields/${path(...device)}`, {}, signal)).map(read));
  poll(signal, 1000, task, (error) => say(error.message));
  return node;
}

function read(field) {
  const unit = field.unit_symbol === "None" ? "" : field.unit_symbol;
  const text = `${field.value}${field.truncated === "True" ? " …" : ""}${unit && ` ${unit}`}`;
  return { ...field, unit, text, time: fromServer(field.timestamp) };
}

function makeRow(device, { name }, current) {
  const anchor = h("a", { href: link([...device, name]), "aria-current": name === current && "page" }, name);
  const head = h("th", { scope: "row" }, anchor);
  return h("tr", {}, head, h("td", {}, h("div", { class: "value" })), h("td", { class: "age" }, h("time")));
}

function updateRow(row, field) {
  const [, value, age] = row.children;
  setValue(value.firstChild, field.text);
  showTime(age.firstChild, field.time, now());
}
