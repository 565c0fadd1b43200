# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The boards: how programs are compiled for each and run here, and what an ELF file asks of the machine that it runs on."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import capi

GLIBC = (2, 28)  # the newest that anything may ask for; scripts/cross.sh says where that is found
ZIG = [capi.ROOT / "build" / "venv" / "bin" / "python", "-m", "ziglang", "cc"]


@dataclass(frozen=True)
class Board:
    """A processor that qemu plays, by Debian's name of its architecture; the kernel and the server are this machine's."""

    arch: str
    triple: str
    elf: tuple[str, str]
    """The class and the machine in readelf's words."""
    emulator: tuple[str, ...]

    @property
    def compiler(self) -> str:
        return capi.tool(f"{self.triple}-gcc")

    @property
    def emulation(self) -> list[str]:
        """What runs a program; its loader and its C library are those of the cross compiler."""
        program, *options = self.emulator
        return [capi.tool(program), *options, "-L", f"/usr/{self.triple}"]

    def build(self) -> capi.Build:
        """The library as scripts/cross.sh makes it, and Debian's cross compiler, which knows no Zig."""
        return capi.Build(cross_build(self.arch), [self.compiler, "-std=c99"], self.emulation)


ARM = ("armhf", "arm-linux-gnueabihf", ("ELF32", "ARM"))
BOARDS = {
    "arm64": Board("arm64", "aarch64-linux-gnu", ("ELF64", "AArch64"), ("qemu-aarch64",)),
    "armhf": Board(*ARM, ("qemu-arm",)),
    "cortex-a9": Board(*ARM, ("qemu-arm", "-cpu", "cortex-a9,neon=off")),
}


def cross(*arguments: str) -> Path:
    """Runs scripts/cross.sh; gives the folder that it names."""
    env = {**os.environ, "CARGO_TARGET_DIR": str(capi.TARGET)}
    return Path(capi.must([capi.ROOT / "scripts" / "cross.sh", *arguments], env=env).splitlines()[-1])


@cache
def cross_build(arch: str) -> Path:
    """The folder with the library for an architecture, as the Debian packages' tests have it."""
    return cross(arch, "build", "--quiet", "--profile", "quick", "-p", "byteport-ffi")


def machine(file: Path) -> tuple[str, str]:
    """The class and the machine of an ELF file."""
    head = capi.must([capi.tool("readelf"), "--file-header", "--wide", file])
    return tuple(re.search(rf"^\s*{field}:\s+(.+)$", head, re.MULTILINE)[1] for field in ("Class", "Machine"))


def glibc_needed(file: Path) -> tuple[int, ...]:
    """The newest version of glibc whose symbols a file asks for, by its table of versions."""
    table = capi.must([capi.tool("readelf"), "--version-info", "--wide", file])
    needs = table.partition("Version needs section")[2]
    versions = {tuple(map(int, found.split("."))) for found in re.findall(r"\bGLIBC_([0-9.]+)", needs)}
    assert versions, f"{file} asks for no version of glibc: is it linked?\n{table}"
    return max(versions)


def needed(file: Path) -> set[str]:
    """The libraries that a file is linked with."""
    table = capi.must([capi.tool("readelf"), "--dynamic", "--wide", file])
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", table))
