// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Devices by a part of their names, with their last contact, every five seconds.

import { get, now } from "./api.js";
import { h, keyed, section, table } from "./dom.js";
import { onlineMark } from "./device.js";
import { fromServer, showTime } from "./format.js";
import { poll } from "./poll.js";
import { link } from "./route.js";

const MOST = 200; // devices that are listed

/** A search box and the devices of a namespace that it finds; without a namespace, those of all, once it is filled. */
export function devicesSection(namespace, signal) {
  const { body, node: list } = table("Devices", { Device: "rest", "Last contact": "short", State: "short" });
  const box = h("input", { type: "search", autocomplete: "off", spellcheck: "false", maxlength: "100" });
  const label = h("label", { class: "search" }, "Find a device by a part of its name", box);
  const { node, say } = section(namespace ? "Devices" : "Search", label, list);
  list.hidden = true;
  const show = (devices) => {
    list.hidden = devices.length === 0;
    say(noteFor(devices.length, box.value));
    const shown = devices.slice(0, MOST);
    keyed(body, shown, ({ guid }) => guid, (device) => makeRow(device, namespace), updateRow);
  };
  const task = async () => {
    const text = box.value.trim();
    if (!namespace && text === "") return clear(list, say);
    const term = namespace ? `${namespace}.*${text && `${text}*`}` : `*${text}*`;
    const parameters = { term, full: "True", limit: String(MOST + 1) };
    const { data } = await get("v1/search_devices/", parameters, signal);
    if (box.value.trim() === text) show(data);
    else setTimeout(ask);
  };
  const ask = poll(signal, 5000, task, (error) => say(error.message));
  box.addEventListener("input", ask);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !body.firstChild) return;
    event.preventDefault();
    body.querySelector("a").focus();
  });
  return { node, box };
}

function clear(list, say) {
  list.hidden = true;
  say();
}

function noteFor(count, text) {
  if (count > MOST) return `These are the first ${MOST}. Search for a part of the name to see others.`;
  if (count > 0) return "";
  return text.trim() ? "No device has this in its name. Case counts." : "There are no devices yet.";
}

function makeRow({ namespace, uid, alias }, isOne) {
  const anchor = h("a", { href: link([namespace, uid]) }, isOne ? uid : `${namespace}.${uid}`);
  const name = alias === "None" || alias === "" ? null : h("span", { class: "alias" }, alias);
  return h("tr", {}, h("th", { scope: "row" }, anchor, name), h("td", { class: "age" }, h("time")), h("td"));
}

function updateRow(row, { last_contact: last, online }) {
  const [, age, state] = row.children;
  showTime(age.firstChild, fromServer(last), now());
  if (row.dataset.online === online) return;
  row.dataset.online = online;
  state.replaceChildren(onlineMark(online));
}
