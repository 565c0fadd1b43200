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

# Nothing calls the functions while the library is linked: they are asked for by their names.
needed=()
while read -r name; do needed+=("-Wl,-u,$name"); done < <(sed -n 's/^ *\(byteport_[a-z0-9_]*\);$/\1/p' "$crate/libbyteport.map")
[ ${#needed[@]} -gt 0 ] || fail "$crate/libbyteport.map names no function"

mkdir -p "$(dirname "$out")"
"$@" -shared -o "$out" "${needed[@]}" "$archive" \
  "-Wl,-soname,libbyteport.so.$abi" "-Wl,--version-script=$crate/libbyteport.map" \
  -Wl,--gc-sections -Wl,--as-needed -Wl,-z,defs -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
  -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc
