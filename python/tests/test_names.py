# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Names against names.json, wherever a name goes; a bad one is refused before anything is sent."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from byteport.clients import ByteportClientInvalidFieldNameException, ByteportHttpClient
from conftest import KEY, UID, vectors
from recording import Recorder

CASES = vectors("names.json")
GOOD = [case["name"] for case in CASES if case["ok"]]
BAD = [case["name"] for case in CASES if not case["ok"]]
DAY = datetime.datetime(2015, 5, 1)


@pytest.mark.parametrize("name", GOOD)
def test_good_names_pass(name: str, client: ByteportHttpClient, recorder: Recorder) -> None:
    assert client.verify_name(name) is True
    client.verify_field_name(name)
    client.store({name: 1}, name)
    assert recorder.requests[0]["path"] == f"/api/v1/timeseries/myownspace/{name}/"
    assert [name, "1"] in recorder.requests[0]["form"]
    assert ByteportHttpClient(name, KEY, UID, recorder.host).namespace_name == name


@pytest.mark.parametrize("name", [*BAD, "_key", "_ts", "\ud800"])
def test_bad_names_are_refused(name: str, client: ByteportHttpClient, recorder: Recorder) -> None:
    assert client.verify_name(name) is False
    calls: list[Any] = [
        lambda: client.verify_field_name(name),
        lambda: client.convert_data_to_utf8({name: 1}),
        lambda: client.store({name: 1}),
        lambda: client.store({"good": 1, name: 1}),
        lambda: client.store({"good": 1}, name),
        lambda: client.log("message", name),
        lambda: client.load_timeseries_data_range(name, "d", "f", DAY, DAY),
        lambda: client.load_timeseries_data("n", name, "f"),
        lambda: client.load_timeseries_data("n", "d", name),
        lambda: ByteportHttpClient(name, KEY, UID, recorder.host),
        lambda: ByteportHttpClient("n", KEY, name, recorder.host),
    ]
    for call in calls:
        with pytest.raises(
            ByteportClientInvalidFieldNameException, match=r"invalid (field name|device UID|namespace) "
        ) as caught:
            call()
        assert caught.value.code == 2
        assert caught.value.phase == "check"
    assert recorder.requests == []


@pytest.mark.parametrize("name", [None, 5, b"bytes", ("a",), True])
def test_a_field_name_is_a_str(name: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    kind = type(name).__name__
    with pytest.raises(ByteportClientInvalidFieldNameException, match=f"must be str, not {kind}"):
        client.store({name: 1})
    assert client.verify_name(name) is False
    assert recorder.requests == []


def test_a_device_may_be_a_number(recorder: Recorder) -> None:
    client = ByteportHttpClient("test", KEY, 6000, recorder.host)
    client.store({"x": 1}, 6001)
    client.device_uid = 6002
    client.store({"x": 1})
    paths = [request["path"] for request in recorder.requests]
    assert paths == [f"/api/v1/timeseries/test/{uid}/" for uid in (6000, 6001, 6002)]


@pytest.mark.parametrize("device", [True, 1.5, ["d"], b"d"])
def test_a_device_is_nothing_else(device: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(ByteportClientInvalidFieldNameException, match=r"device UID .* must be str"):
        client.store({"x": 1}, device)
    assert recorder.requests == []
