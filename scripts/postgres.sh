#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# A real PostgreSQL for the tests of every language: Debian's, with a folder of its own and on a free loopback port, any
# number at the same time.
# usage: postgres.sh start FOLDER [--with PID]
#          starts it, waits until it serves and prints BYTEPORT_POSTGRES=ADDRESS, whose user may make databases; in a folder
#          that was used before it has the same port, password and data again. With a PID it is killed, and the folder
#          removed, when that process is gone.
#        postgres.sh stop FOLDER   ends it in good order
#        postgres.sh kill FOLDER   ends all its processes by SIGKILL; what it had on the disk stays
# PostgreSQL refuses to run as root: for root it is the user postgres who runs it and owns the folder.
set -euo pipefail
umask 077
self=$(realpath "$0")
ACCOUNT=postgres
START_SECONDS=120 # a machine that is busy with builds is slow
# Tests kill processes, not the machine: nothing is lost by not waiting for the disk. Who measures sets another option.
OPTIONS=${POSTGRES_OPTIONS:--c fsync=off}

fail() {
  echo "postgres: $*" >&2
  exit 1
}

usage() {
  sed -n 's/^# usage: /usage: /p; s/^#        postgres/       postgres/p' "$self" >&2
  exit 2
}

# Debian keeps these programs apart, by version; the latest counts.
program() {
  local found
  found=$(command -v "$1" || find /usr/lib/postgresql/*/bin -name "$1" 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || fail "$1 is missing: scripts/setup.sh test installs it"
  realpath "$found"
}

# as_account COMMAND...: in the folder, as the user who may run PostgreSQL
as_account() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --clear-groups --no-new-privs "$@"
  else
    "$@"
  fi
}

# One port below those that the kernel gives to connections, so that nobody gets it while PostgreSQL is down.
free_port() {
  local low port
  read -r low _ </proc/sys/net/ipv4/ip_local_port_range
  [ "$low" -ge 20000 ] || low=32768
  for port in $(shuf -n 200 -i "10000-$((low - 1))"); do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || {
      echo "$port"
      return
    }
  done
  fail "there is no free port"
}

# The order of texts is not that of their bytes, as on most machines: whatever relies on the latter has to say so.
settle() {
  head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >password
  if [ "$(id -u)" = 0 ]; then chown -R "$ACCOUNT:" .; fi
  as_account test -r password || fail "$folder: the folders above must be open to the user $ACCOUNT"
  as_account "$(program initdb)" -D data -U byteport -A scram-sha-256 --pwfile=password -E UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=en-US --no-sync >initdb.log 2>&1 || fail "initdb failed: $(tail -n 5 initdb.log)"
}

# postmaster: its number, if it runs in this folder
postmaster() {
  local pid=
  { read -r pid <data/postmaster.pid; } 2>/dev/null || true
  [ -z "$pid" ] || [ "$(readlink "/proc/$pid/cwd")" != "$folder/data" ] || echo "$pid"
}

# begun PID: when a process began; nothing if it is gone or only waits for its parent to notice that it ended
begun() {
  local text fields
  { text=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra fields <<<"${text##*) }"
  [ "${fields[0]}" = Z ] || [ "${fields[0]}" = X ] || echo "${fields[19]}"
}

# launch PORT: runs it and waits until it serves; 1 if it does not come to that
launch() {
  as_account "$(program pg_ctl)" start -s -w -t "$START_SECONDS" -D "$folder/data" -l "$folder/console.log" \
    -o "-p $1 -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 $OPTIONS" >/dev/null 2>&1 </dev/null
}

start() {
  local owner=$1 begin tries
  [ -z "$(postmaster)" ] || fail "PostgreSQL runs in $folder already: stop it first"
  begin=$(begun "${owner:-self}")
  [ -n "$begin" ] || fail "--with $owner: there is no such process"
  [ -d data ] || settle
  trap 'kill_all; exit 143' HUP INT TERM
  for tries in 1 2 3; do
    [ -f port ] || free_port >port.new
    ! launch "$(cat port 2>/dev/null || cat port.new)" || break
    # in a new folder somebody may have taken the port meanwhile
    if [ "$tries" = 3 ] || [ -f port ] || ! grep -q 'already in use' console.log; then
      fail "it did not come to serve; the end of its log: $(tail -n 10 console.log)"
    fi
  done
  [ -f port ] || mv port.new port
  if [ -n "$owner" ]; then
    setsid "$self" watch "$folder" "$owner" "$begin" >/dev/null 2>&1 </dev/null &
    echo $! >watch.pid
  fi
  echo "BYTEPORT_POSTGRES=postgres://byteport:$(<password)@127.0.0.1:$(<port)/postgres"
}

# Who watches the owner ends, unless it is who calls.
unwatch() {
  local pid=
  { read -r pid <watch.pid; } 2>/dev/null || return 0
  rm -f watch.pid
  if [ "$pid" != "$$" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF " watch $folder "; then
    kill "$pid" 2>/dev/null || true
  fi
}

# The processes that PostgreSQL started do not survive it for long, but they must not do anything either.
kill_all() {
  local pid tries children
  unwatch
  pid=$(postmaster)
  [ -n "$pid" ] || return 0
  children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || true)
  # shellcheck disable=SC2086 # numbers
  kill -KILL "$pid" $children 2>/dev/null || true
  for ((tries = 0; tries < 200; tries++)); do
    # shellcheck disable=SC2086 # numbers
    if [ -z "$(for pid in $pid $children; do begun "$pid"; done)" ]; then
      # nobody may have noticed its end yet, and then the next one would take it for alive
      rm -f data/postmaster.pid
      return 0
    fi
    sleep 0.05
  done
  fail "PostgreSQL of $folder cannot be ended"
}

watch_owner() {
  while [ "$(begun "$1")" = "$2" ]; do sleep 0.3; done
  kill_all
  cd /
  rm -rf "$folder"
}

stop() {
  unwatch
  [ -z "$(postmaster)" ] ||
    as_account "$(program pg_ctl)" stop -s -w -t "$START_SECONDS" -m fast -D "$folder/data" || fail "it did not stop"
}

[ $# -ge 2 ] || usage
action=$1 folder=$(realpath -m "$2")
if [ "$action" = start ]; then
  [[ $# = 2 || ($# = 4 && $3 = --with && $4 =~ ^[0-9]+$) ]] || usage
  [ -d "$folder/data" ] || [ -z "$(ls -A "$folder" 2>/dev/null)" ] ||
    fail "$folder holds other files: PostgreSQL wants a folder of its own"
  mkdir -p "$folder"
fi
cd "$folder" 2>/dev/null || fail "$folder: no such folder"
case "$action" in
  start) start "${4:-}" ;;
  watch) watch_owner "$3" "$4" ;;
  stop) stop ;;
  kill) kill_all ;;
  *) usage ;;
esac
