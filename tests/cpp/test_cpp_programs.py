# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every C++ test program: by both compilers, by three standards, with exceptions and without, plain and with ASan."""

import re

import pytest
from c.test_c_broker import WAYS, environment

import conftest

PROGRAMS = ["behaviour", "answers", "transfers", "outbox", "outbox_events"]
BROKER_PROGRAMS = ["broker", "broker_listen"]
BUILDS = ["g++-c++17-throws-asan", "g++-c++23-returns-asan", "clang++-c++20-throws"]
every_build = pytest.mark.parametrize("build", BUILDS, indirect=True)


def ok(done) -> str:
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def passed(build, program, env, work, vectors="") -> bool:
    path = build.compile(conftest.HERE / f"{program}.cpp", work, vectors=vectors)
    return re.fullmatch(rf"{program}: [1-9]\d* checks, 0 failed\n", ok(build.run(path, env=env))) is not None


@every_build
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, build, settings, vector_table, tmp_path):
    assert passed(build, program, settings, tmp_path, vector_table)


@pytest.mark.parametrize("build", [name for name in BUILDS if "asan" not in name], indirect=True)
def test_readings_of_which_the_library_says_nothing(build, settings, tmp_path):
    assert passed(build, "unstored", settings, tmp_path)


@pytest.mark.parametrize("build", [name for name in BUILDS if "throws" in name], indirect=True)
def test_exceptions_in_callbacks(build, settings, tmp_path):
    assert passed(build, "callbacks", settings, tmp_path)


# Each broker and protocol meets one build, and each build one of them.
@pytest.mark.parametrize(("way", "build"), list(zip(WAYS, BUILDS)), indirect=["build"])
@pytest.mark.parametrize("program", BROKER_PROGRAMS)
def test_broker_program(program, way, build, settings, tmp_path, request):
    kind, scheme = WAYS[way]
    broker = request.getfixturevalue(kind)
    assert passed(build, program, environment(broker, scheme, settings), tmp_path)


@pytest.mark.parametrize("build", ["g++-c++17-throws"], indirect=True)
def test_both_forms_in_one_program(build, tmp_path):
    """Parts of a program, with exceptions or without, by C++17 or C++20: their functions are apart, their errors are one."""
    part = conftest.HERE / "forms.cpp"
    for number, flags in enumerate((["-std=c++17", "-fno-exceptions"], ["-std=c++20"])):
        made = tmp_path / f"form{number}.o"
        conftest.capi.must(
            [
                conftest.capi.tool("g++"),
                *flags,
                f"-DFORM=form{number}",
                f"-I{conftest.INCLUDE}",
                "-c",
                part,
                "-o",
                made,
            ]
        )
        build.compiler += ["-x", "none", str(made), "-x", "c++"]
    program = build.compile(part, tmp_path)
    each = "returned thrown thrown"
    assert ok(build.run(program, env={})) == f"form0: returned\nform1: {each}\nform2: {each}\n"


def test_every_program_is_run_here():
    programs = {path.stem for path in conftest.HERE.glob("*.cpp")}
    assert programs == {*PROGRAMS, *BROKER_PROGRAMS, "callbacks", "forms", "unstored"}
