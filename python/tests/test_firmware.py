# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Fetching a device's firmware, from a service that says and sends what a test wants."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientFileException,
    ByteportHttpClient,
)
from recording import Answer, Recorder

IMAGE = bytes(range(251)) * 1000
DIGEST = hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()


class Shop:
    """A service with one device of type 7 and some firmwares for it."""

    def __init__(self) -> None:
        self.device: list[dict[str, Any]] = [{"uid": "d", "device_type": "7"}]
        self.firmwares = [firmware()]
        self.images = {"/media/images/fw-1.1.bin": IMAGE}
        self.ranges: list[str | None] = []

    def answer(self, request: dict[str, Any]) -> Answer:
        path = request["path"]
        if path.endswith("/device/"):
            return Answer(body=json.dumps(self.device).encode())
        if path.endswith("/device_type/7/firmware/"):
            return Answer(body=json.dumps(self.firmwares).encode())
        image = self.images.get(path)
        return Answer(404) if image is None else Answer(body=image, headers=(("ETag", '"1"'),))


def firmware(**changes: object) -> dict[str, Any]:
    """One as the service describes it: nearly every scalar is a text."""
    said = {
        "id": "3", "version": "1.1", "filesize": str(len(IMAGE)), "md5_digest": DIGEST, "image": "images/fw-1.1.bin",
        "comment": "None", "uploader": "me", "uploaded": "2015-05-01T00:00:00", "enabled": "True", "device_type": "7",
    }  # fmt: skip
    return {**said, **changes}


@pytest.fixture
def shop(recorder: Recorder, session: ByteportHttpClient) -> Shop:
    shop = Shop()
    recorder.answer = shop.answer
    return shop


def test_it_is_fetched_once(shop: Shop, session: ByteportHttpClient, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    done = session.fetch_firmware("n", "d", tmp_path, progress=lambda *now: told.append(now))
    path = tmp_path / "fw-1.1.bin"
    assert (done.state, done.path, done.version, done.id) == ("fetched", str(path), "1.1", 3)
    assert done.received == len(IMAGE)
    assert "1.1" in repr(done)
    assert path.read_bytes() == IMAGE
    assert os.listdir(tmp_path) == ["fw-1.1.bin"]
    assert told == sorted(told)
    assert told[-1] == (len(IMAGE), len(IMAGE))
    again = session.fetch_firmware("n", "d", str(tmp_path))
    assert (again.state, again.path, again.received) == ("up_to_date", str(path), 0)
    path.write_bytes(b"damaged")
    assert session.fetch_firmware("n", "d", tmp_path).state == "fetched"
    assert path.read_bytes() == IMAGE


def test_what_needs_no_fetch(
    shop: Shop, session: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    done = session.fetch_firmware("n", "d", tmp_path, current_version="1.1")
    assert (done.state, done.path, done.version) == ("up_to_date", None, "1.1")
    shop.firmwares = [firmware(enabled="False")]
    none = session.fetch_firmware("n", "d", tmp_path)
    assert (none.state, none.path, none.version, none.id, none.received) == ("none", None, None, None, 0)
    assert os.listdir(tmp_path) == []
    assert not any("media" in request["path"] for request in recorder.requests)


def test_the_newest_from_another_prefix(shop: Shop, session: ByteportHttpClient, tmp_path: Path) -> None:
    shop.firmwares = [
        firmware(id="9", uploaded="2014-01-01T00:00:00", image="old.bin"),
        firmware(id="4", uploaded="2016-01-01T00:00:00", image="new å.bin", version="2"),
        firmware(id="5", uploaded="2017-01-01T00:00:00", image="off.bin", enabled="False"),
    ]
    shop.images = {"/files/new%20%C3%A5.bin": IMAGE}
    done = session.fetch_firmware("n", "d", tmp_path, media_prefix="/files/", current_version="1.1")
    assert (done.state, done.version, done.id) == ("fetched", "2", 4)
    assert (tmp_path / "new å.bin").read_bytes() == IMAGE


def test_what_was_begun_is_gone_on_with(
    shop: Shop, session: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    with pytest.raises(ByteportClientException, match="stopped") as caught:
        session.fetch_firmware("n", "d", tmp_path, progress=lambda so_far, total: so_far < 100_000)
    assert caught.value.code == 27
    assert not (tmp_path / "fw-1.1.bin").exists()
    begun = (tmp_path / "fw-1.1.bin.part").stat().st_size
    assert 0 < begun < len(IMAGE)
    told: list[int] = []

    def rest(request: dict[str, Any]) -> Answer:
        answer = shop.answer(request)
        if "media" not in request["path"]:
            return answer
        (line,) = [line for line in recorder.raw[-1].lower().split(b"\n") if line.startswith(b"range:")]
        start = int(line.split(b"=")[1].strip(b"- \r"))
        span = f"bytes {start}-{len(IMAGE) - 1}/{len(IMAGE)}"
        return Answer(206, answer.body[start:], (*answer.headers, ("Content-Range", span)))

    recorder.answer = rest
    done = session.fetch_firmware("n", "d", tmp_path, progress=lambda so_far, total: told.append(so_far))
    assert (done.state, done.received) == ("fetched", len(IMAGE) - begun)
    assert told[0] >= begun
    assert told[-1] == len(IMAGE)
    assert (tmp_path / "fw-1.1.bin").read_bytes() == IMAGE


WRONG: list[tuple[dict[str, object], bytes, int]] = [
    ({}, IMAGE[:-1] + b"x", 26),
    ({"md5_digest": "0" * 32}, IMAGE, 26),
    ({"filesize": "5"}, IMAGE, 26),
    ({"md5_digest": "None"}, IMAGE, 21),
    ({"image": "../../etc/passwd"}, IMAGE, 21),
    ({"image": "/etc/passwd"}, IMAGE, 21),
    ({"image": "a\0b"}, IMAGE, 21),
    ({"image": "None"}, IMAGE, 21),
    ({"id": "one"}, IMAGE, 21),
    ({"filesize": str(1 << 40)}, IMAGE, 22),
]


@pytest.mark.parametrize(("changes", "image", "code"), WRONG, ids=range(len(WRONG)))
def test_what_is_not_as_announced_is_not_kept(
    changes: dict[str, object],
    image: bytes,
    code: int,
    shop: Shop,
    session: ByteportHttpClient,
    tmp_path: Path,
) -> None:
    shop.firmwares = [firmware(**changes)]
    shop.images = dict.fromkeys(shop.images, image)
    with pytest.raises(ByteportClientException) as caught:
        session.fetch_firmware("n", "d", tmp_path)
    assert caught.value.code == code
    assert [name for name in os.listdir(tmp_path) if not name.endswith((".part", ".json"))] == []


def test_options_and_places(
    shop: Shop, session: ByteportHttpClient, recorder: Recorder, tmp_path: Path
) -> None:
    shop.firmwares = [firmware(md5_digest="None")]
    assert session.fetch_firmware("n", "d", tmp_path, allow_unchecked=True).state == "fetched"
    before = len(recorder.requests)
    fetch: Callable[..., object] = session.fetch_firmware
    bad: list[tuple[dict[str, Any], str]] = [
        ({"max_size": -1}, "max_size"),
        ({"media_prefix": "media"}, "media prefix"),
        ({"media_prefix": 5}, "media_prefix must be str"),
        ({"current_version": 1.1}, "current_version must be str"),
    ]
    for options, why in bad:
        with pytest.raises(ByteportClientException, match=why) as caught:
            fetch("n", "d", tmp_path, **options)
        assert (caught.value.code, caught.value.phase) == (1, "check")
    (tmp_path / "file").write_text("")
    for folder, number in ((tmp_path / "gone", errno.ENOENT), (tmp_path / "file", errno.ENOTDIR)):
        with pytest.raises(ByteportClientFileException) as failed:
            fetch("n", "d", folder)
        assert (failed.value.errno, failed.value.filename) == (number, folder)
    with pytest.raises(ByteportClientException, match="folder must be a path"):
        fetch("n", "d", None)
    assert len(recorder.requests) == before
    with pytest.raises(ByteportClientException) as small:
        fetch("n", "d", tmp_path, allow_unchecked=True, max_size=5)
    assert small.value.code == 22


def test_a_device_that_is_none(shop: Shop, session: ByteportHttpClient, tmp_path: Path) -> None:
    devices: list[list[dict[str, Any]]] = [[], [{"uid": "d", "device_type": "None"}], [{"uid": "d"}]]
    for shop.device in devices:
        with pytest.raises(ByteportClientDeviceNotFoundException):
            session.fetch_firmware("n", "d", tmp_path)


def test_what_the_progress_raises_comes_out(shop: Shop, session: ByteportHttpClient, tmp_path: Path) -> None:
    def progress(so_far: int, total: int | None) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        session.fetch_firmware("n", "d", tmp_path, progress=progress)
    assert session.fetch_firmware("n", "d", tmp_path).state == "fetched"
