# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Timestamps against timestamps.json, and what is no timestamp."""

from __future__ import annotations

import datetime
from datetime import timedelta, timezone
from typing import Any

import pytest

from byteport.clients import ByteportClientUnsupportedTimestampTypeException, ByteportHttpClient
from conftest import vectors
from recording import Recorder

CASES = vectors("timestamps.json")
EPOCH = datetime.datetime(1970, 1, 1)


def moment(case: dict[str, Any]) -> Any:
    if case["kind"] != "datetime":
        return {"int": int, "float": float}[case["kind"]](case["in"])
    text = case["in"]
    # Python 3.9 reads a fraction of three or six digits only.
    return datetime.datetime.fromisoformat(text + "00000" if text.endswith("58.5") else text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']} {case['in']}")
def test_vectors(case: dict[str, Any], client: ByteportHttpClient, recorder: Recorder) -> None:
    if "error" in case:
        with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match=case["error"]):
            client.auto_timestamp(moment(case))
        with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match=case["error"]):
            client.store({"x": 1}, timestamp=moment(case))
        assert recorder.requests == []
    else:
        assert client.auto_timestamp(moment(case)) == case["out"]
        client.store({"x": 1}, timestamp=moment(case))
        assert ["_ts", case["out"]] in recorder.requests[0]["form"]


class BadZone(datetime.tzinfo):
    def utcoffset(self, dt: datetime.datetime | None) -> timedelta:
        raise ZeroDivisionError("no such place")

    tzname = dst = utcoffset  # type: ignore[assignment]


NO_TIMES = [
    True,
    False,
    "1410613385",
    b"1",
    1j,
    [],
    datetime.date(2015, 5, 1),
    timedelta(1),
    float("-inf"),
    1e300,
    10**30,
    -(10**30),
    datetime.datetime(2015, 5, 1, tzinfo=BadZone()),
]


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
def test_what_is_no_time_is_refused(value: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(
        ByteportClientUnsupportedTimestampTypeException, match="unsupported timestamp"
    ) as caught:
        client.store({"x": 1}, timestamp=value)
    assert caught.value.code == 3
    with pytest.raises(ByteportClientUnsupportedTimestampTypeException):
        client.auto_timestamp(value)
    for convert in (client.unix_time_micros, client.timestamp_as_utc):
        with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match="unsupported") as caught:
            convert(value)
        assert (caught.value.code, caught.value.phase) == (3, "check")
    assert recorder.requests == []


def test_auto_timestamp_needs_a_time(client: ByteportHttpClient) -> None:
    with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match="None"):
        client.auto_timestamp(None)  # type: ignore[arg-type]


def test_microseconds_are_exact(client: ByteportHttpClient) -> None:
    for days in range(-719162, 2932896, 9973):
        date = EPOCH + timedelta(days=days, seconds=86399, microseconds=999999)
        exact = (date - EPOCH) // timedelta(microseconds=1)
        assert client.unix_time_micros(date) == exact
        seconds, micros = divmod(abs(exact), 10**6)
        assert client.auto_timestamp(date) == f"{'-' * (exact < 0)}{seconds}.{micros:06}".rstrip("0")


@pytest.mark.parametrize("hours", [-12, 0, 2, 14])
def test_zones_are_converted(hours: int, client: ByteportHttpClient) -> None:
    date = datetime.datetime(2015, 5, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=hours)))
    as_utc = client.timestamp_as_utc(date)
    assert as_utc == date
    assert as_utc.utcoffset() == timedelta(0)
    assert client.unix_time_micros(date) == client.unix_time_micros(as_utc.replace(tzinfo=None))


def test_the_edges_of_datetime(client: ByteportHttpClient) -> None:
    east = timezone(timedelta(hours=14))
    assert client.auto_timestamp(datetime.datetime.min.replace(tzinfo=east)) == "-62135647200"
    assert client.auto_timestamp(datetime.datetime.max) == "253402300799.999999"
    assert client.timestamp_as_utc(EPOCH).tzinfo is timezone.utc
    with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match="years 1 to 9999") as caught:
        client.timestamp_as_utc(datetime.datetime.min.replace(tzinfo=east))
    assert caught.value.code == 3
