# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The coroutines of byteport.aio in other loops, threads and processes, over TLS, and with large files."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aio_service import OK, RUN, Run, body_length, loops
from byteport import aio
from byteport.clients import ByteportClientException, ByteportConnectException
from conftest import KEY, NS, UID
from recording import Recorder


def test_another_loop_and_another_process(recorder: Recorder) -> None:
    client = aio.ByteportHttpClient(NS, KEY, UID, recorder.host)

    async def main() -> None:
        await client.store({"x": 1})
        await client.list_namespaces()

    asyncio.run(client.login("me", "pw"))
    for run in (*RUN.values(), *RUN.values()):
        run(main())
    assert recorder.requests[-1]["cookies"] == ["csrftoken=CSRF123", "sessionid=SESS456"]
    asyncio.run(client.close())


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the server runs in a thread of this process
@loops
def test_a_forked_child_uses_connections_of_its_own(run: Run, recorder: Recorder) -> None:
    client = aio.ByteportHttpClient(NS, KEY, UID, recorder.host)

    def in_child() -> None:
        code = 1
        try:
            asyncio.run(client.store({"x": 2}))
            code = 0
        finally:
            os._exit(code)

    async def main() -> None:
        await client.store({"x": 1})
        child = os.fork()
        if child == 0:
            thread = threading.Thread(target=in_child)  # where no loop runs
            thread.start()
            thread.join()
        assert os.waitpid(child, 0)[1] == 0
        await client.store({"x": 3})
        (connection,) = client._pool._open  # type: ignore[attr-defined]
        assert connection.idle
        await client.close()

    run(main())
    assert [request["form"][1] for request in recorder.requests] == [["x", "1"], ["x", "2"], ["x", "3"]]


def test_a_loop_that_cannot_watch_sockets_says_so(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(*arguments: object) -> None:
        raise NotImplementedError

    loop = asyncio.new_event_loop()
    monkeypatch.setattr(loop, "add_reader", blind)
    client = aio.ByteportHttpClient(NS, KEY, UID, recorder.host)
    with pytest.raises(NotImplementedError):
        loop.run_until_complete(client.store({"x": 1}))
    loop.run_until_complete(client.close())
    loop.close()


def test_another_threads_loop_is_refused(recorder: Recorder) -> None:
    client = aio.ByteportHttpClient(NS, KEY, UID, recorder.host)

    async def main() -> None:
        await client.store({"x": 1})
        with ThreadPoolExecutor(1) as pool:
            call = asyncio.get_running_loop().run_in_executor(pool, asyncio.run, client.store({"x": 2}))
            with pytest.raises(ByteportClientException, match="another thread"):
                await call
        await client.close()

    asyncio.run(main())
    assert len(recorder.requests) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that vouches for itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, file = folder / "key.pem", folder / "both.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-subj", "/CN=byteport test", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    command += ["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    with file.open("a") as both:
        both.write(key.read_text())
    return file


@loops
def test_tls(run: Run, certificate: Path, recorder: Recorder) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    recorder._server.socket = context.wrap_socket(recorder._server.socket, server_side=True)
    host = f"https://{recorder.host}"

    async def main() -> None:
        async with aio.ByteportHttpClient(NS, KEY, UID, host, ca_file=certificate) as client:
            for number in range(3):
                await client.store({"x": number})
            assert await client.list_namespaces() == []
            await client.store({"x": "y" * (4 << 20)})
            assert len(recorder._server.connections) == 1
            await asyncio.gather(*(client.store({"x": number}, timestamp=number) for number in range(20)))
            assert len(recorder.requests) == 26
        async with aio.ByteportHttpClient(NS, KEY, UID, host, initial_heartbeat=False) as client:
            with pytest.raises(ByteportConnectException) as caught:
                await client.store()
            assert (caught.value.code, caught.value.phase) == (11, "tls")

    run(main())


PROGRAM = """
import asyncio, sys
from byteport.aio import ByteportHttpClient

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

async def main(host, path):
    async with ByteportHttpClient("ns", "key", "dev", host) as client:
        before = peak()
        await client.base64_encode_and_store_file("obj", path)
        print(peak() - before)

run = asyncio.run
if sys.argv[1] == "uvloop":
    import uvloop
    run = uvloop.run
run(main(*sys.argv[2:]))
"""


@pytest.mark.parametrize("loop", RUN)
def test_a_file_of_100_megabytes_takes_little_memory(loop: str, tmp_path: Path) -> None:
    file = tmp_path / "large"
    with file.open("wb") as large:
        large.truncate(100_000_000)

    async def main() -> tuple[bytes, list[int]]:
        lengths = []

        async def sink(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(asyncio.IncompleteReadError):
                while True:
                    lengths.append(left := body_length(await reader.readuntil(b"\r\n\r\n")))
                    while left:
                        left -= len(await reader.read(left))
                    writer.write(OK)
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(sink, "127.0.0.1", 0)
        host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        command = [sys.executable, "-I", "-c", PROGRAM, loop, host, str(file)]
        program = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
        told, _ = await program.communicate()
        server.close()
        return told, lengths

    told, lengths = asyncio.run(main())
    assert lengths[1] > 133_000_000
    assert int(told) < 32 * 1024
