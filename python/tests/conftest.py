# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Servers and clients for the tests. The package is the one that is installed; nothing is built here."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from broker import Broker
from byteport.clients import ByteportHttpClient, ByteportHttpGetClient
from recording import RawServer, Recorder
from ways import WAYS, Way

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
NS, KEY, UID = "myownspace", "f00b4s3cretk3y", "barDev1"


def vectors(name: str) -> list[dict[str, Any]]:
    """The cases of one file of vectors; there must be some."""
    cases: list[dict[str, Any]] = json.loads((VECTORS / name).read_text(encoding="utf-8"))["cases"]
    assert cases, f"{name} holds no case"
    return cases


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    server = Recorder()
    yield server
    server.close()


@pytest.fixture
def other_host() -> Iterator[Recorder]:
    server = Recorder()
    yield server
    server.close()


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes | None], RawServer]]:
    servers: list[RawServer] = []

    def start(reply: bytes | None) -> RawServer:
        servers.append(RawServer(reply))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def client(recorder: Recorder) -> ByteportHttpClient:
    return ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)


@pytest.fixture
def get_client(recorder: Recorder) -> ByteportHttpGetClient:
    return ByteportHttpGetClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)


@pytest.fixture
def session(recorder: Recorder) -> ByteportHttpClient:
    client = ByteportHttpClient(byteport_api_hostname=recorder.host)
    client.login("admin@example.org", "pass word&=")
    return client


class Server(NamedTuple):
    """A running byteport-server and what its seed holds."""

    host: str
    namespace: str = "my_garage"
    key: str = "s33d-write-key"
    legacy_key: str = "s33d-legacy-key"
    user: str = "admin@example.org"
    password: str = "pass word&="


def server_program() -> str:
    # A relative folder as cargo takes it when it runs in ROOT.
    target = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
    program = os.environ.get("BYTEPORT_SERVER") or str(target / "debug" / "byteport-server")
    assert os.access(program, os.X_OK), f"{program} is missing: build byteport-server, or set BYTEPORT_SERVER"
    return program


def _address(server: subprocess.Popen[bytes]) -> str:
    """Waits for the line that names the address."""
    assert server.stdout is not None
    told, end = b"", time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        if select.select([server.stdout], [], [], 0.2)[0]:
            told += os.read(server.stdout.fileno(), 4096)
        if found := re.search(rb"listening on http://(\S+)\n", told):
            return found[1].decode()
    server.kill()
    pytest.fail(f"byteport-server did not say where it listens: {told!r}, exit code {server.wait()}")


@contextlib.contextmanager
def serving(folder: Path, seed: dict[str, Any], listen: str = "127.0.0.1:0") -> Iterator[str]:
    """A real server, on a free port unless told, whose data and seed are in the folder; gives its host."""
    (folder / "seed.json").write_text(json.dumps(seed))
    command = [server_program(), "--data", str(folder / "data"), "--listen", listen]
    command += ["--seed", str(folder / "seed.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        try:
            yield _address(server)
        finally:
            server.terminate()
            assert server.wait(20) == 0


def seed() -> dict[str, Any]:
    """What a server of the tests begins with, as `Server` tells."""
    expected = Server("")
    return {
        "users": [{"name": expected.user, "password": expected.password, "namespaces": [expected.namespace]}],
        "namespaces": [
            {
                "name": expected.namespace,
                "write_key": expected.key,
                "legacy_key": expected.legacy_key,
                "http_write_method": "both",
            }
        ],
    }


@pytest.fixture(scope="session")
def byteport_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real server with a fresh data folder."""
    with serving(tmp_path_factory.mktemp("byteport"), seed()) as host:
        yield Server(host)


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Broker]:
    with Broker("mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Broker]:
    with Broker("rabbitmq") as broker:
        yield broker


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[Way]:
    """Each way to a broker, one after the other, with every message on: the password is in none."""
    caplog.set_level(logging.DEBUG)
    way = Way(request.param, request.getfixturevalue(request.param.split()[0]))
    yield way
    assert way.broker.password not in caplog.text
