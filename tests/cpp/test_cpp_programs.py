# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every C++ test program: by both compilers, by three standards, with exceptions and without, plain and with ASan."""

import re

import conftest
import pytest

PROGRAMS = ["behaviour", "answers", "transfers", "outbox", "outbox_events"]
BUILDS = ["g++-c++17-asan", "g++-c++23-returns-asan", "clang++-c++20-throws", "clang++-c++17-returns"]
every_build = pytest.mark.parametrize("build", BUILDS, indirect=True)


def ok(done) -> str:
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@every_build
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, build, settings, vector_table, tmp_path):
    path = build.compile(conftest.HERE / f"{program}.cpp", tmp_path, vectors=vector_table)
    assert re.fullmatch(rf"{program}: [1-9]\d* checks, 0 failed\n", ok(build.run(path, env=settings)))
