#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds in release and measures: storing beside libcurl, pycurl and requests; reading a series beside json and orjson with
# pandas; objects beside bz2, zlib and requests; what the import costs; the server beside bare SQLite; the outbox beside bare
# SQLite, persist-queue and paho-mqtt, and over a long way; publishing by MQTT beside paho; taking readings from RabbitMQ into
# PostgreSQL; and the library's size.
# BENCH_ROUNDS sets how often.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh bench

echo "==> building the library and the Python module in release"
cargo build --quiet --release -p byteport-ffi -p byteport-server --locked
scripts/install-python.sh

target=${CARGO_TARGET_DIR:-target}
out=build/bench
mkdir -p "$out"
flags=(-O2 -std=c99 -Wall -Wextra -Wpedantic -Werror)
strip -o "$out/libbyteport.so.0" "$target/release/libbyteport.so"
ln -sf libbyteport.so.0 "$out/libbyteport.so"
gcc "${flags[@]}" -Iinclude bench/store_byteport.c -o "$out/store_byteport" -L"$out" -lbyteport -Wl,-rpath,"\$ORIGIN"
gcc "${flags[@]}" bench/store_curl.c -o "$out/store_curl" -lcurl
gcc "${flags[@]}" -Iinclude bench/outbox.c -o "$out/outbox" -L"$out" -lbyteport -Wl,-rpath,"\$ORIGIN"
gcc "${flags[@]}" -Iinclude bench/broker_byteport.c -o "$out/broker_byteport" -L"$out" -lbyteport -Wl,-rpath,"\$ORIGIN"
gcc "${flags[@]}" bench/broker_paho.c -o "$out/broker_paho" -lpaho-mqtt3as -pthread
gcc "${flags[@]}" bench/sqlite_insert.c -o "$out/sqlite_insert" -lsqlite3
gcc "${flags[@]}" bench/outbox_sqlite.c -o "$out/outbox_sqlite" -lsqlite3

echo "==> measuring"
for bench in store series objects imports server outbox outbox_drain broker ingest; do
  echo "--> bench/$bench.py"
  build/venv/bin/python "bench/$bench.py"
done
awk -v bytes="$(stat -c %s "$out/libbyteport.so.0")" \
  'BEGIN {printf "\nlibbyteport.so, stripped: %.2f MB\n", bytes / 1e6}'
