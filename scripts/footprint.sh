#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds the library for boards, once for each target and feature set, and measures what it takes: bench/footprint.py writes
# docs/footprint.md, and fails where a limit is exceeded. Sixteen builds, a minute or two each on an idle machine of two cores.
# usage: footprint.sh [TARGET[-SET]]...     builds those anew and measures; all unless told. Such as: footprint.sh arm64-tls
set -euo pipefail
cd "$(dirname "$0")/.."

# `release` is what the profile `board` is compared with.
declare -A sets=([http]="" [tls]="tls" [outbox]="tls outbox" [mqtt]="tls mqtt" [all]="tls outbox mqtt stomp"
  [release]="tls outbox mqtt stomp")
out=build/footprint

# build TARGET SET
build() {
  local library folder=$out/$1-$2 strip=strip profile=board
  case "$1" in
    arm64) strip=aarch64-linux-gnu-strip ;;
    armhf) strip=arm-linux-gnueabihf-strip ;;
  esac
  [ "$2" != release ] || profile=release
  echo "==> $1, $2"
  library=$(scripts/cross.sh "$1" build --quiet --profile $profile -p byteport-ffi --no-default-features \
    --features "${sets[$2]}" | tail -n 1)/linked/libbyteport.so
  mkdir -p "$folder"
  "$strip" -o "$folder/libbyteport.so" "$library"
  ln -sf libbyteport.so "$folder/libbyteport.so.0"
}

scripts/setup.sh boards
[ $# -gt 0 ] || set -- amd64 amd64-release arm64 armhf
for what in "$@"; do
  case "$what" in
    *-*) build "${what%%-*}" "${what#*-}" ;;
    *) for set in http tls outbox mqtt all; do build "$what" "$set"; done ;;
  esac
done
build/venv/bin/python bench/footprint.py
