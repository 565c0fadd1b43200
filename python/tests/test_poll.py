# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A polled folder: what is added or changed is sent, once and whole."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from byteport import _byteport, aio
from byteport.clients import (
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportHttpClient,
    ByteportHttpGetClient,
)
from conftest import KEY, NS, UID
from recording import Answer, Recorder

PATIENCE = 60.0


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def put(path: Path, text: str) -> None:
    """Appears at once, as careful programs write."""
    hidden = path.with_name(f".{path.name}")
    hidden.write_text(text)
    hidden.replace(path)


class Stop(BaseException):
    """Ends a poll that runs in a thread of the test."""


class Poller:
    """Polls in a thread until it is told to stop."""

    def __init__(
        self, recorder: Recorder, folder: Path, kind: type[ByteportHttpClient], **options: Any
    ) -> None:
        stop = self._stop = threading.Event()

        class Stoppable(kind):  # type: ignore[misc,valid-type]
            def _next_upload(self, *arguments: Any) -> Any:
                if stop.is_set():
                    raise Stop
                return super()._next_upload(*arguments)

        self.recorder, self.folder = recorder, folder
        self.client = Stoppable(NS, KEY, UID, recorder.host, initial_heartbeat=False)
        self.options = {"poll_interval": 0.2, **options}
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with contextlib.suppress(Stop):
            self.client.poll_directory_and_store_upon_content_change(
                str(self.folder), "dirDev", **self.options
            )

    def sent(self) -> dict[str, str]:
        """The last text of each field."""
        requests = [*self.recorder.requests]
        pairs = (pair for request in requests for pair in request["form"] or request["query"])
        return {name: value for name, value in pairs if name != "_key"}

    def close(self) -> None:
        self._stop.set()
        put(self.folder / "wakes_it", "")
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def poll(recorder: Recorder, tmp_path: Path) -> Iterator[Callable[..., Poller]]:
    pollers: list[Poller] = []

    def start(kind: type[ByteportHttpClient] = ByteportHttpClient, **options: Any) -> Poller:
        pollers.append(Poller(recorder, tmp_path, kind, **options))
        return pollers[-1]

    yield start
    for poller in pollers:
        poller.close()


@pytest.mark.parametrize("kind", [ByteportHttpClient, ByteportHttpGetClient])
def test_what_is_added_or_changed_is_sent(
    kind: type[ByteportHttpClient], poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path
) -> None:
    put(tmp_path / "first", "1")
    (tmp_path / "folder").mkdir()
    poller = poll(kind)
    wait_for(lambda: poller.sent() == {"first": "1"})
    put(tmp_path / "second", "zwei ö\n")
    wait_for(lambda: poller.sent() == {"first": "1", "second": "zwei ö\n"})
    put(tmp_path / "first", "1.5")
    wait_for(lambda: poller.sent() == {"first": "1.5", "second": "zwei ö\n"})
    (tmp_path / "second").unlink()
    put(tmp_path / "third", "3")
    wait_for(lambda: "third" in poller.sent())
    assert all(request["path"].endswith("/dirDev/") for request in recorder.requests)
    assert len(recorder.requests) == 4


def test_the_same_content_is_not_sent_again(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path
) -> None:
    put(tmp_path / "same", "1")
    poller = poll(timestamp=5)
    wait_for(lambda: poller.sent() == {"same": "1", "_ts": "5"})
    put(tmp_path / "same", "1")
    put(tmp_path / "other", "2")
    wait_for(lambda: "other" in poller.sent())
    put(tmp_path / "last", "3")
    wait_for(lambda: "last" in poller.sent())
    fields = [name for request in recorder.requests for name, _ in request["form"] if name[0] != "_"]
    assert fields == ["same", "other", "last"]


def test_a_file_that_is_written_in_pieces_is_sent_whole(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path
) -> None:
    poller = poll(poll_interval=30)
    with (tmp_path / "pieces").open("w") as file:
        for count in range(20):
            file.write(f"{count} ")
            file.flush()
            time.sleep(0.01)
    whole = "".join(f"{count} " for count in range(20))
    wait_for(lambda: "pieces" in poller.sent())
    assert poller.sent() == {"pieces": whole}
    assert len(recorder.requests) == 1


def test_what_was_not_taken_is_sent_again(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "field", "1")
    recorder.always(Answer(503))
    poller = poll()
    wait_for(lambda: len(recorder.requests) >= 3)
    recorder.answer = None
    count = len(recorder.requests)
    wait_for(lambda: len(recorder.requests) > count)
    put(tmp_path / "next", "2")
    wait_for(lambda: "next" in poller.sent())
    told = [record.getMessage() for record in caplog.records if record.name == "byteport.watch"]
    assert any("1 files" in text and "HTTP 503" in text for text in told)
    assert KEY not in "".join(told)


def test_a_service_that_is_away_for_a_while(
    recorder: Recorder, tmp_path: Path, poll: Callable[..., Poller], caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path / "field", "1")
    poller = poll()
    wait_for(lambda: poller.sent() == {"field": "1"})
    host = recorder.host
    recorder.close()
    put(tmp_path / "field", "2")
    wait_for(lambda: "tried again: no connection" in caplog.text)
    back = Recorder(int(host.split(":")[1]))
    try:
        poller.recorder = back
        wait_for(lambda: poller.sent() == {"field": "2"})
    finally:
        back.close()


def test_what_cannot_be_sent_is_logged_once_and_skipped(
    poll: Callable[..., Poller], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "blob").write_bytes(b"\xff\xfe")
    (tmp_path / "read.me").write_text("no field name")
    (tmp_path / "to_nowhere").symlink_to(tmp_path / "nowhere")
    put(tmp_path / "good", "1")
    poller = poll(poll_interval=0.05)
    wait_for(lambda: poller.sent() == {"good": "1"})
    for count in range(10):  # rounds to tell of it again
        put(tmp_path / "good", str(count))
        wait_for(lambda count=count: poller.sent() == {"good": str(count)})  # type: ignore[misc]
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert sum("blob" in text and "not UTF-8" in text for text in told) == 1
    assert sum("read.me" in text for text in told) == 1
    put(tmp_path / "blob", "text now")
    wait_for(lambda: poller.sent().get("blob") == "text now")


def test_by_get_what_is_too_long_is_skipped_and_the_rest_goes_in_several_calls(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for count in range(10):
        put(tmp_path / f"field{count}", "x" * 500)
    put(tmp_path / "huge", "x" * 3000)
    poller = poll(ByteportHttpGetClient)
    wait_for(lambda: len(poller.sent()) == 10)
    assert "huge" not in poller.sent()
    assert len(recorder.requests) == 4
    wait_for(lambda: "too long for a GET" in caplog.text)


def test_10_000_files_and_one_of_50_megabytes(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path
) -> None:
    for count in range(10_000):
        (tmp_path / f"field{count}").write_text(str(count))
    large = "0123456789abcde\n" * (50 << 16)
    (tmp_path / "large").write_text(large)
    poller = poll(poll_interval=600)
    wait_for(lambda: len(poller.sent()) == 10_001)
    sent = poller.sent()
    assert sent.pop("large") == large
    assert sent == {f"field{count}": str(count) for count in range(10_000)}
    assert len(recorder.requests) >= 12
    assert max(len(request["form"]) for request in recorder.requests) <= 1000
    before = len(recorder.requests)
    put(tmp_path / "field5000", "changed")
    wait_for(lambda: len(recorder.requests) > before)
    assert recorder.requests[-1]["form"][1:] == [["field5000", "changed"]]


def test_a_server_that_takes_few_fields_gets_few(
    poll: Callable[..., Poller], recorder: Recorder, tmp_path: Path
) -> None:
    for count in range(500):
        (tmp_path / f"field{count}").write_text(str(count))
    recorder.answer = lambda request: Answer(400 if len(request["form"]) > 100 else 200)
    taken: dict[str, str] = {}

    def all_taken() -> bool:
        for request in recorder.requests:
            if len(request["form"]) <= 100:
                taken.update({name: value for name, value in request["form"] if name != "_key"})
        return len(taken) == 500

    poll(poll_interval=600)
    wait_for(all_taken)
    assert taken == {f"field{count}": str(count) for count in range(500)}


def test_arguments_that_make_no_sense(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("1")
    poll = client.poll_directory_and_store_upon_content_change
    for folder in ("missing", "file"):
        with pytest.raises(ByteportClientFileException, match=folder) as caught:
            poll(tmp_path / folder, UID)
        assert caught.value.filename == tmp_path / folder
        assert caught.value.errno is not None
    bad: list[Any] = [0, -1, float("nan"), "soon", None]
    for interval in bad:
        with pytest.raises(ByteportClientException) as refused:
            poll(tmp_path, UID, None, interval)
        assert (refused.value.code, refused.value.phase) == (1, "check")
    with pytest.raises(ByteportClientInvalidFieldNameException, match="device UID"):
        poll(tmp_path, "a b")
    with pytest.raises(ByteportClientUnsupportedTimestampTypeException):
        poll(tmp_path, UID, True)
    with pytest.raises(ByteportClientException, match="storing needs"):
        ByteportHttpClient(byteport_api_hostname=recorder.host).poll_directory_and_store_upon_content_change(
            tmp_path, UID
        )
    assert recorder.requests == []


def test_an_alarm_ends_it(recorder: Recorder, tmp_path: Path) -> None:
    """What a signal's handler raises is not taken for a failed store, also where it comes while one waits."""
    put(tmp_path / "field", "1")
    main, raised = threading.main_thread().ident, threading.Event()
    reasons: list[BaseException] = [TimeoutError("the alarm"), Stop()]

    def handler(*_: object) -> None:
        raised.set()
        raise reasons.pop(0)

    def answer(request: dict[str, Any]) -> Answer:
        assert main is not None
        raised.clear()
        signal.pthread_kill(main, signal.SIGUSR1)
        raised.wait(PATIENCE)
        return Answer()

    recorder.answer = answer
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with pytest.raises(TimeoutError, match="the alarm"):
            client.poll_directory_and_store_upon_content_change(tmp_path, UID, None, 0.1)
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize(("given", "taken"), [(1e-9, 0.01), (0.01, 0.01), (True, True), (5, 5), (0, 0)])
def test_the_shortest_interval(
    given: float, taken: float, client: ByteportHttpClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(path: object, interval: float) -> Any:
        raise Stop(path, interval)

    monkeypatch.setattr(_byteport, "Watch", watch)
    asynchronous: Any = aio.ByteportHttpClient(NS, KEY, UID, "127.0.0.1")
    polls: list[Callable[[], object]] = [
        lambda: client.poll_directory_and_store_upon_content_change(tmp_path, UID, None, given),
        lambda: asynchronous._watch(tmp_path, given),
    ]
    for poll in polls:
        with pytest.raises(Stop) as caught:
            poll()
        assert caught.value.args == (tmp_path, taken)


PROGRAM = """
import sys
from byteport.clients import ByteportHttpClient
client = ByteportHttpClient("ns", "key", "dev", sys.argv[1], initial_heartbeat=False)
try:
    client.poll_directory_and_store_upon_content_change(sys.argv[2], "dev", poll_interval=3600)
except KeyboardInterrupt:
    print("interrupted")
"""


def test_ctrl_c_ends_it(recorder: Recorder, tmp_path: Path) -> None:
    put(tmp_path / "field", "1")
    command = [sys.executable, "-I", "-c", PROGRAM, recorder.host, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        try:
            wait_for(lambda: len(recorder.requests) == 1)
            program.send_signal(signal.SIGINT)
            assert program.wait(PATIENCE) == 0
        finally:
            program.kill()
        assert program.stdout is not None
        assert program.stdout.read() == b"interrupted\n"
