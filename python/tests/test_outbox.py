# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""An outbox in one process: what is taken in is delivered, the levels, the bounds, the accounting, the events."""

from __future__ import annotations

import datetime
import json
import logging
import queue
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from byteport import outbox as kinds
from byteport.clients import (
    ByteportClientException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClosedException,
    ByteportHttpClient,
    ByteportOutboxFullException,
    ByteportOutboxInUseException,
)
from byteport.outbox import Outbox
from conftest import KEY, NS, UID, Server
from recording import Answer, Recorder

START = datetime.datetime(2015, 5, 1, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)
#: For what comes at once if it comes at all.
LONG = 30.0

_Kind = TypeVar("_Kind")


class Events:
    """Keeps what an outbox tells."""

    def __init__(self) -> None:
        self.told: queue.Queue[kinds.Event] = queue.Queue()

    def __call__(self, event: kinds.Event) -> None:
        self.told.put(event)

    def wait_for(self, kind: type[_Kind], **wanted: object) -> _Kind:
        """The next event of this kind that has these attributes."""
        while True:
            event = self.told.get(timeout=LONG)
            if isinstance(event, kind) and all(getattr(event, name) == wanted[name] for name in wanted):
                return event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def gone(recorder: Recorder) -> str:
    """A host where nobody listens."""
    recorder.close()
    return recorder.host


@pytest.fixture
def offline(gone: str) -> ByteportHttpClient:
    return ByteportHttpClient(NS, KEY, UID, gone, initial_heartbeat=False)


@pytest.fixture
def writer(byteport_server: Server, request: pytest.FixtureRequest) -> ByteportHttpClient:
    """A client of the real server, as a device of this test's own."""
    device = re.sub("[^0-9A-Za-z]", "", request.node.name)[-32:]
    host = byteport_server.host
    return ByteportHttpClient(
        byteport_server.namespace, byteport_server.key, device, host, initial_heartbeat=False
    )


@pytest.fixture
def read(byteport_server: Server, writer: ByteportHttpClient) -> Callable[[str], list[float]]:
    """The values of a field, as the real server has them."""
    reader = ByteportHttpClient(byteport_api_hostname=byteport_server.host)
    reader.login(byteport_server.user, byteport_server.password)

    def values(field: str) -> list[float]:
        assert writer.namespace_name is not None
        assert writer.device_uid is not None
        series = reader.load_series(
            str(writer.namespace_name), writer.device_uid, field, START - HOUR, START + HOUR
        )
        return [float(value) for value in series[1]]

    return values


def adds_up(stats: kinds.OutboxStats) -> bool:
    return stats.accepted == stats.delivered + stats.queued + stats.quarantined + sum(stats.dropped.values())


def test_what_is_taken_in_is_delivered(
    writer: ByteportHttpClient, read: Callable[[str], list[float]], path: Path
) -> None:
    with writer.outbox(path) as outbox:
        receipts = [outbox.enqueue({"n": n}, timestamp=1430438400 + n) for n in range(20)]
        done = outbox.flush(LONG)
        stats = outbox.stats()
    assert [receipt.sequence for receipt in receipts] == [*range(1, 21)]
    assert {receipt.held for receipt in receipts} <= {"memory", "disk"}
    assert (done.kept, done.lost) == (0, 0)
    assert 0 <= done.waited < LONG
    assert adds_up(stats)
    assert (stats.accepted, stats.delivered, stats.queued, stats.last_sequence) == (20, 20, 0, 20)
    assert read("n") == [*range(20)]


@pytest.mark.parametrize("durability", ["memory", "disk", "synced", "delivered"])
def test_levels(
    durability: Any, writer: ByteportHttpClient, read: Callable[[str], list[float]], path: Path
) -> None:
    order = ["memory", "disk", "synced", "delivered"]
    with writer.outbox(path) as outbox:
        receipt = outbox.enqueue({durability: 1}, None, 1430438400, durability)
        assert receipt.held in (order if durability in order[:2] else order[order.index(durability) :])
        assert outbox.wait_for(receipt.sequence, "delivered", LONG) == "delivered"
    assert read(durability) == [1]


def test_a_reading_keeps_the_time_of_the_call(
    client: ByteportHttpClient, recorder: Recorder, path: Path
) -> None:
    before = datetime.datetime.now(datetime.timezone.utc).timestamp()
    with client.outbox(path) as outbox:
        outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG)
        outbox.enqueue(None, "other", START, durability="delivered", timeout=LONG)
    after = datetime.datetime.now(datetime.timezone.utc).timestamp()
    first, second = recorder.requests
    form = dict(first["form"])
    assert before <= float(form.pop("_ts")) <= after
    assert (first["path"], form) == (f"/api/v1/timeseries/{NS}/{UID}/", {"_key": KEY, "x": "1"})
    assert second["path"] == f"/api/v1/timeseries/{NS}/other/"
    assert dict(second["form"]) == {"_key": KEY, "_ts": "1430438400"}


def test_what_is_not_delivered_is_kept_for_the_next(
    offline: ByteportHttpClient, path: Path, tmp_path: Path
) -> None:
    with offline.outbox(path, max_age=datetime.timedelta(days=7)) as outbox:
        assert outbox.enqueue({"x": 1}, durability="memory").held == "memory"
        assert outbox.enqueue({"x": 2}, durability="synced").held == "synced"
        assert outbox.wait_for(2, timeout=0) == "synced"
        done = outbox.close(0)
    assert (done.delivered, done.kept, done.lost) == (0, 2, 0)
    recorder = Recorder()
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    with client.outbox(path) as outbox:
        assert outbox.flush(LONG).kept == 0
        stats = outbox.stats()
        assert (stats.accepted, stats.delivered, stats.last_sequence) == (2, 2, 2)
    recorder.close()
    assert [dict(request["form"])["x"] for request in recorder.requests] == ["1", "2"]


def test_a_full_outbox(offline: ByteportHttpClient, tmp_path: Path) -> None:
    with offline.outbox(tmp_path / "reject", max_count=2, when_full="reject") as outbox:
        receipts = [outbox.enqueue({"x": n}) for n in range(2)]
        with pytest.raises(ByteportOutboxFullException) as full:
            outbox.enqueue({"x": 3})
        assert (full.value.code, full.value.retryable) == (29, True)
        assert receipts[0] != receipts[1]
        assert outbox.stats().accepted == 2
        outbox.close(0)
    with offline.outbox(tmp_path / "block", max_count=1, when_full="block") as outbox:
        outbox.enqueue({"x": 1})
        with pytest.raises(ByteportOutboxFullException):
            outbox.enqueue({"x": 2}, timeout=0.05)
        outbox.close(0)
    with offline.outbox(tmp_path / "newest", max_count=1, when_full="drop_newest") as outbox:
        assert outbox.enqueue({"x": 1}).held is not None
        assert outbox.enqueue({"x": 2}).held is None
        stats = outbox.stats()
        assert (stats.queued, stats.dropped["full"]) == (1, 1)
        assert adds_up(stats)
        outbox.close(0)
    events = Events()
    with offline.outbox(tmp_path / "oldest", max_count=1, on_event=events) as outbox:
        for n in range(3):
            outbox.enqueue({"x": n})
        events.wait_for(kinds.Dropped, reason="full")
        stats = outbox.stats()
        assert stats.queued <= 1
        assert adds_up(stats)
        outbox.close(0)


def test_settings_that_make_no_sense(client: ByteportHttpClient, path: Path) -> None:
    bad: list[dict[str, Any]] = [
        {"max_disk": 1},
        {"max_disk": -1},
        {"max_memory": "much"},
        {"max_count": 0},
        {"max_age": -1},
        {"max_age": datetime.timedelta(0)},
        {"when_full": "panic"},
        {"order": 1},
        {"connections": 0},
        {"connections": 65},
        {"max_rate": 0},
        {"max_rate": float("nan")},
        {"legacy_key": ""},
        {"commit_interval": "soon"},
        {"clock_floor": "now"},
        {"on_event": "print"},
    ]
    for settings in bad:
        with pytest.raises(ByteportClientException) as caught:
            client.outbox(path, **settings)
        assert caught.value.phase == "check", settings
    with pytest.raises(TypeError):
        client.outbox(path, colour="red")  # type: ignore[call-arg]
    with pytest.raises(ByteportClientException):
        client.outbox(5)  # type: ignore[arg-type]
    assert not path.exists()


def test_readings_that_cannot_be_sent(client: ByteportHttpClient, recorder: Recorder, path: Path) -> None:
    with client.outbox(path, max_memory=4096) as outbox:
        with pytest.raises(ByteportClientInvalidFieldNameException):
            outbox.enqueue({"a b": 1})
        with pytest.raises(ByteportClientInvalidDataTypeException):
            outbox.enqueue({"x": float("nan")})
        for durability in ("safe", None, 1):
            with pytest.raises(ByteportClientException, match="durability"):
                outbox.enqueue({"x": 1}, durability=durability)  # type: ignore[arg-type]
        with pytest.raises(ByteportClientException, match="timeout"):
            outbox.flush(-1)
        with pytest.raises(ByteportClientException) as long:
            outbox.enqueue({"x": "y" * 5000})
        assert long.value.code == 7
        outbox.device_uid = None
        with pytest.raises(ByteportClientException, match="device"):
            outbox.enqueue({"x": 1})
        assert outbox.stats().accepted == 0
    assert recorder.requests == []


def test_a_wrong_key_keeps_everything_until_it_is_changed(
    byteport_server: Server, read: Callable[[str], list[float]], writer: ByteportHttpClient, path: Path
) -> None:
    events = Events()
    wrong = ByteportHttpClient(
        byteport_server.namespace,
        "wr0ng-key",
        writer.device_uid,
        byteport_server.host,
        initial_heartbeat=False,
    )
    with wrong.outbox(path, on_event=events) as outbox:
        receipt = outbox.enqueue({"x": 5}, timestamp=1430438400)
        events.wait_for(kinds.LinkChanged, state="paused")
        stats = outbox.stats()
        assert (stats.link, stats.queued) == ("paused", 1)
        assert "wr0ng" not in stats.last_error + repr(stats) + stats.to_json() + repr(outbox)
        assert stats.last_error
        outbox.set_key(byteport_server.key)
        assert outbox.wait_for(receipt.sequence, timeout=LONG) == "delivered"
        assert receipt.sequence in events.wait_for(kinds.Delivered).sequences
    assert read("x") == [5]


def test_what_is_refused_goes_to_the_quarantine(
    client: ByteportHttpClient, recorder: Recorder, path: Path
) -> None:
    def answer(request: dict[str, Any]) -> Answer:
        return Answer(400, b"no such field") if ["bad", "1"] in request["form"] else Answer()

    recorder.answer, events = answer, Events()
    with client.outbox(path, on_event=events) as outbox:
        bad = outbox.enqueue({"bad": 1}, timestamp=1)
        good = outbox.enqueue({"good": 1}, timestamp=2)
        assert outbox.wait_for(good.sequence, timeout=LONG) == "delivered"
        refused = events.wait_for(kinds.Quarantined)
        assert refused.sequence == bad.sequence
        assert "400" in refused.why
        assert outbox.wait_for(bad.sequence, timeout=LONG) == "delivered"  # it no longer waits
        stats = outbox.stats()
        assert (stats.quarantined, stats.delivered, stats.queued) == (1, 1, 0)
        assert adds_up(stats)


def test_batches_of_packets(
    byteport_server: Server, writer: ByteportHttpClient, read: Callable[[str], list[float]], path: Path
) -> None:
    with writer.outbox(path, legacy_key=byteport_server.legacy_key, connections=2, max_rate=1e6) as outbox:
        for n in range(100):
            outbox.enqueue({"n": n}, timestamp=1430438400 + n)
        outbox.set_legacy_key(byteport_server.legacy_key)
        assert outbox.flush(LONG).kept == 0
        assert outbox.stats().calls < 100
    assert read("n") == [*range(100)]


def test_a_second_outbox_on_the_file(offline: ByteportHttpClient, path: Path) -> None:
    with offline.outbox(path) as outbox:
        with pytest.raises(ByteportOutboxInUseException) as used:
            offline.outbox(path)
        assert (used.value.code, used.value.retryable) == (30, True)
        outbox.close(0)
    offline.outbox(path).close(0)


def test_an_outbox_that_was_let_go_of_works_on_and_gives_way(
    client: ByteportHttpClient, recorder: Recorder, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Events()
    client.outbox(path, on_event=events).enqueue({"x": 1})
    events.wait_for(kinds.Delivered)
    monkeypatch.chdir(path.parent)
    with client.outbox(path.name) as outbox:
        assert outbox.path == path.name
        assert outbox.stats().delivered == 1


def test_a_closed_outbox(client: ByteportHttpClient, path: Path) -> None:
    outbox = client.outbox(path)
    outbox.enqueue({"x": 1})
    assert outbox.close(LONG).kept == 0
    for call in (outbox.enqueue, outbox.flush):
        with pytest.raises(ByteportClosedException) as closed:
            call()
        assert closed.value.code == 31
    assert outbox.stats().delivered == 1
    assert outbox.close(0).kept == 0
    assert outbox.path == str(path)


def test_what_on_event_raises_is_logged(
    client: ByteportHttpClient, recorder: Recorder, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(event: kinds.Event) -> None:
        raise (SystemExit if isinstance(event, kinds.Delivered) else ZeroDivisionError)

    with client.outbox(path, on_event=fail) as outbox:
        for _ in range(2):
            outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG)
    logged = [record for record in caplog.records if record.name == "byteport.outbox" and record.exc_info]
    raised = {record.exc_info[0] for record in logged if record.exc_info}
    assert raised == {SystemExit, ZeroDivisionError}
    assert {record.levelno for record in logged} == {logging.ERROR}


def test_on_event_may_use_the_outbox(client: ByteportHttpClient, path: Path) -> None:
    seen: queue.Queue[tuple[int, str]] = queue.Queue()
    opened: list[Outbox] = []

    def on_event(event: kinds.Event) -> None:
        if isinstance(event, kinds.Delivered) and 1 in event.sequences:
            receipt = opened[0].enqueue({"again": 1})
            seen.put((receipt.sequence, repr(opened[0].stats())))

    with client.outbox(path, on_event=on_event) as outbox:
        opened.append(outbox)
        outbox.enqueue({"x": 1})
        number, stats = seen.get(timeout=LONG)
        assert outbox.wait_for(number, timeout=LONG) == "delivered"
    assert "accepted=2" in stats


def test_a_logging_handler_may_store(client: ByteportHttpClient, path: Path, logger: logging.Logger) -> None:
    taken: queue.Queue[int] = queue.Queue()
    opened: list[Outbox] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if opened:
                taken.put(opened[0].enqueue({"info": record.getMessage()}).sequence)

    handler = Handler()
    logger.addHandler(handler)
    with client.outbox(path) as outbox:
        opened.append(outbox)
        first = outbox.enqueue({"x": 1})
        assert outbox.wait_for(first.sequence, timeout=LONG) == "delivered"
        assert taken.get(timeout=LONG) > first.sequence
        opened.clear()
    logger.removeHandler(handler)


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("byteport.outbox")
    before = logger.level
    logger.setLevel(logging.DEBUG)
    yield logger
    logger.setLevel(before)


def test_the_accounting_as_texts(client: ByteportHttpClient, path: Path) -> None:
    with client.outbox(path) as outbox:
        outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG)
        stats = outbox.stats()
    told = json.loads(stats.to_json())
    names = [name for name in dir(kinds.OutboxStats) if name[0] != "_" and not name.startswith("to_")]
    assert {*told} >= {*names} - {"oldest_age"}
    for name in ("accepted", "delivered", "queued", "quarantined", "link", "disk", "calls", "last_sequence"):
        assert told[name] == getattr(stats, name)
    assert stats.dropped.items() <= told["dropped"].items()
    assert (stats.link, stats.disk, stats.oldest_age, stats.last_error) == ("up", "ok", None, "")
    assert stats.disk_bytes > 0
    text = stats.to_prometheus('a "name"')
    assert re.search(r'^byteport_outbox_\w+\{.*outbox="a \\"name\\"".*\} 1$', text, re.M), text


def test_what_is_measured_before_the_clock_is_set_waits(
    client: ByteportHttpClient, recorder: Recorder, path: Path
) -> None:
    events, floor = Events(), datetime.datetime(2199, 1, 1, tzinfo=datetime.timezone.utc)
    with client.outbox(path, clock_floor=floor, on_event=events) as outbox:
        outbox.enqueue({"x": 1})
        events.wait_for(kinds.LinkChanged, state="no_clock")
        assert outbox.close(0).kept == 1
    assert recorder.requests == []


def test_a_damaged_file_is_moved_aside(client: ByteportHttpClient, path: Path) -> None:
    path.write_bytes(b"not a database, but a text that somebody put there\n" * 100)
    events = Events()
    with client.outbox(path, on_event=events) as outbox:
        outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG)
        assert outbox.stats().moved_aside == 1
        moved = events.wait_for(kinds.MovedAside)
    assert (moved.saved, moved.path.startswith(f"{path}.damaged-")) == (0, True)
    assert Path(moved.path).read_bytes().startswith(b"not a database")


def test_an_outbox_needs_a_key(path: Path) -> None:
    with pytest.raises(ByteportClientException, match="key"):
        ByteportHttpClient(NS).outbox(path)
    with pytest.raises(ByteportClientException):
        ByteportHttpClient(NS, outbox=path)


def test_what_is_told_says_what_it_is(client: ByteportHttpClient, path: Path) -> None:
    with client.outbox(path) as outbox:
        receipt = outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG)
        assert repr(outbox) == f"<Outbox {str(path)!r} device='{UID}'>"
    assert repr(receipt) == "Receipt(sequence=1, held='delivered')"
    assert re.fullmatch(r"Flushed\(delivered=0, kept=0, lost=0, waited=\d\.\d{3}\)", repr(outbox.close()))
