// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Messages to a device: sending one, and what was sent before, every five seconds.

import { get, now, path, post } from "./api.js";
import { h, keyed, section, setText, status, table } from "./dom.js";
import { submit } from "./form.js";
import { fromServer, showClock } from "./format.js";
import { poll } from "./poll.js";

const SHOWN = 50; // messages of the history

/** A section that sends messages to a device. */
export function messages(device, signal) {
  const call = `v1/message/${path(...device)}`;
  const text = h("textarea", { rows: "2", required: true, maxlength: "16000" });
  const note = status();
  const form = h("form", {}, h("label", {}, "Message", text), h("button", {}, "Send"), note);
  const { body, node: list } = table("Messages sent, the newest first", { Time: "time", Message: "rest", Status: "short" });
  list.classList.add("stacked");
  const { node, say } = section("Messages", form, list);
  const show = (sent) => {
    list.hidden = sent.length === 0;
    say(list.hidden ? "No message has been sent to this device." : "");
    keyed(body, sent, ({ id }) => id, makeRow, updateRow);
  };
  const task = async () => show(await get(call, { from: "0", to: String(SHOWN - 1) }, signal));
  const ask = poll(signal, 5000, task, (error) => say(error.message));
  submit(form, note, async () => {
    await post(call, { message: text.value, format: "json" });
    text.value = "";
    ask();
    return "The message is sent.";
  });
  return node;
}

function makeRow({ message }) {
  const text = h("td", { class: "text" }, textOf(message));
  return h("tr", {}, h("td", { class: "age" }, h("time")), text, h("td", { class: "age" }));
}

function updateRow(row, { send_time: sent, status: word, user }) {
  showClock(row.firstChild.firstChild, fromServer(sent), now());
  setText(row.lastChild, word);
  row.lastChild.title = `by ${user}`;
}

/** A message is a JSON list of packets; another text is shown as it is. */
function textOf(message) {
  try {
    return JSON.parse(message).map(({ data }) => data).join("\n");
  } catch {
    return message;
  }
}
