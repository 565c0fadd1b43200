# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The server's distances to the typical group are those that pandas computes from the same numbers."""

from __future__ import annotations

import datetime
import json
import math
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pandas
import pytest

from byteport.clients import ByteportHttpClient
from conftest import Server

START = datetime.datetime(2015, 12, 20, 22, 13, 14)
DAYS = 75
DEVICE, FIELD = "typical", "level"
#: What pandas calls the periods, and how it writes their names.
GROUPINGS = {
    "hourly": ("h", "%Y-%m-%d %H"),
    "daily": ("D", "%Y-%m-%d"),
    "weekly": ("W", "%G-W%V"),
    "monthly": ("M", "%Y-%m"),
}
EXCLUDED = ["", "count", "std,min,max", "count,25%,50%,75%", "mean,std,min,max,25%,50%,75%"]


@pytest.fixture(scope="module")
def stored(byteport_server: Server) -> Iterator[tuple[ByteportHttpClient, pandas.Series[float]]]:
    """A client with a login, and the numbers that it stored: many hours have one, most have none."""
    noise = random.Random(5)
    seconds = sorted(noise.sample(range(DAYS * 86_400), 400))
    seconds += range(DAYS * 86_400, DAYS * 86_400 + 600)  # an hour, or two, with many
    values = [noise.gauss(20, 3) * 10 ** noise.choice([0, 0, 0, 3]) for _ in seconds]
    times = [START + datetime.timedelta(seconds=second) for second in seconds]
    client = ByteportHttpClient(byteport_api_hostname=byteport_server.host)
    packets = [_packet(byteport_server, time, f"{value!r}") for time, value in zip(times, values)]
    packets.append(_packet(byteport_server, START + datetime.timedelta(seconds=0.5), "broken"))
    client.store_packets(packets, byteport_server.legacy_key)
    client.login(byteport_server.user, byteport_server.password)
    yield client, pandas.Series(values, index=pandas.DatetimeIndex(times))
    client.logout()


def _packet(server: Server, time: datetime.datetime, value: str) -> dict[str, str]:
    stamp = time.replace(tzinfo=datetime.timezone.utc).timestamp()
    return {
        "namespace": server.namespace,
        "uid": DEVICE,
        "timestamp": f"{stamp:.1f}",
        "data": f"{FIELD}={value};",
    }


def _load(client: ByteportHttpClient, server: Server, **parameters: str) -> dict[str, Any]:
    end = START + datetime.timedelta(days=DAYS + 1)
    query = urlencode({"from": START.isoformat(), "to": end.isoformat(), **parameters})
    path = f"timeseries/analysis/distance_to_typical/{server.namespace}/{DEVICE}/{FIELD}/"
    with client.make_request(f"http://{server.host}/api/v1/{path}?{query}") as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def _same(found: dict[Any, Any], expected: pandas.Series[float]) -> bool:
    """Whether all figures are the same to a billionth; pandas' NaN is no number in JSON."""
    numbers = {name: math.nan if value is None else value for name, value in found.items()}
    return numbers == pytest.approx(expected.to_dict(), rel=1e-9, nan_ok=True)


@pytest.mark.parametrize("differences", [False, True])
@pytest.mark.parametrize("grouping", GROUPINGS)
def test_as_pandas_computes_it(
    grouping: str,
    differences: bool,
    stored: tuple[ByteportHttpClient, pandas.Series[float]],
    byteport_server: Server,
) -> None:
    client, numbers = stored
    numbers = numbers.diff().dropna() if differences else numbers
    period, label = GROUPINGS[grouping]
    described: Any = numbers.groupby(pandas.DatetimeIndex(numbers.index).to_period(period)).describe()
    described.index = described.index.start_time.strftime(label)
    for excluded in EXCLUDED:
        groups = described.drop(columns=[name for name in excluded.split(",") if name])
        typical = groups.median()
        answer = _load(
            client,
            byteport_server,
            grouping=grouping,
            diff_before_analysis=str(differences),
            exclude_descriptors=excluded,
            include_descriptions="True",
        )
        found = {group["group_name"]: group["dist"] for group in answer["distances"]}
        assert list(found) == list(groups.index), excluded
        assert _same(found, ((groups - typical) ** 2).sum(axis=1) ** 0.5), excluded
        assert _same(answer["T_med"], typical), excluded
        figures = {(group, name): figure for group, row in groups.iterrows() for name, figure in row.items()}
        shown = {
            (group, name): figure
            for group, row in answer["descriptions"].items()
            for name, figure in row.items()
        }
        assert _same(shown, pandas.Series(figures)), excluded
        meta = answer["meta"]
        assert (meta["len"], meta["conversion_errors"]) == (str(len(numbers)), "1")


def test_groups_of_one_number_each(
    stored: tuple[ByteportHttpClient, pandas.Series[float]], byteport_server: Server
) -> None:
    client, numbers = stored
    hours = pandas.DatetimeIndex(numbers.index).floor("h")
    alone = ~hours.duplicated(keep=False)
    assert alone.sum() > 100
    for moment in numbers[alone].index[:2]:
        hour = moment.floor("h")
        span = {"from": hour.isoformat(), "to": (hour + pandas.Timedelta(minutes=59, seconds=59)).isoformat()}
        answer = _load(client, byteport_server, grouping="hourly", **span)
        assert [group["dist"] for group in answer["distances"]] == [0.0]
        assert answer["T_med"]["std"] is None
        assert answer["T_med"]["mean"] == numbers[moment]


def test_the_farthest_comes_first(
    stored: tuple[ByteportHttpClient, pandas.Series[float]], byteport_server: Server
) -> None:
    client, _ = stored
    by_date = _load(client, byteport_server)["distances"]
    by_distance = _load(client, byteport_server, order="distance")["distances"]
    assert by_distance == sorted(by_date, key=lambda group: -float(group["dist"]))
    assert by_distance != by_date
