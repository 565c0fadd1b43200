# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The connections of byteport.aio: how many, kept how long, and what becomes of calls that fail, wait or are given up."""

from __future__ import annotations

import asyncio
import os
import socket
import threading

import pytest

from aio_service import OK, Run, Service, loops, ok, serving
from byteport import _aio_pool, aio
from byteport.clients import ByteportClientException, ByteportConnectException, ByteportServerException
from conftest import KEY, NS, UID


def threads() -> int:
    """Those that Python knows of, and those that it does not."""
    return max(threading.active_count(), len(os.listdir("/proc/self/task")))


@loops
def test_200_calls_at_once_wait_without_threads(run: Run) -> None:
    async def main() -> None:
        all_in = asyncio.Event()
        counted: list[int] = []

        async def hold(request: bytes, connection: int) -> bytes:
            if len(service.requests) == 200:
                counted.append(threads())
                all_in.set()
            await all_in.wait()
            return OK

        service = Service(hold)
        async with serving(service, max_connections=200) as client:
            before = threads()  # uvloop's own among them
            await asyncio.gather(*(client.store({"x": number}) for number in range(200)))
        assert counted[0] <= before + 4
        assert len({request.split(b"x=")[1] for request in service.requests}) == service.most == 200

    run(main())


@loops
def test_calls_over_the_most_wait_their_turn(run: Run) -> None:
    async def slow(request: bytes, connection: int) -> bytes:
        await asyncio.sleep(0)
        return OK

    async def main() -> None:
        service = Service(slow)
        async with serving(service, max_connections=1) as client:
            await asyncio.gather(*(client.store({"x": number}) for number in range(50)))
            assert service.most == service.connections == 1
            assert [int(request.split(b"x=")[1]) for request in service.requests] == [*range(50)]

    run(main())


@loops
def test_connections_are_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        service = Service(ok)
        async with serving(service) as client:
            for number in range(20):
                await client.store({"x": number})
            assert service.connections == 1
            all_in = asyncio.Event()

            async def hold(request: bytes, connection: int) -> bytes:
                if service.open == 20:
                    all_in.set()
                await all_in.wait()
                return OK

            service.answer = hold
            await asyncio.gather(*(client.store() for _ in range(20)))
            while service.open > 16:  # no more are kept
                await asyncio.sleep(0)
            service.answer = ok
            monkeypatch.setattr(_aio_pool, "_IDLE_SECONDS", 0.0)
            assert client._pool is not None  # type: ignore[attr-defined]
            client._pool._sweep()  # type: ignore[attr-defined] # as its timer does, after 90 seconds
            while service.open:
                await asyncio.sleep(0)
            await client.store()
            assert service.connections == 21

    run(main())


@loops
def test_only_what_does_no_harm_is_sent_again_where_a_kept_connection_was_closed(run: Run) -> None:
    async def main() -> None:
        async def once(request: bytes, connection: int) -> bytes | None:
            first = connection not in served
            served.add(connection)
            return OK if first else None

        served: set[int] = set()
        service = Service(once)
        async with serving(service) as client:
            await client.store({"x": 1})
            await client.store({"x": 2}, timestamp=1.5)
            assert service.connections == 2
            with pytest.raises(ByteportConnectException) as caught:
                await client.store({"x": 3})
            assert (caught.value.code, caught.value.phase) == (13, "receive")
            assert service.connections == 2
            await client.store({"x": 4})
            await client.list_namespaces()
            assert service.connections == 4

    run(main())


@loops
def test_a_connection_that_was_closed_while_nobody_looked_is_not_used(run: Run) -> None:
    async def main() -> None:
        service = Service(ok)
        async with serving(service) as client:
            await client.store({"x": 1})
            (connection,) = client._pool._open  # type: ignore[attr-defined]
            connection._socket.shutdown(socket.SHUT_RD)  # its end, before the loop has seen it
            await client.store({"x": 2})
            assert service.connections == 2

    run(main())


@loops
def test_a_cancelled_call_closes_its_connection_and_nothing_else(run: Run) -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def never(request: bytes, connection: int) -> bytes:
            asked.set()
            await asyncio.Event().wait()
            return OK

        service = Service(ok)
        async with serving(service, max_connections=1) as client:
            service.answer = never
            first = asyncio.ensure_future(client.store({"x": 1}))
            await asked.wait()
            waiting = [asyncio.ensure_future(client.store({"x": number})) for number in (2, 3)]
            await asyncio.sleep(0)
            service.answer = ok
            for cancelled in (waiting[0], first):
                cancelled.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await cancelled
            await waiting[1]
            await client.store({"x": 4})
            sent = [request.split(b"x=")[1] for request in service.requests]
            assert sent == [b"1", b"3", b"4"]
            assert service.connections == 2

    run(main())


@loops
def test_time_outs_say_where(run: Run) -> None:
    async def main() -> None:
        async def never(request: bytes, connection: int) -> bytes:
            await asyncio.Event().wait()
            return OK

        service = Service(never)
        async with serving(service, max_connections=1, timeout=3) as client:
            results = await asyncio.gather(client.store(), client.store(), return_exceptions=True)
            told = [(type(error), error.code, error.phase, error.retryable) for error in results]  # type: ignore[union-attr]
            assert told[0] == (ByteportConnectException, 12, "receive", True)
            assert told[1][:3] in [(ByteportConnectException, 12, phase) for phase in ("connect", "receive")]
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            host = f"127.0.0.1:{deaf.getsockname()[1]}"
            async with aio.ByteportHttpClient(
                NS, KEY, UID, host, initial_heartbeat=False, timeout=3
            ) as client:
                with pytest.raises(ByteportConnectException, match="could not be sent in time") as caught:
                    await client.store({"x": "x" * (32 << 20)})
                assert (caught.value.code, caught.value.phase) == (12, "send")

    run(main())


@loops
def test_an_answer_before_the_end_of_the_request(run: Run) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(100)
        writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.transport.abort()  # with the rest of the request unread: a reset

    async def main() -> None:
        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with aio.ByteportHttpClient(NS, KEY, UID, host, initial_heartbeat=False) as client:
            with pytest.raises(ByteportServerException):
                await client.store({"x": "x" * (32 << 20)})
        server.close()

    run(main())


@loops
def test_closing_ends_the_calls_that_wait_and_not_those_under_way(run: Run) -> None:
    async def main() -> None:
        asked, go_on = asyncio.Event(), asyncio.Event()

        async def hold(request: bytes, connection: int) -> bytes:
            asked.set()
            await go_on.wait()
            return OK

        service = Service(hold)
        async with serving(service, max_connections=1) as client:
            under_way = asyncio.ensure_future(client.store({"x": 1}))
            await asked.wait()
            waiting = asyncio.ensure_future(client.store({"x": 2}))
            await asyncio.sleep(0)
            await client.close()
            with pytest.raises(ByteportClientException, match="closed"):
                await waiting
            go_on.set()
            await under_way

    run(main())
