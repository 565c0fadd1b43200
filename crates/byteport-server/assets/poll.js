// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Asking again and again. Only while the page can be seen; after an error less and less often, up to every 15 seconds;
// as soon as one asker is answered again, all ask at once. Listeners are told when the server is lost and found.

import { LoggedOut, Lost } from "./api.js";

const LONGEST = 15_000;
const askers = new Set();
const events = new EventTarget();

/** Calls `listener` with the error while the server does not answer, and with null when it does again. */
export function onConnection(listener) {
  events.addEventListener("connection", () => listener([...askers].find((asker) => asker.lost)?.lost ?? null));
}

/** Calls `listener` when a call finds that the session has ended. */
export function onLogOut(listener) {
  events.addEventListener("logout", () => listener());
}

/** Tells that the session has ended. */
export function loggedOut() {
  events.dispatchEvent(new Event("logout"));
}

/**
 * Runs `task` every so many milliseconds until the signal stops it or it returns "done"; `refused` is told what the
 * server will not do.
 */
export function poll(signal, every, task, refused) {
  const asker = { lost: null, failures: 0, timer: 0, isRunning: false, isDone: false };
  asker.run = () => run(asker, { signal, every, task, refused });
  askers.add(asker);
  signal.addEventListener("abort", () => {
    clearTimeout(asker.timer);
    askers.delete(asker);
    tell();
  });
  asker.run();
  return asker.run;
}

async function run(asker, { signal, every, task, refused }) {
  if (document.hidden || signal.aborted || asker.isRunning || asker.isDone) return;
  clearTimeout(asker.timer);
  asker.isRunning = true;
  try {
    asker.isDone = (await task(signal)) === "done";
    found(asker);
  } catch (error) {
    if (!signal.aborted) failed(asker, error, refused);
  }
  asker.isRunning = false;
  if (!signal.aborted) asker.timer = setTimeout(asker.run, pause(every, asker.failures));
}

function found(asker) {
  const wasLost = asker.lost !== null;
  Object.assign(asker, { lost: null, failures: 0 });
  if (!wasLost) return;
  tell();
  askers.forEach((other) => other.lost && other.run());
}

function failed(asker, error, refused) {
  if (error instanceof LoggedOut) return loggedOut();
  asker.failures += 1;
  if (error instanceof Lost) {
    asker.lost = error;
    tell();
    return;
  }
  refused(error);
}

function pause(every, failures) {
  if (failures === 0) return every;
  const longer = Math.min(Math.max(every, 1000) * 2 ** (failures - 1), Math.max(LONGEST, every));
  return longer * (0.8 + 0.4 * Math.random());
}

function tell() {
  events.dispatchEvent(new Event("connection"));
}

function wake() {
  askers.forEach((asker) => asker.run());
}

document.addEventListener("visibilitychange", wake);
window.addEventListener("online", wake);
