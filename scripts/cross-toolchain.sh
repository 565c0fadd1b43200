#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Unpacks Debian 12's Rust 1.85 with the aarch64 and armhf standard libraries into a folder of its own.
# usage: cross-toolchain.sh DEST     then: RUSTC=DEST/rustc cargo build --target aarch64-unknown-linux-gnu
# Changes nothing on the system: foreign packages installed by apt conflict with native ones, unpacked ones do not.
set -euo pipefail
dest=$(realpath -m "${1:?usage: cross-toolchain.sh DEST}")
[ -x "$dest/rustc" ] && { "$dest/rustc" -V; exit 0; }
# the mirror that this machine already uses for Debian's main archive
mirror=$({ cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
  awk '/^URIs:/{u=$2} /^Suites:/{for(i=2;i<=NF;i++) if($i=="bookworm"){print u; exit}} $1=="deb"{for(i=2;i<NF;i++) if($(i+1)=="bookworm"){print $i; exit}}')
[ -n "$mirror" ] || { echo "cross-toolchain: no Debian bookworm source is configured" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial "$work"/debs "$dest"
: > "$work/state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$work/sources.list"
apt=(apt-get -qq -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache"
  -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Architecture=amd64
  -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o APT::Architectures::=armhf
  -o APT::Sandbox::User=root -o Acquire::Languages=none)
"${apt[@]}" update
(cd "$work/debs" && "${apt[@]}" download rustc-web:amd64 libstd-rust-web-1.85:amd64 libllvm19:amd64 \
  libstd-rust-web-dev:amd64 libstd-rust-web-dev:arm64 libstd-rust-web-dev:armhf)
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$dest"; done
for tool in rustc rustdoc; do
  # shellcheck disable=SC2016 # the wrapper's own shell expands it
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s/usr/lib/x86_64-linux-gnu${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec %s/usr/bin/%s "$@"\n' \
    "$dest" "$dest" "$tool" > "$dest/$tool"
  chmod +x "$dest/$tool"
done
"$dest/rustc" -V
