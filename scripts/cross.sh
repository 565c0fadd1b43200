#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Runs a cargo command for another architecture, with Debian's Rust 1.85 and with Zig as C compiler and linker, so that what it
# makes needs no glibc newer than 2.28 (that of Debian 10, RHEL 8, Yocto 3).
# usage: cross.sh amd64|arm64|armhf build|check|test|run|rustc|clippy [OPTION]...
#          such as: cross.sh arm64 build --release -p byteport-ffi
#        cross.sh amd64|arm64|armhf wheel [OPTION]...
#          the Python package's wheel for manylinux_2_28, in release unless maturin's options tell, in build/wheels-ARCH
# A build and a wheel print the folder in which the results are, and nothing else, to standard output. Where libbyteport was
# built, linked/libbyteport.so is there, too, for scripts/install.sh. Tests and programs for other machines run under qemu.
# All is built below ${CARGO_TARGET_DIR:-target}/cross; the compiler and Zig are installed below build/ when they are missing.
set -euo pipefail

usage() {
  sed -n 's/^# usage: /usage: /p; s/^#        cross/       cross/p' "$0" >&2
  exit 2
}

GLIBC=2.28
[ $# -ge 2 ] || usage
case "$1" in
  amd64) triple=x86_64-unknown-linux-gnu zig=(-target "x86_64-linux-gnu.$GLIBC") qemu= ;;
  arm64) triple=aarch64-unknown-linux-gnu zig=(-target "aarch64-linux-gnu.$GLIBC") qemu="qemu-aarch64 -L /usr/aarch64-linux-gnu" ;;
  armhf)
    triple=armv7-unknown-linux-gnueabihf qemu="qemu-arm -L /usr/arm-linux-gnueabihf"
    # the processor of the Rust target: no NEON, and half of the registers that come with it
    zig=(-mcpu=generic+v7a+vfp3-d32+thumb2-neon -target "arm-linux-gnueabihf.$GLIBC")
    ;;
  *) usage ;;
esac
arch=$1 command=$2
shift 2

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

# link_shared FOLDER: the shared library that is installed, if libbyteport was built
link_shared() {
  if [ "$1/libbyteport.a" -nt "$1/linked/libbyteport.so" ]; then
    scripts/link-shared.sh "$1/libbyteport.a" "$1/linked/libbyteport.so" python -m ziglang cc "${zig[@]}" >&2
  fi
}

case "$command" in
  build | check | test | run | rustc | clippy)
    cargo-zigbuild "$command" --locked --target "$triple.$GLIBC" "$@"
    if [ "$command" = build ]; then
      results=$CARGO_TARGET_DIR/$triple/$(profile_folder "$@")
      link_shared "$results"
      echo "$results"
    fi
    ;;
  wheel)
    [ $# -gt 0 ] || set -- --release
    rm -rf "build/wheels-$arch"
    env -C python maturin build --quiet --locked --zig --compatibility "manylinux_${GLIBC/./_}" \
      --target "$triple" --out "../build/wheels-$arch" "$@" >&2
    echo "$root/build/wheels-$arch"
    ;;
  *) usage ;;
esac
