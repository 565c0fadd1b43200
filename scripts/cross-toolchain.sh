#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Unpacks Debian 12's Rust 1.85 with the aarch64 and armhf standard libraries into a folder of its own.
# usage: cross-toolchain.sh DEST     then: RUSTC=DEST/rustc cargo build --target aarch64-unknown-linux-gnu
# scripts/cross.sh does both.
set -euo pipefail
dest=$(realpath -m "${1:?usage: cross-toolchain.sh DEST}")
[ -x "$dest/rustc" ] && { "$dest/rustc" -V; exit 0; }
"$(dirname "$0")/unpack-debs.sh" "$dest" rustc-web:amd64 libstd-rust-web-1.85:amd64 libllvm19:amd64 \
  libstd-rust-web-dev:amd64 libstd-rust-web-dev:arm64 libstd-rust-web-dev:armhf
for tool in rustc rustdoc; do
  cat > "$dest/$tool" << 'END' # the wrapper's own shell finds the folder, whatever its name
#!/bin/sh
here=${0%/*}
LD_LIBRARY_PATH=$here/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec "$here/usr/bin/${0##*/}" "$@"
END
  chmod +x "$dest/$tool"
done
"$dest/rustc" -V
