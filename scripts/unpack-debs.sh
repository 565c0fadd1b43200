#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Unpacks Debian 12's packages, of any architecture, into a folder of their own; their install scripts do not run.
# usage: unpack-debs.sh DEST PACKAGE:ARCH...
# Changes nothing on the system: foreign packages installed by apt conflict with native ones, unpacked ones do not.
set -euo pipefail
[ $# -ge 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2; }
dest=$(realpath -m "$1")
shift
mirror=$("$(dirname "$0")/debian-mirror.sh")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/state/lists/partial "$work"/cache/archives/partial "$work"/debs "$dest"
: > "$work/state/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$work/sources.list"
apt=(apt-get -qq -o Dir::State="$work/state" -o Dir::State::status="$work/state/status" -o Dir::Cache="$work/cache"
  -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o APT::Architecture=amd64
  -o APT::Sandbox::User=root -o Acquire::Languages=none)
while read -r arch; do
  apt+=(-o APT::Architectures::="$arch")
done < <(printf '%s\n' amd64 "${@##*:}" | sort -u)
"${apt[@]}" update
(cd "$work/debs" && "${apt[@]}" download "$@")
for deb in "$work"/debs/*.deb; do dpkg -x "$deb" "$dest"; done
