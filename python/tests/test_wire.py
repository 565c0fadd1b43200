# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every call of wire.json sends what the reference client sent."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from byteport.clients import ByteportHttpClient, ByteportHttpGetClient
from conftest import KEY, NS, UID, vectors
from recording import Recorder

CASES = {case["name"]: case for case in vectors("wire.json")}
CLIENTS = {"post_client": ByteportHttpClient, "get_client": ByteportHttpGetClient}


class Scope(dict[str, Any]):
    """The names that the calls use; the clients are made when they are first named."""

    def __init__(self, host: str, folder: Path) -> None:
        super().__init__(
            datetime=datetime,
            ByteportHttpClient=ByteportHttpClient,
            NS=NS,
            KEY=KEY,
            UID=UID,
            HOST=host,
            file=lambda name: str(folder / name),
        )

    def __missing__(self, name: str) -> Any:
        if name == "session":
            client = ByteportHttpClient(byteport_api_hostname=self["HOST"])
            client.login("admin@example.org", "pass word&=")
            return client
        if name not in CLIENTS:
            raise KeyError(name)
        return CLIENTS[name](NS, KEY, UID, self["HOST"], initial_heartbeat=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the calls name, as wire.json describes them."""
    (tmp_path / "current_temperature").write_text("21.5\n")
    (tmp_path / "values").mkdir()
    for name, text in {"hello": "world", "number": "42", "another_number": "-1.5e3"}.items():
        (tmp_path / "values" / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_the_call_sends_what_the_reference_sent(name: str, recorder: Recorder, folder: Path) -> None:
    eval(CASES[name]["call"], {}, Scope(recorder.host, folder))
    assert recorder.requests == CASES[name]["requests"]


def test_the_get_client_stores_files_alike(recorder: Recorder, folder: Path) -> None:
    """In the query, what the other one has in the form."""
    for name in ("store_file", "store_directory", "b64_binary", "b64_bzip2", "log_info"):
        eval(CASES[name]["call"].replace("post_client", "get_client"), {}, Scope(recorder.host, folder))
        (expected,) = CASES[name]["requests"]
        asked = recorder.requests.pop()
        assert (asked["method"], asked["path"], asked["form"]) == ("GET", expected["path"], None)
        assert asked["query"] == expected["form"]
