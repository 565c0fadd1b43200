#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds the Python package's wheel in release into build/wheels, with the build tool that setup.sh put into build/venv, and
# installs it there.
set -euo pipefail
cd "$(dirname "$0")/.."

pip=(build/venv/bin/python -m pip --disable-pip-version-check --no-input)
rm -rf build/wheels
PATH="$PWD/build/venv/bin:$PATH" "${pip[@]}" wheel -q --no-build-isolation --no-deps -w build/wheels ./python
"${pip[@]}" install -q --no-index --no-deps --force-reinstall build/wheels/byteport-*.whl
