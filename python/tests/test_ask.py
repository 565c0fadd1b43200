# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What the calls ask that the old client had not, and what they refuse."""

from __future__ import annotations

import asyncio
import datetime
import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from byteport import aio
from byteport.clients import (
    ByteportClientException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportHttpClient,
)
from recording import Answer, Recorder
from test_manage import COOKIES, TOKEN

Query = list[list[str]]
Call = Callable[[Any], Any]
MAY = datetime.datetime(2015, 5, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
TYPICAL = "timeseries/analysis/distance_to_typical/n/d/f/"
DAILY = [["grouping", "daily"], ["order", "date"]]

GETS: list[tuple[Call, str, Query]] = [
    (lambda c: c.echo(), "echo/", []),
    (
        lambda c: c.echo(test="hallå &", n=5, none=None, at=MAY),
        "echo/",
        [["at", "2015-04-30T22:00:00.000000"], ["n", "5"], ["test", "hallå &"]],
    ),
    (lambda c: c.session(), "session/", []),
    (lambda c: c.activity("n"), "namespace/n/activity/", []),
    (lambda c: c.load_value("n", 6000, "f", "a:b-1.5_"), "value/n/6000/f/a:b-1.5_/", []),
    (lambda c: c.load_value("n", "d", "f", 1430438400012345), "value/n/d/f/1430438400012345/", []),
    (lambda c: c.statistics("n", "d", "f"), "timeseries/statistics/n/d/f/", []),
    (
        lambda c: c.statistics("n", "d", "f", build_calendar=True),
        "timeseries/statistics/n/d/f/",
        [["build_calendar", "True"]],
    ),
    (lambda c: c.distance_to_typical("n", "d", "f"), TYPICAL, DAILY),
    (
        lambda c: c.distance_to_typical("n", "d", "f", MAY, 1430524800),
        TYPICAL,
        [["from", "2015-04-30T22:00:00.000000"], *DAILY, ["to", "2015-05-02T00:00:00.000000"]],
    ),
    (
        lambda c: c.distance_to_typical(
            "n", "d", "f", timedelta_hours=36, grouping="WEEKLY", order="distance", diff_before_analysis=True,
            include_descriptions=True, exclude_descriptors=["count", "25%"],
        ),
        TYPICAL,
        [
            ["diff_before_analysis", "True"],
            ["exclude_descriptors", "count,25%"],
            ["grouping", "weekly"],
            ["include_descriptions", "True"],
            ["order", "distance"],
            ["timedelta_hours", "36"],
        ],
    ),
    (
        lambda c: c.distance_to_typical("n", "d", "f", timedelta_days=7, exclude_descriptors="std, max"),
        TYPICAL,
        [["exclude_descriptors", "std,max"], *DAILY, ["timedelta_days", "7"]],
    ),
    (lambda c: c.list_messages("n", "d"), "message/n/d/", []),
    (lambda c: c.list_messages("n", 7, 0, to_index=9), "message/n/7/", [["from", "0"], ["to", "9"]]),
]  # fmt: skip


@pytest.mark.parametrize(("call", "path", "query"), GETS, ids=range(len(GETS)))
def test_what_is_asked(
    call: Call, path: str, query: Query, session: ByteportHttpClient, recorder: Recorder
) -> None:
    recorder.always(Answer(body=b'{"data": ["1", 2.5, null]}'))
    assert call(session) == {"data": ["1", 2.5, None]}

    async def main() -> object:
        async with aio.ByteportHttpClient(byteport_api_hostname=recorder.host) as client:
            return await call(client)

    assert asyncio.run(main()) == {"data": ["1", 2.5, None]}
    asked = {"method": "GET", "path": f"/api/v1/{path}", "query": query, "form": None}
    assert recorder.requests[2:] == [{**asked, "cookies": COOKIES}, {**asked, "cookies": []}]


SETTINGS: list[tuple[dict[str, object], Query]] = [
    ({"active": False, "offline_alarm": True}, [["active", "False"], TOKEN, ["offline_alarm", "True"]]),
    ({"lat": 57.7, "lon": -180, "alias": None}, [TOKEN, ["lat", "57.7"], ["lon", "-180"]]),
    (
        {"location_hint": "på taket", "alias": "", "serial": 5, "description": "a\nb"},
        [["alias", ""], TOKEN, ["description", "a\nb"], ["location_hint", "på taket"], ["serial", "5"]],
    ),
    (
        {"timeout_limit": 60, "alarm_interval": "3600", "alarm_repeat_times": 0},
        [["alarm_interval", "3600"], ["alarm_repeat_times", "0"], TOKEN, ["timeout_limit", "60"]],
    ),
]


@pytest.mark.parametrize(("settings", "form"), SETTINGS, ids=range(len(SETTINGS)))
def test_a_device_is_configured(
    settings: dict[str, object], form: Query, session: ByteportHttpClient, recorder: Recorder
) -> None:
    recorder.always(Answer(body=b'{"uid": "d", "active": "False"}'))
    assert session.configure_device("n", "d", **settings) == {"uid": "d", "active": "False"}
    path = "/api/v1/namespace/configure_device/n/d/"
    asked = {"method": "POST", "path": path, "query": [], "form": form, "cookies": COOKIES}
    assert recorder.requests[2:] == [asked]


class NoTruth:
    """Neither true nor false, as an array of several numbers."""

    def __bool__(self) -> bool:
        raise ValueError("ambiguous")


REFUSED: list[tuple[Call, str]] = [
    (lambda c: c.load_value("n", "d", "f", ""), "reference"),
    (lambda c: c.load_value("n", "d", "f", "../x"), "reference"),
    (lambda c: c.load_value("n", "d", "f", "a/b"), "reference"),
    (lambda c: c.load_value("n", "d", "f", "\ud800"), "reference"),
    (lambda c: c.load_value("n", "d", "f", None), "reference"),
    (lambda c: c.statistics("n", "d", "f", NoTruth()), "build_calendar must be True or False"),
    (lambda c: c.distance_to_typical("n", "d", "f", grouping="yearly"), "grouping is hourly, daily"),
    (lambda c: c.distance_to_typical("n", "d", "f", grouping=5), "grouping must be str"),
    (lambda c: c.distance_to_typical("n", "d", "f", order=""), "order is date or distance"),
    (lambda c: c.distance_to_typical("n", "d", "f", exclude_descriptors=["mean", "sum"]), "descriptor is one of"),
    (lambda c: c.distance_to_typical("n", "d", "f", exclude_descriptors=5), "must be a list"),
    (lambda c: c.distance_to_typical("n", "d", "f", exclude_descriptors=[5]), "must be str"),
    (lambda c: c.distance_to_typical("n", "d", "f", MAY, timedelta_days=1), "or one of"),
    (lambda c: c.distance_to_typical("n", "d", "f", timedelta_days=1, timedelta_hours=1), "or one of"),
    (lambda c: c.distance_to_typical("n", "d", "f", timedelta_minutes=0), "whole minutes"),
    (lambda c: c.distance_to_typical("n", "d", "f", timedelta_minutes=-1), "whole number"),
    (lambda c: c.distance_to_typical("n", "d", "f", timedelta_minutes=1.5), "whole number"),
    (lambda c: c.distance_to_typical("n", "d", "f", timedelta_minutes=2**32), "whole number"),
    (lambda c: c.configure_device("n", "d"), "no setting to change"),
    (lambda c: c.configure_device("n", "d", colour="red"), "no setting"),
    (lambda c: c.configure_device("n", "d", lat=91), "degrees from -90 to 90"),
    (lambda c: c.configure_device("n", "d", active="maybe"), "needs True or False"),
    (lambda c: c.configure_device("n", "d", timeout_limit=-1), "whole number"),
    (lambda c: c.list_messages("n", "d", -1), "from_index must be"),
    (lambda c: c.list_messages("n", "d", 0, "x"), "to_index must be"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "why"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused(call: Call, why: str, session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    with pytest.raises(ByteportClientException, match=why) as caught:
        call(session)
    assert (caught.value.code, caught.value.phase) == (1, "check")
    assert len(recorder.requests) == before


FIELDS: list[Callable[..., object]] = [
    partial(ByteportHttpClient.load_value, ref=1),
    ByteportHttpClient.statistics,
    ByteportHttpClient.distance_to_typical,
    partial(ByteportHttpClient.iter_timeseries_data, from_time=0),
    partial(ByteportHttpClient.download_value, ref=1, path_or_fileobj=io.BytesIO()),
]
DEVICES: list[Callable[..., object]] = [
    *(partial(call, field_name="f") for call in FIELDS),
    partial(ByteportHttpClient.configure_device, alias="a"),
    ByteportHttpClient.list_messages,
    partial(ByteportHttpClient.fetch_firmware, folder="/"),
]


@pytest.mark.parametrize("bad", ["a/b", "..", "", "-x", "a b", "å", "\0", "x" * 33, None, 1.5, "\ud800"])
def test_names_that_are_none(bad: Any, session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    calls: list[Callable[[], object]] = [
        *(partial(call, session, "n", "d", bad) for call in FIELDS),
        *(partial(call, session, "n", bad) for call in DEVICES),
        *(partial(call, session, bad, "d") for call in DEVICES),
        partial(session.activity, bad),
    ]
    for call in calls:
        with pytest.raises(
            ByteportClientInvalidFieldNameException, match=r"invalid (namespace|device|field)"
        ):
            call()
    assert len(recorder.requests) == before


def test_values_and_times_that_cannot_be_sent(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    data: list[Callable[[], object]] = [
        lambda: session.echo(test=b"\xff"),
        lambda: session.echo(test=float("nan")),
        lambda: session.configure_device("n", "d", lat=float("nan")),
        lambda: session.configure_device("n", "d", alias="\ud800"),
    ]
    for call in data:
        with pytest.raises(ByteportClientInvalidDataTypeException):
            call()
    moments: list[Any] = ["2015", float("inf"), True, 10**30]
    for moment in moments:
        for method in (session.distance_to_typical, session.iter_timeseries_data):
            with pytest.raises(ByteportClientUnsupportedTimestampTypeException):
                method("n", "d", "f", moment)
    assert len(recorder.requests) == before


@pytest.mark.parametrize("body", [b"", b"<html>", b"[", b"\xff", b"nan"])
def test_what_is_no_json(body: bytes, session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(Answer(body=body))
    for call in (session.echo, session.session, partial(session.list_messages, "n", "d")):
        with pytest.raises(ByteportClientException, match="is not the JSON") as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (21, "decode")


def test_a_refused_registration_is_an_answer(session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(Answer(body=b'{"error": "there is such a device"}'))
    assert session.batch_register_devices("n", "d", 1) == {"error": "there is such a device"}
