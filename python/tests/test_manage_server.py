# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every call that manages, on the real server: those of the blocking client, and the same ones awaited."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import hashlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from byteport import aio
from byteport.clients import (
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportHttpClient,
)
from conftest import serving

NS, OTHER = "my_garage", "their_garage"
KEY, CHILD_KEY = "s33d-write-key", "ch1ld-access-key"
ME, PASSWORD = "admin@example.org", "pass word&="
START = datetime.datetime(2015, 5, 1, 12, 0, 0, 12345)
HOUR = datetime.timedelta(hours=1)
IMAGE = bytes(range(251)) * 4000
SEED: dict[str, Any] = {
    "users": [{"name": ME, "password": PASSWORD, "namespaces": [NS]}],
    "namespaces": [
        {
            "name": NS,
            "write_key": KEY,
            "http_write_method": "both",
            "device_types": [
                {
                    "name": "thermometer",
                    "timeout_limit": 3600,
                    "field_definitions": [
                        {"name": "temperature", "data_type": "number", "unit": "degree", "unit_symbol": "°C"},
                        {"name": "state", "data_type": "text"},
                    ],
                    "firmware": [
                        {"version": "1.0", "file": "fw-1.0.bin"},
                        {"version": "1.1", "file": "fw-1.1.bin", "comment": "newer"},
                        {"version": "2.0", "file": "fw-2.0.bin", "enabled": False},
                    ],
                },
                {"name": "gateway", "accepts_children": True},
            ],
            "devices": [
                {"uid": "gate-1", "device_type": "gateway", "alias": "In the hall"},
                {"uid": "child-1", "device_type": "thermometer", "parent": "gate-1", "access_key": CHILD_KEY},
                {"uid": "bare-1"},
            ],
        },
        {"name": OTHER, "write_key": "their-key", "devices": [{"uid": "theirs"}]},
    ],
}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("manage")
    for number, version in enumerate(("1.0", "1.1", "2.0")):
        (folder / f"fw-{version}.bin").write_bytes(IMAGE[number:])
    with serving(folder, SEED) as host:
        yield host


class Caller:
    """The calls of one of the two clients, each taken to its end."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name  #: told from the other one's in what they store
        self.loop = asyncio.new_event_loop() if isinstance(client, aio.ByteportHttpClient) else None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.client, name)
        if self.loop is None:
            return partial(_listed, method) if name.startswith("iter_") else method
        return partial(self._awaited, method)

    def _awaited(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        assert self.loop is not None
        called = method(*args, **options)
        return self.loop.run_until_complete(_collected(called) if hasattr(called, "__anext__") else called)

    def end(self) -> None:
        self.close()
        if self.loop is not None:
            self.loop.close()


def _listed(method: Callable[..., Iterator[Any]], *args: Any, **options: Any) -> list[Any]:
    return list(method(*args, **options))


async def _collected(items: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in items]


@contextlib.contextmanager
def calling(kind: type[Any], host: str) -> Iterator[Caller]:
    name = "aio" if kind is aio.ByteportHttpClient else "sync"
    caller = Caller(kind(NS, KEY, f"dev_{name}", host, initial_heartbeat=False), name)
    try:
        caller.login(ME, PASSWORD)
        yield caller
    finally:
        caller.end()


@pytest.fixture(scope="module", params=[ByteportHttpClient, aio.ByteportHttpClient], ids=["sync", "aio"])
def client(request: pytest.FixtureRequest, host: str) -> Iterator[Caller]:
    with calling(request.param, host) as caller:
        yield caller


def uids(devices: list[dict[str, Any]]) -> list[str]:
    return [device["uid"] for device in devices]


def test_the_service_and_the_session(client: Caller, host: str) -> None:
    assert client.echo(test="hallå", n=5) == {"test": "hallå", "n": "5"}
    assert client.session() == {"logged_in": "True", "user": ME}
    with ByteportHttpClient(byteport_api_hostname=host) as nobody:
        assert nobody.echo() == {}
        assert nobody.session() == {"logged_in": "False", "user": "None"}


def test_namespaces(client: Caller) -> None:
    (namespace,) = client.list_namespaces()
    assert client.list_namespaces(key=NS) == [namespace]
    assert (namespace["name"], namespace["http_write_method"], namespace["write_by_key"]) == (
        NS,
        "both",
        "True",
    )


@pytest.mark.parametrize("namespace", [OTHER, "no_such_namespace"])
def test_what_others_have_is_forbidden(namespace: str, client: Caller, tmp_path: Path) -> None:
    """Just as what is not there."""
    calls: list[Callable[[], object]] = [
        lambda: client.activity(namespace),
        lambda: client.list_devices(namespace),
        lambda: client.get_device(namespace, "theirs"),
        lambda: client.get_device_types(namespace),
        lambda: client.get_firmwares(namespace, 1),
        lambda: client.get_field_definitions(namespace, 1),
        lambda: client.batch_register_devices(namespace, "new", 1),
        lambda: client.configure_device(namespace, "theirs", alias="mine"),
        lambda: client.send_message(namespace, "theirs", "hello"),
        lambda: client.list_messages(namespace, "theirs"),
        lambda: client.set_fields(namespace, "theirs", {"a": 1}),
        lambda: client.load_timeseries_data(namespace, "theirs", "f"),
        lambda: client.load_value(namespace, "theirs", "f", 1),
        lambda: client.download_value(namespace, "theirs", "f", 1, tmp_path / "object"),
        lambda: client.statistics(namespace, "theirs", "f"),
        lambda: client.distance_to_typical(namespace, "theirs", "f"),
        lambda: client.fetch_firmware(namespace, "theirs", tmp_path),
        lambda: client.iter_timeseries_data(namespace, "theirs", "f", START),
    ]
    for call in calls:
        with pytest.raises(ByteportClientForbiddenException):
            call()
    assert os.listdir(tmp_path) == []


def test_devices_by_depth(client: Caller) -> None:
    listed = client.list_devices(NS)
    assert {"gate-1", "child-1", "bare-1"} <= {*uids(listed)}
    assert {"uid": "bare-1"} in listed
    for depth in (1, 2, 3):
        (gate,) = [device for device in client.list_devices(NS, depth) if device["uid"] == "gate-1"]
        assert (gate["alias"], gate["namespace"]) == ("In the hall", NS)
        if depth == 1:
            assert gate["device_type"].isdigit()
            assert "children" not in gate
            continue
        assert (gate["device_type"]["name"], gate["device_type"]["accepts_children"]) == ("gateway", "True")
        (child,) = gate["children"]
        assert (child["uid"], isinstance(child["device_type"], dict)) == ("child-1", depth == 3)


def test_one_device(client: Caller) -> None:
    (device,) = client.get_device(NS, "child-1")
    assert (device["uid"], device["parent"], device["access_key"]) == ("child-1", "gate-1", CHILD_KEY)
    assert client.get_devices(NS, "child-1") == [device]
    assert "child-1" in uids(client.get_device(NS, "chi*"))
    assert client.get_device(NS, "nobody") == []
    assert {"gate-1", "child-1", "bare-1"} <= {*uids(client.get_devices(NS))}
    (deep,) = client.get_device(NS, "child-1", depth=2)
    assert deep["device_type"]["name"] == "thermometer"
    assert client.get_devices(NS, "child-1", depth=0) == [{"uid": "child-1"}]


def test_a_search(client: Caller) -> None:
    found = client.query_devices("child")
    assert found == {"meta": {"term": "child"}, "data": [f"{NS}.child-1"]}
    assert client.search_devices(f"{NS}.gate-1.", False, 5)["data"] == [f"{NS}.gate-1"]
    assert client.query_devices(f"{NS}.gate.")["data"] == []
    (device,) = client.query_devices("*gate-1", full=True)["data"]
    assert (device["uid"], device["alias"]) == ("gate-1", "In the hall")
    assert len(client.query_devices("-1", limit=2)["data"]) == 2
    assert client.query_devices("theirs")["data"] == []


def test_types_definitions_and_firmwares(client: Caller) -> None:
    types = {kind["name"]: kind for kind in client.get_device_types(NS)}
    assert {*types} == {"thermometer", "gateway"}
    number = types["thermometer"]["id"]
    assert client.get_device_types(NS, number) == [types["thermometer"]]
    assert [kind["id"] for kind in client.get_device_types(NS, number, depth=2)] == [number]
    definitions = {field["name"]: field for field in client.get_field_definitions(NS, number)}
    assert definitions["temperature"]["unit_symbol"] == "°C"
    assert client.get_field_definitions(NS, number, definitions["state"]["id"]) == [definitions["state"]]
    firmwares = {firmware["version"]: firmware for firmware in client.get_firmwares(NS, int(number))}
    assert {version: each["enabled"] for version, each in firmwares.items()} == {
        "1.0": "True", "1.1": "True", "2.0": "False",
    }  # fmt: skip
    newer = firmwares["1.1"]
    assert (newer["filesize"], newer["comment"]) == (str(len(IMAGE) - 1), "newer")
    assert newer["md5_digest"] == hashlib.md5(IMAGE[1:], usedforsecurity=False).hexdigest()
    assert client.get_firmwares(NS, number, newer["id"]) == [newer]
    for empty in (client.get_firmwares(NS, types["gateway"]["id"]), client.get_device_types(NS, 10**6)):
        assert empty == []


def registered(answer: dict[str, Any]) -> dict[str, Any]:
    assert "error" not in answer
    return {device["uid"]: device for device in answer["registration_result"]["devices"]}


def test_a_registration(client: Caller, host: str) -> None:
    uid, kind = f"one_{client.name}", client.get_device_types(NS)[0]["id"]
    answer = client.batch_register_devices(NS, uid, kind, reg_code_length=6, active=True, serial="s 1")
    assert (answer["namespace"], answer["user"]) == (NS, ME)
    device = registered(answer)[uid]
    assert len(device["reg_code"]) == 6
    (shown,) = client.get_device(NS, uid)
    assert (shown["serial"], shown["active"], shown["registered"]) == ("s 1", "True", "True")
    ByteportHttpClient(NS, device["access_key"], uid, host).store({"x": 1})
    with pytest.raises(ByteportClientForbiddenException):
        ByteportHttpClient(NS, device["access_key"], "bare-1", host)
    again = client.batch_register_devices(NS, uid, kind)
    assert uid in again["error"]
    assert "registration_result" not in again
    forced = client.batch_register_devices(NS, uid, kind, force=True)
    assert registered(forced)[uid]["access_key"] != device["access_key"]
    with pytest.raises(ByteportClientForbiddenException):
        ByteportHttpClient(NS, device["access_key"], uid, host)


def test_many_registrations(client: Caller) -> None:
    name, kind = client.name, client.get_device_types(NS)[0]["id"]
    listed = client.batch_register_devices(NS, [f"{name}_a", f"{name}_b"], kind)
    assert {*registered(listed)} == {f"{name}_a", f"{name}_b"}
    for span, expected in (
        (f"{name}98-101", [f"{name}{number}" for number in (98, 99, 100, 101)]),
        (f"08-10{name}", [f"08{name}", f"09{name}", f"10{name}"]),
    ):
        answer = client.batch_register_devices(NS, span, kind, batch_register=True)
        assert [*registered(answer)] == expected
        assert {*expected} <= {*uids(client.list_devices(NS))}


def test_refused_registrations(client: Caller) -> None:
    refused = [
        client.batch_register_devices(NS, "new", 10**6),
        client.batch_register_devices(NS, "bad name", 1),
        client.batch_register_devices(NS, "9-1", 1, batch_register=True),
        client.batch_register_devices(NS, "1-99999999999", 1, batch_register=True),
        client.batch_register_devices(NS, "1-3", 1, batch_register=True, serial="s"),
    ]
    for answer in refused:
        assert answer["error"]
        assert "registration_result" not in answer
    assert "new" not in uids(client.list_devices(NS))


def test_a_device_is_configured(client: Caller) -> None:
    uid = "bare-1"
    answer = client.configure_device(
        NS, uid, lat=57.7, lon=-11.97, location_hint="på taket", alias=f"of {client.name}", timeout_limit=60,
        offline_alarm=True, alarm_interval=3600, alarm_repeat_times=0, active=False, serial=7, description="a\nb",
    )  # fmt: skip
    (device,) = client.get_device(NS, uid)
    for shown in (answer, device):
        assert (float(shown["lat"]), float(shown["lon"])) == (57.7, -11.97)
        texts = (
            "location_hint",
            "alias",
            "timeout_limit",
            "offline_alarm",
            "alarm_interval",
            "active",
            "serial",
        )
        assert [shown[text] for text in texts] == [
            "på taket", f"of {client.name}", "60", "True", "3600", "False", "7",
        ]  # fmt: skip
    assert client.configure_device(NS, uid, active=True)["alias"] == f"of {client.name}"
    with pytest.raises(ByteportClientDeviceNotFoundException):
        client.configure_device(NS, "nobody", active=True)


def test_messages(client: Caller) -> None:
    uid = f"one_message_{client.name}"
    client.store({"x": 1}, uid)
    for count in range(3):
        sent = client.send_message(NS, uid, f"hallå {count}")
        assert (sent["user"], sent["device"]) == (ME, f"{NS}.{uid}")
        ((packet,),) = (json.loads(sent["message"]),)
        assert (packet["data"], packet["namespace"], packet["uid"]) == (f"hallå {count}", NS, uid)

    def told(*span: int) -> list[str]:
        return [json.loads(each["message"])[0]["data"] for each in client.list_messages(NS, uid, *span)]

    assert client.list_messages(NS, uid)[0] == sent
    assert told() == ["hallå 2", "hallå 1", "hallå 0"]
    assert (told(1, 1), told(2), told(7)) == (["hallå 1"], ["hallå 0"], [])
    for call in (client.list_messages, partial(client.send_message, message="x")):
        with pytest.raises(ByteportClientDeviceNotFoundException):
            call(NS, "nobody")
    with pytest.raises(ByteportClientException) as caught:
        client.list_messages(NS, uid, 2, 1)
    assert caught.value.status == 400


def test_fields_are_set(client: Caller) -> None:
    fields = {"Rubico app prop.Re boot": 1, "on": True, "text": "å&="}
    answer = client.set_fields(NS, "gate-1", fields)
    assert answer["set_fields"] == {name: str(value) for name, value in fields.items()}
    with pytest.raises(ByteportClientDeviceNotFoundException):
        client.set_fields(NS, "nobody", fields)


def test_activity(client: Caller) -> None:
    uid = f"active_{client.name}"
    client.store({"x": 1}, uid)
    client.store({"x": 1}, "gate-1")
    activity = client.activity(NS)
    (stranger,) = [each for each in activity["unregistered_devices"] if each["uid"] == uid]
    assert stranger["namespace"] == NS
    assert datetime.datetime.fromisoformat(stranger["last_contact"]).year > 2020
    assert "gate-1" in json.dumps(activity["registered_devices"])


def reference(client: Caller, uid: str, field: str) -> str:
    (point,) = client.load_timeseries_data_range(NS, uid, field, START, START)["data"]["ts_data"]
    found: str = point["r"]
    return found


def test_a_value(client: Caller) -> None:
    client.store({"word": "hallå", "number": 2.5}, timestamp=START)
    uid = client.client.device_uid
    for field, text in (("word", "hallå"), ("number", "2.5")):
        ref = reference(client, uid, field)
        value = client.load_value(NS, uid, field, ref)
        assert (value["value"], value["ref"], value["timestamp"]) == (text, ref, START.isoformat())
        assert (value["namespace_name"], value["uid"], value["field_name"]) == (NS, uid, field)
    with pytest.raises(ByteportClientDeviceNotFoundException):
        client.load_value(NS, uid, "word", 5)


@pytest.mark.parametrize("compression", [None, "gzip", "bzip2"])
def test_an_object_there_and_back(compression: str | None, client: Caller, tmp_path: Path) -> None:
    field, uid = f"object_{compression}", client.client.device_uid
    thing, path = bytes(range(256)) * 5000, tmp_path / "object"
    client.base64_encode_and_store(field, thing, timestamp=START, compression=compression)
    ref = reference(client, uid, field)
    told: list[int] = []
    done = client.download_value(NS, uid, field, ref, path, progress=lambda now, total: told.append(now))
    assert (done.size, done.file_name) == (len(thing), f"{NS}.{uid}.{field}.{START.isoformat()}.bin")
    assert path.read_bytes() == thing
    assert told[-1] == len(thing)
    assert client.download_value(NS, uid, field, ref, path, locally=True).size == len(thing)
    assert path.read_bytes() == thing
    assert client.download_value(NS, uid, field, ref, path, decode=False).size > 0
    assert client.client.decode_object(path.read_text()) == thing
    client.download_value(NS, uid, field, ref, path, decompress=False)
    assert (path.read_bytes() == thing) == (compression is None)
    assert os.listdir(tmp_path) == ["object"]


def test_what_is_no_object(client: Caller, tmp_path: Path) -> None:
    client.store({"no_object": "not base64!"}, timestamp=START)
    uid = client.client.device_uid
    ref = reference(client, uid, "no_object")
    for locally, status in ((False, 400), (True, None)):
        with pytest.raises(ByteportClientException) as caught:
            client.download_value(NS, uid, "no_object", ref, tmp_path / "object", locally=locally)
        assert caught.value.status == status
    assert os.listdir(tmp_path) == []
    client.download_value(NS, uid, "no_object", ref, tmp_path / "object", decode=False)
    assert (tmp_path / "object").read_text() == "not base64!"


@pytest.fixture(scope="module")
def measured(client: Caller) -> str:
    """A device with a number for each hour of four days, the last of which is another."""
    uid = f"measured_{client.name}"
    for count in range(96):
        moment = START.replace(hour=0) + count * HOUR
        client.store({"t": count % 24 + (100 if count >= 72 else 0)}, uid, moment)
    return uid


def test_statistics(client: Caller, measured: str) -> None:
    told = client.statistics(NS, measured, "t", build_calendar=True)
    days = [[f"2015-05-0{day}", "24"] for day in range(1, 5)]
    assert [day[:2] for day in told["daily_activity"]] == days
    assert {float(day[2]) for day in told["daily_activity"]} == {100.0}
    assert (told["values_in_way_past"], told["values_in_future"]) == ("0", "0")
    assert told["calendar"]
    assert "calendar" not in client.statistics(NS, measured, "t")


def test_the_distance_to_typical(client: Caller, measured: str) -> None:
    ask = partial(client.distance_to_typical, NS, measured, "t", START - 24 * HOUR, START + 96 * HOUR)
    told = ask(include_descriptions=True, exclude_descriptors=["count"])
    distances = [group["dist"] for group in told["distances"]]
    assert len(distances) == 4
    assert distances[:3] == [0, 0, 0]
    assert distances[3] > 100
    assert told["T_med"]["mean"] == 11.5
    assert "count" not in told["T_med"]
    assert ask(order="distance")["distances"][0]["dist"] == ask()["distances"][3]["dist"]
    assert len(ask(grouping="HOURLY")["distances"]) == 96


def test_a_range_in_pages(client: Caller, measured: str) -> None:
    end = START + 96 * HOUR
    pages = client.iter_timeseries_data(NS, measured, "t", START - 24 * HOUR, end)
    points = [point for page in pages for point in page]
    whole = client.load_timeseries_data_range(NS, measured, "t", START - 24 * HOUR, end)["data"]["ts_data"]
    assert points == [{"t": point["t"], "v": point["v"]} for point in whole]
    assert len(points) == 96
    scaled = client.iter_timeseries_data(NS, measured, "t", START, START + HOUR, scale=2)
    assert [point["v"] for page in scaled for point in page] == [24.0, 26.0]
    _, sums = client.load_series(NS, measured, "t", START, START + 3 * HOUR, scale=2, operation="cum_sum")
    assert list(sums) == [24.0, 50.0, 78.0, 108.0]


def test_firmware(client: Caller, tmp_path: Path) -> None:
    done = client.fetch_firmware(NS, "child-1", tmp_path)
    assert (done.state, done.version) == ("fetched", "1.1")
    assert Path(done.path) == tmp_path / "fw-1.1.bin"
    assert Path(done.path).read_bytes() == IMAGE[1:]
    assert client.fetch_firmware(NS, "child-1", tmp_path).state == "up_to_date"
    assert client.fetch_firmware(NS, "child-1", tmp_path / "..", current_version="1.1").path is None
    assert client.fetch_firmware(NS, "gate-1", tmp_path).state == "none"
    for uid in ("bare-1", "nobody"):
        with pytest.raises(ByteportClientDeviceNotFoundException):
            client.fetch_firmware(NS, uid, tmp_path)
    assert os.listdir(tmp_path) == ["fw-1.1.bin"]


def test_firmware_is_gone_on_with(client: Caller, tmp_path: Path) -> None:
    """Begun by a call that was stopped; the rest of it is asked for as a range."""
    with ByteportHttpClient(byteport_api_hostname=client.client.byteport_api_hostname) as first:
        first.login(ME, PASSWORD)
        with pytest.raises(ByteportClientException, match="stopped"):
            first.fetch_firmware(NS, "child-1", tmp_path, progress=lambda now, total: now < len(IMAGE) / 2)
    begun = (tmp_path / "fw-1.1.bin.part").stat().st_size
    assert 0 < begun < len(IMAGE)
    done = client.fetch_firmware(NS, "child-1", tmp_path)
    assert (done.state, done.received) == ("fetched", len(IMAGE) - 1 - begun)
    assert (tmp_path / "fw-1.1.bin").read_bytes() == IMAGE[1:]
