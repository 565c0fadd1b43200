// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The view of one field: its latest value, and over a range of time a chart of its numbers or a list of its texts.

import { now } from "./api.js";
import { chart } from "./chart.js";
import { h, setText, setValue, status } from "./dom.js";
import { fieldsTable } from "./fields.js";
import { Follower } from "./follow.js";
import { clock, number, showTime } from "./format.js";
import { poll } from "./poll.js";
import { ownLink, rangePicker, resolve } from "./range.js";
import { texts } from "./texts.js";

/** The view of the field `parts`; `change` takes another range. */
export function fieldView({ parts, query, signal }) {
  const view = new FieldView(parts, signal);
  view.change(query);
  return { title: parts[2], node: view.node, change: (query) => view.change(query) };
}

class FieldView {
  #place;
  #signal;
  #picker;
  #chart;
  #list;
  #stop = new AbortController();
  #figures = h("p", { class: "figures" });
  #note = status();
  #values = h("details", { class: "values" }, h("summary", {}, "The newest values as a list"));
  #more = h("button", { class: "plain", type: "button", hidden: true }, "Show older values");
  #body = h("div", { class: "body" });

  constructor(place, signal) {
    [this.#place, this.#signal] = [place, signal];
    this.#picker = rangePicker(place);
    this.#list = texts(place[2]);
    const latest = latestValue(place[2]);
    this.#chart = chart(place[2], (from, to) => this.#zoom(from, to));
    const known = (field) => {
      this.#chart.unit(field?.unit ?? "");
      if (field) latest.show(field);
    };
    const siblings = fieldsTable(place.slice(0, 2), signal, place[2], known);
    signal.addEventListener("abort", () => this.#chart.free());
    const parts = [latest.node, this.#picker.node, this.#body, this.#figures, this.#note, this.#values, this.#more];
    this.node = h("div", { class: "sides" }, h("div", {}, ...parts), siblings);
  }

  /** Shows another range, and stops following the one before. */
  change(query) {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#picker.show(resolve(query, now()));
    this.#body.setAttribute("aria-busy", "true");
    setText(this.#note, "Loading …");
    const follower = new Follower(this.#place, query, (kept) => this.#show(kept));
    const signal = AbortSignal.any([this.#signal, this.#stop.signal]);
    const ask = poll(signal, 1000, () => follower.step(signal), (error) => setText(this.#note, error.message));
    this.#more.onclick = () => {
      follower.more();
      ask();
    };
  }

  #zoom(from, to) {
    location.hash = ownLink(this.#place, { from: new Date(from * 1000), to: new Date(to * 1000) });
  }

  #show({ range, points, list, isCut, hasText, since, isLoading }) {
    const summary = hasText ? null : points.summary();
    const wanted = summary ? this.#chart.node : hasText ? this.#list.node : null;
    if (this.#body.firstChild !== wanted) this.#body.replaceChildren(...(wanted ? [wanted] : []));
    if (summary) this.#chart.show(points.columns(), [range.from / 1e6, range.to / 1e6]);
    if (summary && this.#list.node.parentNode !== this.#values) this.#values.append(this.#list.node);
    this.#list.show(list);
    this.#values.hidden = !summary;
    this.#more.hidden = !hasText || (since === null && !isCut);
    setText(this.#figures, summary ? inWords(summary) : "");
    setText(this.#note, noteFor({ list, hasText, since, isLoading }));
    this.#body.setAttribute("aria-busy", String(isLoading));
  }
}

/** The latest value in large letters, told to screen readers not more often than every five seconds. */
function latestValue(title) {
  const value = h("span", { class: "latest" }, "–");
  const time = h("time");
  const spoken = h("span", { class: "unseen", role: "status" });
  let said = 0;
  const show = (field) => {
    setValue(value, field.text);
    value.classList.toggle("long", field.text.length > 24);
    showTime(time, field.time, now());
    if (Date.now() - said < 5000 || !setText(spoken, `${title} is ${field.text}`)) return;
    said = Date.now();
  };
  return { node: h("p", { class: "now" }, value, " ", time, spoken), show };
}

function inWords({ count, lowest, mean, highest }) {
  const values = count === 1 ? "1 value" : `${count.toLocaleString("en")} values`;
  return `${values} · lowest ${number(lowest)} · mean ${number(mean)} · highest ${number(highest)}`;
}

function noteFor({ list, hasText, since, isLoading }) {
  if (isLoading) return "Loading …";
  if (list.length === 0) return "There are no values in this range.";
  if (since === null || hasText) return "";
  return `There are too many values to show all: what is older than ${clock(since / 1000)} is left out.`;
}
