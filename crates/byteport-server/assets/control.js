// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The control fields of a device: what they were last set to, every two seconds, and setting one.

import { get, now, path, post } from "./api.js";
import { h, keyed, section, setValue, status, table } from "./dom.js";
import { submit } from "./form.js";
import { fromServer, showTime } from "./format.js";
import { poll } from "./poll.js";

/** A section that sets control fields of a device. */
export function control(device, signal) {
  const field = h("input", { required: true, maxlength: "256", autocomplete: "off", spellcheck: "false" });
  const value = h("input", { maxlength: "4096", autocomplete: "off", spellcheck: "false" });
  const note = status();
  const labels = [h("label", {}, "Field", field), h("label", {}, "Value", value)];
  const form = h("form", { class: "pair" }, ...labels, h("button", {}, "Set"), note);
  const edit = (path, text) => {
    [field.value, value.value] = [path, text];
    value.select();
    value.focus();
  };
  const { body, node: list } = table("Control fields as they were last set", { Field: "name", Value: "rest", Set: "short", Change: "short" });
  list.classList.add("stacked");
  const { node, say } = section("Control", list, form);
  const show = (fields) => {
    list.hidden = fields.length === 0;
    say(list.hidden ? "No control field has been set." : "");
    keyed(body, fields, (entry) => entry.path, (entry) => makeRow(entry, edit), updateRow);
  };
  const task = async () => show(await get(`local/control/${path(...device)}`, {}, signal));
  const ask = poll(signal, 2000, task, (error) => say(error.message));
  submit(form, note, async () => {
    const name = field.value;
    await post(`v1/device_control/set_fields/${path(...device)}`, { [name]: value.value });
    [field.value, value.value] = ["", ""];
    ask();
    return `${name} is set.`;
  });
  return node;
}

function makeRow({ path: name }, edit) {
  const change = h("button", { class: "plain", type: "button", "aria-label": `Change ${name}` }, "Change");
  const value = h("div", { class: "value" });
  change.addEventListener("click", () => edit(name, value.textContent));
  const age = h("td", { class: "age" }, h("time"));
  return h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value), age, h("td", {}, change));
}

function updateRow(row, { value, changed }) {
  setValue(row.children[1].firstChild, value);
  showTime(row.children[2].firstChild, fromServer(changed), now());
}
