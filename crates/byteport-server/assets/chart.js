// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The chart of a field: uPlot in the page's colours, as wide as its place, with a cursor for mouse and arrow keys.
// Dragging over a part of it asks for that part.

import uPlot from "./vendor/uplot/uPlot.esm.js";
import { h, setText } from "./dom.js";
import { clock } from "./format.js";

const DATE = "\n{YYYY}-{MM}-{DD}";
const TIMES = [
  // from this many seconds between two marks: the mark, and what it says more where a year, month or day begins
  [365 * 86_400, "{YYYY}", null, null, null, null, null, null, 1],
  [28 * 86_400, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
  [86_400, "{MM}-{DD}", "\n{YYYY}", null, null, null, null, null, 1],
  [60, "{HH}:{mm}", DATE, null, DATE, null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", DATE, null, DATE, null, null, null, 1],
  [0.001, "{HH}:{mm}:{ss}.{fff}", DATE, null, DATE, null, null, null, 1],
];
const darkness = matchMedia("(prefers-color-scheme: dark)");

/** A chart; `chosen` is told the two times in seconds over which the user drags. `free` when it is no longer needed. */
export function chart(title, chosen) {
  const readout = h("output", { class: "readout", "aria-live": "polite" });
  const stage = h("div", { class: "stage", tabindex: "0", role: "group" });
  stage.setAttribute("aria-label", `Chart of ${title}. The left and right arrow keys go from value to value.`);
  const node = h("figure", { class: "chart" }, stage, readout);
  const state = { node, stage, readout, chosen, unit: "", plot: null, columns: [[], []], range: [0, 1] };
  stage.addEventListener("keydown", (event) => walk(state, event));
  const sizes = new ResizeObserver(() => state.plot?.setSize(size(stage)));
  sizes.observe(stage);
  const repaint = () => draw(state, true);
  darkness.addEventListener("change", repaint);
  return {
    node,
    unit(unit) {
      state.unit = unit;
    },
    show(columns, range) {
      Object.assign(state, { columns, range });
      draw(state, false);
    },
    free() {
      sizes.disconnect();
      darkness.removeEventListener("change", repaint);
      state.plot?.destroy();
    },
  };
}

function draw(state, isAnew) {
  if (state.plot && !isAnew) {
    state.plot.batch(() => {
      state.plot.setData(state.columns, false);
      rescale(state);
    });
    return;
  }
  state.plot?.destroy();
  state.plot = new uPlot(options(state), state.columns, state.stage);
  rescale(state);
}

/** Time spans the whole range, values what there is of them. */
function rescale({ plot, range: [min, max], columns: [, values] }) {
  plot.setScale("x", { min, max });
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > high) [low, high] = [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  plot.setScale("y", { min: low - room, max: high + room });
}

function size(stage) {
  const width = Math.max(stage.clientWidth, 100);
  return { width, height: Math.round(Math.min(Math.max(width * 0.45, 220), 400)) };
}

function options(state) {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour("--muted"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line"), width: 1 },
    font: `12px ${style.fontFamily}`,
  };
  const y = { ...axis, size: (_, marks) => Math.max(...(marks ?? []).map((mark) => mark.length * 7), 20) + 16 };
  return {
    ...size(state.stage),
    padding: [12, 12, 0, 0],
    legend: { show: false },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [{ ...axis, values: TIMES, space: 72 }, y],
    series: [{}, { stroke: colour("--accent"), width: 1.5, fill: colour("--tint"), points: { size: 5 } }],
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 8 } },
    hooks: { setCursor: [(plot) => tell(state, plot.cursor.idx)], setSelect: [(plot) => choose(state, plot)] },
  };
}

/** Says under the chart which value the cursor is at. */
function tell({ columns: [times, values], readout, unit }, index) {
  const isValue = index !== null && index !== undefined && index < times.length;
  setText(readout, isValue ? `${clock(times[index] * 1000, true)}  ${values[index]}${unit && ` ${unit}`}` : "");
}

function choose(state, plot) {
  const { left, width } = plot.select;
  if (width < 5) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  state.chosen(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
}

const STEPS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

/** Moves the cursor to another value, by the keys. */
function walk({ plot, columns: [times, values] }, event) {
  const step = STEPS[event.key];
  if (step === undefined || !plot || times.length === 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const index = Math.min(Math.max((plot.cursor.idx ?? times.length) + step, 0), times.length - 1);
  plot.setCursor({ left: plot.valToPos(times[index], "x"), top: plot.valToPos(values[index], "y") });
}
