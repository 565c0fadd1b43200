# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The constructor, its attributes, and what subclasses set."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from byteport import aio, clients, socks
from byteport.clients import (
    ByteportClientException,
    ByteportConnectException,
    ByteportHttpClient,
    ByteportHttpGetClient,
)
from conftest import KEY, NS, UID
from recording import Answer, RawServer, Recorder


def test_the_signature_programs_know() -> None:
    parameters = inspect.signature(ByteportHttpClient).parameters.values()
    positional = {p.name: p.default for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD}
    assert list(positional.items()) == [
        ("namespace_name", None),
        ("api_key", None),
        ("default_device_uid", None),
        ("byteport_api_hostname", "api.byteport.se"),
        ("proxy_type", 2),
        ("proxy_addr", "127.0.0.1"),
        ("proxy_port", None),
        ("proxy_username", None),
        ("proxy_password", None),
        ("initial_heartbeat", True),
    ]


def test_attributes(recorder: Recorder) -> None:
    client = ByteportHttpClient(NS, KEY, UID, recorder.host)
    assert (client.namespace_name, client.api_key, client.device_uid) == (NS, KEY, UID)
    assert client.byteport_api_hostname == recorder.host
    assert client.store_enabled is True
    assert client.store_base_url == f"http://{recorder.host}/api/v1/timeseries/{NS}"
    assert len(recorder.requests) == 1
    without = ByteportHttpClient(byteport_api_hostname=recorder.host)
    assert (without.store_enabled, without.store_base_url, without.device_uid) == (False, None, None)
    assert ByteportHttpClient().byteport_api_hostname == "api.byteport.se"
    assert len(recorder.requests) == 1


def test_no_heartbeat_without_a_device_or_when_told_so(recorder: Recorder) -> None:
    ByteportHttpClient(NS, KEY, None, recorder.host).store({"x": 1}, "later")
    ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    assert [request["path"] for request in recorder.requests] == [f"/api/v1/timeseries/{NS}/later/"]


def test_repr_names_no_key(client: ByteportHttpClient) -> None:
    shown = repr(client) + repr(client._core) + str(client)
    assert KEY not in shown
    assert NS in shown


def test_repr_of_a_client_that_is_not_whole() -> None:
    class Own(ByteportHttpClient):
        def __init__(self) -> None:
            self.shown = [repr(self)]
            self.api_key = KEY
            self.shown.append(repr(self))
            super().__init__("a b")

    client = Own.__new__(Own)
    with pytest.raises(ByteportClientException):
        client.__init__()  # type: ignore[misc]
    for shown in (repr(ByteportHttpClient.__new__(ByteportHttpClient)), *client.shown, repr(client)):
        assert re.fullmatch("<(Own|ByteportHttpClient) not made namespace=None device=None>", shown)
    assert "not made" in repr(aio.ByteportHttpClient.__new__(aio.ByteportHttpClient))


def test_no_secret_is_in_vars(client: ByteportHttpClient) -> None:
    """As error reporters and debuggers show it."""
    assert KEY not in f"{vars(client)}"
    client.api_key = "an0ther"
    assert "an0ther" not in f"{vars(client)}"


def test_a_subclass_chooses_protocol_and_host(recorder: Recorder) -> None:
    class Plain(ByteportHttpClient):
        DEFAULT_BYTEPORT_API_PROTOCOL = "http"
        DEFAULT_BYTEPORT_API_HOSTNAME = "byteport.example.org"

    class Secure(ByteportHttpClient):
        DEFAULT_BYTEPORT_API_PROTOCOL = "https"

    class Wrong(ByteportHttpClient):
        DEFAULT_BYTEPORT_API_PROTOCOL = "ftp"

    def url(kind: type[ByteportHttpClient], *host: Any) -> str | None:
        return kind(NS, KEY, None, *host).store_base_url

    path = f"/api/v1/timeseries/{NS}"
    assert url(Plain) == f"http://byteport.example.org{path}"
    assert url(Plain, "other.example.org") == f"http://other.example.org{path}"
    assert url(Secure, recorder.host) == f"https://{recorder.host}{path}"
    assert url(ByteportHttpClient) == f"https://api.byteport.se{path}"
    assert url(ByteportHttpClient, "http://h:81") == f"http://h:81{path}"
    with pytest.raises(ByteportClientException, match="'ftp'"):
        url(Wrong)


@pytest.mark.parametrize(("protocol", "other"), [("https", "http"), ("http", "https")])
def test_a_protocol_and_a_host_that_contradict_each_other(
    protocol: str, other: str, recorder: Recorder
) -> None:
    class Chosen(ByteportHttpClient):
        DEFAULT_BYTEPORT_API_PROTOCOL = protocol

    class Both(Chosen):
        DEFAULT_BYTEPORT_API_HOSTNAME = f"{other}://{recorder.host}"

    calls = (partial(Chosen, NS, KEY, UID, f"{other}://{recorder.host}"), partial(Both, NS, KEY, UID))
    for call in calls:
        with pytest.raises(ByteportClientException, match=f"is '{protocol}', and the host") as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (1, "check")
    assert recorder.raw == []
    same = Chosen(NS, KEY, UID, f"{protocol}://{recorder.host}", initial_heartbeat=False)
    assert same.store_base_url == f"{protocol}://{recorder.host}/api/v1/timeseries/{NS}"


def test_a_subclass_chooses_paths(recorder: Recorder) -> None:
    class Moved(ByteportHttpClient):
        DEFAULT_BYTEPORT_STORE_PATH = "/b/store/"
        LOGIN_PATH = "/b/in/"
        LOGOUT_PATH = "/b/out/"
        LIST_NAMESPACES = "/b/ns/"
        LOAD_TIMESERIES_DATA = "/b/%s.%s.%s/"

    cookies = (("Set-Cookie", "csrftoken=a"), ("Set-Cookie", "sessionid=b"))
    recorder.always(Answer(body=b"[]", headers=cookies))
    client = Moved(NS, KEY, UID, recorder.host)
    assert client.store_base_url == f"http://{recorder.host}/b/store/{NS}"
    client.login("me", "pw")
    client.list_namespaces()
    client.load_timeseries_data("n", "d", "f")
    client.logout()
    paths = [request["path"] for request in recorder.requests]
    assert paths == [f"/b/store/{NS}/{UID}/", "/b/in/", "/b/in/", "/b/ns/", "/b/n.d.f/", "/b/out/"]


@pytest.mark.parametrize(
    "path", ["b/", "/b", "", "/b?/", "/b#/", "/b\n/", "/b /", "/\ud800/", None, 5], ids=ascii
)
def test_paths_that_are_none(path: Any, recorder: Recorder) -> None:
    class Moved(ByteportHttpClient):
        DEFAULT_BYTEPORT_STORE_PATH = path

    class Out(ByteportHttpClient):
        LOGOUT_PATH = path

    for call in (
        lambda: Moved(NS, KEY, UID, recorder.host),
        Out(NS, KEY, UID, recorder.host, initial_heartbeat=False).logout,
    ):
        with pytest.raises(ByteportClientException, match="path") as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (1, "check")
    assert recorder.raw == []


def test_key_and_namespace_may_change(recorder: Recorder) -> None:
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    client.login("me", "pw")
    client.api_key = "an0ther"
    client.store()
    client.namespace_name = "second"
    client.store()
    stores = [(request["path"], request["form"]) for request in recorder.requests[2:]]
    assert stores == [
        (f"/api/v1/timeseries/{NS}/{UID}/", [["_key", "an0ther"]]),
        (f"/api/v1/timeseries/second/{UID}/", [["_key", "an0ther"]]),
    ]
    assert (client.api_key, client.namespace_name) == ("an0ther", "second")
    assert client.store_base_url == f"http://{recorder.host}/api/v1/timeseries/second"
    assert "namespace='second'" in repr(client)
    assert "an0ther" not in repr(client)
    client.list_namespaces()  # the login is still there
    assert "sessionid=SESS456" in recorder.requests[-1]["cookies"]
    client.logout()
    assert "sessionid=SESS456" in recorder.requests[-1]["cookies"]


def test_a_key_that_is_refused_changes_nothing(recorder: Recorder) -> None:
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    with pytest.raises(ByteportClientException, match="API key"):
        client.api_key = ""
    with pytest.raises(ByteportClientException, match="invalid namespace"):
        client.namespace_name = "a b"
    assert (client.api_key, client.namespace_name, client.store_enabled) == (KEY, NS, True)
    client.store()
    assert recorder.requests[-1]["form"] == [["_key", KEY]]


def test_a_key_may_come_and_go(recorder: Recorder) -> None:
    client = ByteportHttpClient(default_device_uid=UID, byteport_api_hostname=recorder.host)
    client.namespace_name, client.api_key = NS, KEY
    assert client.store_enabled is True
    client.store()
    client.api_key = None
    assert (client.store_enabled, client.store_base_url) == (False, None)
    with pytest.raises(ByteportClientException, match="storing needs"):
        client.store()
    assert [request["form"] for request in recorder.requests] == [[["_key", KEY]]]


def test_a_subclass_may_set_its_key_before_it_calls_the_constructor(recorder: Recorder) -> None:
    class Own(ByteportHttpClient):
        def __init__(self) -> None:
            self.namespace_name, self.api_key = NS, KEY
            super().__init__(self.namespace_name, self.api_key, UID, recorder.host)

    assert (Own().api_key, len(recorder.requests)) == (KEY, 1)


def test_namespace_and_key_may_be_numbers(recorder: Recorder) -> None:
    client = ByteportHttpClient(77, 12345, UID, recorder.host)
    assert (client.namespace_name, client.api_key) == (77, 12345)
    assert recorder.requests[0]["path"] == f"/api/v1/timeseries/77/{UID}/"
    assert recorder.requests[0]["form"] == [["_key", "12345"]]


def test_a_time_out_longer_than_any_clock(recorder: Recorder) -> None:
    for seconds in (1e9, 1.8e19):
        client = ByteportHttpClient(NS, KEY, UID, recorder.host, timeout=seconds, connect_timeout=seconds)
        client.store({"x": 1})
    assert len(recorder.requests) == 4


def test_a_subclass_may_override_store(recorder: Recorder) -> None:
    class Tagged(ByteportHttpClient):
        def store(self, data: object = None, device_uid: object = None, timestamp: object = None) -> None:
            super().store({"tag": 1, **(data or {})}, device_uid, timestamp)  # type: ignore[dict-item,arg-type]

    Tagged(NS, KEY, UID, recorder.host).log("hello", "warn", "other")
    forms = [request["form"][1:] for request in recorder.requests]
    assert forms == [[["tag", "1"]], [["tag", "1"], ["warn", "hello"]]]


def test_headers(client: ByteportHttpClient, recorder: Recorder) -> None:
    client.store({"x": 1})
    head = recorder.raw[0].decode()
    assert re.search(r"^user-agent: curl/7\.51\.0 libbyteport/\S+$", head, re.M | re.I)
    assert re.search(rf"^referer: http://{re.escape(recorder.host)}/$", head, re.M | re.I)


def test_session_calls(session: ByteportHttpClient, recorder: Recorder) -> None:
    answers = {"/api/v1/namespace/": b'[{"name": "n"}]', "/api/v1/logout/": b"Bye"}
    recorder.answer = lambda request: Answer(body=answers.get(request["path"], b'{"data": {"ts_data": []}}'))
    assert session.list_namespaces() == [{"name": "n"}]
    data = session.load_timeseries_data("n", 6000, "f", timedelta_hours=1, scale="0.5", operation="diff")
    assert data == {"data": {"ts_data": []}}
    assert recorder.requests[-1]["query"] == [
        ["operation", "diff"],
        ["scale", "0.5"],
        ["timedelta_hours", "1"],
    ]
    assert session.logout() == "Bye"
    session.list_namespaces()
    assert recorder.requests[-1]["cookies"] == []


def test_login_at_another_path(recorder: Recorder) -> None:
    client = ByteportHttpClient(byteport_api_hostname=recorder.host)
    cookie = (("Set-Cookie", "csrftoken=a"), ("Set-Cookie", "sessionid=b"))
    recorder.always(Answer(headers=cookie))
    client.login("me", "pw", "/other/login/")
    client.login("me", "pw", login_path="/third/")
    assert [request["path"] for request in recorder.requests] == ["/other/login/"] * 2 + ["/third/"] * 2


PROXIES = [
    (socks.PROXY_TYPE_SOCKS4, b"\x04\x01\x00\x50\x00\x00\x00\x01u:p@\x00nowhere.invalid\x00"),
    (socks.PROXY_TYPE_SOCKS5, b"\x05\x02\x00\x02"),
    (socks.PROXY_TYPE_HTTP, b"CONNECT nowhere.invalid:80 HTTP/1.1\r\n"),
]


@pytest.mark.parametrize(("kind", "greeting"), PROXIES)
def test_proxy_port_switches_the_proxy_on(
    kind: int, greeting: bytes, raw_server: Callable[[bytes | None], RawServer]
) -> None:
    proxy = raw_server(b"")
    client = ByteportHttpClient(
        NS,
        KEY,
        UID,
        "http://nowhere.invalid",
        kind,
        "127.0.0.1",
        proxy.port,
        "u:p@" if kind != 3 else "u",
        "s/ecret",
        False,
    )
    with pytest.raises(ByteportConnectException, match=f"through .*@127.0.0.1:{proxy.port}") as caught:
        client.store()
    assert caught.value.code == 10
    assert "ecret" not in str(caught.value)
    assert proxy.received[0].startswith(greeting)


def test_a_proxys_port_is_no_other_host(
    raw_server: Callable[[bytes | None], RawServer], recorder: Recorder
) -> None:
    text = f"1@{recorder.host}"
    with pytest.raises(ByteportClientException, match="proxy_port") as caught:
        ByteportHttpClient(NS, KEY, UID, "http://nowhere.invalid", 3, proxy_port=text)
    assert caught.value.phase == "check"
    assert recorder.connections == []
    proxy = raw_server(b"")
    for port in (proxy.port, str(proxy.port), Port(proxy.port)):
        with pytest.raises(ByteportConnectException):
            ByteportHttpClient(NS, KEY, UID, "http://nowhere.invalid", 3, proxy_port=port)
    assert len(proxy.received) == 3


class Port(int):
    """A number whose text is another."""

    def __str__(self) -> str:
        return "1@127.0.0.2:9"

    __repr__ = __str__

    def __format__(self, how: str) -> str:
        return str(self)


def test_a_with_statement_closes(recorder: Recorder) -> None:
    with ByteportHttpClient(NS, KEY, UID, recorder.host) as client:
        client.login("me", "pw")
        client.store({"x": 1})
    count = len(recorder.requests)
    calls: list[Callable[[], object]] = [
        client.store,
        client.list_namespaces,
        client.logout,
        partial(client.login, "me", "pw"),
        partial(client.make_request, "/"),
        partial(client.base64_encode_and_store, "f", b"x"),
        partial(client.store_packets, [], "key"),
        partial(setattr, client, "api_key", "an0ther"),
    ]
    for call in calls:
        with pytest.raises(ByteportClientException, match="client is closed") as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (1, "check")
    client.close()  # again
    assert NS in repr(client)
    assert len(recorder.requests) == count  # it does not log out either


def test_closing_hangs_up(recorder: Recorder) -> None:
    client = ByteportHttpClient(NS, KEY, UID, recorder.host)
    client.api_key = "an0ther"
    client.store()
    assert len(recorder.connections) == 2
    client.close()
    end = time.monotonic() + 20
    while any(
        connection.fileno() != -1 for connection in recorder.connections
    ):  # the server's end closes too
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_with_statement_lets_errors_out(recorder: Recorder) -> None:
    with pytest.raises(ZeroDivisionError), ByteportHttpClient(NS, KEY, UID, recorder.host) as client:
        raise ZeroDivisionError
    with pytest.raises(ByteportClientException, match="closed"):
        client.store()


class Counting(ByteportHttpClient):
    """At the module's level, where pickle finds it."""

    def __init__(self, host: str, **options: Any) -> None:
        super().__init__(NS, KEY, UID, host, **options)
        self.count = 5


def test_a_client_may_be_pickled_without_its_login(recorder: Recorder) -> None:
    client = Counting(recorder.host, timeout=7, proxy_port=None)
    client.login("me", "pw")
    client.api_key, client.device_uid = "an0ther", "dev2"
    pickled = [
        pickle.loads(pickle.dumps(client, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ]
    for again in (*pickled, copy.copy(client), copy.deepcopy(client)):
        assert type(again) is Counting
        assert (again.count, again.api_key, again.device_uid) == (5, "an0ther", "dev2")
        assert again.store_base_url == client.store_base_url
        recorder.requests.clear()
        again.store({"x": 1})
        again.list_namespaces()
        assert recorder.requests[0]["path"].endswith("/dev2/")
        assert recorder.requests[0]["form"] == [["_key", "an0ther"], ["x", "1"]]
        assert recorder.requests[1]["cookies"] == []
        again.close()
    client.list_namespaces()
    assert "sessionid=SESS456" in recorder.requests[-1]["cookies"]


def test_settings_survive_a_pickle(raw_server: Callable[[bytes | None], RawServer]) -> None:
    proxy = raw_server(b"")
    client = ByteportHttpGetClient(
        NS, KEY, UID, "http://nowhere.invalid", 3, "127.0.0.1", proxy.port, "u", "pr0xy-s3cret", False
    )
    assert "pr0xy-s3cret" not in f"{vars(client)} {client!r}"
    again = pickle.loads(pickle.dumps(client))
    with pytest.raises(ByteportConnectException, match=f"@127.0.0.1:{proxy.port}"):
        again.store()
    assert again._store_by_get is True


def test_names_of_the_modules() -> None:
    assert clients.ByteportHttpPostClient is ByteportHttpClient
    assert (socks.PROXY_TYPE_SOCKS4, socks.PROXY_TYPE_SOCKS5, socks.PROXY_TYPE_HTTP) == (1, 2, 3)
