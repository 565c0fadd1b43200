# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""byteport.aio through real proxies: microsocks (SOCKS5), dante-server (SOCKS4) and tinyproxy (HTTP CONNECT)."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from byteport import aio, socks
from byteport.clients import ByteportConnectException
from conftest import KEY, NS, UID
from recording import Recorder

Proxy = dict[str, Any]
LOGIN: Proxy = {"proxy_username": "us:er", "proxy_password": "pass@ word"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def running(port: int, *command: str) -> Iterator[int]:
    """A proxy from Debian's packages, which scripts/setup.sh installs."""
    places = os.pathsep.join((os.environ.get("PATH", ""), "/usr/bin", "/usr/sbin"))
    program = shutil.which(command[0], path=places)
    assert program is not None, f"{command[0]} is missing: scripts/setup.sh installs it"
    quiet = subprocess.DEVNULL
    with subprocess.Popen([program, *command[1:]], stdout=quiet, stderr=quiet) as proxy:
        try:
            end = time.monotonic() + 20
            while not listens(port):
                assert proxy.poll() is None, f"{program} has ended"
                assert time.monotonic() < end, f"{program} does not listen"
            yield port
        finally:
            proxy.terminate()  # not killed: danted stops its own children then


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        time.sleep(0.02)
        return False
    return True


@pytest.fixture
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Proxy]:
    """The arguments for a client; the proxy of that name runs."""
    port, config = free_port(), tmp_path / "config"
    if request.param == "socks5":
        login = "-u", LOGIN["proxy_username"], "-P", LOGIN["proxy_password"]
        with running(port, "microsocks", "-i", "127.0.0.1", "-p", str(port), *login):
            yield {"proxy_type": socks.PROXY_TYPE_SOCKS5, "proxy_port": port, **LOGIN}
    elif request.param == "socks4":
        config.write_text(
            f"internal: 127.0.0.1 port = {port}\nexternal: lo\nclientmethod: none\nsocksmethod: none\n"
            f"logoutput: {tmp_path}/log\nclient pass {{\n from: 0.0.0.0/0 to: 0.0.0.0/0\n}}\n"
            "socks pass {\n from: 0.0.0.0/0 to: 0.0.0.0/0\n protocol: tcp\n proxyprotocol: socks_v4\n}\n"
        )
        with running(port, "danted", "-f", str(config)):
            yield {"proxy_type": socks.PROXY_TYPE_SOCKS4, "proxy_port": port}
    else:
        config.write_text(f"Port {port}\nListen 127.0.0.1\nBasicAuth user pass\nMaxClients 10\nTimeout 60\n")
        with running(port, "tinyproxy", "-d", "-c", str(config)):
            user: Proxy = {"proxy_username": "user", "proxy_password": "pass"}
            yield {"proxy_type": socks.PROXY_TYPE_HTTP, "proxy_port": port, **user}


@pytest.mark.parametrize("proxy", ["socks5", "socks4", "http"], indirect=True)
def test_calls_go_through_the_proxy(proxy: Proxy, recorder: Recorder) -> None:
    async def main() -> None:
        async with aio.ByteportHttpClient(NS, KEY, UID, recorder.host, **proxy) as client:
            await client.login("me", "pw")
            assert await asyncio.gather(*(client.list_namespaces() for _ in range(5))) == [[]] * 5
            await client.download_value(NS, UID, "f", 1, io.BytesIO())

    asyncio.run(main())
    assert len(recorder.requests) == 9


@pytest.mark.parametrize("proxy", ["socks5", "http"], indirect=True)
def test_a_proxy_that_refuses(proxy: Proxy, recorder: Recorder) -> None:
    """Nothing goes past it, and what it was told is in no error."""
    proxy["proxy_password"] = "wrong-secret"

    async def main() -> None:
        async with aio.ByteportHttpClient(byteport_api_hostname=recorder.host, **proxy) as client:
            for call in (client.list_namespaces(), client.download_value(NS, UID, "f", 1, io.BytesIO())):
                with pytest.raises(ByteportConnectException) as caught:
                    await call
                assert (caught.value.code, caught.value.phase) == (10, "connect")
                assert "wrong-secret" not in str(caught.value)

    asyncio.run(main())
    assert recorder.requests == []
