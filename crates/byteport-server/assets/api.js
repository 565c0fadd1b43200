// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The server's calls. A call ends in its JSON answer or in one of three errors, which say who must act: `Lost` (nobody:
// it may work later), `LoggedOut` (the user logs in again), `Refused` (the call itself is wrong; the message says why).

const PATIENCE = 30_000; // milliseconds that one call may take

/** No answer, or one that means "later". */
export class Lost extends Error {}

/** There is no session, or it has ended. */
export class LoggedOut extends Error {}

/** The server will not do it; the message is the server's sentence. */
export class Refused extends Error {}

let skew = 0;

/** The server's clock in milliseconds; a difference of less than two seconds is that of the way. */
export function now() {
  return Date.now() + (Math.abs(skew) < 2000 ? 0 : skew);
}

/** The path of a call: each part is written so that it stays one part. */
export function path(...parts) {
  return parts.map((part) => `${encodeURIComponent(part)}/`).join("");
}

/** A GET: `call` such as "v1/namespace/", parameters, the signal that gives it up. */
export function get(call, parameters, signal) {
  const query = new URLSearchParams(parameters ?? {}).toString();
  return fetched(`api/${call}${query && "?"}${query}`, { signal });
}

/** A POST of a form, with the token that shows that this page sends it. */
export async function post(call, fields, signal) {
  if (!token()) await get("v1/login/", {}, signal);
  const body = new URLSearchParams(fields);
  body.append("csrfmiddlewaretoken", token());
  return fetched(`api/${call}`, { method: "POST", body, signal });
}

/** The name of the user who is logged in; null for nobody. */
export async function user(signal) {
  const session = await get("v1/session/", {}, signal);
  return session.logged_in === "True" ? session.user : null;
}

/** Logs in; a wrong name or password is `Refused`. */
export async function logIn(username, password) {
  await get("v1/login/");
  await post("v1/login/", { username, password });
}

/** Ends the session on the server. */
export function logOut() {
  return get("v1/logout/");
}

function token() {
  return document.cookie.match(/(?:^|; *)csrftoken=([^;]*)/)?.[1] ?? "";
}

async function fetched(url, { signal, ...options }) {
  const given = AbortSignal.timeout(PATIENCE);
  const either = signal ? AbortSignal.any([signal, given]) : given;
  const answer = await heard(signal, () => fetch(url, { ...options, signal: either, cache: "no-store" }));
  const date = Date.parse(answer.headers.get("Date") ?? "");
  if (!Number.isNaN(date)) skew = date - Date.now();
  if (answer.ok) return heard(signal, () => answer.json());
  throw await failure(answer, url, signal);
}

/** What comes of a step on the network; only the caller's own "stop" is passed on as it is. */
async function heard(signal, step) {
  try {
    return await step();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Lost("The server does not answer.");
  }
}

async function failure(answer, url, signal) {
  const sentence = (await heard(signal, () => answer.text())).trim() || `status ${answer.status}`;
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) {
    return new Lost(`The server cannot answer now: ${sentence}.`);
  }
  const isSession = answer.status === 403 && !url.startsWith("api/v1/login/");
  if (isSession && (await user(signal)) === null) return new LoggedOut("You are logged out.");
  return new Refused(sentence);
}
