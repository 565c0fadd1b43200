# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What byteport.aio streams: in threads of its own, told in the loop, ended with its task."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from aio_service import OK, Run, Service, loops, serving
from byteport import aio
from byteport.clients import (
    ByteportClientException,
    ByteportClientInvalidFieldNameException,
    ByteportConnectException,
)
from recording import Answer, Recorder
from test_firmware import DIGEST, IMAGE, Shop
from test_manage import series
from test_stream import NAMED, OBJECT, START, VALUE

Client = aio.ByteportHttpClient
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@loops
def test_an_object_to_a_path_and_a_file_object(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    recorder.always(Answer(body=OBJECT, headers=NAMED))
    thread, told = threading.get_ident(), []

    def progress(so_far: int, total: int | None) -> None:
        assert threading.get_ident() == thread
        assert asyncio.get_running_loop().is_running()
        told.append((so_far, total))

    async def main() -> None:
        async with Client(byteport_api_hostname=recorder.host) as client:
            done = await client.download_value(*VALUE, tmp_path / "object", progress=progress)
            assert (done.size, done.file_name) == (len(OBJECT), "n.d.f.2015-05-01T00:00:00.bin")
            assert told[-1] == (len(OBJECT), len(OBJECT))
            target = io.BytesIO()
            await client.download_value(*VALUE, target, decompress=False)
            assert target.getvalue() == OBJECT

    run(main())
    assert (tmp_path / "object").read_bytes() == OBJECT
    assert told == sorted(told)


class Slowly:
    """A service that sends the first bytes of an object, and some more when it is let."""

    def __init__(self) -> None:
        self.begun, self.go_on, self.left = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD % len(OBJECT) + OBJECT[:1000])
        self.begun.set()
        await self.go_on.wait()
        writer.write(OBJECT[1000:2000])
        with contextlib.suppress(ConnectionError):  # it hangs up on what it has not read
            assert await reader.read() == b""
        self.left.set()
        writer.close()


@contextlib.asynccontextmanager
async def slow_service() -> AsyncIterator[tuple[Slowly, Client]]:
    service = Slowly()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    try:
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with Client(byteport_api_hostname=host) as client:
            yield service, client
            await asyncio.wait_for(service.left.wait(), 20)
    finally:
        server.close()


@loops
def test_a_cancelled_task_ends_its_thread(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with slow_service() as (service, client):
            task = asyncio.ensure_future(client.download_value(*VALUE, tmp_path / "object"))
            await service.begun.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            service.go_on.set()

    run(main())
    for thread in threading.enumerate():
        if thread.name.startswith("byteport-aio-stream"):
            thread.join(20)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("kind", [None, ZeroDivisionError])
def test_the_progress_may_end_it(kind: type[Exception] | None, tmp_path: Path) -> None:
    async def main() -> None:
        async with slow_service() as (service, client):

            def progress(so_far: int, total: int | None) -> bool:
                service.go_on.set()
                if kind is not None:
                    raise kind
                return False

            with pytest.raises(kind or ByteportClientException) as caught:
                await client.download_value(*VALUE, tmp_path / "object", progress=progress)
            if kind is None:
                assert caught.value.code == 27  # type: ignore[attr-defined]

    asyncio.run(main())
    assert os.listdir(tmp_path) == []


@loops
def test_other_calls_go_on_beside_many_downloads(run: Run) -> None:
    async def main() -> None:
        finish, begun = asyncio.Event(), asyncio.Semaphore(0)

        async def answer(request: bytes, connection: int) -> bytes:
            if b"/download/" not in request:
                return OK
            begun.release()
            await finish.wait()
            return HEAD % 3 + b"all"

        async with serving(Service(answer)) as client:
            targets = [io.BytesIO() for _ in range(6)]
            downloads = [
                asyncio.ensure_future(client.download_value(*VALUE, target, decode=False))
                for target in targets
            ]
            for _ in range(4):
                await begun.acquire()
            await client.store({"x": 1})
            assert await client.list_namespaces() == []
            finish.set()
            assert [done.size for done in await asyncio.gather(*downloads)] == [3] * 6
            assert {target.getvalue() for target in targets} == {b"all"}

    run(main())


@loops
def test_pages(run: Run, recorder: Recorder) -> None:
    answers: list[Callable[[str], Answer]] = [
        lambda begin: series((begin, 1)),
        lambda begin: series(),
        lambda begin: series((begin, "å")),
        lambda begin: Answer(503),
    ]
    recorder.answer = lambda request: answers.pop(0)(dict(request["query"])["from"])

    async def main() -> None:
        async with Client(byteport_api_hostname=recorder.host) as client:
            pages = client.iter_timeseries_data("n", "d", "f", START)
            values = [[point["v"] for point in await pages.__anext__()] for _ in range(2)]
            assert values == [[1.0], ["å"]]
            with pytest.raises(ByteportClientException) as caught:
                await pages.__anext__()
            assert caught.value.status == 503
            assert [page async for page in pages] == []
            with pytest.raises(ByteportClientInvalidFieldNameException):
                client.iter_timeseries_data("n", "d", "-", START)
            late = client.iter_timeseries_data("n", "d", "f", START)
        with pytest.raises(ByteportClientException, match="closed"):
            await late.__anext__()

    run(main())


@loops
def test_firmware(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    shop = Shop()
    recorder.answer = shop.answer

    async def main() -> None:
        async with Client(byteport_api_hostname=recorder.host) as client:
            told: list[int] = []
            done = await client.fetch_firmware("n", "d", tmp_path, progress=lambda now, _: told.append(now))
            assert (done.state, told[-1]) == ("fetched", len(IMAGE))
            assert (await client.fetch_firmware("n", "d", tmp_path)).state == "up_to_date"
            shop.firmwares[0]["md5_digest"] = DIGEST[::-1]
            with pytest.raises(ByteportClientException) as caught:
                await client.fetch_firmware("n", "d", tmp_path)
            assert caught.value.code == 26

    run(main())


def test_the_login_serves_both(recorder: Recorder) -> None:
    """What is streamed has connections of its own, and the session of all calls."""

    async def main() -> None:
        async with Client(byteport_api_hostname=recorder.host) as client:
            await client.login("me", "pw")
            await client.download_value(*VALUE, io.BytesIO())
            await client.logout()
            await client.download_value(*VALUE, io.BytesIO())

    asyncio.run(main())
    cookies = [r["cookies"] for r in recorder.requests if "/download/" in r["path"]]
    assert cookies == [["csrftoken=CSRF123", "sessionid=SESS456"], []]


def test_a_closed_client_and_a_host_that_is_gone(recorder: Recorder, tmp_path: Path) -> None:
    async def main() -> None:
        client = Client(byteport_api_hostname=recorder.host)
        recorder.close()
        calls: list[Callable[[], Awaitable[object]]] = [
            lambda: client.download_value(*VALUE, tmp_path / "object"),
            lambda: client.fetch_firmware("n", "d", tmp_path),
            lambda: client.iter_timeseries_data("n", "d", "f", START).__anext__(),
        ]
        for call in calls:
            with pytest.raises(ByteportConnectException):
                await call()
        await client.close()
        for call in calls:
            with pytest.raises(ByteportClientException, match="closed"):
                await call()

    asyncio.run(main())
    assert os.listdir(tmp_path) == []


def test_a_second_loop(recorder: Recorder) -> None:
    recorder.always(Answer(body=OBJECT))
    client = Client(byteport_api_hostname=recorder.host)

    async def main() -> int:
        target: Any = io.BytesIO()
        return (await client.download_value(*VALUE, target)).size

    assert [asyncio.run(main()) for _ in range(2)] == [len(OBJECT)] * 2
    asyncio.run(client.close())
