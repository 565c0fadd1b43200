# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The constructor, its attributes, and what subclasses set."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest

from byteport import clients, socks
from byteport.clients import ByteportClientException, ByteportConnectException, ByteportHttpClient
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
    assert ByteportHttpClient.DEFAULT_BYTEPORT_API_STORE_URL == "https://api.byteport.se/api/v1/timeseries/"
    with pytest.raises(ByteportClientException, match="'ftp'"):
        url(Wrong)


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


def test_names_of_the_modules() -> None:
    assert clients.ByteportHttpPostClient is ByteportHttpClient
    assert (socks.PROXY_TYPE_SOCKS4, socks.PROXY_TYPE_SOCKS5, socks.PROXY_TYPE_HTTP) == (1, 2, 3)
