#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# The C library, and the core below it, compile without a warning with any part left out that a board may leave out: none of
# the parts, each alone, and all but one. With all of them, `cargo clippy --workspace` looks at them.
set -euo pipefail
cd "$(dirname "$0")/.."
parts=(tls outbox mqtt stomp)
sets=("" "${parts[@]}")
for left_out in "${parts[@]}"; do
  sets+=("$(printf '%s\n' "${parts[@]}" | grep -vx "$left_out" | paste -sd ' ')")
done
for set in "${sets[@]}"; do
  echo "features: ${set:-none}"
  cargo clippy --quiet -p byteport-core -p byteport-ffi --no-default-features --features "$set" --locked -- -D warnings
done
