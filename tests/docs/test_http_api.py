# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of docs/http-api.md, run in their order against a server with the seed that it shows."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, TARGET

TEXT = (ROOT / "docs" / "http-api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
SEED = [text for kind, text in BLOCKS if kind == "toml"]
# an example and the answer that is shown for it
STEPS = list(zip(BLOCKS[1::2], BLOCKS[2::2]))
MARK = "=== the next example ==="


def objects(text: str) -> list[Any]:
    """The JSON values that follow each other in a text."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found


def same(shown: Any, told: Any) -> bool:
    """Whether an answer is what is shown, where "..." is any text."""
    if shown == "...":
        return isinstance(told, str) and told != ""
    if isinstance(shown, dict):
        return (
            isinstance(told, dict)
            and shown.keys() == told.keys()
            and all(same(shown[k], told[k]) for k in shown)
        )
    if isinstance(shown, list):
        return isinstance(told, list) and len(shown) == len(told) and all(map(same, shown, told))
    return bool(shown == told)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("http-api")
    (folder / "seed.toml").write_text(SEED[0])
    (folder / "cart-1.0.bin").write_bytes(b"firmware")
    command = [TARGET / "byteport-server", "--data", folder / "data", "--seed", folder / "seed.toml"]
    server = subprocess.Popen([*command, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().strip().rpartition("/")[2]
    server.terminate()
    assert server.wait(10) == 0


def test_every_example_answers_what_is_shown(host: str, tmp_path: Path) -> None:
    kinds = [(step[0], answer[0]) for step, answer in STEPS]
    assert len(BLOCKS) == 1 + 2 * len(STEPS)
    assert {*kinds} == {("sh", "json"), ("sh", "text")}, "every example is followed by its answer"
    assert len(STEPS) >= 20
    script = f"\necho '{MARK}'\n".join(text for (_, text), _ in STEPS).replace("127.0.0.1:8000", host)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    told = done.stdout.split(MARK)
    assert len(told) == len(STEPS)
    for output, ((_, step), (kind, shown)) in zip(told, STEPS):
        if kind == "text":
            assert output.strip() == shown.strip(), step
        else:
            assert same(objects(shown), objects(output)), f"{step}\n{output}"


def test_every_call_of_the_description_is_in_it() -> None:
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    names = {
        "{namespace}": "NS",
        "{uid}": "UID",
        "{field}": "FIELD",
        "{reference}": "REF",
        "{id}": "ID",
        "{path}": "PATH",
    }
    for path in paths:
        shown = path.removeprefix("/api/v1/")
        for place, name in names.items():
            shown = shown.replace(place, name)
        shown = shown.replace("namespace/NS/device_type/ID/", "ID/")
        assert re.search(rf"`(?:GET |POST )?{re.escape(shown)}`", TEXT), shown
