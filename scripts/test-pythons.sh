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
# try VERSION PYTHON: in an environment of its own
try() {
  local venv=build/venv-3.$1
  "$2" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-input -r python/requirements-test.txt build/wheels/byteport-*.whl
  "$venv/bin/python" -m pytest -q -p no:cacheprovider python/tests
}

# Both at the same time, for the tests wait more than they work; what they say is shown one after the other.
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
started=()
while read -r version python; do
  try "$version" "$python" </dev/null >"$logs/$version" 2>&1 &
  started+=("$! $version $python")
done < <({ head -n 1 <<<"$found"; tail -n 1 <<<"$found"; } | sort -u)
status=0
for one in "${started[@]}"; do
  read -r process version python <<<"$one"
  wait "$process" || status=1
  echo "pythons: $("$python" --version)"
  cat "$logs/$version"
done
exit $status
