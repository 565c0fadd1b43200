# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Downloads to files and file objects, and long ranges page by page."""

from __future__ import annotations

import base64
import bz2
import datetime
import errno
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

import pytest

from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientForbiddenException,
    ByteportClientInvalidDataTypeException,
    ByteportConnectException,
    ByteportHttpClient,
)
from conftest import UID
from recording import Answer, RawServer, Recorder
from test_manage import COOKIES, series

Raw = Callable[[Optional[bytes]], RawServer]
OBJECT = bytes(range(256)) * 2000
NAMED = (("Content-Disposition", "attachment; filename=n.d.f.2015-05-01T00:00:00.bin"),)
VALUE = ("n", "d", "f", "5")


@pytest.fixture
def stored(recorder: Recorder, session: ByteportHttpClient) -> ByteportHttpClient:
    """A client of a service that answers everything with one object."""
    recorder.always(Answer(body=OBJECT, headers=NAMED))
    return session


def test_an_object_to_a_path(stored: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "object"
    path.write_text("what was there")
    done = stored.download_value(*VALUE, path)
    assert (done.size, done.file_name) == (len(OBJECT), "n.d.f.2015-05-01T00:00:00.bin")
    assert repr(done).startswith("<Downloaded size=512000")
    assert path.read_bytes() == OBJECT
    assert os.listdir(tmp_path) == ["object"]
    query = [["decode", "True"], ["decompress", "True"]]
    asked = {"method": "GET", "path": "/api/v1/download/value/n/d/f/5/", "query": query, "form": None}
    assert recorder.requests[-1] == {**asked, "cookies": COOKIES}


class Short(io.RawIOBase):
    """Takes a part at a time, and now and then nothing."""

    def __init__(self) -> None:
        self.taken = b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.taken += bytes(data[:1000])
        return min(len(data), 1000)


class Silent:
    """Does not say how much it took."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, data: bytes) -> None:
        self.taken += data


def test_an_object_to_file_objects(stored: ByteportHttpClient, tmp_path: Path) -> None:
    memory, short, silent = io.BytesIO(), Short(), Silent()
    for target in (memory, short, silent):
        assert stored.download_value(*VALUE, target).size == len(OBJECT)
    assert memory.getvalue() == short.taken == silent.taken == OBJECT
    for buffering in (-1, 0):
        with open(tmp_path / "file", "wb", buffering) as file:
            stored.download_value(*VALUE, file)
            assert not file.closed
        assert (tmp_path / "file").read_bytes() == OBJECT


UNPACKED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"decompress": False}, ("True", "False")),
    ({"decode": False}, ("False", "False")),
    ({"decode": False, "locally": True}, ("False", "False")),
]


@pytest.mark.parametrize(("options", "asked"), UNPACKED, ids=range(len(UNPACKED)))
def test_what_the_service_leaves(
    options: dict[str, Any], asked: tuple[str, str], stored: ByteportHttpClient, recorder: Recorder
) -> None:
    target = io.BytesIO()
    stored.download_value(*VALUE, target, **options)
    assert target.getvalue() == OBJECT
    assert recorder.requests[-1]["query"] == [["decode", asked[0]], ["decompress", asked[1]]]


@pytest.mark.parametrize("compress", [bytes, zlib.compress, gzip.compress, bz2.compress])
def test_what_is_unpacked_here(
    compress: Callable[[bytes], bytes], session: ByteportHttpClient, recorder: Recorder
) -> None:
    packed, target = compress(OBJECT), io.BytesIO()
    recorder.always(Answer(body=base64.b64encode(packed)))
    done = session.download_value(*VALUE, target, locally=True)
    assert (done.size, done.file_name, target.getvalue()) == (len(OBJECT), None, OBJECT)
    assert recorder.requests[-1]["query"] == [["decode", "False"], ["decompress", "False"]]
    target = io.BytesIO()
    session.download_value(*VALUE, target, locally=True, decompress=False)
    assert target.getvalue() == packed


def test_what_is_damaged_or_too_large(
    session: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    path = tmp_path / "object"
    for text in (b"no base64!", base64.b64encode(zlib.compress(OBJECT)[:-5])):
        recorder.always(Answer(body=text))
        with pytest.raises(ByteportClientInvalidDataTypeException) as caught:
            session.download_value(*VALUE, path, locally=True)
        assert caught.value.code == 4
    recorder.always(Answer(body=base64.b64encode(zlib.compress(bytes(1 << 20)))))
    for most in (0, 1000):
        with pytest.raises(ByteportClientException, match=f"limit of {most} bytes") as large:
            session.download_value(*VALUE, path, locally=True, max_size=most)
        assert large.value.code == 22
    assert session.download_value(*VALUE, path, locally=True, max_size=1 << 20).size == 1 << 20


def test_nothing_is_left_of_what_is_not_whole(raw_server: Raw, recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "object"
    path.write_text("what was there")
    cut = raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    target = io.BytesIO()
    for to in (path, target):
        with pytest.raises(ByteportConnectException) as caught:
            ByteportHttpClient(byteport_api_hostname=cut.host).download_value(*VALUE, to)
        assert (caught.value.code, caught.value.phase) == (13, "receive")
    silent = ByteportHttpClient(byteport_api_hostname=raw_server(None).host, timeout=0.1)
    with pytest.raises(ByteportConnectException) as late:
        silent.download_value(*VALUE, path)
    assert late.value.code == 12
    assert target.getvalue() == b"half"
    assert (path.read_text(), os.listdir(tmp_path)) == ("what was there", ["object"])


STATUSES: list[tuple[int, type[ByteportClientException]]] = [
    (403, ByteportClientForbiddenException),
    (404, ByteportClientDeviceNotFoundException),
    (400, ByteportClientException),
]


@pytest.mark.parametrize(("status", "kind"), STATUSES)
def test_a_status_that_says_no(
    status: int, kind: type[ByteportClientException], session: ByteportHttpClient, recorder: Recorder
) -> None:
    recorder.always(Answer(status, b"no object"))
    target = io.BytesIO()
    with pytest.raises(kind) as caught:
        session.download_value(*VALUE, target)
    assert (caught.value.status, target.getvalue()) == (status, b"")


class Raises:
    """A file object that takes some bytes, then raises, or says what makes no sense."""

    def __init__(self, what: BaseException | object) -> None:
        self.what, self.calls = what, 0

    def write(self, data: bytes) -> Any:
        self.calls += 1
        if self.calls == 1:
            return len(data)
        if isinstance(self.what, BaseException):
            raise self.what
        return self.what


BAD_FILES: list[object] = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EINTR, "Interrupted"),
    OSError("closed"),
    ValueError("I/O operation on closed file"),
    "many",
    -1,
    0,
]


@pytest.mark.parametrize("what", BAD_FILES, ids=repr)
def test_a_file_object_that_fails(what: object, stored: ByteportHttpClient) -> None:
    target = Raises(what)
    with pytest.raises(ByteportClientFileException, match="cannot be written") as caught:
        stored.download_value(*VALUE, target)
    error = caught.value
    assert (error.code, error.phase) == (25, "receive")
    if isinstance(what, BaseException):
        assert error.__cause__ is what
        assert target.calls == 2
    assert error.errno == (errno.ENOSPC if getattr(what, "errno", None) == errno.ENOSPC else None)
    stored.download_value(*VALUE, io.BytesIO())


def test_what_is_no_exception_comes_out(stored: ByteportHttpClient) -> None:
    for what in (KeyboardInterrupt(), SystemExit(3)):
        with pytest.raises(type(what)) as caught:
            stored.download_value(*VALUE, Raises(what))
        assert caught.value is what


def test_places_that_are_none(stored: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    before = len(recorder.requests)
    bad: list[Any] = [
        None,
        5,
        b"\xff\0",
        [],
        io.StringIO(),
        tmp_path,
        "/dev/full",
        tmp_path / "gone" / "x",
    ]
    for to in bad:
        with pytest.raises(ByteportClientException) as caught:
            stored.download_value(*VALUE, to)
        assert caught.value.code in (1, 25), to
    for size in (-1, "5", 2**64):
        with pytest.raises(ByteportClientException, match="max_size"):
            stored.download_value(*VALUE, io.BytesIO(), max_size=size)  # type: ignore[arg-type]
    with pytest.raises(ByteportClientFileException, match="No such file") as gone:
        stored.download_value(*VALUE, tmp_path / "gone" / "x")
    assert gone.value.filename == tmp_path / "gone" / "x"
    assert len(recorder.requests) == before
    with open("/dev/full", "wb", 0) as file:
        with pytest.raises(ByteportClientFileException) as full:
            stored.download_value(*VALUE, file)
        assert full.value.errno == errno.ENOSPC


def test_the_progress_is_told(stored: ByteportHttpClient, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    stored.download_value(*VALUE, tmp_path / "object", progress=lambda *now: told.append(now))
    assert told == sorted(told)
    assert len(told) > 2
    assert {total for _, total in told} == {len(OBJECT)}
    assert told[-1][0] == len(OBJECT)


def test_the_progress_may_stop_it(stored: ByteportHttpClient, tmp_path: Path) -> None:
    class Stop(BaseException):
        pass

    def raises(so_far: int, total: int | None) -> None:
        raise Stop

    target = io.BytesIO()
    for to in (tmp_path / "object", target):
        with pytest.raises(ByteportClientException, match="stopped") as caught:
            stored.download_value(*VALUE, to, progress=lambda so_far, total: so_far < 100_000)
        assert caught.value.code == 27
        with pytest.raises(Stop):
            stored.download_value(*VALUE, to, progress=raises)
        with pytest.raises(TypeError):
            stored.download_value(*VALUE, to, progress=lambda: None)  # type: ignore[arg-type,misc]
    assert os.listdir(tmp_path) == []
    assert len(target.getvalue()) < len(OBJECT)
    assert stored.download_value(*VALUE, tmp_path / "object", progress=lambda *_: None).size == len(OBJECT)


# The handler runs while the call waits for the rest.
STALLED = """
import os, sys
from byteport.clients import ByteportHttpClient
client = ByteportHttpClient(byteport_api_hostname=sys.argv[1], timeout=600)
try:
    client.download_value("n", "d", "f", 5, sys.argv[2], progress=lambda *_: print("begins", flush=True))
except KeyboardInterrupt as error:
    print("interrupted", error.__context__, os.listdir(os.path.dirname(sys.argv[2])))
"""


def test_a_keyboard_interrupt_ends_a_download_that_waits(raw_server: Raw, tmp_path: Path) -> None:
    server = raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf")
    server.holds = True
    command = [sys.executable, "-I", "-c", STALLED, server.host, str(tmp_path / "object")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"begins\n"
        program.send_signal(signal.SIGINT)
        assert program.stdout.read() == b"interrupted None []\n"
        assert program.wait() == 0


TAKES = """
import sys
from byteport.clients import ByteportHttpClient

class Taker:
    def write(self, data): pass

def peak():
    return [int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM:")][0]

client, before = ByteportHttpClient(byteport_api_hostname=sys.argv[1]), peak()
client.download_value("n", "d", "f", 5, Taker(), progress=lambda *now: None)
print(peak() - before)
"""


def test_memory_does_not_grow_with_the_object(recorder: Recorder) -> None:
    recorder.always(Answer(body=bytes(96 << 20)))
    command = [sys.executable, "-I", "-c", TAKES, recorder.host]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(told) < 16 * 1024  # kB


START = datetime.datetime(2015, 5, 1)
HOUR = datetime.timedelta(hours=1)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f")


@pytest.fixture
def hourly(session: ByteportHttpClient, recorder: Recorder) -> ByteportHttpClient:
    """A client of a service that has a number for each half hour of two days, and a word for each of the third."""

    def answer(request: dict[str, Any]) -> Answer:
        query = dict(request["query"])
        points: list[tuple[str, object]] = []
        for count in range(144):
            time = START + count * HOUR / 2
            if moment(query["from"]) <= time <= moment(query["to"]):
                points.append((time.isoformat(timespec="microseconds"), count if count < 96 else f"å{count}"))
        return series(*points)

    recorder.answer = answer
    return session


def test_a_range_in_pages(hourly: ByteportHttpClient, recorder: Recorder) -> None:
    pages: Iterator[list[dict[str, Any]]] = hourly.iter_timeseries_data(
        "n", 6000, "f", START, START + 72 * HOUR, scale=2.5
    )
    assert iter(pages) is pages
    points = [point for page in pages for point in page]
    assert next(pages, None) is None
    assert [moment(point["t"]) for point in points] == [START + count * HOUR / 2 for count in range(144)]
    assert [float(point["v"]) for point in points[:96]] == list(
        range(96)
    )  # as texts where a word shares their page
    assert points[0] == {"t": "2015-05-01T00:00:00.000000", "v": 0.0}
    assert points[-1] == {"t": "2015-05-03T23:30:00.000000", "v": "å143"}
    asked = [dict(request["query"]) for request in recorder.requests[2:]]
    assert len(asked) > 2
    assert {request["path"] for request in recorder.requests[2:]} == {"/api/v1/timeseries/n/6000/f/"}
    assert {query["scale"] for query in asked} == {"2.5"}
    assert asked[0]["from"] == "2015-05-01T00:00:00.000000"
    assert asked[-1]["to"] == "2015-05-04T00:00:00.000000"
    ends = [(moment(before["to"]), moment(after["from"])) for before, after in zip(asked, asked[1:])]
    assert {after - before for before, after in ends} == {datetime.timedelta(microseconds=1)}


def test_what_a_page_holds(session: ByteportHttpClient, recorder: Recorder) -> None:
    t = "2015-05-01T00:00:00.000000"
    pages: list[tuple[list[object], list[object]]] = [
        ([1, None, 2.5], [1.0, None, 2.5]),
        ([1, "a", None], ["1.0", "a", ""]),
    ]
    for values, expected in pages:
        recorder.always(series(*((t, value) for value in values)))
        (page,) = session.iter_timeseries_data("n", "d", "f", START, START + HOUR / 2)
        assert page == [{"t": t, "v": value} for value in expected]
        assert [type(point["v"]) for point in page] == [type(value) for value in expected]


def test_a_range_without_a_point(hourly: ByteportHttpClient, recorder: Recorder) -> None:
    assert list(hourly.iter_timeseries_data("n", "d", "f", START - HOUR, START - HOUR / 2)) == []
    before = len(recorder.requests)
    assert list(hourly.iter_timeseries_data("n", "d", "f", START, START - HOUR)) == []
    assert len(recorder.requests) == before


def test_an_error_ends_the_pages(session: ByteportHttpClient, recorder: Recorder) -> None:
    answers = [series((START.isoformat(), 1)), Answer(503), series((START.isoformat(), 2))]
    recorder.answer = lambda request: answers.pop(0)
    pages = session.iter_timeseries_data("n", "d", "f", START, START + 5 * HOUR)
    assert len(next(pages)) == 1
    with pytest.raises(ByteportClientException) as caught:
        next(pages)
    assert caught.value.status == 503
    assert list(pages) == []
    assert len(answers) == 1


def test_bad_pages_raise_at_once(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    bad: list[dict[str, Any]] = [{"scale": "x"}, {"scale": float("nan")}, {"from_time": None}]
    for options in bad:
        with pytest.raises(ByteportClientException) as caught:
            session.iter_timeseries_data("n", "d", "f", **{"from_time": START, **options})
        assert (caught.value.code, caught.value.phase) == (1, "check")
    assert len(recorder.requests) == before


def test_a_closed_client_streams_nothing(session: ByteportHttpClient) -> None:
    pages = session.iter_timeseries_data("n", UID, "f", START)
    session.close()
    calls: list[Callable[[], object]] = [
        lambda: session.download_value(*VALUE, io.BytesIO()),
        lambda: session.fetch_firmware("n", "d", "/"),
        lambda: session.iter_timeseries_data("n", "d", "f", START),
        session.echo,
    ]
    for call in calls:
        with pytest.raises(ByteportClientException, match="closed"):
            call()
    del pages  # that keeps what it needs, and lets it go


def test_json_stays_what_the_service_wrote(session: ByteportHttpClient, recorder: Recorder) -> None:
    text = '{"a": 12345678901234567890, "b": "\\u00e5", "c": [1.50, null]}'
    recorder.always(Answer(body=text.encode()))
    assert session.session() == json.loads(text)
