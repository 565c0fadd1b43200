# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A client that was given an outbox: the program of before, which loses nothing any more."""

from __future__ import annotations

import asyncio
import base64
import copy
import datetime
import logging
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from byteport import aio
from byteport.clients import (
    ByteportClientException,
    ByteportClientInvalidFieldNameException,
    ByteportClosedException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportHttpGetClient,
    ByteportOutboxInUseException,
)
from byteport.outbox import Outbox
from conftest import KEY, NS, UID, Server, seed, serving
from recording import Answer, Recorder

LONG = 30.0

OLD_PROGRAM = """
import sys
from byteport.clients import ByteportHttpClient

namespace, key, device, host, path, number = sys.argv[1:]
client = ByteportHttpClient(namespace, key, device, host, outbox=path)
for n in range(3):
    client.store({"n" + number: n}, timestamp=1430438400 + n)
client.log("run " + number)
"""


def forms(recorder: Recorder) -> list[dict[str, str]]:
    """What was stored, without key and time."""
    return [
        {name: value for name, value in request["form"] if name not in ("_key", "_ts")}
        for request in recorder.requests
    ]


def until_told(outbox: Outbox, caplog: pytest.LogCaptureFixture) -> str:
    """What became of the way to the service, once the log tells of it."""
    end = time.monotonic() + LONG
    while "byteport.outbox" not in {record.name for record in caplog.records}:
        assert time.monotonic() < end, outbox.stats()
        outbox.flush(0.01)
    return outbox.stats().link


def test_an_old_program_loses_nothing_while_the_server_is_down(tmp_path: Path) -> None:
    expected = Server("")
    with serving(tmp_path, seed()) as host:
        pass  # the port was free, and is again
    queue = str(tmp_path / "queue.db")
    arguments = [expected.namespace, expected.key, "oldDev", host, queue]

    def run(number: str) -> None:
        command = [sys.executable, "-I", "-c", OLD_PROGRAM, *arguments, number]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        assert expected.key not in done.stderr

    run("1")
    run("2")
    with serving(tmp_path, seed(), host):
        with ByteportHttpClient(expected.namespace, expected.key, "oldDev", host, outbox=queue) as client:
            client.store({"n3": 0}, timestamp=1430438400)
            outbox = client._outbox
            assert outbox is not None
            assert outbox.flush(LONG).kept == 0
            assert outbox.stats().delivered == 2 * (1 + 3 + 1) + 2  # with the heartbeats
        reader = ByteportHttpClient(byteport_api_hostname=host)
        reader.login(expected.user, expected.password)
        start = datetime.datetime(2015, 5, 1)
        for field, values in (("n1", [0, 1, 2]), ("n2", [0, 1, 2]), ("n3", [0])):
            series = reader.load_series(
                expected.namespace, "oldDev", field, start, start + datetime.timedelta(days=1)
            )
            assert series[1].tolist() == values


def test_what_is_stored_goes_through_the_outbox(recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "level"
    path.parent.mkdir()
    path.write_text("4.5")
    with ByteportHttpClient(NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db") as client:
        assert client._outbox is not None
        client.store({"x": 1})
        client.log("hello", "warn", "other")
        client.store_file("file", path)
        client.store_directory(path.parent, None, 5)
        client.base64_encode_and_store("object", b"\0" * 10)
        client.base64_encode_and_store_file("packed", path, compression="gzip")
        assert client._outbox.flush(LONG).kept == 0
        assert client._outbox.stats().accepted == 7
        packet = {"uid": "d", "namespace": "n", "timestamp": "1.5", "data": "f=1;"}
        client.store_packets([packet], "LEGACY")  # not this one
        assert client._outbox.stats().accepted == 7
    stored = sorted(forms(recorder)[:7], key=str)
    fields = [["file"], ["level"], ["object"], ["packed"], ["warn"], ["x"], []]
    assert [[*form] for form in stored] == fields
    assert {"x": "1"} in stored
    assert {"warn": "hello"} in stored
    assert {"object": base64.b64encode(b"\0" * 10).decode()} in stored
    assert all("_ts" in dict(request["form"]) for request in recorder.requests[:7])
    assert recorder.requests[7]["path"].startswith("/api/legacy/")


def test_a_program_starts_while_the_network_is_down(
    recorder: Recorder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.close()
    with caplog.at_level(logging.WARNING):
        client = ByteportHttpClient(NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db")
        assert client._outbox is not None
        client.store({"x": 1})
        assert until_told(client._outbox, caplog) == "down"
        assert client._outbox.stats().queued == 2
        client.close()
    with pytest.raises(ByteportConnectException):
        ByteportHttpClient(NS, KEY, UID, recorder.host)


def test_a_wrong_key_keeps_the_readings_and_is_logged(
    byteport_server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        client = ByteportHttpClient(
            byteport_server.namespace,
            "wr0ng-key",
            "device",
            byteport_server.host,
            outbox=tmp_path / "queue.db",
        )
        assert client._outbox is not None
        client.store({"x": 1})
        assert until_told(client._outbox, caplog) == "paused"
        assert client._outbox.stats().queued == 2
    assert "wr0ng" not in caplog.text
    client.api_key = byteport_server.key
    assert client._outbox.flush(LONG).kept == 0
    with pytest.raises(ByteportClientException, match="namespace"):
        client.namespace_name = "another"
    with pytest.raises(ByteportClientException, match="key"):
        client.api_key = None
    assert (client.namespace_name, client.api_key) == (byteport_server.namespace, byteport_server.key)
    client.close()


def test_what_is_too_long_for_the_outbox_is_sent_at_once(recorder: Recorder, tmp_path: Path) -> None:
    settings = {"path": tmp_path / "queue.db", "max_memory": 4096}
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False, outbox=settings)
    assert client._outbox is not None
    client.store({"text": "x" * 5000})
    client.base64_encode_and_store("object", bytes(5000))
    client.base64_encode_and_store("large", os.urandom(5 << 20))
    assert [{*form} for form in forms(recorder)] == [{"text"}, {"object"}, {"large"}]
    assert client._outbox.stats().accepted == 0
    recorder.always(Answer(503))
    with pytest.raises(ByteportClientException):
        client.store({"text": "x" * 5000})
    client.store({"text": "x"})
    assert client._outbox.stats().accepted == 1
    client._outbox.close(0)
    client.close()


def test_bad_data_is_refused_at_once(recorder: Recorder, tmp_path: Path) -> None:
    with ByteportHttpClient(NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db") as client:
        with pytest.raises(ByteportClientInvalidFieldNameException):
            client.store({"a b": 1})
        with pytest.raises(ByteportClientException):
            client.store_file("f", tmp_path / "missing")


def test_bad_settings(recorder: Recorder, tmp_path: Path) -> None:
    bad: list[Any] = [{}, {"path": tmp_path / "queue.db", "colour": "red"}, b"queue.db", 5]
    for outbox in bad:
        with pytest.raises(TypeError):
            ByteportHttpClient(NS, KEY, UID, recorder.host, outbox=outbox)
    with pytest.raises(ByteportClientException):
        ByteportHttpClient(NS, None, UID, recorder.host, outbox=tmp_path / "queue.db")
    assert recorder.requests == []


def test_the_client_and_its_outbox_end_together(recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "queue.db"
    with ByteportHttpClient(NS, KEY, UID, recorder.host, outbox=path) as client:
        client.store({"x": 1})
        with pytest.raises(ByteportOutboxInUseException):
            client.outbox(path)
        for handed_on in (pickle.dumps, copy.copy):
            with pytest.raises(ByteportClientException, match="outbox"):
                handed_on(client)
    assert forms(recorder) == [{}, {"x": "1"}]
    with pytest.raises(ByteportClosedException):
        client.store({"x": 2})
    with ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False) as other:
        outbox = other.outbox(path)
    outbox.enqueue({"x": 3})  # this one is the program's own
    assert outbox.close(LONG).kept == 0


def test_a_store_of_ones_own_goes_through_the_outbox(recorder: Recorder, tmp_path: Path) -> None:
    class Doubling(ByteportHttpClient):
        def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
            twice = {name: f"{value}{value}" for name, value in (data or {}).items()}
            super().store(twice, device_uid, timestamp)

    path = tmp_path / "level"
    path.write_text("4")
    with Doubling(NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db") as client:
        client.log("hello")
        client.store_file("level", path)
    assert forms(recorder) == [{}, {"info": "hellohello"}, {"level": "44"}]


def test_storing_by_get(recorder: Recorder, tmp_path: Path) -> None:
    with ByteportHttpGetClient(NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db") as client:
        client.store({"x": 1}, timestamp=5)
    assert [request["method"] for request in recorder.requests] == ["GET", "GET"]
    assert recorder.requests[1]["query"] == [["_key", KEY], ["_ts", "5"], ["x", "1"]]


POLL = """
import sys
from byteport.clients import ByteportHttpClient

client = ByteportHttpClient(*sys.argv[1:5], outbox=sys.argv[6])
client.poll_directory_and_store_upon_content_change(sys.argv[5], None)
"""


def test_a_polled_folder(recorder: Recorder, tmp_path: Path) -> None:
    folder, queue = tmp_path / "folder", tmp_path / "queue.db"
    folder.mkdir()
    (folder / "level").write_text("4.5")
    arguments = [NS, KEY, UID, recorder.host, str(folder), str(queue)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen([sys.executable, "-I", "-c", POLL, *arguments], stderr=subprocess.PIPE) as program:
        signal.signal(signal.SIGINT, before)
        try:
            wait_until(recorder, program, {"level": "4.5"})
            (folder / "level").write_text("5.5")
            wait_until(recorder, program, {"level": "5.5"})
            program.send_signal(signal.SIGINT)
            told = program.communicate(timeout=60)[1]
        finally:
            program.kill()
    assert program.returncode == -signal.SIGINT
    assert told.endswith(b"KeyboardInterrupt\n")


def wait_until(recorder: Recorder, program: subprocess.Popen[bytes], form: dict[str, str]) -> None:
    for _ in range(600):
        if form in forms(recorder):
            return
        try:
            program.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"{form} is not among {forms(recorder)}")


def test_an_asyncio_client(recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "level"
    path.write_text("4.5")

    async def main() -> None:
        async with aio.ByteportHttpClient(
            NS, KEY, UID, recorder.host, outbox=tmp_path / "queue.db"
        ) as client:
            await asyncio.gather(*(client.store({"x": n}, timestamp=n) for n in range(5)))
            await client.store_file("level", path)
            await client.log("hello")
        with pytest.raises(ByteportClosedException):
            await client.store({"x": 1})

    asyncio.run(main())
    assert sorted(forms(recorder), key=str) == sorted(
        [{}, *({"x": str(n)} for n in range(5)), {"level": "4.5"}, {"info": "hello"}], key=str
    )
