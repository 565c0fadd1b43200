#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Has the programs write their manual pages and completions, which install.sh installs. They are the same for every
# machine: a cross build takes those of a build for this one.
# usage: pages.sh PROGRAMS DEST      from PROGRAMS/byteport and PROGRAMS/byteport-server into DEST/man1 and DEST/completions
set -euo pipefail
usage="usage: pages.sh PROGRAMS DEST"
programs=${1:?$usage}
dest=${2:?$usage}

rm -rf "$dest"
mkdir -p "$dest/man1" "$dest/completions"
"$programs/byteport" man "$dest/man1"
"$programs/byteport-server" --man >"$dest/man1/byteport-server.1"
for shell in bash zsh fish; do
  "$programs/byteport" completions "$shell" >"$dest/completions/byteport.$shell"
done
