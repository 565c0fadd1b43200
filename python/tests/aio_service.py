# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Loops to run the tests of byteport.aio in, and a server in the same loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import pytest
import uvloop

from byteport import aio
from conftest import KEY, NS, UID

Run = Callable[[Coroutine[Any, Any, Any]], Any]
RUN: dict[str, Run] = {"asyncio": asyncio.run, "uvloop": uvloop.run}
loops = pytest.mark.parametrize("run", RUN.values(), ids=RUN)

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


class Service:
    """A server in the loop of the test, whose answers a coroutine makes: bytes, or None to hang up."""

    def __init__(self, answer: Callable[[bytes, int], Awaitable[bytes | None]]) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.connections = self.open = self.most = 0
        self._tasks: list[asyncio.Task[Any] | None] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.append(asyncio.current_task())
        number, self.connections, self.open = self.connections, self.connections + 1, self.open + 1
        self.most = max(self.most, self.open)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._answer_all(reader, writer, number)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self.open -= 1
            writer.close()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer.wait_closed()

    async def _answer_all(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head + await reader.readexactly(body_length(head)))
            answer = await self.answer(self.requests[-1], number)
            if answer is None:
                return
            writer.write(answer)

    async def end(self) -> None:
        for task in self._tasks:
            if task is not None:
                task.cancel()
                await asyncio.wait([task])


def body_length(head: bytes) -> int:
    lines = [line[15:] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(lines[0]) if lines else 0


@contextlib.asynccontextmanager
async def serving(service: Service, **options: Any) -> AsyncIterator[aio.ByteportHttpClient]:
    """A client of the service."""
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with aio.ByteportHttpClient(NS, KEY, UID, host, initial_heartbeat=False, **options) as client:
            yield client
    finally:
        server.close()
        await service.end()


async def ok(request: bytes, connection: int) -> bytes:
    return OK
