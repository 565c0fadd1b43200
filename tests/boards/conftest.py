# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The fixtures of tests/c, with boards in place of its builds: a program runs under qemu, the server on this machine."""

import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "c"))
sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).resolve().parents[1] / "brokers"))

import board
import capi
import front

# What tests/c runs with every build is imported after this, and so runs on these. What can run on a processor without NEON
# can run on one with it; what differs there, the ciphers, is tested on all three in test_board.py.
capi.BUILDS[:] = ["arm64", "cortex-a9"]

spec = importlib.util.spec_from_file_location("c_conftest", capi.HERE / "conftest.py")
c_conftest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(c_conftest)

plain_dir = c_conftest.plain_dir
server = c_conftest.server
mortal_server = c_conftest.mortal_server
trap = c_conftest.trap
settings = c_conftest.settings
certificates = c_conftest.certificates
recording = c_conftest.recording
vector_table = c_conftest.vector_table
mosquitto = c_conftest.mosquitto
rabbitmq = c_conftest.rabbitmq


@pytest.fixture
def build(request: pytest.FixtureRequest) -> capi.Build:
    """A board's way to compile and run, by the board's name."""
    return board.BOARDS[request.param].build()


@pytest.fixture
def https(server: str, certificates: tuple[Path, Path]):
    """The server's address behind a front that ends TLS, and the file of the authority that vouches for the front."""
    authority, certificate = certificates
    with front.Front(server, certificate) as address:
        yield f"https://{address}", authority
