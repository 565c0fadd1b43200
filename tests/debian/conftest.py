# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Debian packages of each architecture, as scripts/deb.sh has made them, and a clean Debian to install them in."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "c"))

import capi

ARCHITECTURES = os.environ["BYTEPORT_DEBS"].split()  # those that scripts/test.sh has had made
BOARDS = {*ARCHITECTURES} - {"amd64"}
collect_ignore = [] if BOARDS else ["test_board_packages.py"]
NAMES = {"libbyteport0", "libbyteport-dev", "byteport-tools", "python3-byteport"}
DEBS = capi.ROOT / "build" / "test-deb"
SEED = capi.ROOT / "examples" / "seed.toml"
AS_ROOT = [] if os.geteuid() == 0 else ["sudo"]
# What a program is built and run with; the packages themselves bring nothing that is not here.
BASE = "gcc,libc6-dev,pkg-config,python3"


@pytest.fixture(scope="session")
def debs() -> dict[str, dict[str, Path]]:
    """By architecture and name: the packages that were made."""
    found: dict[str, dict[str, Path]] = {}
    for path in DEBS.glob("*.deb"):
        name, _, arch = path.stem.split("_")
        found.setdefault(arch, {})[name] = path
    assert found, f"there are no packages in {DEBS}: scripts/test.sh debian makes them"
    return found


@pytest.fixture(scope="session")
def clean_root(debs) -> Iterator[Path]:
    """A Debian 12 in a folder that has nothing of this machine; our packages are installed in it by its own dpkg."""
    root = capi.ROOT / "build" / "debian-root"  # not in /tmp, where there may be no programs and devices
    mirror = capi.must([capi.ROOT / "scripts" / "debian-mirror.sh"]).strip()
    capi.must([*AS_ROOT, "rm", "-rf", root])
    capi.must([*AS_ROOT, "debootstrap", "--variant=minbase", f"--include={BASE}", "bookworm", root, mirror])
    for path in debs["amd64"].values():
        shutil.copy(path, root / "tmp")
    inside(root, "sh", "-c", "dpkg --install /tmp/*.deb")
    yield root
    capi.must([*AS_ROOT, "rm", "-rf", root])


def inside(root: Path, *command: str, **environment: str) -> str:
    """Runs a command within the clean Debian, with nothing of this machine's environment, and with a /proc."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    settings = [f"{name}={value}" for name, value in {"PATH": path, "HOME": "/root", **environment}.items()]
    chroot = [*AS_ROOT, "unshare", f"--mount-proc={root / 'proc'}", "chroot", root]
    return capi.must([*chroot, "env", "-i", *settings, *command])


class Server:
    """A server on a free port, on data of its own."""

    def __init__(self, command: list, folder: str):
        command = [*command, "--data", folder, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if "http://" not in said:
            self.process.kill()
            raise AssertionError(f"{command} does not listen: {said!r}")
        self.address = said.split("http://")[1].strip()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait() == 0


@pytest.fixture(scope="session")
def packaged_server(clean_root: Path) -> Iterator[str]:
    """The address of the server in byteport-tools, which runs within the clean Debian."""
    shutil.copy(SEED, clean_root / "tmp" / "seed.toml")
    server = Server(
        [*AS_ROOT, "chroot", clean_root, "byteport-server", "--seed", "/tmp/seed.toml"], "/tmp/data"
    )
    yield server.address
    server.stop()


@pytest.fixture(scope="session")
def native_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of this machine's server, for programs of other architectures."""
    program = capi.cargo_build(["byteport-server"]) / "byteport-server"
    server = Server([program, "--seed", SEED], str(tmp_path_factory.mktemp("server") / "data"))
    yield server.address
    server.stop()


def seeded(name: str) -> str:
    """A value of the seed that the server starts with."""
    return re.search(
        rf'^{name} = "([^"]*)"', (capi.ROOT / "examples" / "seed.toml").read_text(), re.MULTILINE
    )[1]
