# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of docs/python.md, run in their order as one program against a server."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")


def test_every_example_runs(run) -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert {kind for kind, _ in blocks} == {"python"}, "an example of another kind needs a test"
    assert len(blocks) >= 5
    told = run("\n".join(text for _, text in blocks), sys.executable, "-W", "error", "-c")
    assert "['my_garage']" in told
