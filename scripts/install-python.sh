#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Builds the Python package in release and installs it into build/venv, with the build tool that setup.sh put there.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/build/venv/bin:$PATH" exec build/venv/bin/python -m pip install -q --disable-pip-version-check --no-input --no-build-isolation \
  --force-reinstall --no-deps ./python
