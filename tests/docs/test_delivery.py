# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of docs/delivery.md, run in their order in one folder against a server."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from test_command_doc import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "brokers"))
from broker import Broker  # noqa: E402 - found now

TEXT = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
READ = (
    "byteport login --user admin@example.org\nbyteport read my_garage.cart-44.speed --since 1h --format csv\n"
)


def test_every_example_runs(run) -> None:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    assert [kind for kind, _ in blocks] == ["python", "sh", "sh"], "an example of another kind needs a test"
    (_, python), (_, shell), (_, through_broker) = blocks
    run(python, sys.executable, "-W", "error", "-c")
    told = run(SETTINGS + shell)
    # the sign of life that the Python client begins with, and the two readings
    assert re.search(r"accepted +3\ndelivered +3\n", told), told
    values = [line.split(",")[1] for line in run(SETTINGS + READ).splitlines()[1:]]
    assert values == ["12.5", "13.5"]
    with Broker("mosquitto") as broker:
        told = run(SETTINGS + at_broker(through_broker, broker) + "byteport outbox stat cart-44.outbox\n")
    assert re.search(r"accepted +4\ndelivered +4\n", told), told


def at_broker(example: str, broker: Broker) -> str:
    """An example for the service's broker, as one for a broker that is here."""
    for ours, theirs in {"broker.byteport.se": broker.mqtts, "joe": broker.user}.items():
        assert ours in example
        example = example.replace(ours, theirs)
    return f"export BYTEPORT_BROKER_PASSWORD={broker.password} BYTEPORT_CA_FILE={broker.ca}\n{example}"


def test_the_page_names_every_setting() -> None:
    source = (ROOT / "crates/byteport-core/src/outbox/options.rs").read_text(encoding="utf-8")
    new = source.partition("pub fn new()")[2].partition("\n    }\n")[0]
    fields = set(re.findall(r"^            (\w+):", new, re.MULTILINE)) - {"clock", "listener"}
    told = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE))))
    assert fields <= told, f"not on the page: {fields - told}"
