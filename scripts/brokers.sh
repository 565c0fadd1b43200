#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Real brokers for the tests of every language: Debian's mosquitto and rabbitmq-server, each with a folder of its own and on
# free loopback ports, any number at the same time.
# usage: brokers.sh start FOLDER mosquitto|rabbitmq [--with PID]
#          starts it, waits until it serves and prints NAME=VALUE lines; in a folder that was used before it has the same
#          ports, passwords and data again. With a PID it is killed when that process is gone.
#        brokers.sh stop FOLDER         ends it in good order
#        brokers.sh kill FOLDER         ends all its processes by SIGKILL; what it had on the disk stays
#        brokers.sh ctl FOLDER ARG...   rabbitmqctl for that broker
# A broker's processes are known by a variable in their environment that names the folder, so that none is missed and no
# other process is ever touched. All in the folder is its owner's alone, for passwords and keys are in it.
set -euo pipefail
umask 077
self=$(realpath "$0")
scripts=${self%/*}
START_SECONDS=${BROKERS_START_SECONDS:-120} # a machine that is busy with builds is slow
STOP_SECONDS=60
# all rights; may read all and publish to limited/# alone; may read all and publish nothing; no rights at all
USERS=(device limited reader outsider)
VHOST=my_garage
QUEUE=simple_string_dev_message

fail() {
  echo "brokers: $*" >&2
  exit 1
}

usage() {
  sed -n 's/^# usage: /usage: /p; s/^#        brokers/       brokers/p' "$self" >&2
  exit 2
}

# shellcheck source=scripts/brokers/mosquitto.sh
. "$scripts/brokers/mosquitto.sh"
# shellcheck source=scripts/brokers/rabbitmq.sh
. "$scripts/brokers/rabbitmq.sh"

needs() {
  command -v "$1" >/dev/null || fail "$1 is missing: scripts/setup.sh test installs it"
}

# free_ports COUNT: below those that the kernel gives to connections, so that nobody gets them while the broker is down
free_ports() {
  local low found=0 port
  read -r low _ </proc/sys/net/ipv4/ip_local_port_range
  [ "$low" -ge 20000 ] || low=32768
  for port in $(shuf -n 200 -i "10000-$((low - 1))"); do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    echo "$port"
    found=$((found + 1))
    [ $found -lt "$1" ] || return 0
  done
  fail "there are no $1 free ports"
}

# An authority, a server's and a client's certificate. A server's must not be its own authority: good clients refuse that.
certificates() {
  local ec=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30) ca=(-CA ca.pem -CAkey ca.key)
  openssl req -x509 "${ec[@]}" -keyout ca.key -out ca.pem -subj "/CN=Authority of a test broker" \
    -addext keyUsage=critical,keyCertSign,cRLSign
  openssl req -x509 "${ec[@]}" "${ca[@]}" -keyout server.key -out server.pem -subj /CN=localhost \
    -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=serverAuth \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1
  openssl req -x509 "${ec[@]}" "${ca[@]}" -keyout client.key -out client.crt -subj /CN=device \
    -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=clientAuth
  cat client.crt client.key >client.pem
}

# What stays the same from start to start, in a file that this script reads as shell text.
settle() {
  local ports
  mapfile -t ports < <(free_ports 7)
  [ ${#ports[@]} = 7 ] || fail "no free ports"
  [ -f ca.pem ] || certificates 2>certificates.log || fail "openssl made no certificates: $(tail -n 3 certificates.log)"
  printf '%s\n' "kind=$kind" "password=Pw5-$(openssl rand -hex 12)" "mqtt=${ports[0]}" "mqtts=${ports[1]}" \
    "mqtts_client=${ports[2]}" "stomp=${ports[3]}" "stomps=${ports[4]}" "dist=${ports[5]}" "epmd=${ports[6]}" >settings.new
  load settings.new
  "${kind}_configure"
  mv settings.new broker.settings
}

# load FILE: the settings as variables; none if there is no such file
load() {
  kind='' password='' mqtt='' mqtts='' mqtts_client='' stomp='' stomps='' dist='' epmd=''
  # shellcheck disable=SC1090 # written by settle
  [ ! -f "$1" ] || . "./$1"
  [ -z "$kind" ] || port_names="$("${kind}_ports")"
}

# members: the processes of this folder's broker, and who watches its owner
members() {
  grep -lzsFx "BYTEPORT_BROKER=$folder" /proc/[0-9]*/environ | tr -cd '0-9\n' || true
}

# Whether the broker itself is alive.
serving() {
  local pid=
  { read -r pid <broker.pid; } 2>/dev/null
  [ -n "$pid" ] && grep -qzsFx "BYTEPORT_BROKER=$folder" "/proc/$pid/environ"
}

kill_all() {
  local pids tries
  for ((tries = 0; tries < 200; tries++)); do
    mapfile -t pids < <(members)
    [ ${#pids[@]} -gt 0 ] || break
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.05
  done
  [ ${#pids[@]} = 0 ] || fail "cannot end these processes of $folder: ${pids[*]}"
  rm -f broker.pid
}

# begun PID: when a process began; nothing if it is gone or only waits for its parent to notice that it ended
begun() {
  local text fields
  { text=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra fields <<<"${text##*) }"
  [ "${fields[0]}" = Z ] || [ "${fields[0]}" = X ] || echo "${fields[19]}"
}

# guard PID BEGUN: starts who watches it
guard() {
  setsid env BYTEPORT_BROKER="$folder" "$self" watch "$folder" "$@" >/dev/null 2>&1 </dev/null &
}

# watch_owner PID BEGUN: waits for the end of a process, then goes on as another command, which has not the broker's mark
watch_owner() {
  while [ "$(begun "$1")" = "$2" ]; do sleep 0.3; done
  exec env -u BYTEPORT_BROKER "$self" kill "$folder"
}

reachable() {
  local port
  while IFS='=' read -r _ port; do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 1
  done <<<"$port_names"
}

# launch: runs the broker and waits until it serves; 1 if it ended or takes too long
launch() {
  local end=$((SECONDS + START_SECONDS)) child
  : >console.log
  setsid env BYTEPORT_BROKER="$folder" "$self" run "$folder" >>console.log 2>&1 </dev/null &
  child=$!
  until "${kind}_ready" && reachable; do
    kill -0 "$child" 2>/dev/null || return 1
    [ $SECONDS -lt $end ] || return 1
    sleep 0.1
  done
  "${kind}_pid" "$child" >broker.pid
}

tell() {
  local name port
  echo "KIND=$kind"
  while IFS='=' read -r name port; do
    case "$name" in *S | *S_*) echo "$name=localhost:$port" ;; *) echo "$name=127.0.0.1:$port" ;; esac
  done <<<"$port_names"
  printf '%s\n' "CA=$folder/ca.pem" "CLIENT_CERT=$folder/client.pem" "PID=$(<broker.pid)" "USER=${USERS[0]}" \
    "LIMITED=${USERS[1]}" "READER=${USERS[2]}" "OUTSIDER=${USERS[3]}" "PASSWORD=$password" "VHOST=$VHOST" \
    "QUEUE=$QUEUE" "LOG=$folder/console.log"
}

start() {
  local owner=$1 begin tries fresh=
  [ -z "$(members)" ] || fail "a broker runs in $folder already: stop it first"
  [ -f broker.settings ] || fresh=yes
  begin=$(begun "${owner:-self}")
  [ -n "$begin" ] || fail "--with $owner: there is no such process"
  trap 'kill_all; exit 143' HUP INT TERM
  for tries in 1 2 3; do
    [ -z "$fresh" ] || settle
    [ -z "$owner" ] || guard "$owner" "$begin"
    ! launch || break
    kill_all
    # in a new folder others may have taken one of the ports meanwhile
    if [ "$tries" = 3 ] || [ -z "$fresh" ] || ! grep -qiE 'eaddrinuse|address already in use' console.log; then
      tail -n 40 console.log >&2
      fail "$kind did not come to serve in $SECONDS seconds; the end of its log is above"
    fi
  done
  tell
}

stop() {
  local end=$((SECONDS + STOP_SECONDS)) pid
  if serving; then
    pid=$(<broker.pid)
    kill -CONT "$pid"
    kill -TERM "$pid"
    while serving && [ $SECONDS -lt $end ]; do sleep 0.05; done
    if serving; then
      kill_all
      fail "$kind did not stop within $STOP_SECONDS seconds and was killed"
    fi
  fi
  kill_all
}

[ $# -ge 2 ] || usage
action=$1 folder=$(realpath -m "$2")
[[ $folder =~ ^[A-Za-z0-9._/+@-]+$ ]] || fail "$folder: only letters, digits and . _ / + @ - may be in a broker's path"
if [ "$action" = start ]; then
  [[ $# = 3 || ($# = 5 && $4 = --with && $5 =~ ^[0-9]+$) ]] || usage
  [[ $3 = mosquitto || $3 = rabbitmq ]] || usage
  [ -f "$folder/broker.settings" ] || [ -z "$(ls -A "$folder" 2>/dev/null)" ] ||
    fail "$folder holds other files: a broker wants a folder of its own"
  mkdir -p "$folder"
  chmod 700 "$folder"
fi
cd "$folder" 2>/dev/null || fail "$folder: no such folder"
load broker.settings
case "$action" in
  start)
    [ "${kind:-$3}" = "$3" ] || fail "$folder is the folder of a $kind"
    kind=$3
    "${kind}_needs"
    start "${5:-}"
    ;;
  run) "${kind}_run" ;;
  watch) watch_owner "$3" "$4" ;;
  stop | kill | ctl)
    [ -n "$kind" ] || fail "$folder: no broker was started in it"
    case "$action" in
      stop) stop ;;
      kill) kill_all ;;
      ctl) "${kind}_ctl" "${@:3}" ;;
    esac
    ;;
  *) usage ;;
esac
