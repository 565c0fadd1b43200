# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Installs what the release build made, moves it, and starts the server that was installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "c"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "page"))

import capi
from service import Server

HERE = Path(__file__).resolve().parent

# What whoever runs the tests may have set for builds and installs of their own.
STRANGE = (
    "BYTEPORT_",
    "CMAKE_",
    "DESTDIR",
    "LDFLAGS",
    "LD_LIBRARY_PATH",
    "MAKE",
    "MFLAGS",
    "PKG_CONFIG",
    "PREFIX",
)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(STRANGE)}


@pytest.fixture(scope="session")
def destdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree as a packager makes it, by `make install`; what was built is then in target/release."""
    folder = tmp_path_factory.mktemp("packager") / "a tree"
    make = ["make", "install", "PREFIX=/opt/by port", f"DESTDIR={folder}"]
    capi.must(make, cwd=capi.ROOT, env={**ENVIRONMENT, "CARGO_TARGET_DIR": str(capi.TARGET)})
    return folder


@pytest.fixture(scope="session")
def tree(destdir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The prefix of that tree, in another place than the one it was installed for."""
    moved = tmp_path_factory.mktemp("moved") / "some where"
    (destdir / "opt" / "by port").rename(moved)
    return moved


@pytest.fixture(scope="session")
def server(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tree / "bin" / "byteport-server", tmp_path_factory.mktemp("server"))
    yield server
    server.stop()
