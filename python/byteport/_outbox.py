# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Opening an outbox for a client, and storing into it. The outbox itself is :class:`byteport.outbox.Outbox`."""

from __future__ import annotations

from ._calls import HttpCalls
from .client_base import ByteportClientException

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping
    from typing import Any

    from .client_base import Timestamp
    from .outbox import Event, Order, Outbox, Span, WhenFull

__all__ = ["OutboxCalls", "taken"]

#: The code of what cannot be taken because of its length.
_TOO_LONG = 7


def taken(
    outbox: Outbox, data: Mapping[str, object] | None, device: str | int | None, timestamp: Timestamp | None
) -> bool:
    """Whether the outbox took it; not where it is too long for it."""
    try:
        outbox.enqueue(data, device, timestamp)
    except ByteportClientException as error:
        if error.code != _TOO_LONG:
            raise
        return False
    return True


class OutboxCalls(HttpCalls):
    """See :class:`byteport.http_clients.ByteportHttpClient`."""

    def outbox(
        self,
        path: str | os.PathLike[str],
        *,
        max_disk: int | None = None,
        max_memory: int | None = None,
        max_count: int | None = None,
        max_age: Span | None = None,
        when_full: WhenFull = "drop_oldest",
        order: Order = "oldest_first",
        connections: int = 1,
        max_rate: float | None = None,
        legacy_key: str | None = None,
        broker: dict[str, Any] | None = None,
        commit_interval: Span = 1.0,
        commit_bytes: int | None = None,
        sync_interval: Span = 5.0,
        timeout: Span = 30.0,
        clock_floor: Timestamp | None = None,
        on_event: Callable[[Event], object] | None = None,
    ) -> Outbox:
        """Opens a queue of readings in a file: what it takes in is uploaded in the background, now or when the network is
        back, with this client's namespace, key and settings.

        :param path: the file; it is made where there is none. What an earlier process left in it is uploaded
        :param max_disk: the most bytes on disk, at least 256 KiB; None: 16 MiB
        :param max_memory: the most bytes of readings in memory that are not in the file, and the longest reading; at least
            4 KiB; None: 256 KiB
        :param max_count: the most readings that wait; None: no bound
        :param max_age: how long a reading waits at the most; None: no bound
        :param when_full: what gives way: ``'drop_oldest'``, ``'drop_newest'``, ``'thin_out'`` (of the oldest half every
            second reading of each device), ``'reject'`` (the call raises), ``'block'`` (the call waits for room, up to its
            time-out, then raises)
        :param order: of one device's readings: ``'oldest_first'``, or ``'newest_first'``
        :param connections: how many upload at once, 1 to 64; the readings of one device go one after the other
        :param max_rate: the most readings per second; None: no bound
        :param legacy_key: the key for lists of packets: readings then go in batches, which is faster over a slow link
        :param broker: uploads through a broker, which confirms each list of readings; no key is needed.
            ``{"url": "mqtts://broker.byteport.se", "login": ("user", "password")}``, and of the keyword arguments of
            :class:`byteport.mqtt_client.ByteportMQTTClient`, and ``vhost``, those that are about the connection
        :param commit_interval: how long after its call a reading at ``'disk'`` is in the file, at the latest
        :param commit_bytes: so many bytes of readings are written before that; None: 64 KiB
        :param sync_interval: how long after its call it is forced onto the disk, so that a power cut does not lose it
        :param timeout: for calls that wait for room, the disk or the service
        :param clock_floor: an earlier time shows that the clock is not set yet: readings then get their time when it is
        :param on_event: is called with one of the classes of :mod:`byteport.outbox`, on a thread of the outbox, one call at
            a time. Further events wait while it runs, and beyond a MiB of them the oldest are lost; the upload goes on. It
            may call the outbox, but not close it. What it raises is logged

        Spans of time are seconds or timedelta. Raises ByteportOutboxInUseException where another process, or another outbox
        in this one, has the file; ByteportClientException for settings that make no sense, and for a file that is another
        program's database. A file that is damaged is moved aside, what is readable is saved, and what is not is counted; one
        that cannot be written is tried again, and memory serves until then.
        """
        from .outbox import Outbox

        core = self._storing.outbox(
            path,
            max_disk=max_disk,
            max_memory=max_memory,
            max_count=max_count,
            max_age=max_age,
            when_full=when_full,
            order=order,
            connections=connections,
            max_rate=max_rate,
            legacy_key=legacy_key,
            broker=broker,
            commit_interval=commit_interval,
            commit_bytes=commit_bytes,
            sync_interval=sync_interval,
            timeout=timeout,
            clock_floor=clock_floor,
            on_event=on_event,
        )
        return Outbox(core, self.device_uid)
