// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Forms that send something: one at a time, and what came of it in the form's note.

import { LoggedOut } from "./api.js";
import { setText } from "./dom.js";
import { loggedOut } from "./poll.js";

/** Lets a form run `send`, which returns what to say when it worked. */
export function submit(form, note, send) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    note.classList.remove("error");
    setText(note, "");
    try {
      setText(note, await send());
    } catch (error) {
      if (error instanceof LoggedOut) loggedOut();
      note.classList.add("error");
      setText(note, error.message);
    }
    form.setAttribute("aria-busy", "false");
  });
}
