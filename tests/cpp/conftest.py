# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What tests/c and tests/brokers have is used here, too; and how C++ programs are compiled, by a short name for each way."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

import c.conftest

sys.path.append(str(Path(__file__).parents[1] / "brokers"))

import brokers.conftest
import capi

HERE = Path(__file__).parent
INCLUDE = capi.HEADER.parent
EXAMPLES = capi.ROOT / "examples" / "cpp"
WARNINGS = ["-Wconversion", "-Wshadow"]  # besides those of tests/c

plain_dir = c.conftest.plain_dir
asan_dir = c.conftest.asan_dir
server = c.conftest.server
trap = c.conftest.trap
settings = c.conftest.settings
certificates = c.conftest.certificates
recording = c.conftest.recording
vector_table = c.conftest.vector_table
mosquitto = brokers.conftest.mosquitto
rabbitmq = brokers.conftest.rabbitmq


@pytest.fixture
def build(request: pytest.FixtureRequest) -> capi.Build:
    """A way to compile and run: the compiler, the standard, then `returns` where there are no exceptions, and `asan`."""
    compiler, standard, *ways = request.param.split("-")
    command = [capi.tool(compiler), f"-std={standard}", f"-I{HERE}", *WARNINGS]
    if "returns" in ways:
        command.append("-fno-exceptions")
    if "asan" in ways:
        command += ["-fsanitize=address", "-fno-omit-frame-pointer"]
        options = "detect_leaks=1:abort_on_error=0:exitcode=99"
        return capi.Build(request.getfixturevalue("asan_dir"), command, env={"ASAN_OPTIONS": options})
    return capi.Build(request.getfixturevalue("plain_dir"), command)
