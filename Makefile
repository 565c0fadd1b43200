# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# The one front door. `make help` lists every task.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*/\1/p' Makefile)

help: ## list the tasks
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## build all, start a local server, store this machine's load from C and Python, show it
	@scripts/run.sh

test: ## every test of every language, and the lints
	@scripts/test.sh

test-rust: ## the Rust tests alone
	@scripts/test.sh rust

test-c: ## the C tests alone: plain, valgrind, AddressSanitizer, symbols
	@scripts/test.sh c

test-cpp: ## the C++ classes alone: two compilers, with exceptions and without, clang-tidy
	@scripts/test.sh cpp

test-python: ## the Python tests alone
	@scripts/test.sh python

test-api: ## the server against docs/openapi.json alone
	@scripts/test.sh api

test-page: ## the server's page in Chromium alone
	@scripts/test.sh page

test-brokers: ## the brokers that the tests start, alone
	@scripts/test.sh brokers

test-install: ## what is installed, and projects that use it, alone
	@scripts/test.sh install

test-boards: ## the library on aarch64 and armhf alone, under qemu, and their wheels
	@scripts/test.sh boards

test-debian: ## the Debian packages alone, of all three architectures
	@scripts/test.sh debs

test-docs: ## the examples of the README and of docs/ alone
	@scripts/test.sh docs

soak: ## the proofs of the outbox at length, with thousands of kills; BYTEPORT_SEED=N repeats a run
	@scripts/test.sh soak

fuzz: ## fuzz every parser and the C API for ten minutes in all; BYTEPORT_FUZZ_SECONDS=N for longer
	@scripts/setup.sh fuzz && PYTHON=build/venv/bin/python scripts/fuzz.sh

torture: ## the C examples while every single step of the system fails in its turn
	@scripts/test.sh torture

lint: ## formatting and lints of every language
	@scripts/test.sh lint

bench: ## measure against libcurl, pycurl, requests, zlib, bz2, orjson, pandas, paho and bare SQLite
	@scripts/bench.sh

footprint: ## size, memory and wake-ups of the library on boards, into docs/footprint.md
	@scripts/footprint.sh

abi: ## record what this release promises to C programs, in tests/abi
	@python3 tests/c/abi.py

header: ## write include/byteport.h and the version script anew from the Rust sources
	@BYTEPORT_WRITE_HEADER=1 cargo test -q -p byteport-ffi --test header

notices: ## write the notices of third parties anew from Cargo.lock, into packaging/install/THIRD-PARTY
	@python3 scripts/notices.py

doc-c: ## the C library's documentation as pages in build/doc/c/html; needs doxygen
	@scripts/doc-c.sh

release: ## build what `make install` installs
	@scripts/release.sh

# PREFIX, LIBDIR and the others reach the scripts as variables.
install: release ## build and install, into PREFIX (/usr/local); also LIBDIR INCLUDEDIR BINDIR DATADIR MANDIR, DESTDIR
	@scripts/install.sh

uninstall: ## remove what `make install` with the same folders has installed
	@scripts/install.sh --uninstall

deb: ## make the Debian packages for amd64, arm64 and armhf, in build/deb
	@scripts/setup.sh boards && scripts/deb.sh

setup: ## install what the tests need (Debian packages, a Python environment)
	@scripts/setup.sh

format: ## format every source file
	@cargo fmt && scripts/setup.sh test && build/venv/bin/python -m ruff format --config python/pyproject.toml python examples bench scripts tests

clean: ## remove everything that was built
	@rm -rf target build
