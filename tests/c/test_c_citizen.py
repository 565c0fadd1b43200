# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The library as a guest in a process: signals, exit, unloading, descriptors, memory, locales, limits, small stacks."""

import capi
import pytest
from test_c_programs import every_build, passed

# These, or their children, end while threads of the library do: what only a thread pointed to looks like a leak.
LEAVING = {"exits", "unload", "signals"}


def only(*builds: str):
    return pytest.mark.parametrize("build", builds, indirect=True)


def bear_with(program: str, build) -> None:
    """Looks for no leak where a program may leave what looks like one."""
    if program in LEAVING:
        build.wrapper = [part.replace("leak-check=full", "leak-check=no") for part in build.wrapper]
        build.env = {
            name: value.replace("detect_leaks=1", "detect_leaks=0") for name, value in build.env.items()
        }


@every_build
@pytest.mark.parametrize("program", ["signals", "exits", "descriptors"])
def test_program(program, build, world, tmp_path):
    path = build.compile(capi.HERE / f"{program}.c", tmp_path)
    bear_with(program, build)
    passed(build.run(path, env=world), program)


@every_build
def test_unload(build, world, tmp_path):
    path = build.compile(capi.HERE / "unload.c", tmp_path, loads=True)
    needed = capi.must([capi.tool("objdump"), "-p", path])
    assert "libbyteport" not in needed
    bear_with("unload", build)
    passed(build.run(path, env={**world, "BYTEPORT_LIBRARY": str(tmp_path / "libbyteport.so")}), "unload")


@pytest.mark.parametrize(("build", "part"), [("c99", 1), ("valgrind", 20), ("asan", 5)], indirect=["build"])
def test_many(build, part, world, tmp_path):
    path = build.compile(capi.HERE / "many.c", tmp_path)
    passed(build.run(path, str(part), env=world), "many")


@only("c99")
@pytest.mark.parametrize("program", ["limits", "stack"])
def test_natively(program, build, world, tmp_path):
    path = build.compile(capi.HERE / f"{program}.c", tmp_path)
    passed(build.run(path, env=world), program)


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory):
    """A folder with the locales of Sweden and Turkey, where a decimal point is a comma and i is no small I."""
    folder = tmp_path_factory.mktemp("locales")
    for name in ("sv_SE", "tr_TR"):
        capi.must([capi.tool("localedef"), "-i", name, "-f", "UTF-8", folder / f"{name}.UTF-8"])
    return folder


@only("c99")
def test_locales(build, world, recording, locales, tmp_path):
    servers, _ = recording
    path = build.compile(capi.HERE / "locales.c", tmp_path)
    for name in ("C", "sv_SE.UTF-8", "tr_TR.UTF-8"):
        device = f"{world['BYTEPORT_DEVICE']}-{name[:2].lower()}"
        env = {**world, "LOCPATH": str(locales), "BYTEPORT_DEVICE": device}
        passed(build.run(path, name, env=env), "locales")
    plain, swedish, turkish = servers["plain"].requests
    assert plain.form["half"] == "0.5"
    assert plain == swedish == turkish
