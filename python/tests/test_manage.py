# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The calls that read and manage with a login, beyond those of wire.json; series as arrays; requests of a program's own."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy
import pytest

from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportHttpClient,
)
from byteport.scientific import ByteportPandas
from conftest import KEY, NS, UID
from recording import Answer, Recorder

TOKEN = ["csrfmiddlewaretoken", "CSRF123"]
COOKIES = ["csrftoken=CSRF123", "sessionid=SESS456"]

GETS: list[tuple[Callable[[ByteportHttpClient], object], str, list[list[str]]]] = [
    (
        lambda c: c.search_devices("te st*", True, 3),
        "search_devices/",
        [["full", "True"], ["limit", "3"], ["term", "te st*"]],
    ),
    (
        lambda c: c.query_devices("x"),
        "search_devices/",
        [["full", "False"], ["limit", "20"], ["term", "x"]],
    ),
    (lambda c: c.get_device("test", 6000), "namespace/test/device/", [["depth", "1"], ["uid", "6000"]]),
    (
        lambda c: c.get_device("test", "a*", depth=3),
        "namespace/test/device/",
        [["depth", "3"], ["uid", "a*"]],
    ),
    (lambda c: c.list_namespaces(key="test"), "namespace/", [["key", "test"]]),
    (lambda c: c.list_devices("test", 3), "namespace/test/device/", [["depth", "3"]]),
    (lambda c: c.get_devices("test", depth=2), "namespace/test/device/", [["depth", "2"]]),
    (lambda c: c.get_device_types("test"), "namespace/test/device_type/", []),
    (lambda c: c.get_device_types("test", depth=0), "namespace/test/device_type/", [["depth", "0"]]),
    (lambda c: c.get_firmwares("test", 1), "namespace/test/device_type/1/firmware/", []),
    (lambda c: c.get_firmwares("test", "1", "9"), "namespace/test/device_type/1/firmware/", [["_key", "9"]]),
    (
        lambda c: c.get_field_definitions("test", 2),
        "namespace/test/device_type/2/field_definition/",
        [],
    ),
]


@pytest.mark.parametrize(("call", "path", "query"), GETS)
def test_what_is_asked(
    call: Callable[[ByteportHttpClient], object],
    path: str,
    query: list[list[str]],
    session: ByteportHttpClient,
    recorder: Recorder,
) -> None:
    recorder.always(Answer(body=b'{"data": [1, "2"]}'))
    assert call(session) == {"data": [1, "2"]}
    assert recorder.requests[2:] == [
        {"method": "GET", "path": f"/api/v1/{path}", "query": query, "form": None, "cookies": COOKIES}
    ]


POSTS: list[tuple[Callable[[ByteportHttpClient], object], str, list[list[str]]]] = [
    (
        lambda c: c.batch_register_devices("test", "a10-12", "1", True, True, 6, True, "s 1"),
        "namespace/register_device/test/",
        [
            ["active", "True"],
            ["batch_register", "True"],
            TOKEN,
            ["device_type_id", "1"],
            ["device_uid", "a10-12"],
            ["force", "True"],
            ["reg_code_length", "6"],
            ["serial", "s 1"],
        ],
    ),
    (
        lambda c: c.batch_register_devices("test", ["a", 5], 1),
        "namespace/register_device/test/",
        [
            ["active", "False"],
            ["batch_register", "False"],
            TOKEN,
            ["device_type_id", "1"],
            ["device_uid", "a,5"],
            ["force", "False"],
        ],
    ),
    (
        lambda c: c.send_message("test", 6000, "hi", format="text"),
        "message/test/6000/",
        [TOKEN, ["format", "text"], ["message", "hi"]],
    ),
    (
        lambda c: c.set_fields("test", 6000, {"Rubico app prop.Re boot": 1, "on": True}),
        "device_control/set_fields/test/6000/",
        [["Rubico app prop.Re boot", "1"], TOKEN, ["on", "True"]],
    ),
    (lambda c: c.set_fields("test", "d", {}), "device_control/set_fields/test/d/", [TOKEN]),
]


@pytest.mark.parametrize(("call", "path", "form"), POSTS)
def test_what_is_posted(
    call: Callable[[ByteportHttpClient], object],
    path: str,
    form: list[list[str]],
    session: ByteportHttpClient,
    recorder: Recorder,
) -> None:
    recorder.always(Answer(body=b'{"id": "7"}'))
    assert call(session) == {"id": "7"}
    assert recorder.requests[2:] == [
        {"method": "POST", "path": f"/api/v1/{path}", "query": [], "form": form, "cookies": COOKIES}
    ]


NAMED: list[Callable[..., object]] = [
    ByteportHttpClient.get_device,
    partial(ByteportHttpClient.batch_register_devices, device_type_id=1),
    partial(ByteportHttpClient.send_message, message="x"),
    partial(ByteportHttpClient.set_fields, set_fields={"a": 1}),
]


NAMESPACED: list[Callable[..., object]] = [ByteportHttpClient.list_devices, ByteportHttpClient.get_devices]


def test_names_that_are_none(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    calls: list[Callable[[], object]] = [
        *(partial(call, session, bad, "uid") for call in NAMED for bad in ("a/b", "", None, "\ud800")),
        *(partial(call, session, "ns", bad) for call in NAMED[2:] for bad in ("a/b", "", "x?y", None)),
        *(partial(call, session, bad) for call in NAMESPACED for bad in ("..", 1.5)),
        partial(session.get_device_types, "a b"),
        partial(session.get_firmwares, "a b", 1),
        partial(session.get_field_definitions, "a b", 1),
    ]
    for call in calls:
        with pytest.raises(ByteportClientInvalidFieldNameException, match=r"invalid (namespace|device UID)"):
            call()
    ids: list[Any] = ["1/2", "", "..", None, " 1", 10**100, -1, [], Hostile()]
    for bad in ids:
        for by_type in (session.get_firmwares, session.get_field_definitions):
            with pytest.raises(ByteportClientException, match="device_type_id") as caught:
                by_type("ns", bad)
            assert caught.value.code == 1
            for without_text in (10**5000, HostileInt(5)):
                with pytest.raises(ByteportClientException, match="device_type_id"):
                    by_type("ns", without_text)
    assert len(recorder.requests) == before


class Hostile:
    """Has no text."""

    def __repr__(self) -> str:
        raise RuntimeError("hostile")


class HostileInt(int):
    """A number without text."""

    __str__ = __repr__ = Hostile.__repr__


def test_parameters_that_cannot_be_sent(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    calls: list[Callable[[], object]] = [
        lambda: session.query_devices("\ud800"),
        lambda: session.query_devices("a\0b"),
        lambda: session.query_devices(b"\xff"),  # type: ignore[arg-type]
        lambda: session.get_devices("ns", "\ud800"),
        lambda: session.set_fields("ns", "d", [("a", 1)]),  # type: ignore[arg-type]
        lambda: session.set_fields("ns", "d", {"a": float("nan")}),
        lambda: session.set_fields("ns", "d", {"a": "\ud800"}),
        lambda: session.send_message("ns", "d", b"\xff"),
        lambda: session.batch_register_devices("ns", ["\ud800"], 1),
        lambda: session.batch_register_devices("ns", None, 1),  # type: ignore[arg-type]
        lambda: session.batch_register_devices("ns", 1.5, 1),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ByteportClientInvalidDataTypeException) as caught:
            call()
        assert (caught.value.code, caught.value.phase) == (4, "check")
    for name in ("\ud800", 5):
        with pytest.raises(ByteportClientException) as refused:
            session.set_fields("ns", "d", {name: 1})  # type: ignore[dict-item]
        assert refused.value.phase == "check"
    assert len(recorder.requests) == before


def series(*points: tuple[str, object]) -> Answer:
    data = {"meta": {"path": "n.d.f"}, "data": {"ts_data": [{"t": t, "v": v} for t, v in points]}}
    return Answer(body=json.dumps(data).encode())


def test_a_series_as_arrays(session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(series(("2015-05-01T00:00:00.012345", 1), ("1969-12-31T23:59:59.999999", -2.5)))
    start = datetime.datetime(2015, 5, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
    times, values = session.load_series("ns", 6000, "f", start)
    assert recorder.requests[-1]["path"] == "/api/v1/timeseries/ns/6000/f/"
    assert recorder.requests[-1]["query"] == [["from", "2015-04-30T22:00:00.000000"]]
    assert (times.dtype, values.dtype) == (numpy.dtype("datetime64[us]"), numpy.dtype("float64"))
    assert times.astype("int64").tolist() == [1430438400012345, -1]
    assert values.tolist() == [1.0, -2.5]
    values += 1
    times[0] = times[1]  # both are the caller's to change
    assert values.tolist() == [2.0, -1.5]


def test_a_series_without_a_point(session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(series())
    end = datetime.datetime(2015, 5, 1)
    times, values = session.load_series("ns", "d", "f", to_time=end, scale=2.5, operation="diff")
    assert (len(times), len(values), times.dtype.name) == (0, 0, "datetime64[us]")
    asked = [["operation", "diff"], ["scale", "2.5"], ["to", "2015-05-01T00:00:00.000000"]]
    assert recorder.requests[-1]["query"] == asked


def test_what_is_no_number_is_left_out_and_counted(session: ByteportHttpClient, recorder: Recorder) -> None:
    moment = "2015-05-01T00:00:0"
    points: list[object] = [1.5, "on", " 2.5e1 ", None, "nan", True, "", "3"]
    recorder.always(series(*((f"{moment}{count}", value) for count, value in enumerate(points))))
    with pytest.warns(UserWarning, match="5 of 8 values are no numbers") as told:
        times, values = session.load_series("ns", "d", "f")
    assert [str(warning.filename) for warning in told] == [__file__]
    assert values.tolist() == [1.5, 25.0, 3.0]
    assert [str(time)[-1] for time in times.astype("datetime64[s]")] == ["0", "2", "7"]


def test_the_warning_names_the_line_that_called(recorder: Recorder) -> None:
    class Own(ByteportHttpClient):
        def make_request(self, url: str, post_data: Any = None, body: object = None) -> Any:
            return super().make_request(url, post_data, body)

    recorder.always(series(("2015-05-01T00:00:00", "on")))
    for kind in (ByteportHttpClient, Own):
        analyser = ByteportPandas.__new__(ByteportPandas)
        analyser.client = kind(byteport_api_hostname=recorder.host)
        day = datetime.datetime(2015, 5, 1)
        calls = (
            partial(analyser.client.load_series, "ns", "d", "f"),
            partial(analyser.load_to_series, "ns", "d", "f", day, day),
        )
        for call in calls:
            with pytest.warns(UserWarning, match="1 of 1") as told:
                call()
            assert [warning.filename for warning in told] == [__file__]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'{"data": {}}', b'{"data": {"ts_data": [{"t": 5, "v": 1}]}}']
)
def test_what_is_no_series(body: bytes, session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(Answer(body=body))
    with pytest.raises(ByteportClientException, match="is not the JSON that it should be") as caught:
        session.load_series("ns", "d", "f")
    assert (caught.value.code, caught.value.phase) == (21, "decode")


def test_a_series_without_numpy(recorder: Recorder) -> None:
    program = """
import sys
sys.modules["numpy"] = None
from byteport.clients import ByteportHttpClient
try:
    ByteportHttpClient(byteport_api_hostname=sys.argv[1]).load_series("ns", "d", "f")
except ImportError as error:
    print(error)
"""
    command = [sys.executable, "-I", "-c", program, recorder.host]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == "load_series needs numpy: pip install byteport[numpy]\n"
    assert recorder.requests == []


GOOD_PACKET = {"uid": "d", "namespace": "n", "timestamp": "1.5", "data": "f=1;"}
PACKETS: list[tuple[Any, bool, type[ByteportClientException], int]] = [
    ({"uid": "d"}, True, ByteportClientException, 5),
    ([5], True, ByteportClientException, 5),
    ([{**GOOD_PACKET, "data": "f"}], True, ByteportClientException, 5),
    ([{**GOOD_PACKET, "timestamp": "now"}], True, ByteportClientException, 5),
    ([GOOD_PACKET, {**GOOD_PACKET, "uid": "a b"}], True, ByteportClientException, 5),
    ([{**GOOD_PACKET, "data": "a b=1;"}], True, ByteportClientException, 5),
    ([{**GOOD_PACKET, "uid": {1}}], True, ByteportClientInvalidDataTypeException, 4),
    ([float("nan")], True, ByteportClientInvalidDataTypeException, 4),
    ([{**GOOD_PACKET, "data": "f=\ud800;"}], True, ByteportClientException, 5),
    (None, True, ByteportClientException, 5),
    ("no json", False, ByteportClientException, 5),
    ([GOOD_PACKET], False, ByteportClientException, 1),
    ("[\ud800]", False, ByteportClientException, 1),
]


@pytest.mark.parametrize(("packets", "encode", "kind", "code"), PACKETS, ids=range(len(PACKETS)))
def test_packets_that_are_none(
    packets: Any,
    encode: bool,
    kind: type[ByteportClientException],
    code: int,
    client: ByteportHttpClient,
    recorder: Recorder,
) -> None:
    with pytest.raises(kind) as caught:
        client.store_packets(packets, "LEGACY", encode)
    assert caught.value.code == code
    assert caught.value.phase == "check"
    with pytest.raises(ByteportClientException, match="legacy_key must be str"):
        client.store_packets([GOOD_PACKET], None)  # type: ignore[arg-type]
    assert recorder.requests == []


def test_packets_without_a_key_of_ones_own(recorder: Recorder) -> None:
    client = ByteportHttpClient(byteport_api_hostname=recorder.host)
    text = json.dumps([GOOD_PACKET], indent=1)
    client.store_packets(text, "LEGACY", json_encode=False)
    client.store_packets((GOOD_PACKET,), "LEGACY")
    texts = [dict(request["form"])["packets"] for request in recorder.requests]
    assert texts == [text, json.dumps([GOOD_PACKET])]


def test_a_request_of_ones_own(session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(
        Answer(201, "smörgås".encode(), (("Content-Type", "text/plain"), ("X-Two", "a"), ("X-Two", "b")))
    )
    with session.make_request(f"http://{recorder.host}/api/v1/echo/?test=hello&b=%C3%A5#part") as response:
        assert (response.status, response.code, response.getcode()) == (201, 201, 201)
        assert (response.read(2), response.read(), response.read()) == (b"sm", "örgås".encode(), b"")
        assert response.headers["content-type"] == response.headers["Content-Type"] == "text/plain"
        assert response.headers.get_all("x-two") == ["a", "b"]
        assert response.headers["nothing"] is None
    with pytest.raises(ValueError, match="closed"):
        response.read()
    assert recorder.requests[-1] == {
        "method": "GET",
        "path": "/api/v1/echo/",
        "query": [["b", "å"], ["test", "hello"]],
        "form": None,
        "cookies": COOKIES,
    }


POST_DATA: list[Any] = [
    {"a": 1, "b b": "å&="},
    [("a", 1), ("b b", "å&=")],
    "a=1&b+b=%C3%A5%26%3D",
    b"a=1&b+b=%C3%A5%26%3D",
    (pair for pair in [("a", "1"), ("b b", b"\xc3\xa5&=")]),
]


@pytest.mark.parametrize("data", POST_DATA, ids=lambda data: type(data).__name__)
def test_a_form_of_ones_own(data: Any, session: ByteportHttpClient, recorder: Recorder) -> None:
    session.make_request("/b/?q=1", data)
    assert recorder.requests[-1] == {
        "method": "POST",
        "path": "/b/",
        "query": [["q", "1"]],
        "form": [["a", "1"], ["b b", "å&="], TOKEN],
        "cookies": COOKIES,
    }
    nothing: list[Any] = [{}, "", b"", []]
    for empty in nothing:
        session.make_request("/b/", empty)
        assert (recorder.requests[-1]["method"], recorder.requests[-1]["form"]) == ("POST", [TOKEN])
    session.make_request("/b/", {"csrfmiddlewaretoken": "mine"})
    assert recorder.requests[-1]["form"] == [["csrfmiddlewaretoken", "mine"]]


@pytest.mark.parametrize("body", [{"a": [1, "å", None]}, [], "text", 5, False])
def test_a_body_of_ones_own(body: Any, session: ByteportHttpClient, recorder: Recorder) -> None:
    session.make_request("/b/", body=body)
    request = recorder.requests[-1]
    assert (request["method"], request["path"], request["json"]) == ("POST", "/b/", body)
    assert request["cookies"] == COOKIES


def test_what_stores_by_a_request_of_ones_own_has_no_session(
    session: ByteportHttpClient, recorder: Recorder
) -> None:
    """Its token would be stored as a field."""
    session.make_request(f"/api/v1/timeseries/{NS}/{UID}/", {"_key": KEY, "x": 1})
    session.make_request(f"/api/v1/timeseries/{NS}/{UID}/?_key={KEY}&x=1")
    stored = [["_key", KEY], ["x", "1"]]
    assert [request["form"] or request["query"] for request in recorder.requests[2:]] == [stored, stored]
    assert [request["cookies"] for request in recorder.requests[2:]] == [[], []]


def test_odd_addresses_on_the_own_host(session: ByteportHttpClient, recorder: Recorder) -> None:
    port = recorder.host.split(":")[1]
    addresses = {
        f"http://{recorder.host}": ("/", []),
        f"http://{recorder.host}?a=b": ("/", [["a", "b"]]),
        f"HTTP://127.0.0.1:{port}/B/": ("/B/", []),
        # How programs write it, with the protocol of the class, which for a loopback host is not what is spoken.
        f"{session.DEFAULT_BYTEPORT_API_PROTOCOL}://{session.byteport_api_hostname}/c/": ("/c/", []),
        "/sökväg/a b?q=å b": ("/s%C3%B6kv%C3%A4g/a%20b", [["q", "å b"]]),
        "/a%20b?q=%25": ("/a%20b", [["q", "%"]]),
    }
    for address, (path, query) in addresses.items():
        session.make_request(address)
        assert (recorder.requests[-1]["path"], recorder.requests[-1]["query"]) == (path, query)


def test_other_hosts_are_refused(
    session: ByteportHttpClient, recorder: Recorder, other_host: Recorder
) -> None:
    before = len(recorder.requests)
    port = recorder.host.split(":")[1]
    addresses: list[Any] = [
        f"http://{other_host.host}/",
        f"//{other_host.host}/",
        f"http://localhost:{port}/",
        f"http://127.0.0.1:{port}.example.org/",
        f"http://127.0.0.1:{port}@{other_host.host}/",
        f"http://{other_host.host}\\@{recorder.host}/",
        f"http://me@{recorder.host}/",
        "http://127.0.0.1/",
        f"ftp://{recorder.host}/",
        "http://[::1/",
        "http://127.0.0.1:port/",
        "api/v1/echo/",
        "",
        "/\ud800",
        None,
        5,
        b"/",
    ]
    for address in addresses:
        with pytest.raises(ByteportClientException, match="URL") as caught:
            session.make_request(address)
        assert (caught.value.code, caught.value.phase) == (1, "check")
    assert (len(recorder.requests), other_host.raw) == (before, [])


def test_bad_bodies(session: ByteportHttpClient, recorder: Recorder) -> None:
    before = len(recorder.requests)
    loop: list[Any] = []
    loop.append(loop)
    bad: list[dict[str, Any]] = [
        *(
            {"post_data": data}
            for data in (5, [1], ["ab", "abc"], "a=%FF", b"\xff", {"a": "\ud800"}, {"a": b"\xff"})
        ),
        *({"body": body} for body in ({1, 2}, float("nan"), b"bytes", object(), loop)),
    ]
    for arguments in bad:
        with pytest.raises(ByteportClientInvalidDataTypeException) as caught:
            session.make_request("/b/", **arguments)
        assert (caught.value.code, caught.value.phase) == (4, "check")
    with pytest.raises(ByteportClientException, match="post_data and body"):
        session.make_request("/b/", {"a": 1}, {"b": 2})
    assert len(recorder.requests) == before


def test_a_request_that_is_refused(session: ByteportHttpClient, recorder: Recorder) -> None:
    recorder.always(Answer(404))
    for arguments in ({}, {"post_data": {"a": 1}}, {"body": [1]}):
        with pytest.raises(ByteportClientDeviceNotFoundException) as caught:
            session.make_request("/b/?secret=1", **arguments)
        assert caught.value.status == 404
        assert "secret" not in str(caught.value)
