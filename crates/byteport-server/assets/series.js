// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Reading a series: a part of it, or a long range from its end backwards, so that what is newest is shown first and no
// answer is larger than the page can hold. Times are whole microseconds.

import { get, path } from "./api.js";
import { toServer } from "./format.js";

/** Microseconds beyond which a JavaScript number would not count every one: the years 1716 to 2223. */
export const FARTHEST = 8e15;
const FIRST = 50; // values of the first answer, for they may be long texts

/** One part, at most `most` values from its beginning: `{points: [{micros, value, isCut, length}], isReduced}`. */
export async function load(place, { from, to, most }, signal) {
  const parameters = { from: toServer(from), limit: String(most) };
  if (to !== undefined) parameters.to = toServer(to);
  const { ts_data: data, ts_meta: meta } = (await get(`v1/timeseries/${path(...place)}`, parameters, signal)).data;
  const points = data.map(({ v, m }) => ({
    micros: Number(m.hdts),
    value: v,
    isCut: isTrue(m.trv),
    length: Number(m.vlen),
  }));
  return { points, isReduced: isTrue(meta.reduced) };
}

/**
 * The parts of a range, the newest first, each in order of time. A part with more values than one answer holds is asked
 * for again, shorter; an answer of numbers may hold `most`, one of texts `FIRST`.
 */
export async function* backwards(place, { from, to, most }, signal) {
  let [end, span, limit] = [to, to - from, FIRST];
  while (end >= from) {
    const start = Math.max(from, end - span);
    const part = await load(place, { from: start, to: end, most: limit }, signal);
    const isNumbers = part.points.every(({ value }) => typeof value === "number");
    const last = limit;
    limit = isNumbers ? Math.min(limit * 20, most) : FIRST;
    if (part.isReduced) {
      // The next answer holds that much more; 0.8 is for a series that is denser at its end.
      const covered = (part.points.at(-1).micros - start) * 0.8 * (limit / last);
      const isLarger = limit > last && covered > end - start;
      span = isLarger ? end - start : Math.max(Math.min(Math.floor(covered), Math.floor((end - start) / 4)), 1);
      continue;
    }
    yield { ...part, start };
    end = start - 1;
    if (part.points.length < limit / 4) span *= 4;
  }
}

function isTrue(value) {
  return value === true || value === "True";
}
