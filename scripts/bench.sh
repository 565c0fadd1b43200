#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds in release and measures beside libcurl, pycurl and requests; prints the library's size, too.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh packages bench

echo "==> building the library and the Python module in release"
cargo build --quiet --release -p byteport-ffi --locked
build/venv/bin/pip install -q --disable-pip-version-check --force-reinstall --no-deps ./python

out=build/bench
mkdir -p "$out"
flags=(-O2 -std=c99 -Wall -Wextra -Wpedantic -Werror)
gcc "${flags[@]}" -Iinclude bench/store_byteport.c -o "$out/store_byteport" -Ltarget/release -lbyteport -Wl,-rpath,"$PWD/target/release"
gcc "${flags[@]}" bench/store_curl.c -o "$out/store_curl" -lcurl
strip -o "$out/libbyteport.so" target/release/libbyteport.so

echo "==> measuring"
build/venv/bin/python bench/store.py
awk -v bytes="$(stat -c %s "$out/libbyteport.so")" \
  'BEGIN {printf "\nlibbyteport.so, stripped: %.2f MB (goal: at most 2.2)\n", bytes / 1e6}'
