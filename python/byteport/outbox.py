# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Readings that were accepted are delivered, later if need be, and not lost in between: :meth:`ByteportHttpClient.outbox`.

Besides the outbox itself, here are the classes of what it answers, and of the events that it tells to ``on_event``.
"""

from __future__ import annotations

from . import _byteport
from ._byteport import (
    Delivered,
    DiskChanged,
    Dropped,
    Flushed,
    LinkChanged,
    MovedAside,
    OutboxStats,
    Quarantined,
    Receipt,
)

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Literal, TypeVar, Union

    from .client_base import Timestamp

    Durability = Literal["memory", "disk", "synced", "delivered"]
    """How safe a reading is."""
    WhenFull = Literal["drop_oldest", "drop_newest", "thin_out", "reject", "block"]
    """What gives way when an outbox is full."""
    Order = Literal["oldest_first", "newest_first"]
    """In which order the readings of one device are uploaded."""
    Span = Union[float, datetime.timedelta]
    """A span of time: seconds, or a timedelta."""
    Event = Union[Delivered, Dropped, Quarantined, LinkChanged, DiskChanged, MovedAside]
    """What an outbox tells."""

    _Self = TypeVar("_Self", bound="Outbox")

__all__ = [
    "Delivered",
    "DiskChanged",
    "Dropped",
    "Flushed",
    "LinkChanged",
    "MovedAside",
    "Outbox",
    "OutboxStats",
    "Quarantined",
    "Receipt",
]


class Outbox:
    """A queue of readings in a file, and the threads that upload it. Made by :meth:`ByteportHttpClient.outbox`.

    Threads may share it. It uploads until it is closed, by :meth:`close`, at the end of a ``with`` statement, or when the
    interpreter ends: that waits up to 2 seconds for the service, and leaves the rest in the file. An outbox that the program
    has let go of without closing it works on until then; opening its file again closes it. Where the process is killed, no
    more is lost than the readings' levels say.

    In a forked child every call raises ByteportForkedException: it may open an outbox of its own, on another file.
    """

    def __init__(self, core: _byteport.Outbox, device_uid: str | int | None) -> None:
        """Stands on the core's outbox."""
        self._core = core
        #: The device that stores where a call names no other; a program may set it.
        self.device_uid = device_uid

    @property
    def path(self) -> str:
        """The file, as it was named."""
        return self._core.path

    def enqueue(
        self,
        data: Mapping[str, object] | None = None,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        durability: Durability = "disk",
        timeout: Span | None = None,
    ) -> Receipt:
        """Takes in the fields of one device, measured at one time, and says how safe they are.

        It never waits for the network, but at ``delivered``.

        :param data: as :meth:`ByteportHttpClient.store` takes it
        :param device_uid: the device, where it is not the outbox's own
        :param timestamp: UNIX seconds or datetime; None: now
        :param durability: ``'memory'``: lost if the process is killed; ``'disk'``: in the file within ``commit_interval``,
            which a killed process survives; ``'synced'``: forced onto the disk before the call returns, which a power cut
            survives; ``'delivered'``: taken by the service before the call returns
        :param timeout: the longest wait, for ``synced``, ``delivered``, and for room; None: the outbox's own. What is over
            raises nothing: the reading is kept, and the receipt says how safe it is

        Raises as ``store`` does for names, values and timestamps that cannot be sent; ByteportOutboxFullException where the
        outbox is full and told to refuse then; ByteportClosedException; ByteportForkedException. Where it raises,
        the reading was not accepted, with two exceptions: what a signal's handler raises, such as KeyboardInterrupt, may end
        the wait of a reading that was; and at ``delivered`` the service's refusal is raised as ``store`` raises it, and the
        reading is in quarantine, so it need not be handed in again.
        """
        device = self.device_uid if device_uid is None else device_uid
        return self._core.enqueue(data, device, timestamp, durability, timeout)

    def wait_for(
        self, sequence: int, durability: Durability = "delivered", timeout: Span = 30.0
    ) -> Durability:
        """Waits until every reading up to one is that safe, or ``timeout`` is over, and says how safe they are.

        :param sequence: the receipt's
        :param durability: ``'delivered'`` means here that none of them waits any longer
        """
        return self._core.wait_for(sequence, durability, timeout)

    def flush(self, timeout: Span = 30.0) -> Flushed:
        """Waits until everything is delivered, or ``timeout`` is over, and says what was delivered and what is kept."""
        return self._core.flush(timeout)

    def close(self, timeout: Span = 2.0) -> Flushed:
        """Waits for the service as :meth:`flush`, writes what is left to the file and gives the file free.

        It returns within the time-out and a few seconds, in which the file is written. A later :meth:`enqueue` or
        :meth:`flush` raises ByteportClosedException; another ``close`` does nothing.
        """
        return self._core.close(timeout)

    def stats(self) -> OutboxStats:
        """The accounting at this moment: ``accepted == delivered + queued + quarantined + sum(dropped.values())``."""
        return self._core.stats()

    def set_key(self, key: str | int) -> None:
        """Uploads with this key from now on, at once where the service had refused the other one."""
        self._core.set_key(key)

    def set_legacy_key(self, key: str) -> None:
        """Uploads lists of packets with this key from now on."""
        self._core.set_legacy_key(key)

    def resume(self) -> None:
        """Tries to upload at once, without waiting for the next attempt's time."""
        self._core.resume()

    def __enter__(self: _Self) -> _Self:
        """The outbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it, as :meth:`close` without arguments."""
        self.close()

    def __repr__(self) -> str:
        """The file and the device."""
        return f"<Outbox {self.path!r} device={self.device_uid!r}>"
