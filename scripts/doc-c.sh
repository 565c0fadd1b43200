#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# The C library's documentation as pages, in build/doc/c/html: the header, docs/c, and the examples by their index. A warning fails.
set -euo pipefail
cd "$(dirname "$0")/.."

number() { sed -nE "s/^#define BYTEPORT_VERSION_$1 ([0-9]+)$/\1/p" include/byteport.h; }

mkdir -p build/doc
rm -rf build/doc/c
# each line of the index as the comment by which Doxygen takes a program for an example
sed -nE 's~^\| \[(\w+\.[ch])\]\(.*\) \| (.*) \|$~/** @example \1\n\2 */~p' examples/c/README.md >build/doc/examples.dox
BYTEPORT_VERSION=$(number MAJOR).$(number MINOR).$(number PATCH) doxygen docs/c/Doxyfile
echo "build/doc/c/html/index.html"
