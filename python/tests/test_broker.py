# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What both clients of a broker do, over real brokers: storing, messages, refusals, the end."""

from __future__ import annotations

import datetime
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from byteport.client_base import (
    ByteportClientException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClosedException,
    ByteportConnectException,
    ByteportLoginFailedException,
)
from byteport.clients import ByteportHttpClient
from byteport.mqtt_client import ByteportMQTTClient, Message
from ways import LONG, NS, Client, Reader, Way, unique, until


def test_readings_arrive_as_packets(way: Way) -> None:
    uid, child = unique("cart"), unique("child")
    with Reader(way) as reader, way.client(uid) as client:
        before = time.time()
        client.store({"speed": 12.5, "text": 'say "a b";'})
        client.store("number=10")
        client.store({"x": 1}, device_uid=child, timestamp=datetime.datetime(2015, 5, 1))
        client.store()
        first, second, third, last = reader.packets(4, uid, child)
        assert first.namespace == NS
        assert first.fields() == [("speed", "12.5"), ("text", 'say "a b";')]
        assert first.timestamp is not None
        assert before - 1 <= first.timestamp <= time.time() + 1
        assert second.fields() == [("number", "10")]
        assert (third.uid, third.timestamp, third.text) == (child, 1430438400.0, "x=1;")
        assert (last.uid, last.text, last.body) == (uid, "", b"")
        assert client.stats().published == 4


def test_the_answer_to_a_list_is_per_reading(way: Way) -> None:
    uid, child = unique("cart"), unique("child")
    packets: list[Any] = [
        {"data": {"a": 1}},
        {"uid": child, "namespace": NS, "timestamp": "1410613385.5", "data": "f1=10;f2=20;"},
        {"data": {"bad name": 1}},
        {"data": "no data at all"},
        {"uid": "-", "data": {"a": 1}},
        {"data": {"a": float("nan")}},
        "no packet",
        {"uid": child, "timestamp": 1410613386, "data": {"a": 2}},
    ]
    with Reader(way) as reader, way.client(uid, max_list=150) as client:
        answers = client.store_packets(packets)
        assert [answer is None for answer in answers] == [True, True, *[False] * 5, True]
        kinds = [type(answer) for answer in answers[2:7]]
        assert kinds == [
            ByteportClientInvalidFieldNameException,
            ByteportClientException,
            ByteportClientInvalidFieldNameException,
            ByteportClientInvalidDataTypeException,
            ByteportClientException,
        ]
        got = reader.packets(3, uid, child)
        assert [(packet.uid, packet.text) for packet in got] == [
            (uid, "a=1;"),
            (child, "f1=10;f2=20;"),
            (child, "a=2;"),
        ]
        assert got[1].timestamp == 1410613385.5
        assert client.store_packets([]) == []
        many = [{"uid": child, "timestamp": n, "data": {"n": n}} for n in range(1, 201)]
        assert client.store_packets(many) == [None] * 200
        assert [packet.timestamp for packet in reader.packets(200, child)] == list(range(1, 201))
        with pytest.raises(ByteportClientException, match="must be a list"):
            client.store_packets(5)  # type: ignore[arg-type]


def test_what_is_not_waited_for_is_flushed(way: Way) -> None:
    uid = unique("cart")
    with Reader(way) as reader, way.client(uid) as client:
        for n in range(100):
            client.store({"n": n}, wait=False)
        assert client.flush(LONG) == 0
        assert client.stats().published == 100
        assert [packet.text for packet in reader.packets(100, uid)] == [f"n={n};" for n in range(100)]


def test_without_confirmation(way: Way) -> None:
    uid = unique("cart")
    with Reader(way) as reader, way.client(uid, confirm=False) as client:
        client.store({"n": 1})
        (packet,) = reader.packets(1, uid)
        assert packet.text == "n=1;"


def take(client: Client, count: int) -> list[Message]:
    taken: list[Message] = []
    for message in client.messages(LONG):
        taken.append(message)
        if len(taken) == count:
            client.ack(message)
            return taken
    raise AssertionError(f"{len(taken)} of {count} messages came")


def listening(way: Way, **options: Any) -> tuple[Client, str]:
    """A client that hears what is sent to it from now on."""
    uid = unique("cart")
    client = way.client(uid, **options)
    client.subscribe(way.own(uid))
    return client, uid


def test_a_list_of_packets_is_taken_apart(way: Way) -> None:
    client, uid = listening(way)
    sent = time.time()
    packets = [
        {"uid": uid, "namespace": NS, "timestamp": str(int(sent) - 90), "data": "switch=on;"},
        {"uid": "child-7", "namespace": NS, "timestamp": str(int(sent) + 90), "data": "say hello"},
    ]
    with client:
        way.send(uid, json.dumps(packets))
        own, child = take(client, 2)
        assert (own.uid, own.namespace, own.text, own.body) == (uid, NS, "switch=on;", b"switch=on;")
        assert own.fields() == [("switch", "on")]
        assert own.timestamp == int(sent) - 90
        assert own.age is not None
        assert 89 < own.age < 90 + LONG
        assert child.age is not None
        assert -91 < child.age < 0
        assert (child.uid, child.text) == ("child-7", "say hello")
        with pytest.raises(ByteportClientException, match=r"packet|data|name"):
            child.fields()
        assert not own.redelivered
        assert own.destination.replace("/", ".").endswith(uid)
        assert "hello" not in repr(child) + repr(child.delivery)
        assert json.loads(child.delivery.payload) == packets
        until(lambda: client.stats().taken == 1)
        assert client.stats().received == 2


@pytest.mark.parametrize("body", [b"restart", b"", b"a\0b", b"\xff\xfe", b"[1, 2", b'{"a": 1}', b"[]"])
def test_anything_else_is_one_message(way: Way, body: bytes) -> None:
    client, uid = listening(way)
    with client:
        way.send(uid, body)
        (message,) = take(client, 1)
        assert message.body == message.delivery.payload == body
        assert message.text == (None if body == b"\xff\xfe" else body.decode())
        assert (message.uid, message.namespace, message.timestamp, message.age) == (None,) * 4


def test_old_and_future_messages_are_left_out(way: Way) -> None:
    client, uid = listening(way, max_age=60, max_ahead=datetime.timedelta(minutes=1))
    now = int(time.time())
    packets = [{"uid": uid, "timestamp": str(now + n), "data": str(n)} for n in (-3600, 0, 3600)]
    with client:
        way.send(uid, json.dumps(packets[:1]), json.dumps(packets))
        assert [message.text for message in take(client, 1)] == ["0"]
        stats = client.stats()
        assert (stats.received, stats.stale, stats.ahead) == (4, 2, 1)


def leave_by_exception(messages: Any) -> str:
    try:
        for message in messages:
            raise ZeroDivisionError(message.text)
    except ZeroDivisionError as error:
        return str(error)
    raise AssertionError("no message came")


def leave_by_break(messages: Any) -> str:
    for message in messages:
        text: str = message.text
        break
    return text


def leave_by_close(messages: Any) -> str:
    text: str = next(messages).text
    messages.close()
    return text


@pytest.mark.parametrize("leave", [leave_by_exception, leave_by_break, leave_by_close])
def test_a_message_that_was_not_done_comes_again(way: Way, leave: Callable[[Any], str]) -> None:
    client, uid = listening(way)
    with client:
        way.send(uid, "first", "second")
        assert leave(client.messages(LONG)) == "first"
        again = {message.text: message.redelivered for message in take(client, 2)}
        assert again["first"] is True
        assert set(again) == {"first", "second"}
        assert client.stats().not_taken == 1


def test_the_first_verdict_counts(way: Way) -> None:
    client, uid = listening(way)
    with client:
        way.send(uid, "first", "second")
        for message in client.messages(LONG):
            client.ack(message)
            client.nack(message)
            break
        (message,) = take(client, 1)
        assert (message.text, client.stats().not_taken) == ("second", 0)


def test_a_function_hears_messages(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    client, uid = listening(way)
    heard: list[tuple[str | None, bool]] = []

    def handler(message: Message) -> None:
        heard.append((message.text, message.redelivered))
        if len(heard) == 1:
            raise ZeroDivisionError("on purpose")
        client.store({"heard": len(heard)})  # it may call the client

    with client:
        client.listen(handler)
        way.send(uid, "first")
        until(lambda: client.stats().taken == 1)
        assert heard == [("first", False), ("first", True)]
        (record,) = [record for record in caplog.records if record.exc_info]
        assert (record.name, record.levelname) == ("byteport.broker", "ERROR")
        assert "on purpose" in caplog.text
        way.send(uid, "second")
        until(lambda: client.stats().taken == 2)
        for call in (client.messages, lambda: client.listen(handler)):
            with pytest.raises(ByteportClientException, match=r"go to|handler"):
                call()
    with way.client(unique("cart")) as other, pytest.raises(ByteportClientException, match="a function"):
        other.listen("nothing")  # type: ignore[arg-type]


def test_a_function_may_end_the_client(way: Way) -> None:
    client, uid = listening(way)
    ended = threading.Event()

    def handler(message: Message) -> None:
        client.disconnect()
        ended.set()

    client.listen(handler)
    way.send(uid, "the end")
    assert ended.wait(LONG)
    with pytest.raises(ByteportClosedException):
        client.store({"x": 1})


def test_an_iterator_ends_with_its_client_or_its_time(way: Way) -> None:
    client, _ = listening(way)
    assert list(client.messages(0.05)) == []
    done = threading.Event()

    def work() -> None:
        assert list(client) == []
        done.set()

    threading.Thread(target=work, daemon=True).start()
    client.disconnect()
    assert done.wait(LONG)


def test_a_client_that_is_closed_says_so(way: Way) -> None:
    client = way.client(unique("cart"))
    with client as same:
        assert same is client
    assert client.disconnect() == 0
    assert client.stats().state == "closed"
    calls: list[Callable[[], object]] = [
        lambda: client.store({"x": 1}),
        lambda: client.publish(way.place("a"), "b"),
        lambda: client.subscribe(way.place("a")),
        lambda: client.listen(print),
    ]
    for call in calls:
        with pytest.raises(ByteportClosedException, match="closed"):
            call()


def test_a_wrong_login_raises_at_once(way: Way) -> None:
    wrong: list[dict[str, Any]] = [{"password": "wr0ng-s3cret"}, {"user": "nobody"}]
    for options in wrong:
        with pytest.raises(ByteportLoginFailedException) as caught:
            way.client(unique("cart"), **options)
        assert (caught.value.code, caught.value.retryable) == (20, False)
        assert "wr0ng-s3cret" not in str(caught.value)
        assert way.broker.password not in str(caught.value)


def test_an_unknown_virtual_host_raises_at_once(way: Way) -> None:
    with pytest.raises((ByteportLoginFailedException, ByteportConnectException, ByteportClientException)):
        way.client(unique("cart"), vhost="nowhere")


def test_nobody_there_raises_unless_told_otherwise(way: Way) -> None:
    for host in ("127.0.0.1:9", "nowhere.invalid"):
        with pytest.raises(ByteportConnectException, match=host.split(":")[0]):
            way.client(unique("cart"), host=host)
    with way.client(unique("cart"), host="127.0.0.1:9", initial_connection=False, timeout=0.1) as client:
        with pytest.raises(ByteportConnectException) as caught:
            client.store({"x": 1})
        assert caught.value.phase == "connect"
        (answer,) = client.store_packets([{"data": {"x": 1}}])
        assert isinstance(answer, ByteportConnectException)
        until(lambda: "127.0.0.1:9" in client.stats().last_error)


def test_tls(way: Way) -> None:
    host, ca = way.tls_host, way.broker.ca
    with way.client(unique("cart"), host=host, tls=True, ca_file=ca) as client:
        client.store({"x": 1})
    with way.client(unique("cart"), host=f"{way.scheme}s://{host}", ca_file=ca) as client:
        assert client.stats().state == "open"

    class ByTls(way.kind):  # type: ignore[misc,name-defined]
        DEFAULT_BYTEPORT_BROKER_PROTOCOL = f"{way.scheme}s"

    with way.client(unique("cart"), kind=ByTls, host=host, ca_file=ca) as client:
        client.store({"x": 1})
    with pytest.raises(ByteportConnectException) as caught:
        way.client(unique("cart"), host=host, tls=True)  # nobody has vouched for it
    assert caught.value.phase == "tls"
    with pytest.raises(ByteportClientException, match="written with another"):
        way.client(unique("cart"), kind=ByTls, host=f"{way.scheme}://{host}")
    ByTls.DEFAULT_BYTEPORT_BROKER_PROTOCOL = "https"
    with pytest.raises(ByteportClientException, match=f"write '{way.scheme}' or '{way.scheme}s'"):
        way.client(unique("cart"), kind=ByTls, host=host)


def test_a_host_of_a_subclass(way: Way) -> None:
    class Here(way.kind):  # type: ignore[misc,name-defined]
        DEFAULT_BROKER_HOST = way.host

    user, password = way.broker.user, way.broker.password
    with Here(NS, user, password) if way.is_stomp else Here(NS, unique("cart"), user, password) as client:
        assert client.broker_host == way.host
        assert client.stats().state == "open"


BAD: list[dict[str, Any]] = [
    {"host": "a b"},
    {"host": 5},
    {"host": "http://localhost"},
    {"user": "a\nb"},
    {"password": None},
    {"timeout": -1},
    {"timeout": "long"},
    {"keep_alive": 100_000},
    {"max_in_flight": 0},
    {"proxy": "ftp://localhost"},
    {"proxy": "socks5://proxy-s3cret:pw@bad host"},
    {"vhost": 5},
    {"ca_file": 5},
]


@pytest.mark.parametrize("options", BAD)
def test_bad_settings_are_refused(options: dict[str, Any], way: Way) -> None:
    with pytest.raises(ByteportClientException) as caught:
        way.client(unique("cart"), **options)
    assert caught.value.phase == "check"
    assert "s3cret" not in str(caught.value)
    assert way.broker.password not in str(caught.value)


def test_bad_readings_are_refused_before_anything_is_sent(way: Way) -> None:
    with way.client(unique("cart")) as client:
        calls: list[tuple[type[Exception], Callable[[], object]]] = [
            (ByteportClientInvalidFieldNameException, lambda: client.store({"a b": 1})),
            (ByteportClientInvalidFieldNameException, lambda: client.store({"a": 1}, device_uid="a b")),
            (ByteportClientInvalidDataTypeException, lambda: client.store({"a": float("inf")})),
            (ByteportClientInvalidDataTypeException, lambda: client.store(5)),  # type: ignore[arg-type]
            (ByteportClientException, lambda: client.store("Hello, no data!")),
            (ByteportClientException, lambda: client.publish("", "x")),
            (ByteportClientException, lambda: client.publish(way.place("a"), 5)),  # type: ignore[arg-type]
        ]
        for kind, call in calls:
            with pytest.raises(kind) as caught:
                call()
            assert isinstance(caught.value, ByteportClientException)
            assert caught.value.phase == "check"
        assert client.stats().published == 0
    with pytest.raises(ByteportClientInvalidFieldNameException):
        way.client("a b")


def test_nothing_shows_the_password(way: Way) -> None:
    with way.client(unique("cart")) as client:
        told = repr(client) + repr(vars(client)) + repr(client.stats())
    assert way.broker.password not in told
    assert way.kind.__name__ in told
    assert repr(way.kind.__new__(way.kind)) == f"<{way.kind.__name__} None namespace=None device=None>"


def test_a_log_handler_may_call_the_client(way: Way) -> None:
    """The log is written without the client's lock: nothing waits for ever."""
    seen: list[str] = []

    class Asks(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(client.stats().state)

    client = way.client(unique("cart"), host="127.0.0.1:9", initial_connection=False)
    logger, handler = logging.getLogger("byteport.broker"), Asks()
    logger.addHandler(handler)
    try:
        until(lambda: len(seen) >= 2)
    finally:
        logger.removeHandler(handler)
        client.disconnect()


def test_threads_share_a_client(way: Way) -> None:
    uid = unique("cart")
    with Reader(way) as reader, way.client(uid) as client:

        def work(worker: int) -> None:
            for n in range(50):
                client.store({"n": f"{worker}-{n}"})

        threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        values = [packet.fields()[0][1] for packet in reader.packets(200, uid)]
        for worker in range(4):
            own = [value for value in values if value.startswith(f"{worker}-")]
            assert own == [f"{worker}-{n}" for n in range(50)]


def test_a_client_is_let_go(way: Way) -> None:
    """One that nobody has any more ends: its connection is gone, and the device's next client is not cut off."""
    uid = unique("cart")
    client = way.client(uid)
    del client
    with way.client(uid) as other:
        other.store({"x": 1})
        assert other.stats().connections == 1


def test_a_copy_is_refused(mosquitto: Any) -> None:
    import pickle

    with Way("mosquitto", mosquitto).client(unique("cart")) as client:
        assert isinstance(client, ByteportMQTTClient)
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(client)


def test_an_outbox_uploads_through_a_broker(way: Way, tmp_path: Path) -> None:
    uid, broker = unique("cart"), way.broker
    client = ByteportHttpClient(NS, default_device_uid=uid, byteport_api_hostname="127.0.0.1:9")
    settings = {"url": f"{way.scheme}://{way.host}", "login": (broker.user, broker.password)}
    with Reader(way) as reader, client.outbox(tmp_path / "queue.db", broker=settings) as outbox:
        for n in range(3):
            outbox.enqueue({"n": n})
        assert outbox.flush(LONG).kept == 0
        assert [packet.text for packet in reader.packets(3, uid)] == ["n=0;", "n=1;", "n=2;"]
    for bad in ({}, 5, {"url": "http://localhost"}, {**settings, "max_list": "long"}):
        with pytest.raises(ByteportClientException):
            client.outbox(tmp_path / "other.db", broker=bad)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="no option qos"):
        client.outbox(tmp_path / "other.db", broker={**settings, "qos": 1})
