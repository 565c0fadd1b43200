# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stored series as pandas objects, and their description by hour, day, week or month.

This module needs pandas (``pip install byteport[pandas]``); nothing else in the package does.
"""

from __future__ import annotations

import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, overload

from .client_base import refused, shown
from .http_clients import ByteportHttpClient

try:
    import numpy
    import pandas
except ModuleNotFoundError:
    if find_spec("pandas") is not None:  # what is missing is something else
        raise
    raise ImportError(
        "byteport.scientific needs pandas: pip install byteport[pandas]", name="pandas"
    ) from None

if TYPE_CHECKING:
    from pandas.api.typing import DataFrameGroupBy, SeriesGroupBy

__all__ = ["ByteportPandas", "TimeseriesAnalyser"]

#: Groupings, and how a period's first moment is written where it names the period.
_LABELS = {"HOURLY": "%Y-%m-%d %H", "DAILY": "%Y-%m-%d", "WEEKLY": "%G-W%V", "MONTHLY": "%Y-%m"}
_UNITS = {"HOURLY": "datetime64[h]", "DAILY": "datetime64[D]", "MONTHLY": "datetime64[M]"}
_A_MONDAY = numpy.datetime64("1969-12-29", "D")
_A_WEEK = numpy.timedelta64(7, "D")

#: What is described of each group, in the order and words of ``describe()``.
_ANALYSES = {
    "pandas_describe": ("count", "mean", "std", "min", "25%", "50%", "75%", "max"),
    "pandas_mean_std": ("mean", "std"),
}


class ByteportPandas:
    """A login, and stored series as pandas objects. ``client`` is the ByteportHttpClient: its other calls work as well."""

    def __init__(self, username: str, password: str, *, host: str | None = None, **options: Any) -> None:
        """Logs in.

        :param host: the service, as ``byteport_api_hostname``
        :param options: further keyword arguments of ByteportHttpClient, such as ``proxy_port``, ``timeout``, ``ca_file``

        Raises ByteportLoginFailedException where user name or password is refused.
        """
        if host is not None:
            options["byteport_api_hostname"] = host
        self.client = ByteportHttpClient(**options)
        self.client.login(username, password)

    def load_to_series(
        self,
        namespace: str,
        device_uid: str | int,
        field_name: str,
        from_time: datetime.datetime,
        to_time: datetime.datetime,
    ) -> pandas.Series[float]:
        """One field's numbers from one moment to another (datetimes; without a time zone they are UTC), oldest first.

        Returns a Series without a name: float64 values over a DatetimeIndex in UTC without a time zone, to the microsecond.
        It is empty where there are none. What is stored and no number is skipped, and one UserWarning counts it. Raises
        ByteportClientForbiddenException where the user may not read there.
        """
        times, values = self.client.load_series(namespace, device_uid, field_name, from_time, to_time)
        series: pandas.Series[float] = pandas.Series(
            values, index=pandas.DatetimeIndex(times), dtype="float64"
        )
        return series


class TimeseriesAnalyser(ByteportPandas):
    """Divides series and tables by the calendar and describes the parts.

    The groupings are ``'HOURLY'``, ``'DAILY'``, ``'WEEKLY'`` (ISO 8601: from Monday) and ``'MONTHLY'``, in the time zone
    of the index: UTC for what :meth:`load_to_series` returns. Periods without a row are no group. The data is a Series or
    a DataFrame over a DatetimeIndex, in any order; it is not changed. Rows at NaT are left out. For anything else, and for a
    grouping or analysis that is not known, the methods raise ByteportClientException.
    """

    @overload
    def groupby(self, data_frame: pandas.Series[Any], grouping: str = ...) -> SeriesGroupBy[Any, Any]: ...
    @overload
    def groupby(self, data_frame: pandas.DataFrame, grouping: str = ...) -> DataFrameGroupBy[Any, Any]: ...
    def groupby(self, data_frame: Any, grouping: str = "DAILY") -> Any:
        """The data's GroupBy object: ``for start, part in analyser.groupby(data)``, ``.mean()``, ``.agg(...)``, ``len()``.

        The keys are Timestamps, the first moments of the periods, in order; each part is of the data's own type.
        """
        _check_grouping(grouping)
        starts = _period_starts(_index_of(data_frame), grouping)
        return data_frame.groupby(starts)

    def group_and_describe(
        self,
        data_frame: pandas.Series[Any] | pandas.DataFrame,
        grouping: str = "DAILY",
        subset_analysis: str = "pandas_describe",
    ) -> pandas.DataFrame:
        """Describes each period's numbers, as ``describe()`` would: a DataFrame with one column for each, in order.

        The rows are ``count``, ``mean``, ``std``, ``min``, ``25%``, ``50%``, ``75%`` and ``max``, or for the analysis
        ``'pandas_mean_std'`` ``mean`` and ``std``; all float64. The columns are named by the period:
        ``'2016-03-03 11'``, ``'2016-03-03'``, ``'2016-W09'`` or ``'2016-03'`` (with a time zone, hours carry the offset:
        ``'2016-03-03 11+0100'``). Of a table, the columns that hold numbers are described; if it has several, the result's
        columns are pairs of period and name.
        """
        _check_grouping(grouping)
        if not isinstance(subset_analysis, str) or subset_analysis not in _ANALYSES:
            raise _unknown("subset_analysis", subset_analysis, _ANALYSES)
        index = _index_of(data_frame)
        numbers = data_frame.to_frame() if isinstance(data_frame, pandas.Series) else data_frame
        numbers = numbers.select_dtypes(include="number", exclude="timedelta").astype("float64")
        if not len(numbers.columns):
            raise refused("there is no column of numbers to describe")
        groups = numbers.groupby(_period_starts(index, grouping))
        rows = _ANALYSES[subset_analysis]
        parts = [_statistic(groups, row) for row in rows]
        label = _LABELS[grouping] + ("%z" if grouping == "HOURLY" and index.tz is not None else "")
        names: pandas.Index[Any] = pandas.DatetimeIndex(parts[0].index).strftime(label)
        if len(numbers.columns) > 1:
            names = pandas.MultiIndex.from_product([names, numbers.columns])
        table: pandas.DataFrame = pandas.DataFrame(
            [part.to_numpy().ravel() for part in parts], list(rows), names
        )
        return table

    def split_describe(
        self,
        data_frame: pandas.Series[Any] | pandas.DataFrame,
        grouping: str = "DAILY",
        subset_analysis: str = "pandas_describe",
    ) -> pandas.DataFrame:
        """Another name of :meth:`group_and_describe`."""
        return self.group_and_describe(data_frame, grouping, subset_analysis)


def _statistic(groups: DataFrameGroupBy[Any, Any], name: str) -> pandas.DataFrame:
    """One row of ``describe()``, for all groups at once: that is far quicker than one group after the other."""
    if name.endswith("%"):
        row: pandas.DataFrame = groups.quantile(int(name[:-1]) / 100)
    else:
        row = getattr(groups, name)()
    return row


def _unknown(what: str, given: object, known: dict[str, Any]) -> Exception:
    return refused(f"{what} {shown(given)} is unknown: write {', '.join(map(repr, known))}")


def _check_grouping(grouping: object) -> None:
    if not isinstance(grouping, str) or grouping not in _LABELS:
        raise _unknown("grouping", grouping, _LABELS)


def _index_of(data: object) -> pandas.DatetimeIndex:
    if not isinstance(data, (pandas.Series, pandas.DataFrame)):
        raise refused(f"data_frame must be a Series or a DataFrame, not {type(data).__name__}")
    if not isinstance(data.index, pandas.DatetimeIndex):
        raise refused(f"data_frame must have a DatetimeIndex, not {type(data.index).__name__}")
    return data.index


def _period_starts(index: pandas.DatetimeIndex, grouping: str) -> pandas.DatetimeIndex:
    """The first moment of each row's period, in the index's time zone."""
    local: pandas.DatetimeIndex = index.tz_localize(None)  # what the clocks show
    times = local.to_numpy()
    if grouping == "WEEKLY":
        days = times.astype("datetime64[D]")
        floors = days - (days - _A_MONDAY) % _A_WEEK
    else:
        floors = times.astype(_UNITS[grouping])
    starts: pandas.DatetimeIndex = pandas.DatetimeIndex(floors.astype("datetime64[us]"))
    if index.tz is None:
        return starts
    if grouping == "HOURLY":
        own: pandas.DatetimeIndex = index - (local - starts)  # of the two hours that autumn shows alike
        return own
    first = numpy.ones(len(starts), dtype=bool)
    starts = starts.tz_localize(index.tz, ambiguous=first, nonexistent="shift_forward")
    return starts
