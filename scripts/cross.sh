#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Runs a cargo command for another architecture, with Debian's Rust 1.85 and with Zig as C compiler and linker, so that what it
# makes needs no glibc newer than 2.28 (that of Debian 10, RHEL 8, Yocto 3).
# usage: cross.sh amd64|arm64|armhf build|check|test|run|rustc|clippy [OPTION]...
#          such as: cross.sh arm64 build --release -p byteport-ffi
#        cross.sh amd64|arm64|armhf wheel
#          the Python package's wheel in release, for manylinux_2_28, in build/wheels-ARCH
# A build and a wheel print the folder in which the results are, and nothing else, to standard output. Tests and programs for
# other machines run under qemu.
# All is built below ${CARGO_TARGET_DIR:-target}/cross; the compiler and Zig are installed below build/ when they are missing.
set -euo pipefail

usage() {
  sed -n 's/^# usage: /usage: /p; s/^#        cross/       cross/p' "$0" >&2
  exit 2
}

[ $# -ge 2 ] || usage
case "$1" in
  amd64) triple=x86_64-unknown-linux-gnu qemu= ;;
  arm64) triple=aarch64-unknown-linux-gnu qemu="qemu-aarch64 -L /usr/aarch64-linux-gnu" ;;
  armhf) triple=armv7-unknown-linux-gnueabihf qemu="qemu-arm -L /usr/arm-linux-gnueabihf" ;;
  *) usage ;;
esac
arch=$1 command=$2
shift 2

GLIBC=2.28
cd "$(dirname "$0")/.."
root=$PWD
scripts/setup.sh cross >&2
export RUSTC=$root/build/rust-1.85/rustc RUSTDOC=$root/build/rust-1.85/rustdoc
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-target}")/cross
export CARGO_TARGET_DIR PATH=$root/build/venv/bin:$PATH
runner=CARGO_TARGET_${triple//-/_}_RUNNER
[ -z "$qemu" ] || export "${runner^^}=$qemu"

# The folder of the profile that cargo's options choose.
profile_folder() {
  local folder=debug
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    case "$1" in
      --release | -r) folder=release ;;
      --profile=*) folder=${1#*=} ;;
      --profile) folder=${2:-} ;;
    esac
    shift
  done
  case "$folder" in dev | test) folder=debug ;; bench) folder=release ;; esac
  echo "$folder"
}

case "$command" in
  build | check | test | run | rustc | clippy)
    cargo-zigbuild "$command" --locked --target "$triple.$GLIBC" "$@"
    [ "$command" != build ] || echo "$CARGO_TARGET_DIR/$triple/$(profile_folder "$@")"
    ;;
  wheel)
    [ $# = 0 ] || usage
    rm -rf "build/wheels-$arch"
    env -C python maturin build --quiet --release --locked --zig --compatibility "manylinux_${GLIBC/./_}" \
      --target "$triple" --out "../build/wheels-$arch" >&2
    echo "$root/build/wheels-$arch"
    ;;
  *) usage ;;
esac
