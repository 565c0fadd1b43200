# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The README's examples, run as they stand against a server; only its port and the build folder are replaced."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


def block(language: str, part: str) -> str:
    """The one block of a language that holds a text."""
    found = [text for kind, text in BLOCKS if kind == language and part in text]
    assert len(found) == 1, f"{len(found)} blocks of {language} with {part!r}"
    return found[0]


def values(run) -> list[str]:
    """The speeds stored so far, as the README's read command prints them."""
    table = run(block("sh", "byteport read").replace("table", "csv"))
    return [line.split(",")[1] for line in table.splitlines()[1:]]


def test_c(run) -> None:
    source = block("c", "byteport_client_store").replace("127.0.0.1:8000", run.host)
    (run.folder / "store.c").write_text(source)
    before = len(values(run))
    run(block("sh", "cc -std=c99"))
    assert values(run)[before:].count("12.5") == 1


def test_python(run) -> None:
    before = len(values(run))
    (run.folder / "python").symlink_to(ROOT / "python")
    # what is installed so takes minutes to build: that it can be is shown by a look at what pip makes of it
    install = block("sh", "pip install").replace("install ./python", "install --dry-run --no-deps ./python")
    assert "Would install byteport" in run(install)
    run(block("python", "ByteportHttpClient"), sys.executable, "-c")
    assert "12.5" in values(run)[before:]


def test_shell_prints_what_it_stored(run) -> None:
    assert "13.5" in run(block("sh", "byteport store"))


def test_the_two_commands_exist() -> None:
    commands = re.findall(r"^make (\w+)", block("sh", "make run"), re.MULTILINE)
    assert commands == ["run", "test"]
    makefile = (ROOT / "Makefile").read_text()
    assert all(re.search(rf"^{name}:.*##", makefile, re.MULTILINE) for name in commands)


def test_every_link_leads_somewhere() -> None:
    pages = [page for folder in ("docs", "examples") for page in (ROOT / folder).rglob("*.md")]
    for document in [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *pages]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_block_is_run() -> None:
    assert len(BLOCKS) == 7, "a new example needs a test"
