#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Links the shared library that is installed, whose functions carry the version with which they came. cargo's own cannot:
# rustc gives the linker a version script without versions, and linkers take no other beside it.
# usage: link-shared.sh LIBBYTEPORT_A OUT [COMPILER [ARGUMENT]...]     the compiler is $CC or cc unless told, such as zig cc
set -euo pipefail

fail() {
  echo "link-shared: $*" >&2
  exit 1
}

[ $# -ge 2 ] || fail "usage: link-shared.sh LIBBYTEPORT_A OUT [COMPILER [ARGUMENT]...]"
archive=$1 out=$2
shift 2
[ $# -gt 0 ] || set -- "${CC:-cc}"
[ -f "$archive" ] || fail "there is no $archive: build it with cargo build --release -p byteport-ffi"

crate=$(cd "$(dirname "$0")/../crates/byteport-ffi" && pwd)
abi=$(sed -n 's/^pub const BYTEPORT_ABI_VERSION: u32 = \([0-9]*\);$/\1/p' "$crate/src/abi.rs")
[ -n "$abi" ] || fail "$crate/src/abi.rs does not tell the ABI's number"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A library for a board may be without some functions, to which linkers give no version.
"${NM:-nm}" --defined-only "$archive" 2>"$work/nm.log" | sed -n 's/^.* T \(byteport_[a-z0-9_]*\)$/\1/p' >"$work/defined" ||
  fail "${NM:-nm} cannot read $archive: $(tail -n 1 "$work/nm.log")"
awk 'NR == FNR { defined[$1 ";"] = 1; next }
  $1 == "global:" { head = $0; next }
  $1 ~ /^byteport_/ && !($1 in defined) { next }
  $1 ~ /^byteport_/ && head != "" { print head; head = "" }
  { print }' "$work/defined" "$crate/libbyteport.map" >"$work/libbyteport.map"

# Nothing calls the functions while the library is linked: they are asked for by their names.
needed=()
while read -r name; do needed+=("-Wl,-u,$name"); done < <(sed -n 's/^ *\(byteport_[a-z0-9_]*\);$/\1/p' "$work/libbyteport.map")
[ ${#needed[@]} -gt 0 ] || fail "$archive has no function of $crate/libbyteport.map"

mkdir -p "$(dirname "$out")"
"$@" -shared -o "$out" "${needed[@]}" "$archive" \
  "-Wl,-soname,libbyteport.so.$abi" "-Wl,--version-script=$work/libbyteport.map" \
  -Wl,--gc-sections -Wl,--hash-style=gnu -Wl,--as-needed -Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodelete \
  -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
