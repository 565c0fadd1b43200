#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Prints the address of a mirror of Debian 12: DEBIAN_MIRROR if it is set, else the one from which this machine has its packages,
# else Debian's own. apt is asked, for it knows by each repository's signed Release file whose it is.
set -euo pipefail
mirrors=${DEBIAN_MIRROR:-}
if [ -z "$mirrors" ] && command -v apt-get >/dev/null; then
  # shellcheck disable=SC2016 # apt-get fills it in
  mirrors=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Codename: bookworm' 'Component: main' |
    sed -n '/^https\?:/p')
fi
mirror=${mirrors%%$'\n'*} # what unpacks and installs takes one address, and no list of mirrors in a file
echo "${mirror:-http://deb.debian.org/debian}"
