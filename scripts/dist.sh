#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Makes build/byteport-VERSION.tar.gz: the sources of the last commit with all crates that they depend on, so that a builder of
# firmware needs no network. The same commit gives the same bytes. Prints the file's name.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n '/^\[workspace.package\]/,/^$/s/^version = "\(.*\)"$/\1/p' Cargo.toml)
name=byteport-$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git archive --prefix="$name/" HEAD | tar -x -C "$work"
# The folder's name is the one by which Buildroot knows that there is nothing to fetch.
(cd "$work/$name" && cargo vendor --locked --versioned-dirs VENDOR >"$work/config.toml" 2>"$work/log") || {
  cat "$work/log" >&2
  exit 1
}
{ echo; cat "$work/config.toml"; } >>"$work/$name/.cargo/config.toml" # it says where the crates are
ln -s ../VENDOR "$work/$name/python/VENDOR" # for python/.cargo, which is the same file
mkdir -p build
tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mode=u+rw,go=rX --mtime="@$(git log -1 --format=%ct)" -c "$name" |
  gzip -n >"build/$name.tar.gz.new"
mv "build/$name.tar.gz.new" "build/$name.tar.gz"
echo "$PWD/build/$name.tar.gz"
