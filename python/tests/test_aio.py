# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The coroutines of byteport.aio: they are the other client's calls, and raise what those raise."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import logging
import pickle
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Optional

import pytest

from aio_service import Run, loops
from byteport import aio
from byteport.clients import (
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientForbiddenException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportLoginFailedException,
)
from conftest import KEY, NS, UID, Server
from recording import Answer, RawServer, Recorder
from test_wire import CASES, Scope, folder  # noqa: F401 - a fixture

Raw = Callable[[Optional[bytes]], RawServer]
CLIENTS = {"post_client": aio.ByteportHttpClient, "get_client": aio.ByteportHttpGetClient}


def made(host: str, kind: type[aio.ByteportHttpClient] = aio.ByteportHttpClient) -> aio.ByteportHttpClient:
    return kind(NS, KEY, UID, host, initial_heartbeat=False)


def test_every_call_is_a_coroutine_function_and_the_rest_is_not() -> None:
    plain = {
        "auto_timestamp", "convert_data_to_utf8", "decode_object", "outbox", "sorted_ls",
        "timestamp_as_utc", "unix_time_micros", "utf8_encode_value", "verify_field_name", "verify_name",
    }  # fmt: skip
    kind, other = aio.ByteportHttpClient, ByteportHttpClient
    methods = {name for name in dir(other) if name[0] != "_" and inspect.isfunction(getattr(other, name))}
    assert plain < methods
    for name in methods:
        own = getattr(kind, name)
        assert inspect.iscoroutinefunction(own) == (name not in plain | {"iter_timeseries_data"}), name
        assert inspect.getdoc(own), name
        assert list(inspect.signature(own).parameters) == list(
            inspect.signature(getattr(other, name)).parameters
        ), name
    ours = {name for name in dir(kind) if name[0] != "_"}
    assert ours == {name for name in dir(other) if name[0] != "_"} | {"connect"}
    assert [*inspect.signature(kind).parameters] == [*inspect.signature(other).parameters, "max_connections"]


@loops
@pytest.mark.parametrize("name", CASES)
def test_the_call_sends_what_the_reference_sent(
    name: str,
    run: Run,
    recorder: Recorder,
    folder: Path,  # noqa: F811 - a fixture
) -> None:
    scope = Scope(recorder.host, folder)
    scope["ByteportHttpClient"] = aio.ByteportHttpClient
    for client, kind in CLIENTS.items():
        scope[client] = made(recorder.host, kind)
    scope["session"] = aio.ByteportHttpClient(byteport_api_hostname=recorder.host)

    async def main() -> None:
        call = CASES[name]["call"]
        if "session" in call:
            await scope["session"].login("admin@example.org", "pass word&=")
        value = eval(call, {}, scope)
        if isinstance(value, Awaitable):
            await value
        elif value is not scope["session"]:
            await value.connect()
            await value.close()
        for client in (*CLIENTS, "session"):
            await scope[client].close()

    run(main())
    assert recorder.requests == CASES[name]["requests"]


@loops
def test_there_and_back(run: Run, byteport_server: Server) -> None:
    start = datetime.datetime(2016, 5, 1)
    server, later = byteport_server, start + datetime.timedelta(hours=1)
    device = "aio_" + getattr(run, "__module__", "").split(".")[0]

    async def main() -> Any:
        async with aio.ByteportHttpClient(server.namespace, server.key, device, server.host) as client:
            await asyncio.gather(
                *(client.store({"n": n}, timestamp=start + n * (later - start) / 100) for n in range(50))
            )
            with pytest.raises(ByteportClientForbiddenException):
                await client.list_namespaces()
            with pytest.raises(ByteportLoginFailedException):
                await client.login(server.user, "wrong")
            await client.login(server.user, server.password)
            assert [found["name"] for found in await client.list_namespaces()] == [server.namespace]
            data = await client.load_timeseries_data_range(server.namespace, device, "n", start, later)
            times, values = await client.load_series(server.namespace, device, "n", start, later)
            await client.logout()
            with pytest.raises(ByteportClientForbiddenException):
                await client.list_namespaces()
            return [point["v"] for point in data["data"]["ts_data"]], list(values), len(times)

    points, values, times = run(main())
    assert points == values == list(range(50))
    assert times == 50


def test_a_wrong_key_raises_where_the_client_is_entered(byteport_server: Server) -> None:
    async def main() -> None:
        client = aio.ByteportHttpClient(byteport_server.namespace, "wr0ng", "dev", byteport_server.host)
        async with client:
            pytest.fail("it was entered")

    with pytest.raises(ByteportClientForbiddenException):
        asyncio.run(main())


def test_no_constructor_sends_and_no_with_enters(recorder: Recorder) -> None:
    client = aio.ByteportHttpClient(NS, KEY, UID, recorder.host)
    with pytest.raises(TypeError, match="async with"):
        client.__enter__()
    assert recorder.requests == []
    for most in (0, True, None, 1.5):
        with pytest.raises(ByteportClientException, match="max_connections"):
            aio.ByteportHttpClient(max_connections=most)  # type: ignore[arg-type]


HOSTILE: list[bytes] = [
    b"",
    b"\x00\x01\x02 garbage\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nDate",
    b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
    b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{x}",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    *(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status for status in (400, 403, 404, 406, 500, 503)),
]


@loops
@pytest.mark.parametrize("reply", HOSTILE, ids=range(len(HOSTILE)))
def test_failures_are_those_of_the_other_client(reply: bytes, run: Run, raw_server: Raw) -> None:
    host = raw_server(reply).host

    def told(error: BaseException) -> tuple[object, ...]:
        assert isinstance(error, ByteportClientException)
        return type(error), error.code, error.phase, error.status, error.retryable

    with pytest.raises(ByteportClientException) as expected:
        ByteportHttpClient(byteport_api_hostname=host).list_namespaces()

    async def main() -> None:
        async with aio.ByteportHttpClient(byteport_api_hostname=host) as client:
            await client.list_namespaces()

    with pytest.raises(ByteportClientException) as caught:
        run(main())
    assert told(caught.value) == told(expected.value)


def test_bad_arguments_send_nothing(recorder: Recorder, tmp_path: Path) -> None:
    async def main() -> None:
        async with made(recorder.host) as client:
            poll = client.poll_directory_and_store_upon_content_change
            refused: list[tuple[type[Exception], Awaitable[object]]] = [
                (ByteportClientInvalidDataTypeException, client.store({"x": float("nan")})),
                (ByteportClientInvalidFieldNameException, client.store({"-x": 1})),
                (ByteportClientFileException, client.store_file("x", tmp_path / "gone")),
                (ByteportClientInvalidFieldNameException, client.base64_encode_and_store("-", b"")),
                (ByteportClientException, client.make_request("https://elsewhere/")),
                (ByteportClientException, poll(tmp_path, UID, poll_interval=0)),
                (ByteportClientFileException, poll(tmp_path / "gone", UID)),
            ]  # fmt: skip
            for kind, call in refused:
                with pytest.raises(kind):
                    await call

    asyncio.run(main())
    assert recorder.requests == []


def test_redirects_within_the_host_are_followed(recorder: Recorder) -> None:
    moved = Answer(307, headers=(("Location", "/new/"),))
    recorder.answer = lambda request: Answer(body=b"[7]") if request["path"] == "/new/" else moved

    async def main() -> object:
        async with aio.ByteportHttpClient(byteport_api_hostname=recorder.host) as client:
            return await client.list_namespaces()

    assert asyncio.run(main()) == [7]
    assert len(recorder.requests) == 2


def test_a_warning_names_the_line_that_called(recorder: Recorder) -> None:
    points = b'{"t": "2015-05-01T12:00:00", "v": 1}, {"t": "2015-05-01T12:00:01", "v": "on"}'
    recorder.always(Answer(body=b'{"data": {"ts_data": [%s]}}' % points))

    async def main() -> None:
        async with aio.ByteportHttpClient(byteport_api_hostname=recorder.host) as client:
            with pytest.warns(UserWarning, match="1 of 2") as warned:
                times, values = await client.load_series(NS, UID, "x")
            assert (len(times), list(values)) == (1, [1.0])
            assert warned[0].filename == __file__
        async with Own(byteport_api_hostname=recorder.host) as own:
            with pytest.warns(UserWarning, match="1 of 2") as warned:
                await own.load_series(NS, UID, "x")
            assert warned[0].filename == __file__

    class Own(aio.ByteportHttpClient):
        async def make_request(self, url: str, post_data: Any = None, body: object = None) -> Any:
            return await super().make_request(url, post_data, body)

    asyncio.run(main())


def test_own_methods_as_coroutines(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "field").write_text("text")
    thread, seen = threading.get_ident(), []

    class Own(aio.ByteportHttpClient):
        async def make_request(self, url: str, post_data: Any = None, body: object = None) -> Any:
            assert threading.get_ident() == thread
            await asyncio.sleep(0)
            seen.append(url)
            return await super().make_request(url, post_data, body)

        async def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
            assert threading.get_ident() == thread
            await super().store({**data, "more": 1}, device_uid, timestamp)

    async def main() -> None:
        async with Own(NS, KEY, UID, recorder.host, initial_heartbeat=False) as client:
            await client.log("a")
            await client.store_file("b", tmp_path / "field")
            await client.login("me", "pw")
            assert await client.list_namespaces() == []
            assert await client.logout() == "[]"

    asyncio.run(main())
    paths = [url.split(recorder.host)[1] for url in seen]
    store = f"/api/v1/timeseries/{NS}/{UID}/"
    assert paths == [store, store, "/api/v1/namespace/", "/api/v1/logout/"]
    stored = [request["form"] for request in recorder.requests[:2]]
    assert stored == [
        [["_key", KEY], ["info", "a"], ["more", "1"]],
        [["_key", KEY], ["b", "text"], ["more", "1"]],
    ]


def test_a_failed_logout_forgets_the_session_all_the_same(recorder: Recorder) -> None:
    class Own(aio.ByteportHttpClient):
        async def make_request(self, url: str, post_data: Any = None, body: object = None) -> Any:
            raise OSError("no")

    async def main() -> None:
        async with Own(byteport_api_hostname=recorder.host) as client:
            await client.login("me", "pw")
            with pytest.raises(OSError, match="no"):
                await client.logout()
            await aio.ByteportHttpClient.make_request(client, "/x")

    asyncio.run(main())
    assert recorder.requests[-1]["cookies"] == []


@loops
def test_a_folder_is_polled_until_the_task_is_cancelled(run: Run, recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "one").write_text("1")

    async def main() -> None:
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[Any] = asyncio.Queue()

        def answer(request: dict[str, Any]) -> Answer:
            loop.call_soon_threadsafe(arrived.put_nowait, request["form"][1:])
            return Answer()

        recorder.answer = answer
        async with made(recorder.host) as client:
            polling = asyncio.ensure_future(
                client.poll_directory_and_store_upon_content_change(tmp_path, UID, poll_interval=60)
            )
            assert await arrived.get() == [["one", "1"]]
            (tmp_path / "two").write_text("2")
            assert await arrived.get() == [["two", "2"]]
            (tmp_path / "-").write_text("no name")
            (tmp_path / "one").write_text("3")
            assert await arrived.get() == [["one", "3"]]
            polling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await polling
            await client.store({"x": 1})

    run(main())


def test_what_a_polled_folder_has_is_sent_again_after_a_failure(
    recorder: Recorder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "one").write_text("1")
    answers = [Answer(500), Answer()]

    async def main() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def answer(request: dict[str, Any]) -> Answer:
            if len(recorder.requests) == 2:
                loop.call_soon_threadsafe(done.set)
            return answers[len(recorder.requests) - 1]

        recorder.answer = answer
        async with made(recorder.host) as client:
            polling = asyncio.ensure_future(
                client.poll_directory_and_store_upon_content_change(tmp_path, UID, poll_interval=0.1)
            )
            await done.wait()
            polling.cancel()
            await asyncio.wait([polling])

    with caplog.at_level(logging.WARNING):
        asyncio.run(main())
    assert "tried again" in caplog.text


class Stop(BaseException):
    """Ends a poll in any case."""


def test_what_is_no_failed_store_ends_a_poll(recorder: Recorder, tmp_path: Path) -> None:
    """Such as what a signal's handler raises; a program's own methods may raise what they like."""
    (tmp_path / "one").write_text("1")

    class Own(aio.ByteportHttpClient):
        raises: list[type[BaseException]] = [TimeoutError, Stop]  # noqa: RUF012 - of one test

        async def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
            raise self.raises.pop(0)

    interruptions: list[type[BaseException]] = [TimeoutError, Stop]

    async def interrupted(*arguments: object) -> None:
        raise interruptions.pop(0)

    async def main(client: aio.ByteportHttpClient) -> None:
        await client.poll_directory_and_store_upon_content_change(tmp_path, UID, poll_interval=0.05)

    client: Any = made(recorder.host)
    client._store_upload = interrupted
    with pytest.raises(TimeoutError):
        asyncio.run(main(client))
    with pytest.raises(Stop):
        asyncio.run(main(Own(NS, KEY, UID, recorder.host)))
    assert Own.raises == []


def test_a_pickled_client_works_and_a_closed_one_does_not(recorder: Recorder) -> None:
    async def main() -> None:
        client = made(recorder.host)
        await client.store({"x": 1})
        copy = pickle.loads(pickle.dumps(client))
        await copy.store({"x": 2})
        await copy.close()
        await client.close()
        await client.close()
        for call in (
            client.store(),
            client.list_namespaces(),
            client.login("a", "b"),
            client.make_request("/"),
        ):
            with pytest.raises(ByteportClientException, match="closed"):
                await call

    asyncio.run(main())
    assert [request["form"][1:] for request in recorder.requests] == [[["x", "1"]], [["x", "2"]]]


def test_a_get_client_and_a_host_that_is_gone(recorder: Recorder) -> None:
    async def main() -> None:
        async with made(recorder.host, aio.ByteportHttpGetClient) as client:
            with pytest.raises(ByteportClientException, match="URL"):
                await client.store({"x": "y" * 3000})
            recorder.close()
        async with made(recorder.host) as client:
            results = await asyncio.gather(
                *(client.store({"x": 1}) for _ in range(20)), return_exceptions=True
            )
        assert all(isinstance(result, ByteportConnectException) for result in results)

    asyncio.run(main())
    assert recorder.requests == []
