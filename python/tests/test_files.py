# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Files and folders as fields: sent as they are, or refused before anything is sent."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from byteport import _byteport
from byteport.clients import (
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportHttpClient,
    ByteportHttpGetClient,
)
from recording import Recorder


def put(folder: Path, name: str, text: str, age: int) -> None:
    (folder / name).write_text(text)
    os.utime(folder / name, (1_700_000_000 - age, 1_700_000_000 - age))


def fields(recorder: Recorder) -> list[list[str]]:
    pairs: list[list[str]] = recorder.requests[-1]["form"]
    return [pair for pair in pairs if not pair[0].startswith("_")]


@pytest.mark.parametrize("text", ["21.5\n", "", "a\r\nb ", "mötley ☃ 🚀", "x" * 200_000 + "ö" * 200_000])
def test_a_files_text_is_sent_as_it_is(
    text: str, client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(text.encode())
    for name in (str(path), path):
        client.store_file("story", name, "dev2", 1410613385)
        (request,) = recorder.requests
        assert request["path"].endswith("/dev2/")
        assert sorted(request["form"][1:]) == [["_ts", "1410613385"], ["story", text]]
        recorder.requests.clear()
    client.store_file("story", path)
    assert recorder.requests[0]["path"].endswith(f"/{client.device_uid}/")


def test_a_file_of_50_megabytes(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    text = "0123456789 abcdefghijklmnopqrst\n" * (50 << 15)
    (tmp_path / "large").write_text(text)
    client.store_file("large", tmp_path / "large")
    assert fields(recorder) == [["large", text]]


BAD_CONTENT = [
    (b"abc\xff", "not UTF-8 text from byte 3"),
    (b"\xe2\x98", "in the middle of a UTF-8 character"),
    (b"a\0b", "NUL"),
]


@pytest.mark.parametrize(("content", "why"), BAD_CONTENT)
def test_what_is_no_text(
    content: bytes, why: str, client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(content)
    calls: list[Callable[[], object]] = [
        lambda: client.store_file("f", path),
        lambda: client.store_directory(tmp_path, None),
    ]
    for call in calls:
        with pytest.raises(ByteportClientInvalidDataTypeException, match=f"blob: .*{why}") as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (4, "check")
    assert recorder.requests == []


def refused_paths(folder: Path) -> list[tuple[Any, int | None, str]]:
    os.mkfifo(folder / "pipe")
    return [
        (folder / "missing", errno.ENOENT, "missing: cannot be read"),
        (folder, None, "is a directory"),
        (folder / "pipe", None, "no regular file"),
        (folder / "missing" / "below", errno.ENOENT, "cannot be read"),
        (f"{folder}/\0", None, "cannot be read"),
    ]


def test_a_file_that_cannot_be_read(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    for path, number, why in refused_paths(tmp_path):
        calls: list[Callable[..., object]] = [client.store_file, client.base64_encode_and_store_file]
        for call in calls:
            with pytest.raises(ByteportClientFileException, match=why) as caught:
                call("f", path)
            error = caught.value
            assert (error.code, error.phase, error.retryable) == (25, "check", False)
            assert (error.errno, error.filename) == (number, path)
            assert error.strerror == (number and os.strerror(number))
            assert isinstance(error, ByteportClientException)
            assert isinstance(error, OSError)
    assert recorder.requests == []


@pytest.mark.parametrize("path", [None, 5, 1.5, [], object()], ids=ascii)
def test_what_is_no_path(path: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    for call in (client.store_file, client.base64_encode_and_store_file):
        with pytest.raises(ByteportClientException, match=f"not {type(path).__name__}") as caught:
            call("f", path)
        assert (caught.value.code, caught.value.phase) == (1, "check")
    assert recorder.requests == []


def test_bad_names_and_times(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("text")
    for name in ("", "_x", "a b", "\ud800", 5, None):
        with pytest.raises(ByteportClientInvalidFieldNameException, match="invalid field name"):
            client.store_file(name, path)  # type: ignore[arg-type]
    with pytest.raises(ByteportClientInvalidFieldNameException, match="invalid device UID"):
        client.store_file("f", path, "a b")
    for moment in (True, "now", float("nan"), 10**12):
        with pytest.raises(ByteportClientUnsupportedTimestampTypeException):
            client.store_file("f", path, None, moment)  # type: ignore[arg-type]
        with pytest.raises(ByteportClientUnsupportedTimestampTypeException):
            client.store_directory(tmp_path, None, moment)  # type: ignore[arg-type]
    assert recorder.requests == []


@contextmanager
def shrinking(path: Path) -> Iterator[None]:
    """Takes a byte off the file's end again and again."""
    stop = threading.Event()

    def shrink() -> None:
        size = path.stat().st_size
        while not stop.is_set() and size > 0:
            size -= 1
            os.truncate(path, size)

    thread = threading.Thread(target=shrink)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_a_file_that_shrinks_while_it_is_read(
    client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    path = tmp_path / "restless"
    path.write_text("0123456789abcdef" * (4 << 20))
    with shrinking(path), pytest.raises(ByteportClientFileException, match="restless: it changes") as caught:
        client.store_file("f", path)
    assert caught.value.retryable
    assert caught.value.filename == path
    assert recorder.requests == []


def test_a_folder_is_sent_in_one_call(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    for age, name in enumerate(["youngest", "b", "c", "oldest"]):
        put(tmp_path, name, f"text of {name}", age)
    put(tmp_path, "a", "same age as b", 1)
    (tmp_path / "sub.folder").mkdir()
    (tmp_path / "to_nowhere").symlink_to(tmp_path / "nowhere")
    names = ["oldest", "c", "a", "b", "youngest"]
    assert [n for n in client.sorted_ls(tmp_path) if n not in ("sub.folder", "to_nowhere")] == names
    client.store_directory(str(tmp_path), "dirDev", 5)
    assert len(recorder.requests) == 1
    body = recorder.raw[0].split(b"\n")[-1].decode()
    assert [pair.split("=")[0] for pair in body.split("&")] == ["_key", "_ts", *names]
    assert recorder.requests[0]["path"].endswith("/dirDev/")
    client.store_directory(f"{tmp_path}/", None)
    assert recorder.requests[1]["path"].endswith(f"/{client.device_uid}/")


def test_an_empty_folder_is_a_heartbeat(
    client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    assert client.sorted_ls(tmp_path) == []
    client.store_directory(tmp_path, None)
    assert [name for name, _ in recorder.requests[0]["form"]] == ["_key"]


@pytest.mark.parametrize("name", [b"read.me", b".hidden", b"_under", b"b" * 33, b"\xff", "å".encode()])
def test_a_file_whose_name_is_no_field_name(
    name: bytes, client: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    put(tmp_path, "good", "1", 0)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text("2")
    with pytest.raises(ByteportClientInvalidFieldNameException, match="invalid field name"):
        client.store_directory(tmp_path, None)
    assert recorder.requests == []


def test_folders_that_are_none(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    paths: list[tuple[Any, int | None]] = [
        (tmp_path / "missing", errno.ENOENT),
        (tmp_path / "file", errno.ENOTDIR),
        ("\0", None),
        (5.5, None),
    ]
    for path, number in paths:
        for call in (partial(client.store_directory, path, None), partial(client.sorted_ls, path)):
            with pytest.raises(ByteportClientFileException, match=r"folder .* cannot be read") as caught:
                call()
            assert (caught.value.errno, caught.value.filename) == (number, path)
            assert caught.value.code == 25
    assert recorder.requests == []


def test_a_folder_of_10_000_files(client: ByteportHttpClient, recorder: Recorder, tmp_path: Path) -> None:
    for count in range(10_000):
        (tmp_path / f"field{count}").write_text(str(count))
    client.store_directory(tmp_path, "many")
    assert dict(fields(recorder)) == {f"field{count}": str(count) for count in range(10_000)}
    assert len(recorder.requests) == 1


def test_by_get_what_is_too_long_is_refused(
    get_client: ByteportHttpGetClient, recorder: Recorder, tmp_path: Path
) -> None:
    put(tmp_path, "small", "1", 0)
    get_client.store_directory(tmp_path, None)
    assert ["small", "1"] in recorder.requests[0]["query"]
    put(tmp_path, "large", "x" * 2048, 0)
    calls: list[Callable[[], object]] = [
        lambda: get_client.store_directory(tmp_path, None),
        lambda: get_client.store_file("f", tmp_path / "large"),
        lambda: get_client.base64_encode_and_store("f", b"x" * 1600),
    ]
    for call in calls:
        with pytest.raises(ByteportClientException, match="store by POST") as caught:
            call()
        assert caught.value.code == 7
    assert len(recorder.requests) == 1


class Wordless(Exception):
    """What an own ``make_request`` raises: neither its text nor what it says of itself can be read."""

    def __str__(self) -> str:
        raise ZeroDivisionError

    phase = status = property(__str__)


class Interrupting(Wordless):
    def __str__(self) -> str:
        raise KeyboardInterrupt


def test_a_failure_without_words_does_not_end_polling(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "name", "text", 0)
    watch = _byteport.Watch(tmp_path, 5)
    assert watch.look() == 1
    assert watch.next_upload(None, None, None) is not None
    with caplog.at_level("WARNING", "byteport.watch"):
        watch.failed(Wordless())
    assert "tried again: Wordless" in caplog.text
    with pytest.raises(KeyboardInterrupt):
        watch.failed(Interrupting())
