#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Installs what is missing: Debian packages by apt-get, and a Python environment in build/venv.
# usage: setup.sh [PART]...
#   toolchain  what building needs: Rust (only checked), a C compiler, Python with an environment
#   test       what the tests need besides (this is also what setup.sh alone does)
#   boards     what `make test-boards`, `make test-debian` and `make deb` need besides
#   fuzz       what `make fuzz` needs besides
#   bench      what `make bench` needs besides
#   cross      what scripts/cross.sh needs besides: 0.7 GB of Rust for other machines, and Zig
set -euo pipefail
cd "$(dirname "$0")/.."

venv=build/venv
updated=

fail() {
  echo "setup: $*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    fail "not root and no sudo; run as root: $*"
  fi
}

apt_install() {
  command -v apt-get >/dev/null || fail "this is not Debian: install what corresponds to its packages $*"
  echo "setup: installing $*"
  [ -n "$updated" ] || as_root apt-get -qq update || fail "apt-get update failed"
  updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null ||
    fail "apt-get could not install $*"
}

installed() {
  dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# packages PACKAGE...: installs those that are not there yet
packages() {
  local missing=() package
  for package in "$@"; do
    installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}

# program_only PACKAGE UNIT...: installs a package for its program; its services are not started, nor enabled under systemd
program_only() {
  installed "$1" && return
  if [ -d /run/systemd/system ]; then
    as_root systemctl mask --quiet "${@:2}"
  elif [ ! -e /usr/sbin/policy-rc.d ]; then
    # what Debian's package scripts ask before they start a service; away again when this script ends
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
  fi
  apt_install "$1"
}

# PostgreSQL's programs; installing them would also make a database and start it, unless told otherwise before.
postgresql() {
  installed postgresql && return
  apt_install postgresql-common
  as_root mkdir -p /etc/postgresql-common/createcluster.d
  echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/none.conf >/dev/null
  apt_install postgresql
}

# What scripts/brokers.sh and scripts/postgres.sh start.
servers() {
  program_only mosquitto mosquitto.service
  program_only rabbitmq-server rabbitmq-server.service epmd.service epmd.socket
  postgresql
}

# Whether the C compiler can compile and link.
cc_works() {
  local folder status=0
  folder=$(mktemp -d)
  echo 'int main(void) { return 0; }' >"$folder/probe.c"
  "${CC:-cc}" "$folder/probe.c" -o "$folder/probe" 2>/dev/null || status=1
  rm -rf "$folder"
  return $status
}

toolchain() {
  command -v cargo >/dev/null || fail "there is no cargo: install Rust 1.85 or later, see https://rustup.rs"
  local version
  version=$(rustc --version | cut -d ' ' -f 2)
  [ "$(printf '1.85\n%s\n' "$version" | sort -V | head -n 1)" = 1.85 ] ||
    fail "Rust $version is too old: install 1.85 or later, see https://rustup.rs"
  cc_works || apt_install gcc libc6-dev
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    command -v python3 >/dev/null || apt_install python3 python3-venv
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' ||
      fail "$(python3 --version) is too old: install 3.9 or later"
    python3 -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    python3 -m venv --clear "$venv" || fail "python3 -m venv $venv failed"
  fi
  if ! "$venv/bin/python" -m maturin --version >/dev/null 2>&1; then
    grep '^maturin' python/requirements-dev.txt >"$venv/build-tool.txt"
    pip_install "$venv/build-tool.txt"
  fi
  echo "setup: rustc $version, $("${CC:-cc}" -dumpversion | sed 's/^/cc /'), $("$venv/bin/python" --version)"
}

pip_install() {
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-input -r "$1" || fail "pip could not install $1"
}

for_tests() {
  toolchain
  for part in fmt clippy; do
    cargo "$part" --version >/dev/null 2>&1 || fail "there is no cargo $part: rustup component add rustfmt clippy"
  done
  # compilers and checkers, then what reads manual pages, the proxies that the tests connect through, and what mounts
  packages gcc g++ clang clang-tidy binutils abigail-tools valgrind libc6-dbg shellcheck openssl curl groff-base microsocks tinyproxy-bin
  packages mount util-linux
  packages doxygen # docs/c and the header as pages
  packages locales # the C tests make Swedish and Turkish ones from it
  packages chromium chromium-driver # the page is tested in a browser
  packages cmake make meson ninja-build pkg-config man-db # what uses an installed library, and reads its pages
  program_only dante-server danted.service
  servers
  pip_install python/requirements-dev.txt
  pip_install tests/c/requirements.txt
  pip_install tests/page/requirements.txt
  pip_install tests/api/requirements.txt
  pip_install tests/brokers/requirements.txt
}

# What make test-boards and make test-debian need besides the tests.
for_boards() {
  for_tests
  # boards' compilers, and what plays their processors
  packages gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf libc6-dev-arm64-cross libc6-dev-armhf-cross qemu-user
  packages git # scripts/dist.sh and scripts/deb.sh ask it which files are the sources
  packages dpkg-dev debhelper lintian debootstrap # Debian packages, and a Debian in a folder
  pip_install tests/boards/requirements.txt
  cross_tools
}

# Debian's Rust for other architectures, and Zig, for scripts/cross.sh.
cross_tools() {
  scripts/cross-toolchain.sh "$PWD/build/rust-1.85" >/dev/null || fail "scripts/cross-toolchain.sh failed"
  pip_install scripts/cross-requirements.txt
}

for_cross() {
  toolchain
  cross_tools
}

# Debian's libFuzzer for clang; the one for Rust is a crate, in C++.
for_fuzz() {
  toolchain
  packages g++ clang
  packages "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
}

for_bench() {
  toolchain
  packages libcurl4-openssl-dev libssl-dev libsqlite3-dev libpaho-mqtt-dev wrk openssl
  servers
  program_only nginx-light nginx.service
  pip_install bench/requirements.txt
}

[ $# -gt 0 ] || set -- test
for part in "$@"; do
  case "$part" in
    toolchain) toolchain ;;
    test) for_tests ;;
    boards) for_boards ;;
    fuzz) for_fuzz ;;
    bench) for_bench ;;
    cross) for_cross ;;
    *) fail "usage: setup.sh [toolchain|test|boards|fuzz|bench|cross]..." ;;
  esac
done
