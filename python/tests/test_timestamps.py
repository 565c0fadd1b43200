# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Timestamps against timestamps.json, and what is no timestamp."""

from __future__ import annotations

import datetime
from datetime import timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pandas
import pytest

from byteport.clients import (
    ByteportClientException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportHttpClient,
)
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


def since_epoch(days: int, seconds: int = 0, micros: int = 0) -> str:
    exact = (days * 86400 + seconds) * 10**6 + micros
    whole, fraction = divmod(abs(exact), 10**6)
    return f"{'-' * (exact < 0)}{whole}.{fraction:06}".rstrip("0").rstrip(".")


OTHER_TIMES = [
    (numpy.int64(1410613385), "1410613385"),
    (numpy.uint8(7), "7"),
    (numpy.int32(-1), "-1"),
    (numpy.float64(1410613385.012345), "1410613385.012345"),
    (numpy.float32(0.5), "0.5"),
    (numpy.longdouble(2.25), "2.25"),
    (Decimal("1410613385.012345"), "1410613385.012345"),
    (Decimal("253402300799.9999990000000000000000000000000001"), "253402300799.999999"),
    (Decimal("1e-999999999"), "0"),
    (Decimal("-0.5"), "-0.5"),
    (Decimal("1E+9"), "1000000000"),
    (Fraction(1, 3), "0.333333"),
    (Fraction(-2, 3), "-0.666667"),
    (Fraction(4030324002003, 2000), "2015162001.0015"),
    (numpy.datetime64("2015-05-01T00:00:00.012345678"), "1430438400.012345"),
    (numpy.datetime64("2015-05-01T00:00:00.012345"), "1430438400.012345"),
    (numpy.datetime64("2015-05-01T00:00:00.5", "ms"), "1430438400.5"),
    (numpy.datetime64("2015-05-01"), "1430438400"),
    (numpy.datetime64("1969-12-31T23:59:59.999999999"), "-0.000001"),
    (numpy.datetime64("0001-01-01"), "-62135596800"),
    (numpy.datetime64("9999-12-31T23:59:59.999999"), "253402300799.999999"),
    (pandas.Timestamp("2015-05-01T00:00:00.012345678"), "1430438400.012345"),
    (pandas.Timestamp("2015-05-01T02:00:00.5+02:00"), "1430438400.5"),
    (pandas.Timestamp("2015-05-01T02:00:00", tz="Europe/Stockholm"), "1430438400"),
    (pandas.Timestamp("1950-01-01T00:00:00.000000001"), since_epoch(-7305)),
    (datetime.datetime(1, 1, 1), "-62135596800"),
    (datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), "-0.000001"),
    (datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), "253402300799.999999"),
    (253402300799, "253402300799"),
    (-62135596800, "-62135596800"),
]


@pytest.mark.parametrize(("value", "text"), OTHER_TIMES, ids=lambda value: f"{type(value).__name__} {value}")
def test_other_numbers_and_dates(
    value: Any, text: str, client: ByteportHttpClient, recorder: Recorder
) -> None:
    assert client.auto_timestamp(value) == text
    client.store({"x": 1}, timestamp=value)
    assert ["_ts", text] in recorder.requests[0]["form"]


TOO_FAR = [
    253402300800,
    -62135596801,
    253402300800.0,
    Decimal(253402300800),
    Fraction(253402300800),
    numpy.int64(253402300800),
    numpy.datetime64("10000-01-01", "D"),
    numpy.datetime64("0000-12-31", "D"),
]


@pytest.mark.parametrize("value", TOO_FAR, ids=lambda value: f"{type(value).__name__} {value}")
def test_years_that_no_date_has(value: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(ByteportClientUnsupportedTimestampTypeException, match="years 1 to 9999") as caught:
        client.store({"x": 1}, timestamp=value)
    assert (caught.value.code, caught.value.phase) == (3, "check")
    assert recorder.requests == []


NO_TIMES = [
    numpy.bool_(True),
    numpy.complex128(1),
    numpy.array([1]),
    numpy.float64("nan"),
    numpy.float32("inf"),
    numpy.datetime64("NaT", "us"),
    numpy.datetime64(10**17, "Y"),
    numpy.datetime64(2**62, "s"),
    numpy.timedelta64(1, "s"),
    numpy.uint64(2**64 - 1),
    pandas.NaT,
    pandas.Timedelta(1),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    Decimal("1e999999999"),
    Decimal("-1e999999999"),
    Fraction(10**40, 3),
    "",
    None.__class__,
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


def test_an_interrupt_in_a_repr_is_not_swallowed(client: ByteportHttpClient, recorder: Recorder) -> None:
    class Interrupting:
        failure: BaseException = KeyboardInterrupt()

        def __repr__(self) -> str:
            raise self.failure

    class Failing(Interrupting):
        failure = ZeroDivisionError()

    calls: list[Any] = [
        client.auto_timestamp,
        client.unix_time_micros,
        lambda value: client.store({"x": 1}, None, value),
        lambda value: client.store({value: 1}),
        lambda value: client.store({"x": 1}, value),
    ]
    for call in calls:
        with pytest.raises(KeyboardInterrupt):
            call(Interrupting())
        with pytest.raises(ByteportClientException, match="<Failing>"):
            call(Failing())
    assert recorder.requests == []
