// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// A series of numbers, thinned to what a chart can show. Time is cut into buckets; of each bucket at most four points are
// kept: the first, the lowest, the highest, the last. So no peak is lost, a series with few points is kept whole, and
// memory is bounded by the number of buckets, however long the series is. Points may come in any order.

const KEPT = 4;

export class Points {
  #buckets = new Map();
  #width;

  /** For a range of this many microseconds. */
  constructor(span, buckets = 1500) {
    this.#width = Math.max(Math.floor(span / buckets), 1);
  }

  /** Adds a point; one of the same time that is still kept is replaced. */
  add(micros, value) {
    const index = Math.floor(micros / this.#width);
    let bucket = this.#buckets.get(index);
    if (!bucket) this.#buckets.set(index, (bucket = { count: 0, sum: 0, kept: [] }));
    const { kept } = bucket;
    let at = kept.length;
    while (at > 0 && kept[at - 1][0] >= micros) at -= 1;
    const isThere = kept[at]?.[0] === micros;
    bucket.count += isThere ? 0 : 1;
    bucket.sum += value - (isThere ? kept[at][1] : 0);
    kept.splice(at, isThere ? 1 : 0, [micros, value]);
    if (kept.length > KEPT) thin(kept);
  }

  /** Forgets what is wholly before this time. */
  trim(from) {
    const first = Math.floor(from / this.#width);
    for (const index of this.#buckets.keys()) if (index < first) this.#buckets.delete(index);
  }

  /** The points in order: times in seconds, and values. */
  columns() {
    const order = [...this.#buckets.keys()].sort((one, other) => one - other);
    const kept = order.flatMap((index) => this.#buckets.get(index).kept);
    return [kept.map(([micros]) => micros / 1e6), kept.map(([, value]) => value)];
  }

  /** Count, lowest, highest and mean of all points, and the last one; null without any. */
  summary() {
    const [times, values] = this.columns();
    if (values.length === 0) return null;
    let [count, sum] = [0, 0];
    for (const bucket of this.#buckets.values()) [count, sum] = [count + bucket.count, sum + bucket.sum];
    const lowest = values.reduce((one, other) => Math.min(one, other));
    const highest = values.reduce((one, other) => Math.max(one, other));
    return { count, lowest, highest, mean: sum / count, last: values.at(-1), lastTime: times.at(-1) };
  }
}

/** Takes a point away that is neither first nor last, lowest nor highest. */
function thin(kept) {
  let [lowest, highest] = [0, 0];
  kept.forEach(([, value], index) => {
    if (value < kept[lowest][1]) lowest = index;
    if (value > kept[highest][1]) highest = index;
  });
  const spare = kept.findIndex((_, index) => index > 0 && index < kept.length - 1 && index !== lowest && index !== highest);
  kept.splice(spare, 1);
}
