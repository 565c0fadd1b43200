// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
// The view of one namespace: its devices and what they log.

import { devicesSection } from "./devices.js";
import { h } from "./dom.js";
import { log } from "./log.js";

/** The view of a namespace. */
export function namespaceView({ parts: [namespace], signal }) {
  const devices = devicesSection(namespace, signal).node;
  return { title: namespace, node: h("div", { class: "sides even" }, devices, log([namespace], signal)) };
}
