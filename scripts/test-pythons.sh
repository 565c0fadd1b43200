#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# The Python tests, run with the oldest and the newest other Python from 3.9 on that this machine has, each with the wheel
# in build/wheels and an environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

# minor PYTHON: 9 for 3.9; nothing where it is no Python that is supported
minor() {
  "$1" -c 'import sys, venv, ensurepip; print(sys.version_info[1] if sys.version_info >= (3, 9) else "")' 2>/dev/null || true
}

ours=$(minor build/venv/bin/python)
found=$(for python in /usr/{,local/}bin/python3.{9,[0-9][0-9]} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python; do
  [ -x "$python" ] || continue
  version=$(minor "$python")
  [ -z "$version" ] || [ "$version" = "$ours" ] || echo "$version $python"
done | sort -n -u -k 1,1)

if [ -z "$found" ]; then
  echo "pythons: this machine has Python 3.$ours only"
  exit 0
fi
{ head -n 1 <<<"$found"; tail -n 1 <<<"$found"; } | sort -u | while read -r version python; do
  venv=build/venv-3.$version
  echo "pythons: $("$python" --version)"
  "$python" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-input -r python/requirements-test.txt build/wheels/byteport-*.whl
  "$venv/bin/python" -m pytest -q -p no:cacheprovider python/tests </dev/null
done
