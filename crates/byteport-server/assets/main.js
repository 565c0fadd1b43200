// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The page's frame: who is logged in, which view the address asks for, and whether the server answers.

import { logOut, user } from "./api.js";
import { deviceView } from "./device.js";
import { h, setText } from "./dom.js";
import { fieldView } from "./field.js";
import { homeView } from "./home.js";
import { loginView } from "./login.js";
import { namespaceView } from "./namespace.js";
import { onConnection, onLogOut, poll } from "./poll.js";
import { link, parse } from "./route.js";

const VIEWS = [homeView, namespaceView, deviceView, fieldView];
const NOWHERE = { title: "There is no such place", node: h("p", {}, "The address of this page leads nowhere.") };
const [main, heading, crumbs, lost, who] = ["view", "heading", "crumbs", "lost", "who"].map((id) =>
  document.getElementById(id),
);

let stop = new AbortController(); // ends what the view does that is shown
let shown = {}; // the view and the parts of its address
let name = null; // who is logged in

/** Begins anew: what the last view did ends. */
function restart() {
  stop.abort();
  stop = new AbortController();
  return stop.signal;
}

function put({ title, node }, parts) {
  main.replaceChildren(node);
  setText(heading, title);
  document.title = title === "Overview" ? "Byteport" : `${title} – Byteport`;
  const steps = ["Overview", ...parts].map((text, depth) => [text, link(parts.slice(0, depth))]);
  const items = steps.slice(0, -1).map(([text, href]) => h("li", {}, h("a", { href }, text)));
  crumbs.replaceChildren(...items);
  crumbs.parentNode.hidden = items.length === 0;
}

/** Shows the view that the address asks for; another range of the same field is up to its view. */
function show() {
  if (name === null) return;
  const { parts, query } = parse(location.hash);
  const place = JSON.stringify(parts);
  if (shown.place === place && shown.view.change) {
    shown.view.change(query);
    return;
  }
  const signal = restart();
  const view = parts ? VIEWS[parts.length]({ parts, query, signal }) : NOWHERE;
  const isFirst = shown.place === undefined;
  shown = { view, place };
  put(view, parts ?? []);
  if (isFirst) return;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Shows what the server says of who is logged in; asks until it says something. */
function enter(reason) {
  name = null;
  shown = {};
  poll(
    restart(),
    1000,
    async (signal) => {
      name = await user(signal);
      who.hidden = name === null;
      setText(who.firstElementChild, name ?? "");
      if (name === null) logIn(reason);
      else show();
      return "done";
    },
    (error) => setText(heading, error.message),
  );
}

function logIn(reason) {
  const view = loginView(reason, () => enter(""));
  put(view, []);
  view.first.focus();
}

who.querySelector("button").addEventListener("click", async () => {
  await logOut().catch(() => {});
  history.replaceState(null, "", "#/");
  enter("You are logged out.");
});
document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address is the view's
  heading.focus();
});
onLogOut(() => enter("Your session has ended. Log in to go on."));
onConnection((error) => {
  lost.hidden = error === null;
  setText(lost, error ? `${error.message} Trying again …` : "");
});
addEventListener("hashchange", show);
enter("");
