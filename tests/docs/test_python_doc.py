# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of docs/python.md, run in their order as one program against a server and a broker."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "brokers"))
from broker import Broker  # noqa: E402 - found now

TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_every_example_runs(run) -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert {kind for kind, _ in blocks} == {"python"}, "an example of another kind needs a test"
    assert len(blocks) >= 5
    with Broker("rabbitmq") as broker:
        places = {"127.0.0.1:1883": broker.mqtt, "127.0.0.1:61613": broker.stomp}
        program = "\n".join(text for _, text in blocks)
        for ours, theirs in {**places, "demo-broker-password": broker.password}.items():
            assert ours in program
            program = program.replace(ours, theirs)
        told = run(program, sys.executable, "-W", "error", "-c")
    assert "['my_garage']" in told
    assert "None restart None False" in told
