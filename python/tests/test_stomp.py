# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The STOMP client: frames as programs of before handle them, channels, refusals, a broker that is killed."""

from __future__ import annotations

import datetime
import json
import threading
import time
from typing import Any

import pytest

import byteport_client.stomp_client
from broker import Broker
from byteport.client_base import (
    AbstractByteportClient,
    ByteportClientException,
    ByteportClientForbiddenException,
)
from byteport.stomp_client import ByteportStompClient, Frame
from ways import LONG, NS, Reader, Way, unique, until


@pytest.fixture
def stomp(rabbitmq: Broker) -> Way:
    return Way("rabbitmq by STOMP", rabbitmq)


class OldProgram:
    """A loop as programs of before have it: they filter what is stale, and take a frame when they are done with it."""

    def __init__(self, broker: Broker, uid: str) -> None:
        self.uid, self.running = uid, True
        self.handled: list[str] = []
        self.client = byteport_client.stomp_client.ByteportStompClient(
            NS, broker.user, broker.password, broker_host=broker.stomp, device_uid=uid
        )

    def run(self) -> None:
        while self.running:
            if self.client.client.canRead(1):
                frame = self.client.client.receiveFrame()
                self.handle(frame)
                self.client.client.ack(frame)
        self.client.disconnect()

    def handle(self, frame: Any) -> None:
        assert (frame.command, type(frame.headers)) == ("MESSAGE", dict)
        if not frame.body.startswith("[{"):
            self.handled.append(frame.body)
            self.running = False
            return
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        for packet in json.loads(frame.body):
            sent = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(packet["timestamp"]))
            if -30 < (now - sent).total_seconds() < 60:
                self.handled.append(f"{packet['uid']} {packet['data']}")
        self.client.store({"info": "hello STOMP world!"}, self.uid)


def test_a_program_of_before_runs_unchanged(rabbitmq: Broker, stomp: Way) -> None:
    uid = unique("cart")
    with Reader(stomp) as reader:
        program = OldProgram(rabbitmq, uid)
        thread = threading.Thread(target=program.run)
        thread.start()
        now = str(int(time.time()))
        packets = [
            {"uid": uid, "namespace": NS, "timestamp": now, "data": "on"},
            {"uid": uid, "namespace": NS, "timestamp": "1430438400", "data": "stale"},
            {"uid": "child-7", "namespace": NS, "timestamp": now, "data": "off"},
        ]
        stomp.send(uid, json.dumps(packets), "plain å")
        thread.join(LONG)
        assert program.handled == [f"{uid} on", "child-7 off", "plain å"]
        assert reader.packets(1, uid)[0].text == 'info="hello STOMP world!";'
        assert program.client.stats().taken == 2


def test_positional_arguments_and_attributes(rabbitmq: Broker) -> None:
    uid = unique("cart")
    client = ByteportStompClient(NS, rabbitmq.user, rabbitmq.password, rabbitmq.stomp, uid, "topic")
    with client:
        assert isinstance(client, AbstractByteportClient)
        assert (client.namespace, client.device_uid, client.broker_host) == (NS, uid, rabbitmq.stomp)
        assert client.STORE_QUEUE_NAME == "/queue/simple_string_dev_message"
        assert client.DEFAULT_BROKER_HOST == "stomp.byteport.se"
        assert client.DEFAULT_BYTEPORT_BROKER_PROTOCOL == "stomps"
        client.store({"x": 1}, unique("other"), 1430438400)
    with pytest.raises(ByteportClientException, match="there is no channel_type 'letter'"):
        ByteportStompClient(NS, rabbitmq.user, rabbitmq.password, rabbitmq.stomp, uid, "letter")  # type: ignore[arg-type]


def test_without_a_device(rabbitmq: Broker, stomp: Way) -> None:
    with (
        Reader(stomp) as reader,
        ByteportStompClient(NS, rabbitmq.user, rabbitmq.password, rabbitmq.stomp) as client,
    ):
        uid = unique("cart")
        client.store({"x": 1}, uid)
        assert reader.packets(1, uid)[0].text == "x=1;"
        for call in (client.store, lambda: client.canRead(0), lambda: next(client.messages(0))):
            with pytest.raises(ByteportClientException, match="device"):
                call()
        (answer,) = client.store_packets([{"data": {"x": 1}}])
        assert isinstance(answer, ByteportClientException)


def test_frames(stomp: Way) -> None:
    uid = unique("cart")
    with stomp.client(uid) as client:
        assert isinstance(client, ByteportStompClient)
        assert client.client is client
        assert client.canRead(0) is False
        stomp.send(uid, "first", b"\xff\0", "third")
        assert client.canRead(LONG)
        assert client.canRead(0)  # it is still the same one
        frame = client.receiveFrame()
        assert isinstance(frame, Frame)
        assert (frame.command, frame.body) == ("MESSAGE", "first")
        assert frame.headers["destination"] == stomp.own(uid)
        assert "first" not in repr(frame)
        client.nack(frame)
        client.ack(frame)  # too late
        bodies = {}
        for _ in range(3):
            frame = client.receiveFrame()
            bodies[frame.body] = frame.delivery.redelivered
            client.ack(frame)
        assert bodies == {"first": True, "\udcff\0": False, "third": False}
        assert client.stats().not_taken == 1


def test_a_frame_that_was_looked_at_is_not_passed_by(stomp: Way) -> None:
    uid = unique("cart")
    with stomp.client(uid) as client:
        assert isinstance(client, ByteportStompClient)
        stomp.send(uid, "first", "second")
        assert client.canRead(LONG)
        found = []
        for message in client.messages(LONG):
            found.append(message.text)
            if len(found) == 2:
                break
        assert found == ["first", "second"]


def test_a_queue_keeps_messages_for_a_device_that_is_away(stomp: Way) -> None:
    uid = unique("cart")
    with stomp.client(uid, channel_type="queue"):
        pass  # the queue is there from now on
    with stomp.client(unique("sender")) as sender:
        sender.publish(f"/queue/device_messages_{NS}.{uid}", "late")
    with stomp.client(uid, channel_type="queue") as client:
        message = next(client.messages(LONG))
        assert message.text == "late"
        client.ack(message)


def test_what_the_broker_refuses(rabbitmq: Broker) -> None:
    with ByteportStompClient(NS, rabbitmq.reader, rabbitmq.password, rabbitmq.stomp) as client:
        with pytest.raises(ByteportClientForbiddenException):
            client.publish("/topic/forbidden", "x")
        with pytest.raises(ByteportClientForbiddenException):
            client.store({"x": 1}, device_uid="cart-1")
        (answer,) = client.store_packets([{"uid": "cart-1", "data": {"x": 1}}])
        assert isinstance(answer, ByteportClientForbiddenException)
        client.publish("/topic/forbidden", "x", wait=False)
        assert client.flush(LONG) == 0
        until(lambda: client.stats().refused == 4)


def test_nothing_that_was_confirmed_is_lost_when_the_broker_is_killed() -> None:
    with Broker("rabbitmq") as broker:
        way, uid = Way("rabbitmq by STOMP", broker), unique("cart")
        confirmed: list[int] = []
        with way.client(uid, timeout=LONG) as client:

            def work() -> None:
                n = 0
                while not ends.is_set():
                    packets = [{"timestamp": 1430438400 + n + i, "data": {"n": n + i}} for i in range(10)]
                    answers = client.store_packets(packets)
                    confirmed.extend(n + i for i, answer in enumerate(answers) if answer is None)
                    n += 10

            ends = threading.Event()
            thread = threading.Thread(target=work)
            thread.start()
            until(lambda: len(confirmed) > 200)
            broker.kill()
            until(lambda: client.stats().state != "open")
            broker.start()
            count = len(confirmed)
            until(lambda: len(confirmed) > count + 200)
            ends.set()
            thread.join()
            assert client.stats().connections >= 2
        found: set[int] = set()
        with Reader(way) as reader:
            for message in reader.client.messages(LONG):
                found.add(int(message.fields()[0][1]))
                if found.issuperset(confirmed):
                    break
        assert found.issuperset(confirmed)
