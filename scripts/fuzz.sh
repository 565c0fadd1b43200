#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Fuzzing with libFuzzer and AddressSanitizer: every target of crates/byteport-fuzz, and sequences of calls of the C API
# (tests/c/sequence.c). Says for each how many inputs ran and how much code they reached. A finding fails, and is left in
# build/fuzz/found: mend the cause, then move it to the target's corpus.
# usage: fuzz.sh [TARGET]...     (all unless told)
#   BYTEPORT_FUZZ_SECONDS  how long all of them take together; 600 unless set
set -euo pipefail
cd "$(dirname "$0")/.."

work=$PWD/build/fuzz
target=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
triple=$(rustc -vV | sed -n 's/^host: //p')
built=$target/$triple/debug
corpora=$PWD/crates/byteport-fuzz/corpus
sequences=$PWD/tests/c/sequences

# What cargo-fuzz passes to the compiler: AddressSanitizer, and counters and comparisons for libFuzzer to see.
flags="-Zsanitizer=address -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
flags+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
flags+=" -Cllvm-args=-sanitizer-coverage-trace-compares"

# Debug assertions and overflow checks stay on, as in every build in the dev profile.
build_rust() {
  RUSTC_BOOTSTRAP=1 RUSTFLAGS=$flags CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_TARGET_DIR=$target \
    cargo build --quiet --locked --target "$triple" -p byteport-fuzz --features byteport-fuzz/libfuzzer -p byteport-ffi
}

build_sequence() {
  "${PYTHON:-python3}" tests/c/sequence.py "$work"
  clang -std=c99 -g -O1 -fsanitize=fuzzer,address -DSEQUENCE_FUZZED -Iinclude -Itests/c -I"$work" tests/c/sequence.c \
    "$built/libbyteport.a" -lutil -lrt -lpthread -lm -ldl -o "$work/sequence"
}

# fuzz NAME PROGRAM CORPUS SECONDS: one target; its new inputs go to build/fuzz/corpus
fuzz() {
  local log=$work/$1.log
  mkdir -p "$work/corpus/$1"
  if ! BYTEPORT_FUZZ_TARGET=$1 ASAN_OPTIONS=detect_leaks=1 "$2" -max_total_time="$4" -timeout=60 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$work/found/$1-" "$work/corpus/$1" "$3" >"$log" 2>&1; then
    tail -n 60 "$log"
    echo "fuzz: $1 failed; its input is in build/fuzz/found, its output in build/fuzz/$1.log" >&2
    return 1
  fi
  awk -v name="$1" '/cov: /{for (i = 1; i < NF; i++) if ($i == "cov:") covered = $(i + 1)}
    /number_of_executed_units/{ran = $2}
    END {if (ran + 0 < 1 || covered + 0 < 1) exit 1
      printf "%-10s %10d inputs, %6d places in the code reached\n", name, ran, covered}' "$log"
}

names=("$@")
[ $# -gt 0 ] || mapfile -t names < <(ls "$corpora" && echo sequence)
each=$((${BYTEPORT_FUZZ_SECONDS:-600} / ${#names[@]}))
mkdir -p "$work/found"
build_rust
build_sequence
# What runs is kept in memory, where it is fast; no proxy of the caller's is asked.
for folder in /dev/shm "${TMPDIR:-/tmp}"; do [ -w "$folder" ] && TMPDIR=$folder && break; done
export TMPDIR
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
status=0
for name in "${names[@]}"; do
  if [ "$name" = sequence ]; then
    fuzz sequence "$work/sequence" "$sequences" "$((each > 0 ? each : 1))" || status=1
  else
    fuzz "$name" "$built/byteport-fuzz" "$corpora/$name" "$((each > 0 ? each : 1))" || status=1
  fi
done
exit $status
