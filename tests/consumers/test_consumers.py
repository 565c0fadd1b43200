# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Projects that use libbyteport as it is installed, or as a folder of theirs: each is built, and its program run."""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import capi
import pytest
from service import KEY, NS, PASSWORD, USER, Server

from conftest import ENVIRONMENT, HERE

numbers = itertools.count(1)
LINKED = capi.TARGET / "aarch64-unknown-linux-gnu" / "debug" / "linked"


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


def configure_subdirectory(kind: str, work: Path, *options: str, **variables: str) -> Path:
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
    must("cmake", "-G", "Ninja", "-S", ".", "-B", "build", *options, cwd=project, **variables)
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
    assert (prefix / "share" / "byteport" / "manifest").is_file()
    must("cmake", "--install", "build", "--prefix", "/usr", cwd=project, DESTDIR=str(work / "package"))
    assert (work / "package" / "usr" / "lib" / "libbyteport.a").is_file()
    assert not list(work.glob("package/**/manifest"))


def commands_for_another_machine(work: Path, *options: str, **variables: str) -> tuple[str, list[str]]:
    """What a build would run: cargo's line, and all lines. No compiler for the machine is needed where nothing is linked."""
    machine = ["-DCMAKE_SYSTEM_NAME=Linux", "-DCMAKE_SYSTEM_PROCESSOR=aarch64"]
    machine += ["-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY"]
    project = configure_subdirectory("shared", work, *machine, *options, **variables)
    told = must("ninja", "-C", "build", "-t", "commands", cwd=project).splitlines()
    (cargo,) = [line for line in told if "-p byteport-ffi" in line]
    return cargo, told


def compiler(commands: tuple[str, list[str]]) -> Path:
    """The compiler that cargo, the crates with C code, and the step that links the shared library are given: one for all."""
    cargo, told = commands
    (words,) = [shlex.split(line) for line in told if "link-shared.sh" in line]
    after = words.index(f"{LINKED}/libbyteport.so") + 1
    linker = words[after]
    assert words[after + 1] == "&&"
    assert f"CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER={linker}" in shlex.split(cargo)
    assert f"CC_aarch64_unknown_linux_gnu={linker}" in shlex.split(cargo)
    return Path(linker)


def macros(program: Path) -> set[str]:
    """What a compiler has defined with the options that it is always called with."""
    return set(must(program, "-E", "-dM", "-x", "c", "/dev/null", cwd=program.parent).splitlines())


def test_a_subdirectory_is_built_for_another_machine(work: Path) -> None:
    commands = commands_for_another_machine(
        work,
        '-DCMAKE_C_FLAGS=-DFLAG="it\'s"',
        "-DCMAKE_SYSROOT=/",
        CC="gcc -DBOARD=7",
    )
    assert "--target aarch64-unknown-linux-gnu" in commands[0]
    assert {"#define BOARD 7", "#define FLAG it's"} <= macros(compiler(commands))
    assert "'--sysroot=/'" in compiler(commands).read_text()


def test_a_subdirectory_is_built_by_clang_for_another_machine(work: Path) -> None:
    # GNU binutils of that machine, found by its name
    strip = work / "tools" / "aarch64-linux-gnu-strip"
    strip.parent.mkdir()
    strip.symlink_to(shutil.which("strip"))
    commands = commands_for_another_machine(
        work,
        "-DCMAKE_C_COMPILER=clang",
        "-DCMAKE_CXX_COMPILER=clang++",
        "-DCMAKE_C_COMPILER_TARGET=aarch64-linux-gnu",
        "-DCMAKE_CXX_COMPILER_TARGET=aarch64-linux-gnu",
        "-DCMAKE_STRIP=/usr/bin/llvm-strip",
        PATH=f"{strip.parent}:{ENVIRONMENT['PATH']}",
    )
    assert "#define __aarch64__ 1" in macros(compiler(commands))
    (linking,) = [shlex.split(line) for line in commands[1] if "link-static.sh" in line]
    assert str(strip) in linking


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
