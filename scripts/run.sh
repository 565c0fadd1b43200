#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# `make run`: builds everything, starts a local server with a fresh folder, lets a C program and a Python program store
# this machine's load for RUN_SECONDS seconds (10 unless set), reads it back with the byteport command, and ends.
# What is missing is installed where that is possible. No key or password is printed.
set -euo pipefail

cd "$(dirname "$0")/.."
root=$PWD
seconds=${RUN_SECONDS:-10}
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
folder=$root/build/run/$(date -u +%Y%m%dT%H%M%SZ)-$$
logs=$folder/logs
seed=$root/examples/seed.toml
namespace=my_garage
devices=(machine-c machine-python)
step='starting'
children=()

# Settings of whoever calls must not reach the demonstration.
for variable in "${!BYTEPORT_@}"; do unset "$variable"; done

say() { printf '==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }

# Ends the run: which step failed and why, and the end of its log, if it has one.
fail() {
  printf '\nmake run failed while %s: %s\n' "$step" "$1" >&2
  if [[ -n ${2:-} ]]; then
    printf 'The end of its log, %s:\n' "$2" >&2
    tail -n 20 "$2" | sed 's/^/    /' >&2
  fi
  exit 1
}

# Every child leads a process group of its own, so that its children end with it.
start() {
  local log=$1
  shift
  : >"$log"
  setsid "$@" >"$log" 2>&1 </dev/null &
  child=$!
  children+=("$child")
}

alive() { kill -0 "$1" 2>/dev/null; }

# A child that has no group yet is ended by itself; one that does not end within 15 seconds is killed.
cleanup() {
  local status=$? pid tries
  trap - EXIT INT TERM
  for pid in ${children[@]+"${children[@]}"}; do
    kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 150; tries++)); do
      alive "$pid" || break
      sleep 0.1
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
  done
  wait
  exit "$status"
}
trap cleanup EXIT
interrupted() {
  printf '\nmake run was interrupted while %s\n' "$step" >&2
  exit "$1"
}
trap 'interrupted 130' INT
trap 'interrupted 143' TERM

# Runs one step's command with its output in a log; every ten seconds shows that it goes on.
run() {
  local name=$1 log=$logs/$2.log begin=$SECONDS next=10
  shift 2
  step=${name,}
  say "$name"
  start "$log" "$@"
  while alive "$child"; do
    sleep 0.2
    if ((SECONDS - begin >= next)); then
      note "$((SECONDS - begin)) s: $(tail -n 1 "$log" | cut -c 1-100)"
      next=$((next + 10))
    fi
  done
  wait "$child" || fail "it ended with status $?" "$log"
  children=()
}

build() {
  local soname
  run 'Building the library, the server and the command (the first time takes minutes)' build \
    cargo build --release -p byteport-ffi -p byteport-server -p byteport-cli
  # A program looks for the library by the name with the version in it, as an installed one has it.
  mkdir "$folder/lib"
  soname=$(readelf -d "$target/release/libbyteport.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]$/\1/p')
  ln -s "$target/release/libbyteport.so" "$folder/lib/${soname:-libbyteport.so}"
  run 'Compiling examples/c/machine.c' machine-c-build "${CC:-cc}" -std=c99 -O2 -Wall -I include \
    examples/c/machine.c -o "$folder/machine" -L "$target/release" -lbyteport "-Wl,-rpath,$folder/lib"
  run 'Building the Python package and installing it into build/venv' python scripts/install-python.sh
}

# Sets `server` and `url`.
start_server() {
  local tries
  step='starting the server'
  say 'Starting byteport-server on a free port'
  : >"$logs/server.out" # there before the server is, for the loop below
  setsid "$target/release/byteport-server" --data "$folder/data" --listen 127.0.0.1:0 --seed "$seed" \
    >"$logs/server.out" 2>"$logs/server.log" </dev/null &
  server=$!
  children+=("$server")
  for ((tries = 0; tries < 100; tries++)); do
    url=$(sed -n 's/^byteport-server listening on //p' "$logs/server.out")
    if [[ -n $url ]]; then
      note "$url"
      return
    fi
    alive "$server" || fail 'it ended at once' "$logs/server.log"
    sleep 0.1
  done
  fail 'it did not listen within ten seconds' "$logs/server.log"
}

# The demonstration's own key and login, as the seed has them.
seeded() { sed -n "s/^$1 = \"\([^\"]*\)\".*/\1/p" "$seed" | head -n 1; }

# Runs both programs at the same time, each as a device of its own.
measure() {
  local pids=() i second=0
  export BYTEPORT_HOST=$url BYTEPORT_NAMESPACE=$namespace
  BYTEPORT_KEY=$(seeded write_key)
  [[ -n $BYTEPORT_KEY ]] || fail "$seed names no write_key"
  export BYTEPORT_KEY
  step='storing from C and Python'
  say "Storing this machine's load, memory and network counters from C and Python, $seconds seconds"
  BYTEPORT_DEVICE=${devices[0]} start "$logs/${devices[0]}.log" "$folder/machine" -v "$seconds"
  pids+=("$child")
  BYTEPORT_DEVICE=${devices[1]} start "$logs/${devices[1]}.log" build/venv/bin/python examples/python/machine.py "$seconds"
  pids+=("$child")
  while alive "${pids[0]}" || alive "${pids[1]}"; do
    sleep 1
    second=$((second + 1))
    for i in 0 1; do
      if alive "${pids[i]}"; then
        note "$(printf '%-15s' "${devices[i]}")$(tail -n 1 "$logs/${devices[i]}.log" | cut -c 1-120)"
      fi
    done
    if ((second > seconds + 60)); then fail 'the programs do not end' "$logs/${devices[0]}.log"; fi
  done
  for i in 0 1; do
    wait "${pids[i]}" || fail "${devices[i]} ended with status $?" "$logs/${devices[i]}.log"
  done
  children=("$server")
  unset BYTEPORT_KEY
}

byteport() { "$target/release/byteport" --config /dev/null "$@"; }

# One series as the command prints it.
series() {
  byteport read "$namespace.$1.$2" --since "$((seconds + 3600))s" --format "$3" 2>"$logs/read.log" || fail "reading $1 back failed" "$logs/read.log"
}

show() {
  local device count
  step='reading the series back'
  BYTEPORT_USER=$(seeded name)
  BYTEPORT_PASSWORD=$(seeded password)
  export BYTEPORT_USER BYTEPORT_PASSWORD
  for device in "${devices[@]}"; do
    say "Reading $device back with the byteport command"
    count=$(series "$device" load1 csv | tail -n +2 | wc -l)
    if ((count < seconds)); then fail "$count readings of $device are there, not $seconds" "$logs/$device.log"; fi
    printf '\n%s\n' "$namespace.$device.load1"
    series "$device" load1 table
    printf '\n'
    series "$device" mem_used_bytes chart
    printf '\n'
  done
}

stop_server() {
  local tries status=0
  step='stopping the server'
  say 'Stopping the server'
  kill -TERM "$server"
  for ((tries = 0; tries < 150; tries++)); do
    alive "$server" || break
    sleep 0.1
  done
  if alive "$server"; then fail 'it did not stop within 15 seconds' "$logs/server.log"; fi
  wait "$server" || status=$?
  children=()
  ((status == 0)) || fail "it ended with status $status" "$logs/server.log"
}

end() {
  local place=${folder#"$root"/} programs=${target#"$root"/}/release
  say 'Done'
  note "data:  $place/data"
  note "logs:  $place/logs"
  note 'to go on with this data, start the server again:'
  note "  $programs/byteport-server --data $place/data"
  note "and read, with the password of $BYTEPORT_USER in examples/seed.toml:"
  note "  $programs/byteport read $namespace.${devices[0]}.load1 --host 127.0.0.1:8000 --user $BYTEPORT_USER"
}

if [[ ! $seconds =~ ^[1-9][0-9]{0,4}$ ]]; then fail 'RUN_SECONDS is not a whole number above 0'; fi
mkdir -p "$logs"
step='looking for Rust, a C compiler and Python'
say "${step^}"
# on the terminal, where sudo can ask for a password
scripts/setup.sh toolchain 2>&1 | tee "$logs/setup.log" | sed 's/^/    /' || fail 'something is missing' "$logs/setup.log"
build
start_server
measure
show
stop_server
end
