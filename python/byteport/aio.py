# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The clients over HTTP with coroutines for calls, on any asyncio loop of Linux (uvloop's too)::

    async with ByteportHttpClient("my_garage", key, "sensor_1") as client:
        await client.store({"temperature": 20.5}, timestamp=time.time())

No thread waits for the network, but for what is streamed. At most four, started when they are needed, make connections (that
is resolving, connecting, proxy and TLS), read files and compress; at most four more receive what is streamed.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Callable
from functools import partial, wraps
from typing import Any

from . import _byteport, http_clients
from ._aio_pool import Pool
from ._overrides import is_overridden, overridable
from .client_base import refused, shown

__all__ = ["ByteportHttpClient", "ByteportHttpGetClient"]

_COROUTINES = (
    "store",
    "log",
    "store_file",
    "store_directory",
    "base64_encode_and_store",
    "base64_encode_and_store_file",
    "base64_encode_and_store_store_file",
    "store_packets",
    "make_request",
    "login",
    "list_namespaces",
    "query_devices",
    "search_devices",
    "get_device",
    "list_devices",
    "get_devices",
    "get_device_types",
    "get_firmwares",
    "get_field_definitions",
    "batch_register_devices",
    "send_message",
    "set_fields",
    "load_timeseries_data_range",
    "load_timeseries_data",
    "load_series",
    "echo",
    "session",
    "activity",
    "load_value",
    "statistics",
    "distance_to_typical",
    "configure_device",
    "list_messages",
    "download_value",
    "fetch_firmware",
)


async def _settled(value: Any) -> Any:
    """What comes of a program's own method, be it a coroutine function or not."""
    return await value if inspect.isawaitable(value) else value


class ByteportHttpClient(http_clients.ByteportHttpClient):
    """As :class:`byteport.http_clients.ByteportHttpClient`, with coroutines for the calls; they raise the same exceptions.

    The constructor sends nothing. ``async with`` sends the heartbeat that the other client's constructor does (so does
    :meth:`connect`), and closes the client at the end; without it, the calls work as well, and :meth:`close` closes.

    Any number of tasks may share a client; over ``max_connections`` calls at once, the others wait their turn. ``timeout``
    is for a whole call, waiting for a connection included, but not for reading files before it. A task may be cancelled: the
    connection of its call is closed then, and whether the service has stored the call's data is not known; the client goes
    on. Other threads may not use the client. Used in another loop (a second ``asyncio.run``), or in a forked child, it drops
    its connections there and makes new ones; the login stays. The calls read what was answered in the loop: JSON of many
    megabytes holds the other tasks up.

    What is streamed (:meth:`iter_timeseries_data`, :meth:`download_value`, :meth:`fetch_firmware`) has connections of its
    own; over four such calls at once, the others wait their turn. A ``progress`` function is called in the loop, and a file
    object's ``write`` in another thread. Where the task is cancelled, the thread ends at the next bytes that come.

    A subclass may override ``make_request`` and ``store`` as coroutine functions: ``await`` the base class's. What an own
    ``make_request`` returns needs a ``read()`` that is no coroutine.
    """

    _pool: Pool | None = None

    def __init__(self, *args: Any, max_connections: int = 100, **options: Any) -> None:
        """Makes a client; nothing is sent. The arguments of the other client, and:

        :param max_connections: the most connections that are open at once
        """
        if isinstance(max_connections, bool) or not isinstance(max_connections, int) or max_connections < 1:
            raise refused(f"max_connections must be a positive number, not {shown(max_connections)}")
        self._max_connections = max_connections
        super().__init__(*args, **options)

    def _begin(self) -> None:
        pass

    async def connect(self) -> None:
        """Sends a heartbeat, if the constructor was given namespace, key and device, and not told otherwise.

        A wrong key or host raises, as :meth:`store` does. Nothing else depends on it.
        """
        if self._heartbeat:
            await self.store()

    async def close(self) -> None:
        """Closes the kept connections and forgets the login, without a call: to end the session, log out before.

        Every later call raises ByteportClientException, and so do those that wait for a connection; calls under way end as
        they would.
        """
        try:
            if self._outbox is not None and self._settings is not None:
                await self._here().in_thread(self._close_outbox)
        finally:
            super().close()
        if self._pool is not None:
            self._here().close()

    async def __aenter__(self) -> ByteportHttpClient:
        """The client itself, after :meth:`connect`."""
        try:
            await self.connect()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        """Closes the client, as :meth:`close`."""
        await self.close()

    def __enter__(self) -> Any:
        """Raises TypeError."""
        raise TypeError("use 'async with': this client's calls are coroutines")

    def __getstate__(self) -> dict[str, Any]:
        """As the other client's: settings, and no connections."""
        return {name: value for name, value in super().__getstate__().items() if name != "_pool"}

    def _here(self) -> Pool:
        """The connections in the running loop; those of another one are dropped."""
        loop, pool = asyncio.get_running_loop(), self._pool
        if pool is not None and pool.belongs_to(loop):
            return pool
        if pool is not None:
            if pool.in_use_elsewhere():
                raise refused("the client is in use in another thread's loop: make one for each")
            pool.abandon()
        self._pool = Pool(loop, self._max_connections)
        return self._pool

    async def _ready(self, call: Any) -> _byteport.Call:
        return call if isinstance(call, _byteport.Call) else await self._here().in_thread(call)

    async def _run(self, call: Any, finish: Callable[[_byteport.Answer], Any]) -> Any:
        ready = await self._ready(call)
        return finish(await self._here().perform(ready))

    async def _transfer(self, transfer: Any, progress: Any) -> Any:
        return await self._here().receive(transfer.run, progress)

    async def _after(self, response: Any, finish: Callable[[Any], Any]) -> Any:
        return finish(await _settled(response))

    async def _send(self, call: Any, finish: Callable[[_byteport.Answer], Any]) -> Any:
        if is_overridden(self, "make_request"):
            call = await self._ready(call)
        return await super()._send(call, finish)

    async def _store_filled(self, fill: Callable[[Any], None], device_uid: Any, timestamp: Any) -> None:
        if self._streams():
            return await super()._store_filled(fill, device_uid, timestamp)
        upload = self._new_upload(device_uid, timestamp)
        await self._here().in_thread(partial(fill, upload))
        await _settled(self._store_upload(upload, device_uid, timestamp))

    def iter_timeseries_data(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: Any,
        to_time: Any = None,
        *,
        scale: float | None = None,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """As the other client's, for ``async for``."""
        return self._each(self._pages((namespace, uid, field_name), from_time, to_time, scale))

    async def _each(self, pages: _byteport.Pages) -> AsyncIterator[list[dict[str, Any]]]:
        while (page := await self._here().receive(lambda _: pages.next())) is not None:
            yield page

    async def logout(self) -> str:
        """As the other client's."""
        try:
            return await super().logout()
        except BaseException:
            self._core.logout(self.LOGOUT_PATH)  # forgets the session
            raise

    async def poll_directory_and_store_upon_content_change(
        self,
        directory_path: str | os.PathLike[str],
        device_uid: str | int | None,
        timestamp: Any = None,
        poll_interval: float = 5,
    ) -> None:
        """As the other client's; it ends when its task is cancelled."""
        work = self._here().in_thread
        watch = await work(partial(self._watch, directory_path, poll_interval))
        self._next_upload(None, device_uid, timestamp)
        next_upload = partial(self._next_upload, watch, device_uid, timestamp)
        while True:
            await work(watch.look)
            while (upload := await work(next_upload)) is not None:
                try:
                    await _settled(self._store_upload(upload, device_uid, timestamp))
                except self._failures() as error:
                    watch.failed(error)
                else:
                    watch.sent()
            await _changed(watch)


async def _changed(watch: _byteport.Watch) -> None:
    """Waits until something changes or the next round is due."""
    loop = asyncio.get_running_loop()
    changed = loop.create_future()

    def wake() -> None:
        if not changed.done():
            changed.set_result(None)

    timer, number = loop.call_later(watch.due(), wake), watch.fileno()
    if number is not None:
        loop.add_reader(number, wake)
    try:
        await changed
    finally:
        timer.cancel()
        if number is not None:
            loop.remove_reader(number)


def _coroutine(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    async def call(self: ByteportHttpClient, *args: Any, **kwargs: Any) -> Any:
        return await _settled(method(self, *args, **kwargs))

    return call


def _signature() -> inspect.Signature:
    """The constructor's: the other client's, and one more argument."""
    own = inspect.signature(ByteportHttpClient.__init__).parameters["max_connections"]
    other = inspect.signature(http_clients.ByteportHttpClient.__init__)
    return other.replace(parameters=[*other.parameters.values(), own])


for _name in _COROUTINES:
    setattr(ByteportHttpClient, _name, _coroutine(getattr(http_clients.ByteportHttpClient, _name)))
for _name in ("make_request", "store"):
    overridable(getattr(ByteportHttpClient, _name))
ByteportHttpClient.__init__.__signature__ = _signature()  # type: ignore[attr-defined]


class ByteportHttpGetClient(ByteportHttpClient):
    """As :class:`byteport.http_clients.ByteportHttpGetClient`, with coroutines for the calls."""

    _store_by_get = True
