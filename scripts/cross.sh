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

# link_shared FOLDER: the shared library that is installed, if libbyteport was built; of the static library's time, for cargo
# puts an older one in its place when features that were built before are asked for again
link_shared() {
  local from=$1/libbyteport.a to=$1/linked/libbyteport.so
  [ -f "$from" ] || return 0
  [ ! "$from" -nt "$to" ] && [ ! "$from" -ot "$to" ] && return
  scripts/link-shared.sh "$from" "$to.$$" python -m ziglang cc "${zig[@]}" >&2
  touch -r "$from" "$to.$$"
  mv "$to.$$" "$to" # at once, for others may be linking or using it
}

# No path of this machine gets into what is built: what panics say of crates begins with the crate.
cargo fetch --quiet --locked --target "$triple"
flags=()
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do flags+=("--remap-path-prefix=$crates="); done

# The profile `board` is the library's alone, for its SQLite is without what the server asks of it. Zig makes -Os of the -Oz that
# cargo has for C compilers; past it, clang hears of it. Rust's own pieces of code that several functions share are left out: each
# takes more in tables for unwinding than it saves.
if [ "$(profile_folder "$@")" = board ]; then
  if [[ ! " $* " =~ \ -p\ byteport-(ffi|core)\  || $* == *byteport-server* ]]; then
    echo "cross: the profile board is for the library alone: -p byteport-ffi; build the rest with release" >&2
    exit 2
  fi
  flags+=(-C llvm-args=-enable-machine-outliner=never)
  export "CFLAGS_${triple//-/_}=-Xclang -Oz -DSQLITE_OMIT_FOREIGN_KEY -DSQLITE_OMIT_INCRBLOB -DSQLITE_OMIT_JSON
    -DSQLITE_OMIT_SCHEMA_PRAGMAS -DSQLITE_OMIT_XFER_OPT -DSQLITE_OMIT_OR_OPTIMIZATION -DSQLITE_OMIT_AUTOMATIC_INDEX
    -DSQLITE_UNTESTABLE -DSQLITE_MAX_MMAP_SIZE=0 -USQLITE_ENABLE_API_ARMOR"
fi
CARGO_ENCODED_RUSTFLAGS=$(printf '%s\x1f' "${flags[@]}")
export CARGO_ENCODED_RUSTFLAGS=${CARGO_ENCODED_RUSTFLAGS%?}

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
