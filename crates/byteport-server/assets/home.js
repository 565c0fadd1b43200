// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The first view: the namespaces that the user may see, and a search for devices in all of them.

import { get } from "./api.js";
import { devicesSection } from "./devices.js";
import { h, keyed, section, setText, table } from "./dom.js";
import { poll } from "./poll.js";
import { link } from "./route.js";

/** The first view. */
export function homeView({ signal }) {
  const { body, node: list } = table("Namespaces", { Namespace: "name", Description: "rest" });
  const { node, say } = section("Namespaces", list);
  list.hidden = true;
  const task = async () => {
    const namespaces = await get("v1/namespace/", {}, signal);
    list.hidden = namespaces.length === 0;
    say(list.hidden ? "You may not see any namespace. Who runs the server can grant you some." : "");
    keyed(body, namespaces, ({ name }) => name, makeRow, updateRow);
  };
  poll(signal, 30_000, task, (error) => say(error.message));
  return { title: "Overview", node: h("div", {}, devicesSection(null, signal).node, node) };
}

function makeRow({ name }) {
  return h("tr", {}, h("th", { scope: "row" }, h("a", { href: link([name]) }, name)), h("td", { class: "text" }));
}

function updateRow(row, { description }) {
  setText(row.lastChild, description === "None" ? "" : description);
}
