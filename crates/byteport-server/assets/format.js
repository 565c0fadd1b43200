// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Times and numbers as text. Times of the server are UTC without a zone; the page shows the browser's local time.

const two = (number) => String(number).padStart(2, "0");

/** A time of the server in milliseconds; null for "None" and for what is no time. */
export function fromServer(text) {
  const time = Date.parse(`${text}Z`);
  return Number.isNaN(time) ? null : time;
}

/** Microseconds since 1970 as the server reads them. */
export function toServer(micros) {
  const millis = Math.floor(micros / 1000);
  const rest = String(micros - millis * 1000).padStart(3, "0");
  return `${new Date(millis).toISOString().slice(0, -1)}${rest}`;
}

/** A date of the browser's zone. */
export function date(millis) {
  const time = new Date(millis);
  return `${String(time.getFullYear()).padStart(4, "0")}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** A date and time of the browser's zone. */
export function clock(millis, withMillis = false) {
  const time = new Date(millis);
  const fine = withMillis ? `.${String(time.getMilliseconds()).padStart(3, "0")}` : "";
  return `${date(millis)} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}${fine}`;
}

const UNITS = [
  [86_400, "day"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** How long ago, roughly: "12 s ago", "in 3 min". */
export function ago(millis, now) {
  const seconds = Math.round(Math.abs(now - millis) / 1000);
  if (seconds < 1) return "now";
  const [size, unit] = UNITS.find(([size]) => seconds >= size);
  const count = Math.floor(seconds / size);
  const text = `${count} ${unit}${unit === "day" && count !== 1 ? "s" : ""}`;
  return millis > now ? `in ${text}` : `${text} ago`;
}

/** A number in at most seven digits. */
export function number(value) {
  return String(Number(value.toPrecision(7)));
}

/** Fills a time element: how long ago it was, and as a hint when exactly. */
export function showTime(element, millis, now) {
  fill(element, millis, millis === null ? "never" : ago(millis, now));
}

/** Fills a time element: when it was, without the date if that is today. */
export function showClock(element, millis, now, withMillis = false) {
  const text = millis === null ? "never" : clock(millis, withMillis);
  fill(element, millis, millis !== null && date(millis) === date(now) ? text.slice(11) : text);
}

function fill(element, millis, text) {
  if (element.textContent !== text) element.textContent = text;
  const exact = millis === null ? "" : new Date(millis).toISOString();
  if (element.dateTime === exact) return;
  element.dateTime = exact;
  element.title = exact && clock(millis);
}
