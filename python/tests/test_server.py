# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stored through the package and read back from the real server."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientForbiddenException,
    ByteportHttpClient,
    ByteportHttpGetClient,
    ByteportLoginFailedException,
)
from conftest import ROOT, Server, server_program

START = datetime.datetime(2015, 5, 1, 12, 0, 0, 12345)
HOUR = datetime.timedelta(hours=1)


def test_the_server_is_where_cargo_puts_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "debug" / "byteport-server"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.delenv("BYTEPORT_SERVER", raising=False)
    for target in (str(tmp_path), os.path.relpath(tmp_path, ROOT)):
        monkeypatch.setenv("CARGO_TARGET_DIR", target)
        assert Path(server_program()).samefile(program)
    monkeypatch.setenv("BYTEPORT_SERVER", str(tmp_path / "other"))
    with pytest.raises(AssertionError, match="other is missing"):
        server_program()


@pytest.fixture
def reader(byteport_server: Server) -> Iterator[ByteportHttpClient]:
    client = ByteportHttpClient(byteport_api_hostname=byteport_server.host)
    client.login(byteport_server.user, byteport_server.password)
    yield client
    client.logout()


@pytest.mark.parametrize("kind", [ByteportHttpClient, ByteportHttpGetClient])
def test_there_and_back(
    kind: type[ByteportHttpClient], byteport_server: Server, reader: ByteportHttpClient
) -> None:
    device = kind.__name__
    client = kind(byteport_server.namespace, byteport_server.key, device, byteport_server.host)
    for count in range(5):
        client.store({"number": count + 0.5, "word": f"nå {count}"}, timestamp=START + count * HOUR)
    span = (byteport_server.namespace, device), (START, START + 3 * HOUR)
    numbers = reader.load_timeseries_data_range(*span[0], "number", *span[1])["data"]["ts_data"]
    assert [point["v"] for point in numbers] == [0.5, 1.5, 2.5, 3.5]
    assert [point["t"] for point in numbers] == [(START + count * HOUR).isoformat() for count in range(4)]
    words = reader.load_timeseries_data_range(*span[0], "word", *span[1])["data"]["ts_data"]
    assert [point["v"] for point in words] == [f"nå {count}" for count in range(4)]


def test_stored_now_is_found_in_the_last_minute(byteport_server: Server, reader: ByteportHttpClient) -> None:
    client = ByteportHttpClient(byteport_server.namespace, byteport_server.key, "now", byteport_server.host)
    client.log("hello", "info")
    points = reader.load_timeseries_data(byteport_server.namespace, "now", "info", timedelta_minutes=1)
    assert [point["v"] for point in points["data"]["ts_data"]] == ["hello"]


def test_namespaces(byteport_server: Server, reader: ByteportHttpClient) -> None:
    assert [namespace["name"] for namespace in reader.list_namespaces()] == [byteport_server.namespace]


def test_a_wrong_key(byteport_server: Server) -> None:
    with pytest.raises(ByteportClientForbiddenException):
        ByteportHttpClient(byteport_server.namespace, "wr0ng-key", "device", byteport_server.host)


def test_a_wrong_namespace(byteport_server: Server) -> None:
    with pytest.raises(ByteportClientDeviceNotFoundException):
        ByteportHttpClient("no_such_namespace", byteport_server.key, "device", byteport_server.host)


def test_no_reading_without_a_login(byteport_server: Server) -> None:
    client = ByteportHttpClient(byteport_api_hostname=byteport_server.host)
    with pytest.raises(ByteportLoginFailedException):
        client.login(byteport_server.user, "wrong")
    with pytest.raises(ByteportClientForbiddenException):
        client.list_namespaces()
