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


@pytest.fixture(scope="session")
def packaged_server(clean_root: Path) -> Iterator[str]:
    """The address of the server in byteport-tools, which runs within the clean Debian and must stop cleanly in the end."""
    shutil.copy(SEED, clean_root / "tmp" / "seed.toml")
    options = ["--seed", "/tmp/seed.toml", "--data", "/tmp/data", "--listen", "127.0.0.1:0"]
    command = [*AS_ROOT, "chroot", clean_root, "byteport-server", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.readline()
    if "http://" not in said:
        process.kill()
        raise AssertionError(f"{command} does not listen: {said!r}")
    yield said.split("http://")[1].strip()
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0


def seeded(name: str) -> str:
    """A value of the seed that the server starts with."""
    return re.search(
        rf'^{name} = "([^"]*)"', (capi.ROOT / "examples" / "seed.toml").read_text(), re.MULTILINE
    )[1]
