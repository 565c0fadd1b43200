#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Every test of the C library; the last line counts them. More arguments go to pytest, such as -k valgrind.
set -euo pipefail
cd "$(dirname "$0")"
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT

status=0
"${PYTHON:-python3}" -m pytest -p no:cacheprovider --rootdir=. -v -n auto "$@" . | tee "$summary" || status=$?

# A test that could not be set up counts as failed, and so does a run that pytest ended in any other way.
count() { tail -n 1 "$summary" | grep -oE "[0-9]+ $1" | cut -d ' ' -f 1 || true; }
passed=$(count passed) failed=$(count failed) errors=$(count "errors?")
failed=$((${failed:-0} + ${errors:-0}))
[ "$failed" -gt 0 ] || [ "$status" -eq 0 ] || failed=1
echo "c: ${passed:-0} passed, $failed failed"
exit "$status"
