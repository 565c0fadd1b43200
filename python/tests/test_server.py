# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stored through the package and read back from the real server."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


def test_files_and_objects(byteport_server: Server, reader: ByteportHttpClient, tmp_path: Path) -> None:
    namespace, device = byteport_server.namespace, "files"
    client = ByteportHttpClient(namespace, byteport_server.key, device, byteport_server.host)
    values = tmp_path / "values"
    values.mkdir()
    for name, text in {"temperature": "21.5\n", "state": "rullar på"}.items():
        (values / name).write_text(text)
    thing = tmp_path / "object"
    thing.write_bytes(bytes(range(256)) * 2000)
    client.store_file("file", values / "temperature", timestamp=START)
    client.store_directory(values, device, START)
    client.base64_encode_and_store("plain", thing.read_bytes(), timestamp=START)
    client.base64_encode_and_store_file("zlib", thing, timestamp=START, compression="gzip")
    with thing.open("rb") as file:
        client.base64_encode_and_store("bzip2", file, timestamp=START, compression="bzip2")

    def value(field: str) -> Any:
        data = reader.load_timeseries_data_range(namespace, device, field, START, START)["data"]
        ((point,),) = (data["ts_data"],)
        assert point["t"] == START.isoformat()
        return point["v"]

    assert (value("file"), value("temperature"), value("state")) == (21.5, 21.5, "rullar på")
    for field in ("zlib", "bzip2"):
        assert client.decode_object(value(field)) == thing.read_bytes()
    assert value("plain")


def test_packets(byteport_server: Server, reader: ByteportHttpClient) -> None:
    namespace = byteport_server.namespace
    packets = [
        {
            "uid": f"packet{n}",
            "namespace": namespace,
            "timestamp": "1430481600.5",
            "data": f'n={n};word="a b";',
        }
        for n in range(3)
    ]
    for text in (packets, json.dumps(packets)):
        reader.store_packets(text, byteport_server.legacy_key, json_encode=not isinstance(text, str))
    for n in range(3):
        times, values = reader.load_series(namespace, f"packet{n}", "n", START - HOUR, START + HOUR)
        assert (times.astype("int64").tolist(), values.tolist()) == ([1430481600500000], [n])
    with pytest.raises(ByteportClientForbiddenException):
        reader.store_packets(packets, "wr0ng")


def test_requests_of_ones_own(byteport_server: Server, reader: ByteportHttpClient) -> None:
    with reader.make_request(f"{reader.ECHO_PATH}?test=hello") as response:
        assert json.load(response) == {"test": "hello"}
        assert response.headers["content-type"].startswith("application/json")
    assert reader.make_request(reader.SESSION_PATH).status == 200
    client = ByteportHttpClient(byteport_server.namespace, byteport_server.key, "own", byteport_server.host)
    client.make_request(
        f"{client.store_base_url}/own/", {"_key": byteport_server.key, "x": 7, "_ts": 1430481600}
    )
    times, values = reader.load_series(byteport_server.namespace, "own", "x", START - HOUR, START + HOUR)
    assert (len(times), values.tolist()) == (1, [7.0])


def test_a_polled_folder(byteport_server: Server, reader: ByteportHttpClient, tmp_path: Path) -> None:
    program = """
import sys
from byteport.clients import ByteportHttpClient
client = ByteportHttpClient(*sys.argv[1:5], initial_heartbeat=False)
client.poll_directory_and_store_upon_content_change(sys.argv[5], None, 1430481600)
"""
    arguments = [
        byteport_server.namespace,
        byteport_server.key,
        "polled",
        byteport_server.host,
        str(tmp_path),
    ]
    (tmp_path / "level").write_text("4.5")
    with subprocess.Popen([sys.executable, "-I", "-c", program, *arguments]) as poller:
        try:
            values = None
            for _ in range(600):
                with contextlib.suppress(ByteportClientDeviceNotFoundException):
                    _, values = reader.load_series(
                        arguments[0], "polled", "level", START - HOUR, START + HOUR
                    )
                    break
                time.sleep(0.1)
        finally:
            poller.kill()
    assert values is not None
    assert values.tolist() == [4.5]


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
