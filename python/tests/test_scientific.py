# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Series from the real server, and groupings beside what pandas itself makes of them."""

from __future__ import annotations

import datetime
import inspect
import subprocess
import sys
import warnings
from typing import Any

import numpy
import pandas
import pytest
from pandas.testing import assert_frame_equal, assert_series_equal

import byteport_client.scientific
from byteport import scientific
from byteport.clients import (
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportClientInvalidFieldNameException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportLoginFailedException,
)
from byteport.scientific import ByteportPandas, TimeseriesAnalyser
from conftest import Server
from recording import Recorder

START = datetime.datetime(2015, 5, 1, 12, 0, 0, 12345)
HOUR = datetime.timedelta(hours=1)
GROUPINGS = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY")


@pytest.fixture
def analyser(byteport_server: Server) -> TimeseriesAnalyser:
    return TimeseriesAnalyser(byteport_server.user, byteport_server.password, host=byteport_server.host)


@pytest.fixture
def grouper(recorder: Recorder) -> TimeseriesAnalyser:
    """One that needs no server from here on."""
    return TimeseriesAnalyser("user", "password", host=recorder.host)


def numbers(count: int = 3000, every: str = "37min", start: str = "2015-11-20 22:15") -> Any:
    """A walk over the end of a year, with gaps of days."""
    index: Any = pandas.date_range(start, periods=count, freq=every)
    walk = pandas.Series(numpy.random.default_rng(7).normal(size=count), index=index).cumsum()
    return walk[(index.day % 5 != 0) & (index.hour != 3)]


def stored(server: Server, device: str, field: str, values: list[object]) -> None:
    client = ByteportHttpClient(server.namespace, server.key, device, server.host)
    for count, value in enumerate(values):
        client.store({field: value}, timestamp=START + count * HOUR)


def test_both_import_names_and_the_signatures_programs_know() -> None:
    assert scientific.__all__ == ["ByteportPandas", "TimeseriesAnalyser"]
    for name in scientific.__all__:
        assert getattr(byteport_client.scientific, name) is getattr(scientific, name)
        assert inspect.getdoc(getattr(scientific, name))
    assert issubclass(TimeseriesAnalyser, ByteportPandas)
    described = ["self", "data_frame", "grouping", "subset_analysis"]
    methods: dict[Any, list[str]] = {
        ByteportPandas.load_to_series: [
            "self",
            "namespace",
            "device_uid",
            "field_name",
            "from_time",
            "to_time",
        ],
        TimeseriesAnalyser.groupby: ["self", "data_frame", "grouping"],
        TimeseriesAnalyser.group_and_describe: described,
        TimeseriesAnalyser.split_describe: described,
    }
    for method, names in methods.items():
        assert list(inspect.signature(method).parameters) == names
        assert inspect.getdoc(method)
    parameters = inspect.signature(ByteportPandas).parameters.values()
    assert [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD] == ["username", "password"]


@pytest.mark.parametrize("package", ["byteport", "byteport_client"])
def test_without_pandas(package: str) -> None:
    program = f"import sys; sys.modules['pandas'] = None; import {package}.clients, {package}.scientific"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "ImportError: byteport.scientific needs pandas: pip install byteport[pandas]\n"
    )
    assert done.stderr.count("Traceback") == 1


def test_a_broken_pandas_is_not_a_missing_one() -> None:
    program = "import sys; sys.modules['numpy'] = None; import byteport.scientific"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install byteport" not in done.stderr
    assert "numpy" in done.stderr


def test_nothing_else_imports_pandas_or_numpy() -> None:
    modules = "byteport, byteport.clients, byteport.factories, byteport.utils, byteport_client.clients"
    program = f"import sys, {modules}; print([name for name in ('numpy', 'pandas') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_login(byteport_server: Server) -> None:
    with pytest.raises(ByteportLoginFailedException):
        ByteportPandas(byteport_server.user, "wrong", host=byteport_server.host)
    with pytest.raises(TypeError, match="colour"):
        ByteportPandas(byteport_server.user, byteport_server.password, host=byteport_server.host, colour=1)
    with pytest.raises(ByteportConnectException):
        ByteportPandas("user", "password", host="127.0.0.1:1", connect_timeout=5.0)
    loader = ByteportPandas(
        byteport_server.user, byteport_server.password, host=byteport_server.host, timeout=20.0
    )
    assert isinstance(loader.client, ByteportHttpClient)
    assert [one["name"] for one in loader.client.list_namespaces()] == [byteport_server.namespace]


def test_the_host_of_the_class(byteport_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ByteportHttpClient, "DEFAULT_BYTEPORT_API_HOSTNAME", byteport_server.host)
    analyser = TimeseriesAnalyser(byteport_server.user, byteport_server.password)
    assert analyser.client.byteport_api_hostname == byteport_server.host


def test_a_series_is_what_was_stored(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    values: list[object] = [0.5, -1, "2.25", 1e300, 0]
    stored(byteport_server, "sci", "number", values)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        series = analyser.load_to_series(byteport_server.namespace, "sci", "number", START, START + 10 * HOUR)
    assert series.to_list() == [0.5, -1.0, 2.25, 1e300, 0.0]
    assert str(series.dtype) == "float64"
    assert series.name is None
    assert isinstance(series.index, pandas.DatetimeIndex)
    assert series.index.tz is None
    assert series.index.to_list() == [START + count * HOUR for count in range(5)]
    assert series.to_frame().columns.equals(pandas.Index([0]))
    part = analyser.load_to_series(byteport_server.namespace, "sci", "number", START + HOUR, START + 2 * HOUR)
    assert_series_equal(part, series[1:3])


def test_the_same_as_by_the_slow_way(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    stored(byteport_server, "slow", "number", [count / 7 for count in range(50)])
    what = (byteport_server.namespace, "slow", "number", START, START + 49 * HOUR)
    points = analyser.client.load_timeseries_data_range(*what)["data"]["ts_data"]
    index = pandas.to_datetime([point["t"] for point in points])
    assert_series_equal(
        analyser.load_to_series(*what),
        pandas.Series([float(point["v"]) for point in points], index),
        check_index_type=False,
    )


def test_what_is_no_number_is_counted(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    stored(byteport_server, "mixed", "word", [1.5, "low", "", 2.5, "high"])
    what = (byteport_server.namespace, "mixed", "word", START, START + 10 * HOUR)
    with pytest.warns(UserWarning, match="3") as caught:
        series = analyser.load_to_series(*what)
    assert len(caught) == 1
    assert series.to_list() == [1.5, 2.5]
    assert series.index.to_list() == [START, START + 3 * HOUR]


def test_nothing_stored_in_the_span(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    stored(byteport_server, "gap", "number", [1])
    series = analyser.load_to_series(
        byteport_server.namespace, "gap", "number", START + HOUR, START + 2 * HOUR
    )
    assert (len(series), str(series.dtype)) == (0, "float64")
    assert isinstance(series.index, pandas.DatetimeIndex)
    for grouping in GROUPINGS:
        assert len(analyser.groupby(series, grouping)) == 0
        assert analyser.group_and_describe(series, grouping).shape == (8, 0)


def test_what_the_client_raises(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    with pytest.raises(ByteportClientInvalidFieldNameException):
        analyser.load_to_series(byteport_server.namespace, "sci", "no name", START, START)
    analyser.client.logout()
    with pytest.raises(ByteportClientForbiddenException):
        analyser.load_to_series(byteport_server.namespace, "sci", "number", START, START)


def test_a_stored_series_is_described(byteport_server: Server, analyser: TimeseriesAnalyser) -> None:
    """The lines of the old documentation."""
    stored(byteport_server, "walk", "number", [float(count) for count in range(30)])
    span = (START, START + 30 * HOUR)
    pandas_series = analyser.load_to_series(byteport_server.namespace, "walk", "number", *span)
    df = pandas_series.to_frame()
    daily = analyser.split_describe(df, "DAILY")
    assert list(daily.columns) == ["2015-05-01", "2015-05-02"]
    assert list(daily.loc["count"]) == [12, 18]
    assert daily["2015-05-02"].to_dict() == df[0].iloc[12:].describe().to_dict()
    hourly = analyser.split_describe(df, "HOURLY")
    assert hourly.shape == (8, 30)
    assert list(hourly.columns)[:2] == ["2015-05-01 12", "2015-05-01 13"]


def first_moment(time: pandas.Timestamp, grouping: str) -> datetime.datetime:
    """The first moment of a period, worked out in another way."""
    day = datetime.datetime(time.year, time.month, time.day)
    if grouping == "HOURLY":
        return day + time.hour * HOUR
    if grouping == "WEEKLY":
        day = datetime.datetime.fromisocalendar(*time.isocalendar()[:2], 1)
    if grouping == "MONTHLY":
        day = day.replace(day=1)
    return day


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("start", ["2015-11-20 22:15", "1969-12-20 22:15"])
def test_groups(grouping: str, start: str, grouper: TimeseriesAnalyser) -> None:
    data = numbers(start=start)
    expected: dict[Any, list[float]] = {}
    for time, value in data.items():
        assert isinstance(time, pandas.Timestamp)
        expected.setdefault(first_moment(time, grouping), []).append(value)
    for shuffled in (data, data.sample(frac=1, random_state=1)):
        groups = grouper.groupby(shuffled, grouping)
        assert [key for key, _ in groups] == list(expected)
        assert len(groups) == len(expected)
        for key, part in groups:
            assert isinstance(part, pandas.Series)
            assert sorted(part) == sorted(expected[key])
    table = grouper.groupby(data.to_frame("value"), grouping)
    assert [key for key, _ in table] == list(expected)
    assert all(isinstance(part, pandas.DataFrame) for _, part in table)
    assert table["value"].count().to_list() == [len(values) for values in expected.values()]


def test_groups_as_pandas_makes_them(grouper: TimeseriesAnalyser) -> None:
    data = numbers()
    for grouping, frequency in (("HOURLY", "60min"), ("DAILY", "D"), ("MONTHLY", "MS")):
        theirs = data.resample(frequency).mean().dropna()
        assert_series_equal(
            grouper.groupby(data, grouping).mean(), theirs, check_freq=False, check_index_type=False
        )
    weekly = data.resample("W-MON", label="left", closed="left").mean().dropna()
    assert_series_equal(
        grouper.groupby(data, "WEEKLY").mean(), weekly, check_freq=False, check_index_type=False
    )
    by_default = grouper.groupby(data).mean()
    assert_series_equal(by_default, grouper.groupby(data, "DAILY").mean())


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_descriptions_are_those_of_pandas(grouping: str, grouper: TimeseriesAnalyser) -> None:
    data = numbers(600)
    data.iloc[5:9] = numpy.nan
    parts = [part.describe() for _, part in grouper.groupby(data, grouping)]
    described = grouper.group_and_describe(data, grouping)
    theirs = pandas.concat(parts, axis=1)
    assert list(described.index) == ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]
    assert_frame_equal(described, theirs.set_axis(described.columns, axis=1))
    assert_frame_equal(grouper.split_describe(data, grouping), described)
    assert_frame_equal(grouper.group_and_describe(data.to_frame(), grouping), described)
    brief = grouper.group_and_describe(data, grouping, "pandas_mean_std")
    assert_frame_equal(brief, described.loc[["mean", "std"]])


def test_the_periods_names(grouper: TimeseriesAnalyser) -> None:
    data = pandas.Series([1, 2], pandas.to_datetime(["2015-12-31 23:59", "2016-01-04 00:00"]))
    names = {grouping: list(grouper.group_and_describe(data, grouping).columns) for grouping in GROUPINGS}
    assert names == {
        "HOURLY": ["2015-12-31 23", "2016-01-04 00"],
        "DAILY": ["2015-12-31", "2016-01-04"],
        "WEEKLY": ["2015-W53", "2016-W01"],
        "MONTHLY": ["2015-12", "2016-01"],
    }


def test_a_table_of_many_columns(grouper: TimeseriesAnalyser) -> None:
    data = numbers(200)
    table = pandas.DataFrame(
        {"a": data, "text": "x", "b": 2 * data, "whole": 3, "late": data.index - data.index[0]}
    )
    before = table.copy()
    described = grouper.group_and_describe(table, "DAILY")
    day = described.columns[0][0]
    assert list(described[day].columns) == ["a", "b", "whole"]
    for name in ("a", "b", "whole"):
        alone = grouper.group_and_describe(table[name], "DAILY")
        part: Any = described.xs(name, axis=1, level=1)
        assert_frame_equal(part, alone)
    assert_frame_equal(table, before)


def test_local_time_and_its_changes(grouper: TimeseriesAnalyser) -> None:
    times = [
        "2014-10-25 21:30",
        "2014-10-25 22:30",
        "2014-10-26 00:15",
        "2014-10-26 01:15",
        "2014-10-26 23:15",
    ]
    index = pandas.to_datetime(times).tz_localize("UTC").tz_convert("Europe/Stockholm")
    data = pandas.Series([1.0, 2, 3, 4, 5], index)
    hours = grouper.group_and_describe(data, "HOURLY")
    assert list(hours.columns) == [
        f"2014-10-{text}00" for text in ("25 23+02", "26 00+02", "26 02+02", "26 02+01", "27 00+01")
    ]
    days = grouper.groupby(data, "DAILY").sum()
    midnights = pandas.to_datetime(["2014-10-25", "2014-10-26", "2014-10-27"]).tz_localize("Europe/Stockholm")
    assert list(days.index) == list(midnights)
    assert days.to_list() == [1, 9, 5]
    assert list(grouper.group_and_describe(data, "WEEKLY").columns) == ["2014-W43", "2014-W44"]
    assert list(grouper.group_and_describe(data, "MONTHLY").loc["count"]) == [5]
    # In Havana the clocks change at midnight: one day a year has none, another has two.
    for time, midnight in (
        ("2018-03-11", "2018-03-11 01:00-04:00"),
        ("2018-11-04", "2018-11-04 00:00-04:00"),
    ):
        noon = pandas.to_datetime([f"{time} 12:00"]).tz_localize("America/Havana")
        assert [key for key, _ in grouper.groupby(pandas.Series([1.0], noon))] == [pandas.Timestamp(midnight)]


def test_odd_times(grouper: TimeseriesAnalyser) -> None:
    lost = pandas.Series([1.0, 2.0], pandas.DatetimeIndex(["NaT", "2016-01-01"]))
    ends = numpy.array(["0001-01-01", "9999-12-31T23:59:59.999999"], dtype="datetime64[us]")
    wide = pandas.Series([1.0, 2.0], pandas.DatetimeIndex(ends))
    for grouping in GROUPINGS:
        assert grouper.groupby(lost, grouping).sum().to_list() == [2.0]
        assert list(grouper.group_and_describe(wide, grouping).loc["mean"]) == [1.0, 2.0]


@pytest.mark.parametrize("grouping", ["YEARLY", "daily", "", None, 5, [], numpy.array([1, 2])], ids=repr)
def test_unknown_groupings(grouping: Any, grouper: TimeseriesAnalyser) -> None:
    allowed = "'HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY'"
    calls = (grouper.groupby, grouper.group_and_describe, grouper.split_describe)
    for call in calls:
        with pytest.raises(
            ByteportClientException, match=f"grouping .* is unknown: write {allowed}"
        ) as caught:
            call(numbers(5), grouping)
        assert (type(caught.value), caught.value.code, caught.value.phase) == (
            ByteportClientException,
            1,
            "check",
        )


@pytest.mark.parametrize("analysis", ["describe", "", None, 5, {}], ids=repr)
def test_unknown_analyses(analysis: Any, grouper: TimeseriesAnalyser) -> None:
    allowed = "'pandas_describe', 'pandas_mean_std'"
    for call in (grouper.group_and_describe, grouper.split_describe):
        with pytest.raises(
            ByteportClientException, match=f"subset_analysis .* is unknown: write {allowed}"
        ) as caught:
            call(numbers(5), "DAILY", analysis)
        assert (caught.value.code, caught.value.phase) == (1, "check")


def test_data_that_cannot_be_grouped(grouper: TimeseriesAnalyser) -> None:
    wrong: Any
    for wrong, why in (
        ([1, 2], "must be a Series or a DataFrame, not list"),
        (None, "must be a Series or a DataFrame, not NoneType"),
        (pandas.Series([1.0]), "must have a DatetimeIndex, not RangeIndex"),
        (pandas.DataFrame({"a": [1]}, ["2015-05-01"]), "must have a DatetimeIndex, not Index"),
    ):
        for call in (grouper.groupby, grouper.group_and_describe):
            with pytest.raises(ByteportClientException, match=why):
                call(wrong)
    words = numbers(5).astype(str)
    assert len(grouper.groupby(words)) == 1
    for data in (words, words.to_frame(), numbers(5).to_frame()[[]]):
        with pytest.raises(ByteportClientException, match="no column of numbers"):
            grouper.group_and_describe(data)
