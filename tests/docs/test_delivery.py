# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of docs/delivery.md, run in their order in one folder against a server."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from test_command_doc import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
READ = (
    "byteport login --user admin@example.org\nbyteport read my_garage.cart-44.speed --since 1h --format csv\n"
)


def test_every_example_runs(run) -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert [kind for kind, _ in blocks] == ["python", "sh"], "an example of another kind needs a test"
    (_, python), (_, shell) = blocks
    run(python, sys.executable, "-W", "error", "-c")
    told = run(SETTINGS + shell)
    # the sign of life that the Python client begins with, and the two readings
    assert re.search(r"accepted +3\ndelivered +3\n", told), told
    values = [line.split(",")[1] for line in run(SETTINGS + READ).splitlines()[1:]]
    assert values == ["12.5", "13.5"]


def test_the_page_names_every_setting() -> None:
    source = (ROOT / "crates/byteport-core/src/outbox/options.rs").read_text(encoding="utf-8")
    new = source.partition("pub fn new()")[2].partition("\n    }\n")[0]
    fields = set(re.findall(r"^            (\w+):", new, re.MULTILINE)) - {"clock", "listener"}
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))))
    assert fields <= told, f"not on the page: {fields - told}"
