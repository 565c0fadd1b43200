# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Whatever goes wrong on the way is one of the package's exceptions, says what it is, and holds no secret."""

from __future__ import annotations

import copy
import logging
import os
import pickle
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Optional
from urllib.parse import unquote_plus

import pytest

from byteport import client_base
from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportHttpGetClient,
    ByteportLoginFailedException,
    ByteportNotAllowedException,
    ByteportServerException,
)
from conftest import KEY, NS, UID
from recording import Answer, RawServer, Recorder

PASSWORD = "pass word&="
SECRETS = (KEY, PASSWORD, "CSRF123", "SESS456", "pass+word", "pass%20word")
Raw = Callable[[Optional[bytes]], RawServer]


@pytest.fixture(autouse=True)
def _no_secret_is_told(caplog: pytest.LogCaptureFixture) -> Any:
    """Runs each test with every message on, and looks through all of them."""
    caplog.set_level(logging.DEBUG)
    yield
    for secret in SECRETS:
        assert secret not in caplog.text


def fails(
    kind: type[ByteportClientException], match: str, call: Callable[[], object]
) -> ByteportClientException:
    with pytest.raises(kind, match=match) as caught:
        call()
    error = caught.value
    assert type(error) is kind
    told = "".join(traceback.format_exception(kind, error, error.__traceback__)[-1:])
    for secret in SECRETS:
        assert secret not in told + str(error) + repr(error) + repr(error.args)
    return error


def clients(host: str, **options: Any) -> list[ByteportHttpClient]:
    kinds = (ByteportHttpClient, ByteportHttpGetClient)
    return [kind(NS, KEY, UID, host, initial_heartbeat=False, **options) for kind in kinds]


STATUSES = {
    301: ByteportClientException,
    400: ByteportClientException,
    401: ByteportClientException,
    403: ByteportClientForbiddenException,
    404: ByteportClientDeviceNotFoundException,
    406: ByteportNotAllowedException,
    418: ByteportClientException,
    429: ByteportClientException,
    500: ByteportServerException,
    503: ByteportServerException,
}


@pytest.mark.parametrize("status", STATUSES)
def test_statuses(status: int, recorder: Recorder, session: ByteportHttpClient) -> None:
    # The server repeats what it got, as careless ones do.
    text = (("Content-Type", "text/plain"),)
    recorder.answer = lambda request: Answer(status, recorder.raw[-1] + b"\nwhat was asked for", text)
    calls: list[Callable[[], object]] = [partial(c.store, {"x": 1}) for c in clients(recorder.host)]
    calls.append(session.list_namespaces)
    calls.append(lambda: ByteportHttpClient(NS, KEY, UID, recorder.host))
    for call in calls:
        error = fails(STATUSES[status], r"\w+", call)
        assert error.status == status
        assert error.phase == "status"
        assert error.retryable == (status >= 500 or status == 429)


def test_the_servers_words_are_told(recorder: Recorder, client: ByteportHttpClient) -> None:
    recorder.always(Answer(404, b"no such namespace: myownspace", (("Content-Type", "text/plain"),)))
    fails(ByteportClientDeviceNotFoundException, "no such namespace: myownspace", client.store)


def test_a_server_that_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        host = f"127.0.0.1:{gone.getsockname()[1]}"
    for client in clients(host):
        error = fails(ByteportConnectException, f"no connection to {host}: .*refused", client.store)
        assert (error.code, error.phase, error.status, error.retryable) == (9, "connect", None, True)
        fails(ByteportConnectException, "no connection", partial(client.login, "me", PASSWORD))


def test_a_host_without_address() -> None:
    for client in clients("http://nowhere.invalid"):
        error = fails(ByteportConnectException, "nowhere.invalid", client.store)
        assert error.phase == "dns"


def test_a_slow_server(raw_server: Raw) -> None:
    server = raw_server(None)
    (client, _) = clients(server.host, timeout=0.2)
    error = fails(ByteportConnectException, "no answer in time", lambda: client.store({"x": 1}))
    assert (error.code, error.phase, error.retryable) == (12, "receive", True)
    assert len(server.received) == 1


HALVES = [
    b"",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[]",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1",
]


@pytest.mark.parametrize("half", HALVES, ids=range(len(HALVES)))
def test_half_an_answer(half: bytes, raw_server: Raw) -> None:
    server = raw_server(half)
    for client in clients(server.host):
        error = fails(ByteportConnectException, "broke", partial(client.store, {"x": 1}))
        assert (error.code, error.phase, error.retryable) == (13, "receive", True)
    fails(ByteportConnectException, "broke", lambda: clients(server.host)[0].list_namespaces())


@pytest.mark.parametrize(
    "garbage", [b"SSH-2.0-OpenSSH_9\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"\0" * 5000, b"{}\r\n\r\n"]
)
def test_garbage(garbage: bytes, raw_server: Raw) -> None:
    server = raw_server(garbage)
    for client in clients(server.host):
        with pytest.raises(ByteportClientException) as caught:
            client.store({"x": 1})
        assert caught.value.code in (13, 21)
        assert KEY not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(
    status: int, recorder: Recorder, other_host: Recorder
) -> None:
    recorder.always(Answer(status, headers=(("Location", f"http://{other_host.host}/api/v1/x/"),)))
    for client in clients(recorder.host):
        error = fails(ByteportClientException, "redirected", partial(client.store, {"x": 1}))
        assert (error.code, error.status) == (19, status)
        fails(ByteportClientException, "redirected", partial(client.login, "me", PASSWORD))
        fails(ByteportClientException, "redirected", client.list_namespaces)
    assert other_host.raw == []


PAGE = Answer(body=b"<html>Please log in</html>", headers=(("Content-Type", "text/html"),))


@pytest.mark.parametrize("answer", [PAGE, Answer(), Answer(body=b'{"cut": '), Answer(body=b"\xff\xfe")])
def test_something_else_where_json_is_due(
    answer: Answer, recorder: Recorder, session: ByteportHttpClient
) -> None:
    recorder.always(answer)
    for call in (session.list_namespaces, lambda: session.load_timeseries_data("n", "d", "f")):
        error = fails(ByteportClientException, "is not the JSON that it should be", call)
        assert (error.code, error.phase, error.status) == (21, "decode", 200)


@pytest.mark.parametrize(
    "body", [b"[" * 100_000 + b"]" * 100_000, b"[" + b"1" * 5000 + b"]"], ids=["deep", "long"]
)
def test_json_that_python_cannot_hold(body: bytes, recorder: Recorder, session: ByteportHttpClient) -> None:
    recorder.always(Answer(body=body))
    error = fails(ByteportClientException, "JSON", session.list_namespaces)
    assert (error.code, error.phase) == (21, "decode")


def test_a_parameter_that_is_no_text(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    for parameters in ({"\ud800": 1}, {"\ud800": "\ud800"}, {"scale": "\ud800"}):
        with pytest.raises(ByteportClientException) as caught:
            session.load_timeseries_data("n", "d", "f", **parameters)
        assert caught.value.phase == "check"
    assert len(recorder.requests) == before


LAST = """
from byteport.clients import ByteportHttpClient
class Last:
    def __init__(self):
        self.client, self.out = ByteportHttpClient("ns", "key", "dev", "127.0.0.1:9", initial_heartbeat=False), print
    def __del__(self, base=BaseException):
        try:
            self.client.store({"bad name": 1})
        except base as error:
            self.out(type(error).__name__, getattr(error, "code", error))
last = Last()
"""


def test_a_refusal_while_the_interpreter_ends() -> None:
    done = subprocess.run([sys.executable, "-I", "-c", LAST], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("ByteportClientInvalidFieldNameException 2\n", "")


def test_a_wrong_key_raises_from_the_constructor(recorder: Recorder) -> None:
    recorder.always(Answer(403))
    error = fails(
        ByteportClientForbiddenException, "HTTP 403", lambda: ByteportHttpClient(NS, KEY, UID, recorder.host)
    )
    assert error.code == 14
    assert len(recorder.requests) == 1


def test_a_refused_login(recorder: Recorder) -> None:
    client = ByteportHttpClient(byteport_api_hostname=recorder.host)
    token = Answer(headers=(("Set-Cookie", "csrftoken=CSRF123"),))
    for status in (200, 400, 401, 403):
        answers = {"GET": token, "POST": Answer(status)}
        recorder.answer = lambda request, by=answers: by[request["method"]]
        error = fails(ByteportLoginFailedException, "login failed", partial(client.login, "me", PASSWORD))
        assert error.code == 20
    recorder.always(Answer())
    fails(ByteportLoginFailedException, "csrftoken", lambda: client.login("me", PASSWORD))


@pytest.mark.parametrize("missing", ["namespace", "key", "device"])
def test_storing_needs_namespace_key_and_device(missing: str, recorder: Recorder) -> None:
    given: dict[str, Any] = {"namespace_name": NS, "api_key": KEY, "default_device_uid": UID}
    given = {name: text for name, text in given.items() if missing not in name}
    client = ByteportHttpClient(byteport_api_hostname=recorder.host, **given)
    for call in (client.store, lambda: client.store({"x": 1}), lambda: client.log("hello")):
        error = fails(ByteportClientException, "storing needs", call)
        assert error.code == 6
    assert recorder.requests == []
    assert client.store_enabled == (missing == "device")


class Hostile:
    """Fails at whatever is asked of it."""

    def fail(self, *arguments: object) -> Any:
        raise RuntimeError("hostile")

    __str__ = __repr__ = __format__ = __eq__ = __hash__ = __index__ = __fspath__ = fail


BAD_SETTINGS: list[dict[str, Any]] = [
    {"byteport_api_hostname": "ftp://h"},
    {"byteport_api_hostname": "h/path"},
    {"byteport_api_hostname": ""},
    {"byteport_api_hostname": None},
    {"byteport_api_hostname": 5},
    {"api_key": ""},
    {"api_key": True},
    {"api_key": 5.5},
    {"api_key": b"key"},
    {"api_key": "\ud800" + KEY},
    {"timeout": 0},
    {"timeout": -1},
    {"timeout": float("nan")},
    {"connect_timeout": "soon"},
    {"timeout": 1e300},
    {"ca_file": 5},
    {"ca_file": ["a.pem"]},
    {"client_cert": 5},
    {"client_cert": ["a.pem"]},
    {"proxy_port": 1080, "proxy_type": 9},
    {"proxy_port": 1080, "proxy_type": []},
    {"proxy_port": 1080, "proxy_addr": None},
    {"proxy_port": 1080, "proxy_addr": b"localhost"},
    {"proxy_port": 1080, "proxy_addr": "user@127.0.0.1"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1/x"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1?x"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1#x"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1\\x"},
    {"proxy_port": 1080, "proxy_addr": " 127.0.0.1"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1\n"},
    {"proxy_port": 1080, "proxy_addr": "127.0.0.1:9"},
    {"proxy_port": 1080, "proxy_addr": "[::1]:9"},
    {"proxy_port": 1080, "proxy_addr": ""},
    {"proxy_port": 1080, "proxy_addr": "\ud800"},
    {"proxy_port": 1080, "proxy_type": True},
    {"proxy_port": 1080, "proxy_type": 10**5000},
    {"proxy_port": 1080, "proxy_type": Hostile()},
    {"proxy_port": "port"},
    {"proxy_port": ""},
    {"proxy_port": "1@127.0.0.2:9"},
    {"proxy_port": "1/"},
    {"proxy_port": " 1"},
    {"proxy_port": "-1"},
    {"proxy_port": "٣"},
    {"proxy_port": "9" * 5000},
    {"proxy_port": b"1"},
    {"proxy_port": True},
    {"proxy_port": 0},
    {"proxy_port": -1},
    {"proxy_port": 65536},
    {"proxy_port": 10**5000},
    {"proxy_port": 1080.0},
    {"proxy_port": Hostile()},
    {"proxy_port": 1080, "proxy_password": "\ud800" + KEY},
    {"proxy_port": 1080, "proxy_username": 5},
]


@pytest.mark.parametrize("settings", BAD_SETTINGS, ids=lambda settings: ascii([*settings]))
def test_settings_that_make_no_sense(settings: dict[str, Any]) -> None:
    given = {"namespace_name": NS, "api_key": KEY, "default_device_uid": UID, **settings}
    error = fails(ByteportClientException, r"\w+ \w+", lambda: ByteportHttpClient(**given))
    assert (error.code, error.phase) == (1, "check")


def test_bad_arguments_of_a_login(recorder: Recorder, client: ByteportHttpClient) -> None:
    bad: list[tuple[Any, ...]] = [
        (None, PASSWORD),
        ("me", 5),
        ("me", "\ud800"),
        ("me", PASSWORD, "no/slash"),
        ("me", PASSWORD, 5),
    ]
    for arguments in bad:
        error = fails(ByteportClientException, "username|password|path", partial(client.login, *arguments))
        assert error.code == 1
    assert recorder.requests == []


def test_every_exception_is_under_one() -> None:
    names = [name for name in client_base.__all__ if name.endswith("Exception")]
    assert len(names) == 17
    for name in names:
        kind = getattr(client_base, name)
        assert issubclass(kind, ByteportClientException)
        error = kind("by hand")
        assert (error.code, error.phase, error.status, error.retryable) == (None, None, None, False)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_exceptions_survive_a_pickle(protocol: int, tmp_path: Path, recorder: Recorder) -> None:
    recorder.always(Answer(503))
    (client, _) = clients(recorder.host)
    calls: list[Callable[[], object]] = [
        client.store,
        lambda: client.store({"a b": 1}),
        lambda: client.store_file("f", str(tmp_path / "missing")),
        lambda: client.store_directory(str(tmp_path / "missing"), None),
        lambda: client.store_directory("\0", None),
    ]
    raised = []
    for call in calls:
        with pytest.raises(ByteportClientException) as caught:
            call()
        raised.append(caught.value)
    raised.append(client_base.ByteportClientFileException(2, "by hand", "its name"))
    assert [getattr(error, "errno", None) for error in raised] == [None, None, 2, 2, None, 2]
    assert raised[0].status == 503
    assert raised[0].retryable
    for error in raised:
        for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error)):
            assert type(again) is type(error)
            names = ["args", "code", "phase", "status", "retryable", "errno", "strerror", "filename"]
            for name in names:
                assert getattr(again, name, None) == getattr(error, name, None), name
            assert (str(again), repr(again)) == (str(error), repr(error))


def test_paths_of_folders_that_are_none(recorder: Recorder, tmp_path: Path) -> None:
    class Bytes:
        def __fspath__(self) -> bytes:
            return bytes(tmp_path)

    (client, _) = clients(recorder.host)
    number = os.open(tmp_path, os.O_RDONLY)
    bad: list[Any] = [None, number, True, bytes(tmp_path), Bytes(), Hostile(), [], 10**5000]
    try:
        for path in bad:
            for call in (client.sorted_ls, partial(client.store_directory, device_uid=None)):
                with pytest.raises(
                    client_base.ByteportClientFileException, match=r"folder .*cannot be read: "
                ) as caught:
                    call(path)
                error = caught.value
                assert (error.code, error.phase, error.errno) == (25, "check", None)
                assert error.filename is path
    finally:
        os.close(number)
    with pytest.raises(client_base.ByteportClientFileException, match=f"'{tmp_path}/{'x' * 200}'"):
        client.sorted_ls(f"{tmp_path}/{'x' * 200}")
    assert recorder.requests == []


@pytest.mark.parametrize("setting", ["ca_file", "client_cert"])
def test_a_pem_file_that_is_not_there(setting: str, raw_server: Raw) -> None:
    options: dict[str, Any] = {setting: "/no/such.pem"}
    client = ByteportHttpClient(byteport_api_hostname=f"https://{raw_server(b'').host}", **options)
    error = fails(ByteportConnectException, "/no/such.pem", client.list_namespaces)
    assert (error.code, error.phase) == (11, "tls")


@pytest.mark.parametrize("status", [400, 500])
def test_what_a_server_repeats_is_not_told(status: int, recorder: Recorder) -> None:
    """As it came or decoded, the whole request or a word of it."""
    key = "k+e y/="
    repeated: list[Callable[[bytes], bytes]] = [
        lambda raw: raw,
        lambda raw: unquote_plus(raw.decode()).encode(),
    ]
    for repeat in repeated:
        client = ByteportHttpClient(byteport_api_hostname=recorder.host)

        def answer(request: dict[str, Any], repeat: Callable[[bytes], bytes] = repeat) -> Answer:
            if request["method"] == "GET" and request["path"].endswith("/login/"):
                return Answer(headers=(("Set-Cookie", "csrftoken=CSRF123"),))
            words = repeat(recorder.raw[-1].split(b"\n")[0] + recorder.raw[-1].split(b"\n")[-1])
            return Answer(status, words, (("Content-Type", "text/plain"),))

        recorder.answer = answer
        fails(ByteportClientException if status == 400 else ByteportServerException, "HTTP", client.logout)
        kind = ByteportLoginFailedException if status == 400 else ByteportServerException
        fails(kind, r"\w+", partial(client.login, "me", PASSWORD))
        for by in (ByteportHttpClient, ByteportHttpGetClient):
            storing = by(NS, key, UID, recorder.host, initial_heartbeat=False)
            error = fails(
                ByteportClientException if status == 400 else ByteportServerException, "HTTP", storing.store
            )
            assert not any(part in str(error) for part in ("k+e", "k%2Be"))
