# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The connections of one client in one event loop, and the few threads that make them.

Invariants: at most ``most`` connections are open, besides those of what is streamed; calls that wait for one get it in the
order in which they came; a thread works only while a connection is made, or an upload, or while something is streamed. The
last has threads of its own: a connection is made however long it takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from . import _byteport
from ._aio_link import Connection, Deadline, too_late
from ._aio_report import Report
from .client_base import ByteportConnectException, closed

if TYPE_CHECKING:
    from ._calls import Progress

_Result = TypeVar("_Result")

_THREADS = 4
_MOST_IDLE = 16
_IDLE_SECONDS = 90.0

_LOG = logging.getLogger("byteport.http")


class _Waiter:
    """A call that waits for a connection."""

    def __init__(self, loop: asyncio.AbstractEventLoop, call: _byteport.Call, new: bool) -> None:
        self.call = call
        self.new = new  #: whether it takes only a connection that no call has used
        self.connection: asyncio.Future[Connection] = loop.create_future()


class Pool:
    """Sends calls over kept connections. All of it runs in one loop's thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int) -> None:
        """Nothing is connected yet, and no thread started."""
        self._loop, self._most, self._process = loop, most, os.getpid()
        self._open: set[Connection] = set()
        self._idle: deque[tuple[float, Connection]] = deque()  # the longest idle first
        self._waiting: deque[_Waiter] = deque()
        self._dials: set[Future[_byteport.Link]] = set()
        self._threads = ThreadPoolExecutor(_THREADS, "byteport-aio")
        self._receivers = ThreadPoolExecutor(_THREADS, "byteport-aio-stream")
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    def belongs_to(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether this is a pool of that loop, in this process."""
        return self._loop is loop and self._process == os.getpid()

    def in_use_elsewhere(self) -> bool:
        """Whether its loop runs in another thread."""
        return self._process == os.getpid() and self._loop.is_running()

    async def in_thread(self, work: Callable[[], _Result]) -> _Result:
        """What takes its time over the disk; when the caller is cancelled, a thread still comes to its end."""
        if self._closed:
            raise closed()
        return await self._loop.run_in_executor(self._threads, work)

    async def receive(self, work: Callable[[Report], _Result], progress: Progress | None = None) -> _Result:
        """What streams; it is told to stop when the caller is cancelled, and a thread comes to its end then."""
        if self._closed:
            raise closed()
        report = Report(self._loop, progress)
        try:
            received = await self._loop.run_in_executor(self._receivers, work, report)
        except asyncio.CancelledError:
            raise
        except Exception:
            report.check()  # goes before what came of it
            raise
        finally:
            report.stop()
        report.check()
        return received

    async def perform(self, call: _byteport.Call) -> _byteport.Answer:
        """Takes a call to its end, within its time."""
        deadline = Deadline(self._loop, call.timeout)
        try:
            while (answer := await self._send_again_if_stale(call, deadline)) is None:
                pass
            return answer
        finally:
            deadline.cancel()

    async def _send_again_if_stale(self, call: _byteport.Call, deadline: Deadline) -> _byteport.Answer | None:
        connection = self._kept() or await self._wait(call, deadline)
        try:
            return await self._exchange(connection, call, deadline)
        except ByteportConnectException:
            if not (connection.stale and call.idempotent):
                raise
        _LOG.debug("kept connection was closed: sending again")
        connection = await self._wait(call, deadline, new=True)
        return await self._exchange(connection, call, deadline)

    async def _exchange(
        self, connection: Connection, call: _byteport.Call, deadline: Deadline
    ) -> _byteport.Answer | None:
        try:
            return await connection.exchange(call, deadline)
        finally:
            self._release(connection)

    def _kept(self) -> Connection | None:
        """The connection that was used last; those that did not live on are closed."""
        while self._idle:
            _, connection = self._idle.pop()
            if connection.is_alive():
                return connection
            self._drop(connection)
        return None

    async def _wait(self, call: _byteport.Call, deadline: Deadline, new: bool = False) -> Connection:
        """A connection: the first that becomes free, or a new one."""
        if self._closed:
            raise closed()
        waiter = _Waiter(self._loop, call, new)
        self._waiting.append(waiter)
        try:
            self._dial()
            return await deadline.wait(waiter.connection, self._late)
        except BaseException:
            if waiter in self._waiting:
                self._waiting.remove(waiter)
                self._cancel_dials()
            elif not waiter.connection.cancelled() and waiter.connection.exception() is None:
                self._release(waiter.connection.result())  # it came, and so did the cancellation
            raise

    def _late(self) -> Exception:
        if len(self._open) < self._most:
            return too_late("no connection in time", "connect")
        return too_late(f"no connection in time: all {self._most} (max_connections) are in use", "connect")

    def _dial(self) -> None:
        """Makes as many connections as calls wait for, and may be."""
        if self._closed:
            return
        for waiter in list(self._waiting)[len(self._dials) :]:
            if len(self._dials) + len(self._open) >= self._most:
                if not (waiter.new and self._idle):
                    return
                self._drop(self._idle.popleft()[1])
            call = waiter.call
            dial = self._threads.submit(_byteport.Link, call)
            self._dials.add(dial)
            dial.add_done_callback(self._dialled_in_thread)

    def _cancel_dials(self) -> None:
        """Takes back what is not begun yet and nobody waits for."""
        surplus = len(self._dials) - len(self._waiting)
        for dial in list(self._dials)[: max(surplus, 0)]:
            dial.cancel()

    def _dialled_in_thread(self, dial: Future[_byteport.Link]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and the link goes with it
            self._loop.call_soon_threadsafe(self._dialled, dial)

    def _dialled(self, dial: Future[_byteport.Link]) -> None:
        self._dials.discard(dial)
        if dial.cancelled() or self._closed:
            return
        try:
            connection = Connection(dial.result(), self._loop, self._forget)
        except BaseException as error:  # the loop's as well: some cannot watch a socket
            if waiter := self._next():
                waiter.connection.set_exception(error)
        else:
            self._open.add(connection)
            self._offer(connection, new=True)
        self._dial()

    def _offer(self, connection: Connection, new: bool = False) -> None:
        """To the first that waits for it, or to be kept."""
        if waiter := self._next(new):
            waiter.connection.set_result(connection)
            return
        self._idle.append((self._loop.time(), connection))
        if len(self._idle) > _MOST_IDLE:
            self._drop(self._idle.popleft()[1])
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(_IDLE_SECONDS, self._sweep)

    def _next(self, new: bool = True) -> _Waiter | None:
        """Who waited longest, and takes a connection that is new or not, is out of the queue."""
        for waiter in self._waiting:
            if (new or not waiter.new) and not waiter.connection.done():
                self._waiting.remove(waiter)
                return waiter
        return None

    def _release(self, connection: Connection) -> None:
        """A call is done with a connection."""
        if self._closed or not connection.idle or (self._waiting and not connection.is_alive()):
            self._drop(connection)
        else:
            self._offer(connection)
        self._dial()

    def _sweep(self) -> None:
        """Closes what has been idle for long."""
        self._sweeper = None
        now = self._loop.time()
        while self._idle and self._idle[0][0] + _IDLE_SECONDS <= now:
            self._drop(self._idle.popleft()[1])
        if self._idle:
            self._sweeper = self._loop.call_at(self._idle[0][0] + _IDLE_SECONDS, self._sweep)

    def _drop(self, connection: Connection) -> None:
        connection.close()
        self._open.discard(connection)

    def _forget(self, connection: Connection) -> None:
        """The service closed an idle connection."""
        self._open.discard(connection)
        self._idle = deque(kept for kept in self._idle if kept[1] is not connection)

    def close(self) -> None:
        """Closes everything but the connections of calls under way, which end as they would; those that wait fail."""
        self._closed = True
        for dial in list(self._dials):
            dial.cancel()
        for threads in (self._threads, self._receivers):
            threads.shutdown(wait=False)
        while waiter := self._next():
            waiter.connection.set_exception(closed())
        while self._idle:
            self._drop(self._idle.pop()[1])
        if self._sweeper is not None:
            self._sweeper.cancel()

    def abandon(self) -> None:
        """Closes this process's sockets after their loop, or in a child process; nothing else of the two is touched."""
        self._closed = True
        if self._process == os.getpid():
            for threads in (self._threads, self._receivers):
                threads.shutdown(wait=False)
        for connection in self._open:
            connection.close()
        self._open.clear()
