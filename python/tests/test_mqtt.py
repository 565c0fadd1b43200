# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The MQTT client: programs as they were written for the old one, sessions, the last will, brokers that are killed."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest

import byteport_client.mqtt_client
from broker import Broker
from byteport.client_base import AbstractByteportClient, ByteportClientException, ByteportConnectException
from byteport.mqtt_client import ByteportMQTTClient, Will
from ways import LONG, NS, Reader, Way, unique, until


@pytest.fixture(params=["mosquitto", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Broker:
    broker: Broker = request.getfixturevalue(request.param)
    return broker


@pytest.fixture
def mqtt(broker: Broker) -> Way:
    return Way(broker.kind, broker)


class OldProgram(byteport_client.mqtt_client.ByteportMQTTClient):
    """As a program of before overrides the methods."""

    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    connected: queue.Queue[tuple[Any, Any, int]] = queue.Queue()

    def on_connect(self, client: Any, userdata: Any, flags: Any, rc: int) -> None:
        super().on_connect(client, userdata, flags, rc)
        assert client is self.mqtt_client
        client.subscribe("extra/topic")
        self.connected.put((userdata, flags, rc))

    def on_message(self, client: Any, userdata: Any, msg: Any) -> None:
        self.heard.put((msg.topic, msg.payload))


def test_a_subclass_of_before_runs_unchanged(broker: Broker, mqtt: Way) -> None:
    uid = unique("cart")
    client = OldProgram(NS, uid, broker.user, broker.password, broker.mqtt)
    blocked = threading.Thread(target=client.block)
    blocked.start()
    assert client.connected.get(timeout=LONG) == (None, {}, 0)
    packets = json.dumps([{"uid": uid, "data": "on"}])
    mqtt.send(uid, packets)
    topic, payload = client.heard.get(timeout=LONG)
    assert (topic.replace("/", "."), payload) == (f"{NS}.{uid}", packets.encode())
    with mqtt.client(unique("sender")) as sender:
        sender.publish("extra/topic", b"\xff\0")
    assert client.heard.get(timeout=LONG)[1] == b"\xff\0"
    until(lambda: client.stats().taken == 2)
    client.store("number=10")
    client.disconnect()
    blocked.join(LONG)
    assert not blocked.is_alive()


def test_positional_arguments_and_attributes(broker: Broker) -> None:
    uid = unique("cart")
    client = ByteportMQTTClient(NS, uid, broker.user, broker.password, broker.mqtt, False, "/")
    with client:
        assert isinstance(client, AbstractByteportClient)
        assert client.verify_name("cart-44")
        assert (client.namespace, client.device_uid, client.broker_host) == (NS, uid, broker.mqtt)
        assert client.guid == client.self_topic_name == f"{NS}.{uid}"
        assert (client.PUBLISH_TOPIC, client.QOS_LEVEL) == ("simple_string_dev_message", 1)
        assert client.DEFAULT_BROKER_HOST == "broker.byteport.se"
        assert client.DEFAULT_BYTEPORT_BROKER_PROTOCOL == "mqtts"


def test_loop_forever_returns_when_the_client_is_closed(broker: Broker) -> None:
    made: queue.Queue[Any] = queue.Queue()

    class Program(ByteportMQTTClient):
        def on_connect(self, client: Any, userdata: Any, flags: Any, rc: int) -> None:
            made.put(client)

    arguments = (NS, unique("cart"), broker.user, broker.password, broker.mqtt, True)
    thread = threading.Thread(target=Program, args=arguments)
    thread.start()
    client = made.get(timeout=LONG)
    assert thread.is_alive()
    client.disconnect()
    thread.join(LONG)
    assert not thread.is_alive()


def test_on_connect_alone(mqtt: Way) -> None:
    connected = threading.Event()

    class Program(ByteportMQTTClient):
        def on_connect(self, client: Any, userdata: Any, flags: Any, rc: int) -> None:
            connected.set()

    uid = unique("cart")
    with mqtt.client(uid, kind=Program) as client:
        assert connected.wait(LONG)
        mqtt.send(uid, "taken by the base's on_message")
        until(lambda: client.stats().taken == 1)


def test_what_is_packets_already(mqtt: Way) -> None:
    uid = unique("cart")
    packet = {"uid": uid, "namespace": NS, "timestamp": "1430438400", "data": "a=1;"}
    with Reader(mqtt) as reader, mqtt.client(uid) as client:
        assert isinstance(client, ByteportMQTTClient)
        client.store_raw(json.dumps([packet]))
        client.store_raw(json.dumps([packet, packet]).encode(), wait=False)
        assert [packet.text for packet in reader.packets(3, uid)] == ["a=1;"] * 3


def test_quality_of_service_of_a_subclass(mqtt: Way) -> None:
    class AsBefore(ByteportMQTTClient):
        QOS_LEVEL = 0

    uid = unique("cart")
    with Reader(mqtt) as reader, mqtt.client(uid, kind=AsBefore) as client:
        client.store({"a": 1})
        assert reader.packets(1, uid)[0].text == "a=1;"


def test_messages_wait_for_a_device_that_is_away(mqtt: Way) -> None:
    uid = unique("cart")
    with mqtt.client(uid) as client:
        assert list(client.messages(0)) == []
        client.subscribe(mqtt.own(uid))
    mqtt.send(uid, *(str(n) for n in range(20)))
    with mqtt.client(uid) as client:
        found = []
        for message in client.messages(LONG):
            found.append(message.text)
            if len(found) == 20:
                client.ack(message)
                break
        assert found == [str(n) for n in range(20)]
    with mqtt.client(unique("cart"), clean_session=True, client_id="") as client:
        client.store({"a": 1})


WILL = """
import os, signal, sys
from byteport.mqtt_client import ByteportMQTTClient, Will

namespace, uid, user, password, host, topic = sys.argv[1:]
will = Will(topic, b"gone", confirm=True, retain=False)
client = ByteportMQTTClient(namespace, uid, user, password, host, will=will)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_last_will(broker: Broker, mqtt: Way) -> None:
    topic = unique("gone")
    with mqtt.client(unique("watcher")) as watcher:
        watcher.subscribe(topic)
        told = [NS, unique("cart"), broker.user, broker.password, broker.mqtt, topic]
        done = subprocess.run([sys.executable, "-I", "-c", WILL, *told], check=False, timeout=LONG)
        assert done.returncode == -signal.SIGKILL
        assert next(watcher.messages(LONG)).text == "gone"
    with pytest.raises(ByteportClientException, match="must be a Will, not tuple"):
        mqtt.client("will", will=(topic, "gone"))
    with pytest.raises(ByteportClientException, match="must be bytes or str, not int"):
        Will(topic, 5)  # type: ignore[arg-type]


def test_a_certificate_of_ones_own(mosquitto: Broker) -> None:
    way = Way("mosquitto", mosquitto)
    host, ca = mosquitto.mqtts_client, mosquitto.ca
    with way.client(
        unique("cart"), host=host, tls=True, ca_file=ca, client_cert=mosquitto.client_cert
    ) as client:
        client.store({"a": 1})
    with pytest.raises(ByteportConnectException):
        way.client(unique("cart"), host=host, tls=True, ca_file=ca)


def test_on_connect_is_called_again_after_the_broker_was_killed() -> None:
    calls: queue.Queue[int] = queue.Queue()
    heard: queue.Queue[bytes] = queue.Queue()

    class Program(ByteportMQTTClient):
        def on_connect(self, client: Any, userdata: Any, flags: Any, rc: int) -> None:
            calls.put(rc)

        def on_message(self, client: Any, userdata: Any, msg: Any) -> None:
            heard.put(msg.payload)

    with Broker("mosquitto") as broker:
        way, uid = Way("mosquitto", broker), unique("cart")
        with way.client(uid, kind=Program) as client:
            assert calls.get(timeout=LONG) == 0
            broker.restart()
            assert calls.get(timeout=LONG) == 0
            way.send(uid, "after")
            assert heard.get(timeout=LONG) == b"after"
            assert client.stats().connections >= 2
