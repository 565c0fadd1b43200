# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Debian packages of boards: programs are linked with them and run under qemu, on a server of this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import capi
import pytest

sys.path += [str(Path(__file__).parents[1] / folder) for folder in (".", "boards", "brokers")]

import board
import c.conftest

from conftest import BOARDS

plain_dir = c.conftest.plain_dir
server = c.conftest.server
trap = c.conftest.trap
settings = c.conftest.settings


@pytest.mark.parametrize("arch", sorted(BOARDS))
def test_a_board_program_is_linked_with_them_and_run(arch, debs, settings, tmp_path):
    root, chosen = tmp_path / "root", board.BOARDS[arch]
    for path in debs[arch].values():
        capi.must(["dpkg-deb", "--extract", path, root])
    libraries = root / "usr" / "lib" / chosen.triple
    program = tmp_path / "store"
    flags = ["-std=c99", *capi.WARNINGS, f"-I{root}/usr/include", f"-L{libraries}"]
    capi.must([chosen.compiler, *flags, capi.EXAMPLES / "store.c", "-o", program, "-lbyteport"])
    emulator = [*chosen.emulation, "-E", f"LD_LIBRARY_PATH={libraries}"]
    capi.must([*emulator, program], env=settings)
    tool = [*emulator, root / "usr" / "bin" / "byteport", "store", "--device", f"tool-{arch}", "speed=1.5"]
    capi.must(tool, env=settings)
