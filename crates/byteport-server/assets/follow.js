// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Reading a range of a field and following it. A range that ends now is asked once a second for what comes after its last
// value, and where that is little, now and then as a whole, since a device may deliver late what it measured early. What
// is kept is bounded: thinned numbers for a chart, and the newest values as they are for a list.

import { now } from "./api.js";
import { Points } from "./points.js";
import { resolve } from "./range.js";
import { backwards, load } from "./series.js";

const AT_ONCE = 20_000; // values of one answer
const MOST = 1_000_000; // values that are read for one range
const AGAIN = 60_000; // milliseconds after which a range of few values is read anew
const LATE = 10e6; // microseconds before now from which an empty series is followed

/** Follows a field over the range that an address names; `show` is called whenever there is more to see. */
export class Follower {
  #place;
  #query;
  #show;
  #kept;
  #listed = 50;
  #read = -Infinity;

  constructor(place, query, show) {
    [this.#place, this.#query, this.#show] = [place, query, show];
  }

  /** Keeps more of the newest values, from the next step on. */
  more() {
    this.#listed = Math.min(this.#listed * 4, AT_ONCE);
    this.#read = -Infinity;
  }

  /** One step: the range, or what is new since the last step. Returns "done" when nothing can follow. */
  async step(signal) {
    const isDue = Date.now() - this.#read > AGAIN && !(this.#kept?.count > AT_ONCE);
    if (this.#read === -Infinity || isDue) await this.#whole(signal);
    else await this.#news(signal);
    return this.#kept.range.isLive ? undefined : "done";
  }

  async #whole(signal) {
    const range = resolve(this.#query, now());
    const kept = { range, points: new Points(range.span), list: [], isCut: false, hasText: false, count: 0, since: null };
    const isFirst = this.#kept === undefined;
    for await (const part of backwards(this.#place, { ...range, most: AT_ONCE }, signal)) {
      this.#take(kept, part.points);
      if (isFirst) this.#show({ ...kept, isLoading: true });
      if (part.start <= range.from) break;
      const isEnough = kept.hasText ? kept.list.length >= this.#listed : kept.count >= MOST;
      if (isEnough) kept.since = part.start;
      if (isEnough) break;
    }
    this.#kept = kept;
    this.#read = Date.now();
    this.#show({ ...kept, isLoading: false });
  }

  async #news(signal) {
    const kept = this.#kept;
    const from = kept.last === undefined ? kept.range.to - LATE : kept.last + 1;
    const part = await load(this.#place, { from, most: AT_ONCE }, signal);
    if (part.isReduced) return this.#whole(signal);
    kept.range = resolve(this.#query, now());
    this.#take(kept, part.points);
    kept.points.trim(kept.range.from);
    kept.list = kept.list.filter(({ micros }) => micros >= kept.range.from);
    this.#show({ ...kept, isLoading: false });
  }

  /** Adds values that are all before or all after the ones there are. */
  #take(kept, points) {
    if (points.length === 0) return;
    for (const { micros, value } of points) {
      if (typeof value === "number") kept.points.add(micros, value);
      else kept.hasText = true;
    }
    kept.count += points.length;
    const newest = points.slice(-this.#listed).reverse();
    const isNewer = kept.last === undefined || points[0].micros > kept.last;
    const list = isNewer ? [...newest, ...kept.list] : [...kept.list, ...newest];
    kept.isCut ||= kept.list.length + points.length > this.#listed;
    kept.list = list.slice(0, this.#listed);
    kept.last = Math.max(kept.last ?? -Infinity, points.at(-1).micros);
  }
}
