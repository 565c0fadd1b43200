// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The log messages of a namespace or of one device, the newest first, every two seconds.

import { get, now, path } from "./api.js";
import { h, keyed, section, setText, table } from "./dom.js";
import { fromServer, showClock } from "./format.js";
import { poll } from "./poll.js";
import { link } from "./route.js";

const LEVELS = ["error", "warn", "info", "debug"];
const FIRST = 50;
const MOST = 1000; // the server answers no more

/** A section with log messages and a choice of their levels. */
export function log([namespace, uid], signal) {
  const state = { limit: FIRST, levels: new Set(LEVELS) };
  const { body, node: list } = table("Log messages, the newest first", { Time: "time", Level: "level", Message: "rest" });
  const more = h("button", { class: "plain", type: "button", hidden: true }, "Show older messages");
  list.classList.add("stacked");
  const { node, say } = section("Log", levelPicker(state.levels, () => ask()), list, more);
  const show = (entries) => {
    list.hidden = entries.length === 0;
    more.hidden = entries.length < state.limit || state.limit >= MOST;
    say(list.hidden ? "There are no such messages." : "");
    keyed(body, entries, keyOf, (entry) => makeRow(entry, namespace, uid), updateRow);
  };
  const task = async () => {
    if (state.levels.size === 0) return show([]);
    const [limit, level] = [state.limit, [...state.levels].join(",")];
    const parameters = { level, limit: String(limit), ...(uid && { uid }) };
    const entries = await get(`local/log/${path(namespace)}`, parameters, signal);
    if (level === [...state.levels].join(",") && limit === state.limit) show(entries);
    else setTimeout(ask);
  };
  const ask = poll(signal, 2000, task, (error) => say(error.message));
  more.addEventListener("click", () => {
    state.limit = Math.min(state.limit * 4, MOST);
    ask();
  });
  return node;
}

function levelPicker(levels, changed) {
  const choice = (level) => {
    const box = h("input", { type: "checkbox", checked: true, value: level });
    box.addEventListener("change", () => {
      if (box.checked) levels.add(level);
      else levels.delete(level);
      changed();
    });
    return h("label", {}, box, level);
  };
  return h("fieldset", { class: "levels" }, h("legend", { class: "unseen" }, "Levels"), ...LEVELS.map(choice));
}

function keyOf({ uid, level, ref }) {
  return `${uid} ${level} ${ref}`;
}

function makeRow({ uid, level }, namespace, isOne) {
  const device = isOne ? null : h("a", { class: "device", href: link([namespace, uid]) }, uid);
  const cells = [h("td", { class: "age" }, h("time")), h("td", { class: `level ${level}` }, level)];
  return h("tr", {}, ...cells, h("td", { class: "text" }, device, h("span")));
}

function updateRow(row, { timestamp, message, truncated }) {
  showClock(row.firstChild.firstChild, fromServer(timestamp), now());
  setText(row.lastChild.lastChild, `${message}${truncated === "True" ? " …" : ""}`);
}
