#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Makes the Debian packages in build/deb: libbyteport0, libbyteport-dev, byteport-tools and python3-byteport.
# usage: deb.sh [--profile PROFILE] [--out FOLDER] [amd64|arm64|armhf]...
#        the profile `release`, the folder build/deb and all three unless told; packages that are in the folder are removed
set -euo pipefail
cd "$(dirname "$0")/.."

profile=release out=build/deb
while [[ ${1:-} == --* ]]; do
  case "$1 ${2:-}" in
    --profile\ ?*) profile=$2 ;;
    --out\ ?*) out=$2 ;;
    *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
out=$(realpath -m "$out")
[ $# -gt 0 ] || set -- amd64 arm64 armhf
for tool in git dpkg-parsechangelog dpkg-architecture dpkg-buildpackage dh; do
  command -v "$tool" >/dev/null || {
    echo "deb: there is no $tool: scripts/setup.sh boards installs what is needed" >&2
    exit 1
  }
done
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
[ "$(dpkg-parsechangelog -l packaging/debian/changelog -S Version)" = "$version" ] || {
  echo "deb: packaging/debian/changelog is not about version $version" >&2
  exit 1
}

# The manual pages and completions are printed by programs of this machine.
pages() {
  cargo build --quiet --locked -p byteport-cli -p byteport-server
  scripts/pages.sh "${CARGO_TARGET_DIR:-target}/debug" "$out/pages"
}

# What packaging needs, as a Debian source tree: how what was built is installed.
sources() {
  rm -rf "$1"
  mkdir -p "$1"
  git ls-files -z Cargo.toml LICENSE include packaging/install scripts crates/byteport-ffi | xargs -0 cp --parents -t "$1"
  cp -r packaging/debian "$1/debian"
  symbols >"$1/debian/libbyteport0.symbols"
}

# The library's functions with the version that each came with, as dpkg has them: the version script of the ABI in its words.
symbols() {
  echo "libbyteport.so.0 libbyteport0 #MINVER#"
  awk '/^BYTEPORT_[0-9.]+ \{/ { node = $1; since = substr(node, 10) ".0"; print " " node "@" node " " since }
    /^ *byteport_[a-z0-9_]+;/ { sub(/;/, "", $1); print " " $1 "@" node " " since }' crates/byteport-ffi/libbyteport.map
}

package() {
  local arch=$1 tree=$out/$1/byteport-$version
  export BYTEPORT_BUILT BYTEPORT_PAGES=$out/pages BYTEPORT_WHEELS STRIP
  BYTEPORT_BUILT=$(scripts/cross.sh "$arch" build --profile "$profile" -p byteport-ffi -p byteport-cli -p byteport-server)
  BYTEPORT_WHEELS=$(scripts/cross.sh "$arch" wheel --profile "$profile")
  STRIP=$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE 2>/dev/null)-strip
  sources "$tree"
  (cd "$tree" && dpkg-buildpackage -a "$arch" -b -us -uc -d >../build.log 2>&1) || {
    tail -n 40 "$out/$arch/build.log" >&2
    echo "deb: packaging for $arch failed: $out/$arch/build.log" >&2
    exit 1
  }
  mv "$out/$arch"/*.deb "$out"
  rm -rf "$tree"
}

mkdir -p "$out"
rm -f "$out"/*.deb
pages
for arch in "$@"; do package "$arch"; done
ls -1 "$out"/*.deb
