# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The example programs run and store what they say."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from conftest import KEY, NS, ROOT, UID
from recording import Recorder

FOLDER = ROOT / "examples" / "python"
MACHINE = ["load1", "load5", "load15", "mem_used_bytes", "net_rx_bytes", "net_tx_bytes"]
FIELDS = {"machine.py": MACHINE, "store.py": ["Speed1", "state"]}


def run(program: str, host: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "BYTEPORT_HOST": host,
        "BYTEPORT_NAMESPACE": NS,
        "BYTEPORT_KEY": KEY,
        "BYTEPORT_DEVICE": UID,
    }
    command = [sys.executable, "-I", str(FOLDER / program), *arguments]
    environment = {**os.environ, **settings}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_every_example_is_run() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == set(FIELDS)


@pytest.mark.parametrize("program", FIELDS)
def test_example(program: str, recorder: Recorder) -> None:
    done = run(program, recorder.host, *(["2"] if program == "machine.py" else []))
    assert (done.returncode, done.stderr) == (0, "")
    readings = [dict(request["form"]) for request in recorder.requests[1:]]
    assert len(readings) == (2 if program == "machine.py" else 1)
    for reading in readings:
        assert {*reading} - {"_ts"} == {"_key", *FIELDS[program]}
    if program == "machine.py":
        assert [float(reading[field]) >= 0 for reading in readings for field in MACHINE] == [True] * 12


def test_an_example_says_what_is_wrong() -> None:
    done = run("machine.py", "127.0.0.1:1", "1")
    assert done.returncode == 1
    assert "no connection to 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr
