# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""One connection in an event loop, and the time that a call has.

The socket is read and written here, not by one of asyncio's transports: so what is not yet sent waits in its file and never
in a buffer, an answer that came before the connection broke is still read, and connections can be closed when their loop is
gone, or belongs to the parent of this process.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import TypeVar

from . import _byteport
from .client_base import ByteportConnectException

_Result = TypeVar("_Result")

_READ = 64 * 1024
#: So many pieces of 64 KiB are written before others have their turn.
_PIECES = 16
_TIMEOUT = 12


def too_late(message: str, phase: str) -> ByteportConnectException:
    """The exception of a call whose time is over."""
    error = ByteportConnectException(message)
    error.code, error.phase, error.retryable = _TIMEOUT, phase, True
    return error


class Deadline:
    """The end of a call: what it waits for fails then."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        """Begins now."""
        self._timer = loop.call_later(seconds, self._end)
        self._over = False
        self._waits_for: asyncio.Future[object] | None = None
        self._failure: Callable[[], Exception] | None = None

    def _end(self) -> None:
        self._over = True
        if self._waits_for is not None and not self._waits_for.done() and self._failure is not None:
            self._waits_for.set_exception(self._failure())

    async def wait(self, future: asyncio.Future[_Result], failure: Callable[[], Exception]) -> _Result:
        """What the future brings; raises what ``failure`` makes when the time is over."""
        if self._over and not future.done():
            raise failure()
        self._waits_for, self._failure = future, failure  # type: ignore[assignment]
        try:
            return await future
        finally:
            self._waits_for = self._failure = None

    def cancel(self) -> None:
        """The call is done."""
        self._timer.cancel()


class Connection:
    """A link and its socket. Carries one call at a time; after a failure, none."""

    def __init__(
        self,
        link: _byteport.Link,
        loop: asyncio.AbstractEventLoop,
        gone: Callable[[Connection], None],
    ) -> None:
        """Takes over a new link; ``gone`` is told when the connection ends while it is idle."""
        self._link, self._loop, self._gone = link, loop, gone
        self._process = os.getpid()
        self._socket = socket.socket(fileno=link.detach())
        self._socket.setblocking(False)
        self._call: _byteport.Call | None = None
        self._answered: asyncio.Future[None] | None = None
        self._unsent = memoryview(b"")
        self._stuck = self._broken = False
        try:
            loop.add_reader(self._socket.fileno(), self._readable)
        except BaseException:  # such as NotImplementedError
            self._socket.close()
            raise

    @property
    def idle(self) -> bool:
        """Whether the next call can begin, as far as is known."""
        return self._answered is None and self._socket.fileno() >= 0 and self._link.idle

    @property
    def stale(self) -> bool:
        """Whether a call that failed here may be made again on a new connection."""
        return self._link.stale

    def is_alive(self) -> bool:
        """Whether the idle connection can be used: the service has neither closed it nor sent what nobody asked for."""
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return self.idle
        except OSError:
            pass
        return False

    async def exchange(self, call: _byteport.Call, deadline: Deadline) -> _byteport.Answer | None:
        """Sends the call and gives what the answer comes to; None if the call is to be sent again."""
        answered = self._loop.create_future()
        self._call, self._answered, self._broken = call, answered, False
        try:
            self._link.begin(call)
            self._writable()
            await deadline.wait(answered, self._late)
            return self._link.answer(call)
        finally:
            if answered.done() and not answered.cancelled():
                answered.exception()  # has been told, or is lost with a task that was cancelled
            self._call = self._answered = None
            # An answer may come before the last bytes of the request are written: those would begin the next one.
            if self._unsent or self._stuck or not self._link.idle:
                self.close()
            self._unsent = memoryview(b"")

    def _late(self) -> Exception:
        if self._stuck:
            return too_late("the request could not be sent in time", "send")
        return too_late("no answer in time", "receive")

    def _fail(self, error: Exception) -> None:
        self._unwatch()
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)

    def _writable(self) -> None:
        """Writes what there is to write, as far as the system takes it."""
        waits = False
        try:
            waits = self._write()
        except BlockingIOError:
            waits = True
        except OSError:
            self._broken = True  # why, is with what is still to be read
        except Exception as error:
            self._fail(error)
            return
        if waits and not self._stuck:
            self._loop.add_writer(self._socket.fileno(), self._writable)
        elif self._stuck and not waits:
            self._loop.remove_writer(self._socket.fileno())
        self._stuck = waits

    def _write(self) -> bool:
        """Whether there may be more to write."""
        for _ in range(_PIECES):
            if not self._unsent:
                if self._call is None or self._broken:
                    return False
                self._unsent = memoryview(self._link.outgoing(self._call))
                if not self._unsent:
                    return False
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        return True

    def _readable(self) -> None:
        try:
            data = self._socket.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        whole, ended = False, not data
        try:
            whole = self._link.incoming(data)
        except Exception as error:
            self._fail(error)
            ended = True
        if self._answered is None:
            if ended or not self._link.idle:
                self.close()
                self._gone(self)
        elif whole and not self._answered.done():
            self._answered.set_result(None)
        elif not self._answered.done() and not self._stuck:
            self._writable()  # TLS may have something to say
        if ended:
            self._unwatch()

    def _unwatch(self) -> None:
        """Lets the loop forget the socket, where it is still there and this process's own."""
        number = self._socket.fileno()
        if number >= 0 and self._process == os.getpid() and not self._loop.is_closed():
            self._loop.remove_reader(number)
            self._loop.remove_writer(number)
        self._stuck = False

    def close(self) -> None:
        """Closes the socket."""
        self._unwatch()
        self._socket.close()
