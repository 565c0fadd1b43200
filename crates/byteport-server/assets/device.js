// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The view of one device: its fields with their latest values, its control fields, messages and log, and what is known
// of it.

import { get, now, path } from "./api.js";
import { control } from "./control.js";
import { h, section } from "./dom.js";
import { fieldsTable } from "./fields.js";
import { fromServer, showTime } from "./format.js";
import { log } from "./log.js";
import { messages } from "./messages.js";
import { poll } from "./poll.js";
import { link } from "./route.js";

/** The view of a device. */
export function deviceView({ parts, signal }) {
  const left = h("div", {}, fieldsTable(parts, signal), log(parts, signal));
  const right = h("div", {}, about(parts, signal), control(parts, signal), messages(parts, signal));
  return { title: parts[1], node: h("div", { class: "sides even" }, left, right) };
}

/** What is known of a device, every five seconds. */
function about([namespace, uid], signal) {
  const list = h("dl");
  const { node, say } = section("About", list);
  const show = ([device]) => {
    say(device ? "" : "There is no such device yet.");
    list.replaceChildren(...(device ? facts(namespace, device) : []));
  };
  let before = "";
  const task = async () => {
    const devices = await get(`v1/namespace/${path(namespace)}device/`, { key: uid, depth: "2" }, signal);
    const isSame = JSON.stringify(devices) === before;
    before = JSON.stringify(devices);
    if (isSame) list.querySelectorAll("time").forEach((time) => showTime(time, Date.parse(time.dateTime), now()));
    else show(devices);
  };
  poll(signal, 5000, task, (error) => say(error.message));
  return node;
}

/** The terms and their descriptions; what is not known is left out. */
function facts(namespace, device) {
  const to = (uid) => h("a", { href: link([namespace, uid]) }, uid);
  const children = (device.children ?? []).flatMap(({ uid }, index) => (index ? [", ", to(uid)] : [to(uid)]));
  const all = [
    ["Last contact", ...contact(device)],
    ["Alias", device.alias],
    ["Description", device.description],
    ["Type", device.device_type?.name ?? "None"],
    ["Serial number", device.serial],
    ["Place", device.location_hint],
    ["Position", device.lat === "None" ? "None" : `${device.lat}, ${device.lon}`],
    ["Part of", device.parent === "None" ? "None" : to(device.parent)],
    ["Has", ...(children.length ? children : ["None"])],
  ];
  const known = all.filter(([, fact]) => fact !== "None" && fact !== "");
  return known.flatMap(([term, ...fact]) => [h("dt", {}, term), h("dd", {}, ...fact)]);
}

/** When a device was last heard of, and whether it is online. */
function contact({ last_contact: last, online }) {
  const time = h("time");
  showTime(time, fromServer(last), now());
  return [time, onlineMark(online)];
}

/** A word with a dot before it; nothing where nobody can tell. */
export function onlineMark(online) {
  if (online === "None") return "";
  const word = online === "True" ? "online" : "offline";
  return h("span", { class: `mark ${word}` }, word);
}
