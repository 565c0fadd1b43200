// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// Where in the page one is: "#/NAMESPACE/DEVICE/FIELD?range=hour". Every view has an address of its own, so links,
// bookmarks and the back button work.

/** Reads an address; what cannot be read is no place at all (parts is null). */
export function parse(hash) {
  const [place, query = ""] = split(hash.replace(/^#\/?/, ""), "?");
  try {
    const parts = place.split("/").filter((part) => part !== "").map(decodeURIComponent);
    return { parts: parts.length <= 3 ? parts : null, query: new URLSearchParams(query) };
  } catch {
    return { parts: null, query: new URLSearchParams() };
  }
}

/** Writes an address. */
export function link(parts, query = {}) {
  const place = parts.map(encodeURIComponent).join("/");
  const text = new URLSearchParams(query).toString();
  return `#/${place}${text && "?"}${text}`;
}

function split(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
