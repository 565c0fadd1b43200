#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Installs what is missing for the tests: Debian packages, and a Python environment in build/venv.
# usage: setup.sh [packages|python|bench]...     (packages and python unless told)
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    fail "not root and no sudo: run as root: $*"
  fi
}

# install PACKAGE...: those that are not there yet
install() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || fail "this is not Debian: install the like of ${missing[*]}"
  echo "setup: installing ${missing[*]}"
  as_root apt-get -qq update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install ${missing[*]}"
}

packages() {
  command -v cargo >/dev/null || fail "no cargo: install Rust 1.85 or later (rustup, or Debian 13's packages cargo and rustc)"
  # compilers and checkers, then the proxies that the tests connect through
  install gcc g++ binutils valgrind shellcheck microsocks tinyproxy-bin dante-server
}

python() {
  local venv=build/venv
  if ! "$venv/bin/python" -c '' 2>/dev/null; then
    command -v python3 >/dev/null || install python3
    rm -rf "$venv"
    python3 -c 'import ensurepip, venv' 2>/dev/null || install python3-venv
    python3 -m venv "$venv" || fail "python3 -m venv $venv failed"
  fi
  "$venv/bin/pip" install -q --disable-pip-version-check -r python/requirements-dev.txt ||
    fail "pip could not install python/requirements-dev.txt"
}

bench() {
  install nginx-light libcurl4-openssl-dev libssl-dev
  python
  build/venv/bin/pip install -q --disable-pip-version-check -r bench/requirements.txt
}

[ $# -gt 0 ] || set -- packages python
for part in "$@"; do
  case "$part" in
    packages | python | bench) "$part" ;;
    *) fail "usage: setup.sh [packages|python|bench]..." ;;
  esac
done
