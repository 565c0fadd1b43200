#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Links cargo's static library into one object that shows nothing but libbyteport's functions. In cargo's own, a program
# that has SQLite or another Rust library of its own would find two, and get one of them for both.
# usage: link-static.sh LIBBYTEPORT_A OUT [STRIP]      beside STRIP, such as aarch64-linux-gnu-strip, are its nm, ld, objcopy and ar
set -euo pipefail

fail() {
  echo "link-static: $*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: link-static.sh LIBBYTEPORT_A OUT [STRIP]"
archive=$1 out=$2 strip=${3:-strip}
[ -f "$archive" ] || fail "there is no $archive: build it with cargo build --release -p byteport-ffi"
[[ $strip == *strip ]] || fail "$strip is not the strip of GNU binutils, so its ld and objcopy are not known"
tools=${strip%strip}
for tool in nm ld objcopy ar; do
  command -v "$tools$tool" >/dev/null || fail "there is no $tools$tool: install GNU binutils for the machine that is built for"
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${tools}nm" --defined-only "$archive" 2>"$scratch/nm.log" | sed -n 's/^.* T \(byteport_[a-z0-9_]*\)$/\1/p' >"$scratch/functions" ||
  fail "${tools}nm cannot read $archive: $(tail -n 1 "$scratch/nm.log")"
[ -s "$scratch/functions" ] || fail "$archive has no function of libbyteport"

sed 's/^/--undefined=/' "$scratch/functions" >"$scratch/options"
"${tools}ld" -r --gc-sections -o "$scratch/all.o" "@$scratch/options" "$archive"
# Rust's standard library comes with LLVM's code beside the machine's; strung together it is none, and LLVM's plug-in of ar fails.
"${tools}objcopy" --remove-section=.llvmbc --remove-section=.llvmcmd \
  --keep-global-symbols="$scratch/functions" "$scratch/all.o" "$scratch/byteport.o"
mkdir -p "$(dirname "$out")"
rm -f "$out"
"${tools}ar" rcsD "$out" "$scratch/byteport.o"
