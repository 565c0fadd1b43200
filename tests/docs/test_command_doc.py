# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The first example of docs/command.md, run as it stands against a server, with the settings that it leaves out."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "command.md").read_text(encoding="utf-8")

SETTINGS = """\
byteport() { target/release/byteport "$@"; }
export HOME=$PWD/home BYTEPORT_HOST=http://127.0.0.1:8000 BYTEPORT_NAMESPACE=my_garage
export BYTEPORT_KEY=demo-write-key-change-me BYTEPORT_PASSWORD=demo-password
"""


def test_the_first_example_runs(run) -> None:
    example = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)[0]
    told = run(SETTINGS + example.replace("me@example.org", "admin@example.org"))
    assert "my_garage.cart-44.speed  1 value  min 12.5" in told
    assert re.search(r"^cart-44 ", told, re.MULTILINE), told
