#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# Every test of every language and every lint, with a count at the end. A test that was skipped is a failure.
# usage: test.sh [STEP]...     (all of `steps` below unless told; those of `apart` only when told, for they take long)
set -euo pipefail
# Whoever starts this in the background may ignore signals that the tests send.
[ -n "${DEFAULT_SIGNALS:-}" ] || DEFAULT_SIGNALS=1 exec env --default-signal=HUP,INT,QUIT,TERM "$0" "$@"
cd "$(dirname "$0")/.."

logs=build/test-logs
mkdir -p "$logs"
passed=0
step=start
began=0

finish() {
  local code=$?
  [ $code = 0 ] || echo "==> FAILED in step: $step (its output: $logs/$step.log)" >&2
}
trap finish EXIT

# run STEP COMMAND...: shows and keeps the output
run() {
  step=$1
  shift
  echo "==> $step: $*"
  "$@" 2>&1 | tee -a "$logs/$step.log"
}

# count STEP: adds the tests that the step's log tells of; a skipped or ignored one fails
count() {
  local text ran
  text=$(sed 's/\x1b\[[0-9;]*m//g' "$logs/$1.log")
  if grep -qE '[1-9][0-9]* (ignored|skipped|xfailed|deselected)' <<<"$text"; then
    echo "==> $1: a test was skipped" >&2
    return 1
  fi
  # the closing lines of cargo, pytest and checked(), each in its own words
  ran=$({ grep -oE '[0-9]+ passed(;| in |$)' <<<"$text" || true; } | awk '{n += $1} END {print n + 0}')
  [ "$ran" -gt 0 ] || {
    echo "==> $1: no test ran" >&2
    return 1
  }
  echo "==> $1: $ran passed in $((SECONDS - began)) s"
  passed=$((passed + ran))
  began=$SECONDS
}

# checked STEP NAME COMMAND...: a check that is passed or not counts as one test
checked() {
  local name=$2
  run "$1" "${@:3}"
  echo "$name: 1 passed" | tee -a "$logs/$1.log"
}

lint() {
  checked lint rustfmt cargo fmt --check
  checked lint clippy cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
  checked lint features scripts/check-features.sh
  checked lint rustdoc env RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --exclude byteport-python --no-deps --locked
  checked lint ruff-check build/venv/bin/python -m ruff check --config python/pyproject.toml python examples bench scripts tests
  checked lint ruff-format build/venv/bin/python -m ruff format --check --config python/pyproject.toml python examples bench scripts tests
  checked lint mypy env -C python ../build/venv/bin/python -m mypy
  checked lint shellcheck shellcheck scripts/*.sh scripts/brokers/*.sh tests/c/*.sh packaging/debian/*.p* .ci/run
  count lint
}

rust() {
  run rust cargo build --workspace --exclude byteport-python --locked
  run rust cargo test --workspace --exclude byteport-python --locked
  run rust cargo test -p byteport-core --lib --no-default-features --locked
  count rust
}

# The proofs of the outbox at length; each tells the seed that repeats it.
soak() {
  run soak cargo build --quiet -p byteport-server --locked
  run soak env BYTEPORT_KILLS="${BYTEPORT_KILLS:-3000}" BYTEPORT_FLIPS="${BYTEPORT_FLIPS:-5000}" \
    BYTEPORT_SUBSETS="${BYTEPORT_SUBSETS:-20}" BYTEPORT_STEPS="${BYTEPORT_STEPS:-2000}" \
    BYTEPORT_BROKER_KILLS="${BYTEPORT_BROKER_KILLS:-400}" \
    cargo test -p byteport-proof --locked -- --nocapture
  count soak
}

# Every single step of the examples fails in its turn; in `c` they are further and further apart.
torture() {
  run torture env BYTEPORT_TORTURE=every build/venv/bin/python -m pytest -q -p no:cacheprovider tests/c/test_c_torture.py
  count torture
}

c() {
  run c env PYTHON="$PWD/build/venv/bin/python" tests/c/run.sh
  count c
}

# The classes over the C library; clang-tidy is among the tests.
cpp() {
  run cpp build/venv/bin/python -m pytest -q -p no:cacheprovider tests/cpp
  count cpp
}

# once STEP: builds and installs the Python package, if this run has not yet
python_installed=
install_python() {
  [ -n "$python_installed" ] && return
  run "$1" scripts/install-python.sh
  python_installed=yes
}

python() {
  run python cargo build --quiet -p byteport-server --locked
  install_python python
  run python build/venv/bin/python -m pytest -q -p no:cacheprovider python/tests
  run python build/venv/bin/python -m pytest -q -p no:cacheprovider tests/packaging
  run python scripts/test-pythons.sh
  # outside python/, where the sources would hide the installed module
  checked python stubtest env -C build ./venv/bin/python -m mypy.stubtest byteport byteport_client \
    --mypy-config-file ../python/pyproject.toml --allowlist ../python/stubtest-allowlist.txt
  count python
}

docs() {
  run docs cargo build --quiet -p byteport-server -p byteport-ffi -p byteport-cli --locked
  install_python docs
  run docs build/venv/bin/python -m pytest -q -p no:cacheprovider tests/docs
  count docs
}

page() {
  run page cargo build --quiet -p byteport-server -p byteport-ffi --locked
  run page build/venv/bin/python -m pytest -q -p no:cacheprovider tests/page
  count page
}

api() {
  run api cargo build --quiet -p byteport-server --locked
  run api build/venv/bin/python -m pytest -q -p no:cacheprovider tests/api
  count api
}

# The brokers that the tests of every language start.
brokers() {
  run brokers build/venv/bin/python -m pytest -q -p no:cacheprovider tests/brokers
  count brokers
}

# What `make install` installs, and projects that use it.
install() {
  run install scripts/release.sh
  run install cargo build --quiet -p byteport-ffi --locked
  run install build/venv/bin/python -m pytest -q -p no:cacheprovider tests/consumers
  count install
}

# The library, its programs and the wheels on boards, whose processors qemu plays.
boards() {
  run boards scripts/setup.sh boards
  run boards cargo build --quiet -p byteport-server --locked
  run boards build/venv/bin/python -m pytest -q -p no:cacheprovider -n auto --dist loadfile tests/boards
  # The core's own. Left out: what runs brokers and proxies, whose clients tests/boards runs; what measures this machine's
  # memory; what manages, downloads and uploads, which tests/boards does by the examples; and one that starts itself in another
  # process, which the kernel cannot do for another machine's program. Emulation is slow: properties are tried on fewer cases, and
  # what opens a file damaged in hundreds of ways is left to this machine.
  for arch in arm64 armhf; do
    run boards env PROPTEST_CASES=8 scripts/cross.sh "$arch" test --quiet --profile quick -p byteport-core --lib --test vectors --test wire \
      --test outbox --test tls --test hostile --test link --test secrets -- --skip a_second_opener_in_another_process \
      --skip flip --skip any_length_that_is_left
  done
  count boards
}

# packages STEP ARCH...: the Debian packages, in a Debian of their own and for boards. Rust 1.85, the oldest that is supported,
# builds them.
packages() {
  local step=$1
  shift
  run "$step" scripts/setup.sh boards
  run "$step" cargo build --quiet -p byteport-server --locked
  run "$step" scripts/deb.sh --profile quick --out build/test-deb "$@" # not optimised, which is sooner done
  run "$step" env BYTEPORT_DEBS="$*" build/venv/bin/python -m pytest -q -p no:cacheprovider -n auto --dist loadfile tests/debian
  count "$step"
}

debian() {
  packages debian amd64
}

debs() {
  packages debs amd64 arm64 armhf
}

steps=(lint rust c cpp python docs page api brokers install boards debian)
apart=(debs soak torture)
[ $# -gt 0 ] || set -- "${steps[@]}"
for part in "$@"; do
  [[ " ${steps[*]} ${apart[*]} " == *" $part "* ]] || {
    echo "test: there is no step $part: ${steps[*]} ${apart[*]}" >&2
    exit 2
  }
done
rm -f "$logs"/*.log
run setup scripts/setup.sh test
echo "==> setup: done in $SECONDS s"
began=$SECONDS
for part in "$@"; do "$part"; done
step=end
echo "==> all in $SECONDS s"
echo "$passed passed, 0 failed"
