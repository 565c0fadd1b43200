# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The released library, which is optimised, where the process may have no more memory or descriptors."""

from __future__ import annotations

import sys
from pathlib import Path

import capi
import pytest

sys.path.append(str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "brokers"))

import c.conftest

# What the program uses is what it has in tests/c, also the server.
plain_dir = c.conftest.plain_dir
server = c.conftest.server
trap = c.conftest.trap
settings = c.conftest.settings
certificates = c.conftest.certificates
recording = c.conftest.recording
mosquitto = c.conftest.mosquitto
world = c.conftest.world


@pytest.mark.parametrize("static", [False, True])
def test_a_limit_that_is_hit_is_an_error(
    static: bool, tree: Path, world: dict[str, str], tmp_path: Path
) -> None:
    build = capi.Build(tree / "lib", [capi.tool("gcc"), "-std=c99"])
    program = build.compile(capi.HERE / "limits.c", tmp_path, static=static)
    done = build.run(program, env=world)
    assert done.returncode == 0, done.stdout + done.stderr
