// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The log-in form.

import { logIn } from "./api.js";
import { h } from "./dom.js";
import { submit } from "./form.js";

/** A form that logs in and then calls `done`; `reason` says why it is shown, if there is one. */
export function loginView(reason, done) {
  const name = h("input", { name: "username", autocomplete: "username", required: true, autocapitalize: "none" });
  const password = h("input", { type: "password", name: "password", autocomplete: "current-password", required: true });
  const note = h("p", { class: "note", role: "alert" }, reason);
  const labels = [h("label", {}, "User name", name), h("label", {}, "Password", password)];
  // The method is for the case that this script is broken: a password never gets into an address.
  const form = h("form", { class: "login", method: "post" }, ...labels, h("button", {}, "Log in"), note);
  submit(form, note, async () => {
    try {
      await logIn(name.value, password.value);
    } catch (error) {
      password.select();
      throw error;
    }
    done();
    return "";
  });
  return { title: "Log in", node: form, first: name };
}
