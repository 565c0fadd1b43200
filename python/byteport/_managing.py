# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The service itself, single values, what the service computes of a field, a device's settings and messages."""

from __future__ import annotations

from ._byteport import Ask
from ._calls import HttpCalls
from ._requests import parsed

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .client_base import Timestamp

__all__ = ["ManagingCalls"]


class ManagingCalls(HttpCalls):
    """See :class:`byteport.http_clients.ByteportHttpClient`."""

    def echo(self, **kwargs: object) -> dict[str, str]:
        """Sends the keyword arguments and returns them, as texts, as the service gives them back.

        Shows that the service answers: it needs neither key nor login. None is left out, and a datetime is written by
        ``ISO8601`` in UTC.
        """
        return self._send(self._core.ask(Ask.echo(self._query(kwargs))), parsed)

    def session(self) -> dict[str, Any]:
        """What the service says of the login: who it is, or that there is none. Its shape is not documented."""
        return self._send(self._core.ask(Ask.session()), parsed)

    def activity(self, namespace: str) -> dict[str, Any]:
        """The devices that stored something in the last 24 hours.

        Returns ``{"registered_devices": [...], "unregistered_devices": [{"namespace", "uid", "last_contact"}]}``. Raises
        ByteportClientForbiddenException without a login, and for a namespace that the user may not see.
        """
        return self._send(self._core.ask(Ask.activity(namespace)), parsed)

    def load_value(self, namespace: str, uid: str | int, field_name: str, ref: str | int) -> dict[str, Any]:
        """One value. A very long text may be cut, and ``"meta"`` says so then; :meth:`download_value` brings all of it.

        :param ref: the ``r`` of a point of ``load_timeseries_data``

        Returns ``{"namespace_name", "uid", "field_name", "value", "timestamp", "ref", "meta"}``. Raises
        ByteportClientException before anything is sent for a reference that is none, and
        ByteportClientDeviceNotFoundException where there is no such value.
        """
        return self._send(self._core.ask(Ask.value((namespace, uid, field_name, ref))), parsed)

    def statistics(
        self, namespace: str, uid: str | int, field_name: str, build_calendar: bool = False
    ) -> dict[str, Any]:
        """How many values a field has on which days.

        :param build_calendar: the days as a calendar, too, under ``"calendar"``

        Returns ``{"meta", "values_in_way_past", "values_in_future", "daily_activity": [[date, count, percent of the most
        active day], ...]}``.
        """
        return self._send(
            self._core.ask(Ask.statistics((namespace, uid, field_name), build_calendar)), parsed
        )

    def distance_to_typical(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: Timestamp | None = None,
        to_time: Timestamp | None = None,
        *,
        timedelta_minutes: int | None = None,
        timedelta_hours: int | None = None,
        timedelta_days: int | None = None,
        grouping: str = "daily",
        order: str = "date",
        diff_before_analysis: bool = False,
        include_descriptions: bool = False,
        exclude_descriptors: Iterable[str] | str = (),
    ) -> dict[str, Any]:
        """How far each hour, day, week or month of a field is from the typical one.

        :param from_time: the range's ends, datetimes (without a time zone they are UTC) or UNIX seconds; or else
        :param timedelta_minutes: so long before now, in minutes, hours or days. Without any of these: the last 7 days
        :param grouping: ``'hourly'``, ``'daily'``, ``'weekly'`` or ``'monthly'``
        :param order: of the groups: ``'date'`` or ``'distance'``
        :param diff_before_analysis: compares the values' change, not the values
        :param include_descriptions: each group with what it is described by
        :param exclude_descriptors: some of ``count mean std min max 50% 25% 75%``, which are left out of the comparison

        Returns ``{"distances": [{"group_name", "dist"}, ...], "T_med": {descriptor: median}, "meta"}``. Raises
        ByteportClientException before anything is sent for words that the service does not know.
        """
        ask = Ask.distance_to_typical(
            (namespace, uid, field_name),
            from_time=from_time,
            to_time=to_time,
            timedelta_minutes=timedelta_minutes,
            timedelta_hours=timedelta_hours,
            timedelta_days=timedelta_days,
            grouping=grouping,
            order=order,
            diff_before_analysis=diff_before_analysis,
            include_descriptions=include_descriptions,
            exclude_descriptors=exclude_descriptors,
        )
        return self._send(self._core.ask(ask), parsed)

    def configure_device(self, namespace: str, uid: str | int, **settings: object) -> dict[str, Any]:
        """Changes settings of a device, and returns the device as it is then.

        The settings: ``active`` and ``offline_alarm`` (True or False), ``lat`` and ``lon`` (degrees north and east),
        ``location_hint``, ``alias``, ``serial`` and ``description`` (texts), ``timeout_limit`` and ``alarm_interval`` (whole
        seconds), ``alarm_repeat_times`` (a whole number). One that is None is left as it is.

        Raises ByteportClientException before anything is sent for a setting that there is not, a value that it cannot have,
        and without any setting; ByteportClientDeviceNotFoundException for a device that is not registered.
        """
        return self._send(self._core.ask(Ask.configure(namespace, uid, self._query(settings))), parsed)

    def list_messages(
        self,
        namespace: str,
        device_uid: str | int,
        from_index: int | None = None,
        to_index: int | None = None,
    ) -> list[dict[str, Any]]:
        """The messages that were sent to a device, by their index: 0 is the last one. None leaves an end to the service.

        Returns a list of ``{"status", "error_level", "user", "send_time", "device", "message", "id"}``, where ``message`` is
        JSON text itself: ``[{"data", "namespace", "uid", "timestamp"}]``.
        """
        return self._send(self._core.ask(Ask.messages(namespace, device_uid, from_index, to_index)), parsed)
