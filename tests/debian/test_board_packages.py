# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Debian packages of boards: programs are linked with them and run under qemu."""

from __future__ import annotations

import capi
import pytest

from conftest import BOARDS, seeded

# What a cross compiler and an emulator are called.
TRIPLETS = {"arm64": "aarch64-linux-gnu", "armhf": "arm-linux-gnueabihf"}
EMULATORS = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}


@pytest.mark.parametrize("arch", sorted(BOARDS))
def test_a_board_program_is_linked_with_them_and_run(arch, debs, native_server, tmp_path):
    root, triplet = tmp_path / "root", TRIPLETS[arch]
    for path in debs[arch].values():
        capi.must(["dpkg-deb", "--extract", path, root])
    libraries = root / "usr" / "lib" / triplet
    program = tmp_path / "store"
    flags = ["-std=c99", *capi.WARNINGS, f"-I{root}/usr/include", f"-L{libraries}"]
    capi.must([f"{triplet}-gcc", *flags, capi.EXAMPLES / "store.c", "-o", program, "-lbyteport"])
    emulator = [EMULATORS[arch], "-L", f"/usr/{triplet}", "-E", f"LD_LIBRARY_PATH={libraries}"]
    where = {
        "BYTEPORT_HOST": native_server,
        "BYTEPORT_NAMESPACE": "my_garage",
        "BYTEPORT_KEY": seeded("write_key"),
    }
    capi.must([*emulator, program], env={**where, "BYTEPORT_DEVICE": f"deb-{arch}"})
    tool = [*emulator, root / "usr" / "bin" / "byteport", "store", "--device", f"tool-{arch}", "speed=1.5"]
    capi.must(tool, env=where)
