# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What programs override: every call goes through ``make_request``, everything that is stored through ``store``."""

from __future__ import annotations

import datetime
import io
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byteport.clients import ByteportClientException, ByteportHttpClient, ByteportHttpGetClient
from conftest import KEY, NS, UID, vectors
from recording import Recorder

CASES = {case["name"]: case for case in vectors("wire.json")}
MOMENT = datetime.datetime(2015, 5, 1)


class Watching(ByteportHttpClient):
    """Keeps what goes through it, and lets it go on."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.seen: list[tuple[str, Any]] = []
        super().__init__(*arguments, **options)

    def make_request(self, url: str, post_data: Any = None, body: object = None) -> Any:
        self.seen.append((url, post_data))
        return super().make_request(url, post_data, body)


class Offline(ByteportHttpClient):
    """Answers itself, as a program's tests would."""

    answer: Any = "{}"

    def make_request(self, url: str, post_data: Any = None) -> Any:  # type: ignore[override]
        self.asked = (url, post_data)
        return io.StringIO(self.answer) if isinstance(self.answer, str) else self.answer


class Storing(ByteportHttpClient):
    """Has a ``store`` of its own that sends nothing."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.stored: list[tuple[Any, Any, Any]] = []
        super().__init__(*arguments, **options)

    def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
        self.stored.append((data, device_uid, timestamp))


def every_call(client: ByteportHttpClient, folder: Path) -> list[Callable[[], object]]:
    """Everything that sends, but for the login."""
    path = folder / "field"
    path.write_text("text")
    packet = {"uid": "d", "namespace": "n", "timestamp": "1.5", "data": "f=1;"}
    return [
        lambda: client.store({"x": 1}),
        lambda: client.store({"x": 1}, "other", MOMENT),
        lambda: client.log("hello"),
        lambda: client.store_file("f", path, timestamp=5),
        lambda: client.store_directory(folder, "dirDev"),
        lambda: client.base64_encode_and_store("f", b"x", compression="gzip"),
        lambda: client.base64_encode_and_store_file("f", path, compression="bzip2"),
        lambda: client.base64_encode_and_store_store_file("f", path),
        lambda: client.store_packets([packet], "LEGACY"),
        lambda: client.list_namespaces(),
        lambda: client.query_devices("a b"),
        lambda: client.search_devices("a b", True, 1),
        lambda: client.get_device("n", "d"),
        lambda: client.list_devices("n"),
        lambda: client.get_devices("n", "key"),
        lambda: client.get_device_types("n"),
        lambda: client.get_firmwares("n", 1),
        lambda: client.get_field_definitions("n", 1),
        lambda: client.batch_register_devices("n", "d", 1),
        lambda: client.send_message("n", "d", "å"),
        lambda: client.set_fields("n", "d", {"a.b": 1}),
        lambda: client.load_timeseries_data("n", "d", "f", scale=1),
        lambda: client.load_timeseries_data_range("n", "d", "f", MOMENT, MOMENT),
        lambda: client.echo(test="a b"),
        lambda: client.session(),
        lambda: client.activity("n"),
        lambda: client.load_value("n", "d", "f", 5),
        lambda: client.statistics("n", "d", "f"),
        lambda: client.distance_to_typical("n", "d", "f", MOMENT),
        lambda: client.configure_device("n", "d", alias="å"),
        lambda: client.list_messages("n", "d"),
        lambda: client.logout(),
    ]


@pytest.mark.parametrize("kind", [ByteportHttpClient, ByteportHttpGetClient])
def test_every_call_goes_through_make_request_and_sends_the_same(
    kind: type[ByteportHttpClient], recorder: Recorder, tmp_path: Path
) -> None:
    class Watched(Watching, kind):  # type: ignore[misc,valid-type]
        pass

    sent: list[list[dict[str, Any]]] = []
    for each in (kind, Watched):
        client: Any = each(NS, KEY, UID, recorder.host)
        client.login("admin@example.org", "pass word&=")
        for call in every_call(client, tmp_path):
            call()
        client.list_namespaces()
        sent.append(recorder.requests[:])
        recorder.requests.clear()
    assert sent[1] == sent[0]
    assert sent[0][-1]["cookies"] == []  # after the logout
    assert len(client.seen) == len(sent[1]) - 2  # all but the login's two
    assert all(url.startswith(f"http://{recorder.host}/api/") for url, _ in client.seen)
    posted = [(url, data) for url, data in client.seen if data is not None]
    assert all(isinstance(data, dict) for _, data in posted)
    stores = [data for url, data in posted if "/timeseries/myownspace/" in url]
    assert len(stores) == (9 if kind is ByteportHttpClient else 0)
    assert all(data["_key"] == KEY for data in stores)


def test_what_a_program_answers_is_what_calls_return() -> None:
    client: Any = Offline(NS, KEY, UID)  # the heartbeat too sends nothing
    origin = "https://api.byteport.se"
    assert client.asked == (f"{origin}/api/v1/timeseries/{NS}/{UID}/", {"_key": KEY})
    client.answer = '[{"name": "å"}]'
    assert client.list_namespaces() == [{"name": "å"}]
    assert client.asked == (f"{origin}/api/v1/namespace/", None)
    client.answer = io.BytesIO(b"Bye")
    assert client.logout() == "Bye"
    client.answer = None  # as an override that returns nothing
    client.store({"x": 1})
    client.answer = json.dumps({"data": {"ts_data": [{"t": "1970-01-01T00:00:01", "v": 5}]}})
    times, values = client.load_series("n", "d", "f")
    assert (times.astype("int64").tolist(), values.tolist()) == ([1_000_000], [5.0])
    client.answer = "<html>"
    with pytest.raises(ByteportClientException, match="is not the JSON") as caught:
        client.list_namespaces()
    assert caught.value.code == 21


def test_bad_data_does_not_reach_make_request() -> None:
    client = Offline(NS, KEY, UID, initial_heartbeat=False)
    for data in ({"a b": 1}, {"x": float("nan")}, {"x": "\ud800"}, [("x", 1)]):
        with pytest.raises(ByteportClientException):
            client.store(data)  # type: ignore[arg-type]
    assert not hasattr(client, "asked")


def test_what_make_request_raises_comes_out(recorder: Recorder) -> None:
    class Failing(ByteportHttpClient):
        def make_request(self, *arguments: Any, **options: Any) -> Any:
            raise ZeroDivisionError

    client = Failing(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    client.login("me", "pw")
    for call in (client.store, client.list_namespaces, client.logout):
        with pytest.raises(ZeroDivisionError):
            call()
    ByteportHttpClient.make_request(client, "/x/")
    assert recorder.requests[-1]["cookies"] == []  # the logout forgot the session all the same


def test_one_client_may_have_a_method_of_its_own(client: ByteportHttpClient, recorder: Recorder) -> None:
    own: list[Any] = []
    client.make_request = lambda url, post_data=None: own.append(url)  # type: ignore[method-assign,assignment,misc]
    client.store({"x": 1})
    assert own == [f"http://{recorder.host}/api/v1/timeseries/{NS}/{UID}/"]
    del client.make_request
    client.store = lambda *data, **more: own.append(data)  # type: ignore[method-assign]
    client.log("hello")
    assert own[1:] == [({"info": "hello"}, None)]
    assert recorder.requests == []


def test_the_class_may_be_patched(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    own: list[Any] = []
    monkeypatch.setattr(ByteportHttpClient, "make_request", lambda self, url, post_data=None: own.append(url))
    ByteportHttpClient(NS, KEY, UID, recorder.host)
    assert (len(own), recorder.requests) == (1, [])


def test_everything_stored_goes_through_store(tmp_path: Path) -> None:
    client = Storing(NS, KEY, UID, "nowhere.invalid")
    assert client.stored.pop() == (None, None, None)
    path = tmp_path / "field"
    path.write_text("text ö")
    client.log("hello", "warn", "dev2")
    client.store_file("f", path, "dev2", 5)
    client.store_directory(tmp_path, "dirDev", MOMENT)
    client.base64_encode_and_store("f", b"hello world", timestamp=5)
    client.base64_encode_and_store_file("f", path, "dev2")
    assert client.stored == [
        ({"warn": "hello"}, "dev2", None),
        ({"f": "text ö"}, "dev2", 5),
        ({"field": "text ö"}, "dirDev", MOMENT),
        ({"f": "aGVsbG8gd29ybGQ="}, None, 5),
        ({"f": "dGV4dCDDtg=="}, "dev2", None),
    ]
    with pytest.raises(ByteportClientException, match="missing"):
        client.store_file("f", tmp_path / "missing")


class Shaped(ByteportHttpClient):
    """Named as in older programs, and without a timestamp."""

    def store(self, d: Any, uid: Any) -> None:  # type: ignore[override]
        self.stored = [*getattr(self, "stored", []), (d, uid)]


def test_a_store_of_an_older_shape(tmp_path: Path) -> None:
    client = Shaped(NS, KEY, UID, "nowhere.invalid", initial_heartbeat=False)
    path = tmp_path / "field"
    path.write_text("text")
    client.log("hello")
    client.store_file("f", path)
    client.store_directory(tmp_path, "dirDev")
    client.base64_encode_and_store("f", b"hello world")
    client.base64_encode_and_store_file("f", path, "dev2")
    assert client.stored == [
        ({"info": "hello"}, None),
        ({"f": "text"}, None),
        ({"field": "text"}, "dirDev"),
        ({"f": "aGVsbG8gd29ybGQ="}, None),
        ({"f": "dGV4dA=="}, "dev2"),
    ]
    with pytest.raises(TypeError):  # it has no place for one
        client.store_file("f", path, timestamp=5)


@pytest.mark.parametrize("ends", [True, False])
def test_a_polled_folder_and_a_store_of_an_older_shape(ends: bool, tmp_path: Path) -> None:
    class Once(ByteportHttpClient):
        def store(self, d: Any, *rest: Any, **named: Any) -> None:  # type: ignore[override]
            self.stored = d, *rest, named
            raise KeyboardInterrupt

    (tmp_path / "field").write_text("1")
    client = Once()
    with pytest.raises(KeyboardInterrupt):
        client.poll_directory_and_store_upon_content_change(tmp_path, "dirDev", 7 if ends else None)
    assert client.stored == ({"field": "1"}, "dirDev", *([7] if ends else []), {})


class Reads:
    """What a ``make_request`` may return, with any answer in it."""

    def __init__(self, body: object) -> None:
        self.body = body

    def read(self) -> object:
        return self.body


def test_what_read_may_give() -> None:
    client: Any = Offline(NS, KEY, UID, initial_heartbeat=False)
    for body in (b"[5]", bytearray(b"[5]"), "[5]"):
        client.answer = Reads(body)
        assert client.list_namespaces() == [5]
    bad: list[Any] = [None, 5, 10**15, [1, 2], object(), memoryview(b"[5]")]
    for body in bad:
        client.answer = Reads(body)
        for call in (client.list_namespaces, client.store):
            with pytest.raises(ByteportClientException, match=f"gave {type(body).__name__}, not") as caught:
                call()
            assert (caught.value.code, caught.value.phase) == (21, "decode")
    client.answer = Reads("\ud800")
    with pytest.raises(ByteportClientException, match="is not the JSON"):
        client.list_namespaces()


def test_a_store_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    client = Storing()
    (tmp_path / "field").write_text("1")
    client.store_directory(tmp_path, None)
    assert client.stored == [({"field": "1"}, None, None)]


def test_a_polled_folder_goes_through_store(tmp_path: Path) -> None:
    class Ends(Storing):
        def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
            super().store(data, device_uid, timestamp)
            if len(self.stored) == 1:
                raise ZeroDivisionError("not yet")  # logged, and tried again
            raise KeyboardInterrupt

    (tmp_path / "field").write_text("1")
    client = Ends()
    with pytest.raises(KeyboardInterrupt):
        client.poll_directory_and_store_upon_content_change(str(tmp_path), "dirDev", 7, 0.1)
    assert client.stored == [({"field": "1"}, "dirDev", 7)] * 2


def test_both_overridden(recorder: Recorder, tmp_path: Path) -> None:
    class Both(Watching):
        def store(self, data: Any = None, device_uid: Any = None, timestamp: Any = None) -> None:
            super().store({"tag": 1, **(data or {})}, device_uid, timestamp)

    client = Both(NS, KEY, UID, recorder.host)
    (tmp_path / "field").write_text("1")
    client.store_directory(tmp_path, None)
    url = f"http://{recorder.host}/api/v1/timeseries/{NS}/{UID}/"
    assert client.seen == [
        (url, {"_key": KEY, "tag": "1"}),
        (url, {"_key": KEY, "tag": "1", "field": "1"}),
    ]
    assert len(recorder.requests) == 2


def test_every_address_may_be_set(recorder: Recorder) -> None:
    names = [
        name
        for name in dir(ByteportHttpClient)
        if isinstance(getattr(ByteportHttpClient, name), str) and getattr(ByteportHttpClient, name)[:1] == "/"
    ]
    moved = {name: f"/moved{getattr(ByteportHttpClient, name)}" for name in names}
    kind = type("Moved", (ByteportHttpClient,), {**moved, "LOGIN_PATH": ByteportHttpClient.LOGIN_PATH})
    assert len(names) == 16
    client = kind(NS, KEY, UID, recorder.host)
    client.login("me", "pw")
    packet = {"uid": "d", "namespace": "n", "timestamp": "1.5", "data": "f=1;"}
    calls: list[Callable[[], object]] = [
        client.list_namespaces,
        lambda: client.query_devices("x"),
        lambda: client.get_device("n", "d"),
        lambda: client.get_device_types("n"),
        lambda: client.get_firmwares("n", 1),
        lambda: client.get_field_definitions("n", 1),
        lambda: client.batch_register_devices("n", "d", 1),
        lambda: client.send_message("n", "d", "x"),
        lambda: client.set_fields("n", "d", {}),
        lambda: client.load_timeseries_data("n", "d", "f"),
        lambda: client.store_packets([packet], "LEGACY"),
        client.logout,
    ]
    for call in calls:
        call()
    paths = [request["path"] for request in recorder.requests]
    assert [path for path in paths if not path.startswith("/moved/api/")] == ["/api/v1/login/"] * 2


def test_the_store_url_is_for_programs_that_read_it(recorder: Recorder) -> None:
    class Own(ByteportHttpClient):
        DEFAULT_BYTEPORT_API_STORE_URL = "https://elsewhere.invalid/"

    url = ByteportHttpClient.DEFAULT_BYTEPORT_API_STORE_URL
    assert url == "https://api.byteport.se/api/v1/timeseries/"
    assert ByteportHttpClient(NS, KEY).store_base_url == f"{url}{NS}"
    client = Own(NS, KEY, UID, recorder.host)
    assert client.store_base_url == f"http://{recorder.host}/api/v1/timeseries/{NS}"
    assert recorder.requests[0]["path"] == f"/api/v1/timeseries/{NS}/{UID}/"


def test_subclasses_work_from_many_threads(recorder: Recorder) -> None:
    client = Watching(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    threads = [threading.Thread(target=client.store, args=({"x": n},)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(client.seen) == len(recorder.requests) == 8
