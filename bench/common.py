# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What the benches share: a local nginx, rounds of clients in processes of their own, medians, ratios beside goals."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
KEY = "f00b4s3cretk3y"

#: What a client printed of its run, and a round: the results by the clients' names.
Result = dict[str, object]
Round = dict[str, Result]


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder that nginx may read, whose worker may run as another user."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        yield Path(name)


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """Runs nginx.conf on a free port, with its files in the folder; gives HOST:PORT."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = (ROOT / "bench" / "nginx.conf").read_text()
    config = folder / "nginx.conf"
    config.write_text(text.replace("FOLDER", str(folder)).replace("PORT", str(port)))
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    process = subprocess.Popen([program, "-c", str(config), "-p", str(folder)], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("nginx does not listen")


def run(commands: Mapping[str, list[str]], rounds: int = ROUNDS) -> list[Round]:
    """Runs each client in turn, so many times; each prints one JSON object."""
    results = []
    for i in range(rounds):
        results.append({name: once(command) for name, command in commands.items()})
        print(f"round {i + 1} of {rounds} done", flush=True)
    return results


def once(command: list[str]) -> Result:
    """Runs one client."""
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def median(rounds: list[Round], name: str, what: str) -> float:
    """The median of one figure of one client."""
    return statistics.median(one[name][what] for one in rounds)


def ratio(rounds: list[Round], name: str, peer: str, what: str) -> float:
    """The median over the rounds of one client's figure divided by another's of the same round."""
    return statistics.median(one[name][what] / one[peer][what] for one in rounds)


def verdict(is_reached: bool) -> str:
    """The word behind a goal."""
    return "reached" if is_reached else "MISSED"


def memory(what: str) -> int:
    """This process's ``VmRSS``, or ``VmHWM``, in KiB: the peak since exec (getrusage's holds the parent's, too)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{what}:")[2].split()[0])
