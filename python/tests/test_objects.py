# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Objects: compressed, in base64, streamed; and back."""

from __future__ import annotations

import array
import base64
import bz2
import gzip
import io
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy
import pytest

from byteport import _byteport
from byteport.clients import (
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedCompressionException,
    ByteportHttpClient,
)
from recording import Recorder

OBJECT = bytes(range(256)) * 1000
READERS: dict[str | None, Callable[[bytes], bytes]] = {
    None: bytes,
    "gzip": zlib.decompress,
    "bzip2": bz2.decompress,
}


def sent(recorder: Recorder, field: str = "obj") -> bytes:
    """What the one call carried, out of its base64."""
    (request,) = recorder.requests
    (text,) = [value for name, value in request["form"] if name == field]
    recorder.requests.clear()
    return base64.b64decode(text, validate=True)


class Drops:
    """A file object that gives little at a time."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, amount: int) -> bytes:
        assert amount > 0
        return self._content.read(min(amount, 1000))


SOURCES: dict[str, Callable[[bytes], Any]] = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "part of a memoryview": lambda content: memoryview(b"\0" + content)[1:],
    "array": lambda content: array.array("B", content),
    "file": io.BytesIO,
    "drops": Drops,
    "text": lambda content: content.decode("latin-1"),
    "text file": lambda content: io.StringIO(content.decode("latin-1"), newline=""),
}


@pytest.mark.parametrize("compression", READERS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_and_compression(
    source: str, compression: str | None, client: ByteportHttpClient, recorder: Recorder
) -> None:
    expected = OBJECT.decode("latin-1").encode() if "text" in source else OBJECT
    client.base64_encode_and_store("obj", SOURCES[source](OBJECT), None, None, compression)
    compressed = sent(recorder)
    assert READERS[compression](compressed) == expected
    assert compressed[:2] == {None: b"\0\1", "gzip": b"x\x9c", "bzip2": b"BZ"}[compression]


@pytest.mark.parametrize("compression", READERS)
def test_a_file_and_the_other_spelling(
    compression: str | None, client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    path = tmp_path / "status file"
    path.write_bytes(OBJECT)
    calls = (client.base64_encode_and_store_file, client.base64_encode_and_store_store_file)
    for call in calls:
        call("obj", str(path), compression=compression)
        assert READERS[compression](sent(recorder)) == OBJECT
        call("obj", path, "dev2", 5, compression)
        assert recorder.requests[0]["path"].endswith("/dev2/")
        assert ["_ts", "5"] in recorder.requests[0]["form"]
        sent(recorder)
    with path.open("rb") as file:
        file.seek(100)
        client.base64_encode_and_store("obj", file, compression=compression)
    assert READERS[compression](sent(recorder)) == OBJECT[100:]


def test_an_empty_object(client: ByteportHttpClient, recorder: Recorder) -> None:
    for compression, read in READERS.items():
        for empty in (b"", "", io.BytesIO()):
            client.base64_encode_and_store("obj", empty, compression=compression)
            assert read(sent(recorder)) == b""


@pytest.mark.parametrize(
    "compression", ["", "zip", "GZIP", "bz2", "\ud800", b"gzip", 5, True, ["gzip"]], ids=ascii
)
def test_unknown_compressions(
    compression: Any, client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    class Untouched:
        def read(self, amount: int) -> bytes:
            raise AssertionError("it was read")

    calls: list[Callable[[], object]] = [
        lambda: client.base64_encode_and_store("obj", Untouched(), compression=compression),  # type: ignore[arg-type]
        lambda: client.base64_encode_and_store_file("obj", tmp_path / "missing", compression=compression),
    ]
    for call in calls:
        with pytest.raises(
            ByteportClientUnsupportedCompressionException, match="unsupported compression"
        ) as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (24, "check")
    assert recorder.requests == []


@pytest.mark.parametrize(
    "what", [None, 5, 1.5, ["x"], {"a": 1}, object()], ids=lambda what: type(what).__name__
)
def test_what_is_no_object(what: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(
        ByteportClientInvalidDataTypeException, match=f'field "obj": .*not {type(what).__name__}'
    ) as caught:
        client.base64_encode_and_store("obj", what)
    assert caught.value.code == 4
    with pytest.raises(ByteportClientInvalidDataTypeException, match='field "obj": the text'):
        client.base64_encode_and_store("obj", "a\ud800")
    with pytest.raises(ByteportClientInvalidFieldNameException):
        client.base64_encode_and_store("a b", b"x")
    assert recorder.requests == []


def test_python_objects_are_no_bytes(client: ByteportHttpClient, recorder: Recorder) -> None:
    objects: Any = numpy.array([{}, []], object)
    structured: Any = numpy.zeros(2, [("a", "i4"), ("b", "O")])
    for what in (objects, memoryview(objects), structured):
        with pytest.raises(ByteportClientInvalidDataTypeException, match=r'field "obj": .*Python objects'):
            client.base64_encode_and_store("obj", what)
    assert recorder.requests == []
    plain: Any = numpy.zeros(2, [("O", "i4"), ("b", "f8")])
    client.base64_encode_and_store("obj", plain)
    assert sent(recorder) == plain.tobytes()


class Failing:
    def __init__(self, failure: BaseException | Any) -> None:
        self.failure = failure

    def read(self, amount: int) -> Any:
        if isinstance(self.failure, BaseException):
            raise self.failure
        return self.failure


@pytest.mark.parametrize(
    "failure",
    [OSError(5, "the disk is gone"), ValueError("closed"), None, 5, [b"x"], memoryview(b"x"), "\ud800"],
    ids=ascii,
)
def test_a_file_object_that_fails(failure: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(ByteportClientFileException, match='field "obj": the file object') as caught:
        client.base64_encode_and_store("obj", Failing(failure))  # type: ignore[arg-type]
    assert caught.value.code == 25
    cause = caught.value.__cause__
    assert (
        cause is failure if isinstance(failure, Exception) else isinstance(cause, (TypeError, UnicodeError))
    )
    assert recorder.requests == []


class Unready:
    """A file object that fails before it is read."""

    def __init__(self, failure: BaseException) -> None:
        self._failure = failure

    @property
    def read(self) -> Any:
        raise self._failure


def test_a_read_that_is_no_method(client: ByteportHttpClient, recorder: Recorder) -> None:
    failure = ZeroDivisionError("not open")
    with pytest.raises(ByteportClientFileException, match=r'field "obj": .*not open') as caught:
        client.base64_encode_and_store("obj", Unready(failure))  # type: ignore[arg-type]
    assert (caught.value.code, caught.value.__cause__) == (25, failure)
    with pytest.raises(KeyboardInterrupt):
        client.base64_encode_and_store("obj", Unready(KeyboardInterrupt()))  # type: ignore[arg-type]
    assert recorder.requests == []


def test_pieces_of_every_kind(client: ByteportHttpClient, recorder: Recorder) -> None:
    class Piece(bytes):
        def __bool__(self) -> bool:
            return False

    pieces: Iterator[Any] = iter([b"a", bytearray(b"b" * 300_000), "\xe5", Piece(b"c"), b""])

    class Mixed:
        def read(self, amount: int) -> Any:
            return next(pieces)

    client.base64_encode_and_store("obj", Mixed())  # type: ignore[arg-type]
    assert sent(recorder) == b"a" + b"b" * 300_000 + "\xe5".encode() + b"c"


def test_pieces_have_their_place(client: ByteportHttpClient) -> None:
    upload = _byteport.Upload()
    calls: list[Callable[[], object]] = [lambda: upload.add_piece(b"x"), upload.end_object]
    for call in calls:
        with pytest.raises(ByteportClientException, match="no object is begun"):
            call()
    upload.begin_object("a", None)
    upload.add_piece(b"x")
    assert upload.fields() == {}
    upload.end_object()
    assert upload.fields() == {"a": "eA=="}


def test_an_interrupt_in_a_file_object(client: ByteportHttpClient, recorder: Recorder) -> None:
    for kind in (KeyboardInterrupt, SystemExit):
        with pytest.raises(kind):
            client.base64_encode_and_store("obj", Failing(kind()))  # type: ignore[arg-type]
    assert recorder.requests == []


def test_objects_come_back(client: ByteportHttpClient, recorder: Recorder) -> None:
    for compression in READERS:
        client.base64_encode_and_store("obj", OBJECT, compression=compression)
        text = recorder.requests.pop()["form"][1][1]
        assert client.decode_object(text) == OBJECT
        with pytest.raises(ByteportClientException, match="larger than the limit of 255999") as caught:
            client.decode_object(text, max_size=len(OBJECT) - 1)
        assert caught.value.code == 22
    assert client.decode_object(base64.b64encode(gzip.compress(OBJECT)).decode()) == OBJECT
    assert client.decode_object("") == b""


@pytest.mark.parametrize(
    "text", ["a", "a===", "å", "eJw=", base64.b64encode(bz2.compress(OBJECT)[:99]).decode()]
)
def test_damaged_objects(text: str, client: ByteportHttpClient) -> None:
    with pytest.raises(ByteportClientInvalidDataTypeException) as caught:
        client.decode_object(text)
    assert (caught.value.code, caught.value.phase) == (4, "decode")


@pytest.mark.parametrize("size", [-1, 2**64, 2**70, "x", None, 1.5, []], ids=repr)
def test_a_largest_size_that_is_none(size: Any, client: ByteportHttpClient) -> None:
    with pytest.raises(ByteportClientException, match="max_size must be a number of bytes") as caught:
        client.decode_object("eA==", max_size=size)
    assert caught.value.code == 1
    assert client.decode_object("eA==", max_size=2**64 - 1) == b"x"


@pytest.mark.parametrize("text", [None, b"eJwDAAAAAAE=", "\ud800"], ids=ascii)
def test_an_objects_text_is_a_str(text: Any, client: ByteportHttpClient) -> None:
    with pytest.raises(ByteportClientException, match="object's text") as caught:
        client.decode_object(text)
    assert caught.value.code == 1


# Takes any number of calls and keeps none: tells of each how long it said to be, and how much came.
DISCARDING = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        length = left = int(self.headers["Content-Length"])
        while left and (piece := self.rfile.read(min(left, 1 << 20))):
            left -= len(piece)
        print(length, length - left, flush=True)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass

server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""

# Prints the process's peak memory in KiB before and after.
STORING = """
import sys
from byteport.clients import ByteportHttpClient

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

host, path, compression = sys.argv[1:]
client = ByteportHttpClient("ns", "key", "dev", host, initial_heartbeat=False, timeout=600)
client.store({"x": 1})
before = peak()
client.base64_encode_and_store_file("obj", path, compression=compression or None)
print(before, peak())
"""


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 MB: zeros, and every tenth block something that no compression makes smaller."""
    path = tmp_path_factory.mktemp("large") / "file"
    noise, state = bytearray(), 1
    while len(noise) < 100_000:
        state = state * 6364136223846793005 + 1442695040888963407 & (1 << 64) - 1
        noise += (state >> 32).to_bytes(4, "little")
    with path.open("wb") as file:
        for _ in range(200):
            file.write(bytes(900_000) + noise[:100_000])
    assert path.stat().st_size == 200_000_000
    return path


@pytest.mark.parametrize("compression", [None, "gzip", "bzip2"])
def test_200_megabytes_raise_the_peak_by_32_at_most(compression: str | None, large_file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-c", DISCARDING], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            host = f"127.0.0.1:{server.stdout.readline().strip()}"
            command = [sys.executable, "-I", "-c", STORING, host, str(large_file), compression or ""]
            told = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
            server.stdout.readline()  # the first reading
            length, came = map(int, server.stdout.readline().split())
        finally:
            server.kill()
    before, after = map(int, told)
    assert length == came
    if compression is None:
        assert length > 200_000_000 * 4 // 3
    assert after - before <= 32 * 1024
