# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Projects that use libbyteport as it is installed, or as a folder of theirs: each is built, and its program run."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import capi
import pytest
from service import KEY, NS, PASSWORD, USER, Server

from conftest import ENVIRONMENT, HERE

numbers = itertools.count(1)


def must(*command: object, cwd: Path, **variables: str) -> str:
    return capi.must(list(command), cwd=cwd, env={**ENVIRONMENT, **variables})


def move_programs(work: Path, project: Path) -> None:
    """For build systems that take no sources from outside."""
    for name in ("main.c", "main.cpp"):
        shutil.move(work / name, project)


def by_make(kind: str, tree: Path, work: Path, *flags: str) -> Path:
    static = {"shared": "", "static": "--static"}[kind]
    found = {"PKG_CONFIG_PATH": str(tree / "lib" / "pkgconfig")}
    must("make", f"STATIC={static}", *flags, cwd=work / "pkgconfig", **found)
    return work / "pkgconfig" / "main"


def by_cmake(kind: str, tree: Path, work: Path) -> Path:
    options = [f"-DKIND={kind}", f"-DCMAKE_PREFIX_PATH={tree}"]
    must("cmake", "-S", "cmake", "-B", "build", *options, cwd=work)
    must("cmake", "--build", "build", cwd=work)
    return work / "build" / "main"


def by_meson(kind: str, tree: Path, work: Path) -> Path:
    move_programs(work, work / "meson")
    found = {"PKG_CONFIG_PATH": str(tree / "lib" / "pkgconfig")}
    must("meson", "setup", "build", f"-Ddefault_library={kind}", cwd=work / "meson", **found)
    must("meson", "compile", "-C", "build", cwd=work / "meson")
    return work / "meson" / "build" / "main"


def configure_subdirectory(kind: str, work: Path, *options: str) -> Path:
    """A project with libbyteport in a folder; cargo builds as it does for the other tests, so that little is left to do."""
    project = work / "subdirectory"
    move_programs(work, project)
    (project / "libbyteport").symlink_to(capi.ROOT)
    options = (
        f"-DKIND={kind}",
        "-DCMAKE_BUILD_TYPE=Debug",
        f"-DBYTEPORT_CARGO_TARGET_DIR={capi.TARGET}",
        *options,
    )
    must("cmake", "-G", "Ninja", "-S", ".", "-B", "build", *options, cwd=project)
    return project


def as_subdirectory(kind: str, tree: Path, work: Path) -> Path:
    project = configure_subdirectory(kind, work)
    must("cmake", "--build", "build", cwd=project)
    return project / "build" / "main"


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The projects in a folder of the test's own."""
    return Path(shutil.copytree(HERE, tmp_path / "a project"))


def stores(program: Path, server: Server, tree: Path) -> None:
    """Runs a consumer, and reads back what it stored with the command that was installed."""
    device, value = f"consumer-{next(numbers)}", f"{next(numbers)}.25"
    told = must(program, server.host, NS, KEY, device, value, cwd=program.parent)
    assert re.fullmatch(r"refused: .*not a name.*\n", told), told
    login = {"BYTEPORT_HOST": server.host, "BYTEPORT_USER": USER, "BYTEPORT_PASSWORD": PASSWORD}
    read = ["read", f"{NS}.{device}.consumed", "--since", "1h", "--format", "csv", "--config", "/dev/null"]
    table = must(tree / "bin" / "byteport", *read, cwd=program.parent, **login)
    assert [line.split(",")[1] for line in table.splitlines()[1:]] == [value]


def in_cpp(program: Path) -> Path:
    """The program that is built beside another, in C++."""
    return program.with_name("main-cpp")


def needed(program: Path) -> list[str]:
    """The shared libraries that a program names."""
    return re.findall(r"\(NEEDED\).*\[(.*)\]", must("readelf", "-d", program, cwd=program.parent))


@pytest.mark.parametrize("kind", ["shared", "static"])
@pytest.mark.parametrize("way", [by_make, by_cmake, by_meson, as_subdirectory])
def test_a_project(
    way: Callable[[str, Path, Path], Path], kind: str, tree: Path, server: Server, work: Path
) -> None:
    program = way(kind, tree, work)
    for made in (program, in_cpp(program)):
        assert ("libbyteport.so.0" in needed(made)) == (kind == "shared")
        stores(made, server, tree)


def test_a_program_without_any_shared_library(tree: Path, server: Server, work: Path) -> None:
    program = by_make("static", tree, work, "LDFLAGS=-static")
    for made in (program, in_cpp(program)):
        assert needed(made) == []
        stores(made, server, tree)


def test_a_program_with_an_sqlite_of_its_own(tree: Path, server: Server, work: Path) -> None:
    (work / "pkgconfig" / "own.c").write_text(
        "int sqlite3_open_v2(void); int sqlite3_open_v2(void) { return 1; }\n"
    )
    stores(by_make("static", tree, work, "main", "LDFLAGS=own.c"), server, tree)


def test_a_subdirectory_is_installed_with_its_project(server: Server, tree: Path, work: Path) -> None:
    prefix = work / "in stalled"
    rpath = f"-DCMAKE_INSTALL_RPATH={prefix / 'lib'}"
    project = configure_subdirectory("shared", work, "-DCMAKE_INSTALL_LIBDIR=lib", rpath)
    must("cmake", "--build", "build", cwd=project)
    must("cmake", "--install", "build", "--prefix", prefix, cwd=project)
    assert (prefix / "lib" / "pkgconfig" / "byteport.pc").is_file()
    stores(prefix / "bin" / "main", server, tree)
    stores(prefix / "bin" / "main-cpp", server, tree)


def test_a_subdirectory_is_built_for_another_machine(work: Path) -> None:
    machine = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64"]
    project = configure_subdirectory("shared", work, *machine)
    told = must("ninja", "-C", "build", "-t", "commands", cwd=project)
    (cargo,) = [line for line in told.splitlines() if "-p byteport-ffi" in line]
    for part in ("--target aarch64-unknown-linux-gnu", "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=/"):
        assert part in cargo
    assert f"{capi.TARGET}/aarch64-unknown-linux-gnu/debug/linked/libbyteport.so" in told


@pytest.mark.parametrize("wish", ["0.9", "1", "0.2...0.9", "0.0...<0.1"])
def test_another_version_is_not_taken(wish: str, tree: Path, work: Path) -> None:
    lists = work / "cmake" / "CMakeLists.txt"
    lists.write_text(lists.read_text().replace("byteport 0.1 ", f"byteport {wish} "))
    options = ["-DKIND=shared", f"-DCMAKE_PREFIX_PATH={tree}"]
    done = capi.run(["cmake", "-S", "cmake", "-B", "build", *options], cwd=work, env=ENVIRONMENT)
    assert done.returncode != 0
    assert "compatible with requested" in " ".join(done.stderr.split()), done.stderr


def test_an_unknown_component_is_named(tree: Path, work: Path) -> None:
    options = ["-DKIND=quick", f"-DCMAKE_PREFIX_PATH={tree}"]
    done = capi.run(["cmake", "-S", "cmake", "-B", "build", *options], cwd=work, env=ENVIRONMENT)
    assert done.returncode != 0
    assert "no component quick" in " ".join(done.stderr.split()), done.stderr
