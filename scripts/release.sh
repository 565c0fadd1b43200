#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds what `make install` installs into target/release: the library, the programs, their manual pages and completions.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}

command -v cargo >/dev/null || {
  echo "release: there is no cargo for $(id -un). Where another user has it: run \`make release\` as that one, and then" \
    "scripts/install.sh as root" >&2
  exit 1
}
cargo build --release --locked -p byteport-ffi -p byteport-cli -p byteport-server
scripts/link-shared.sh "$target/release/libbyteport.a" "$target/release/linked/libbyteport.so"
scripts/pages.sh "$target/release" "$target/release/pages"
