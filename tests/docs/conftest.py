# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A server, started as the README says, on which the documents' examples run."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).absolute() / "debug"
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """Starts the server with the README's command on a free port; gives a function that runs a shell text."""
    folder = tmp_path_factory.mktemp("docs")
    for name in ("include", "examples"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "target").mkdir()
    (folder / "target" / "release").symlink_to(TARGET)
    (command,) = re.findall(r"^target/release/byteport-server.*$", README, re.MULTILINE)
    command = command.replace("127.0.0.1:8000", "127.0.0.1:0")
    server = subprocess.Popen(
        ["bash", "-c", f"exec {command}"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    host = server.stdout.readline().strip().rpartition("/")[2]
    assert re.fullmatch(r"127\.0\.0\.1:\d+", host), host

    def run(text: str, *program: str) -> str:
        text = text.replace("127.0.0.1:8000", host)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BYTEPORT_")}
        done = subprocess.run(
            [*(program or ("bash", "-euo", "pipefail", "-c")), text],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run.folder = folder  # type: ignore[attr-defined]
    run.host = host  # type: ignore[attr-defined]
    yield run
    server.terminate()
    assert server.wait(10) == 0
