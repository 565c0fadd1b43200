# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The ways to a broker that the tests go: MQTT over Mosquitto and over RabbitMQ, STOMP over RabbitMQ."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Union

from broker import Broker
from byteport.mqtt_client import ByteportMQTTClient, Message
from byteport.stomp_client import ByteportStompClient

NS = "my_garage"
#: A limit for waiting, in seconds; not what it takes.
LONG = 60.0
WAYS = ("mosquitto", "rabbitmq by MQTT", "rabbitmq by STOMP")

Client = Union[ByteportMQTTClient, ByteportStompClient]
_numbers = itertools.count()


def unique(name: str) -> str:
    """A device that no other test has: brokers remember them."""
    return f"{name}-{os.getpid()}-{next(_numbers)}"


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not reached():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


class Way(NamedTuple):
    """How the tests reach a broker."""

    name: str
    broker: Broker

    @property
    def is_stomp(self) -> bool:
        return self.name.endswith("STOMP")

    @property
    def host(self) -> str:
        return self.broker.stomp if self.is_stomp else self.broker.mqtt

    @property
    def tls_host(self) -> str:
        return self.broker.stomps if self.is_stomp else self.broker.mqtts

    @property
    def scheme(self) -> str:
        return "stomp" if self.is_stomp else "mqtt"

    @property
    def kind(self) -> type[Client]:
        return ByteportStompClient if self.is_stomp else ByteportMQTTClient

    @property
    def store_place(self) -> str:
        return "/queue/simple_string_dev_message" if self.is_stomp else "simple_string_dev_message"

    def client(self, uid: str, *, kind: type[Any] | None = None, host: str = "", **options: Any) -> Client:
        """A client of a device; `user`, `password` and `vhost` are the broker's unless told."""
        user, password = options.pop("user", self.broker.user), options.pop("password", self.broker.password)
        vhost = options.pop("vhost", None)
        host = host or self.host
        made: Any = kind or self.kind
        client: Client
        if self.is_stomp:
            client = made(NS, user, password, host, uid, vhost=vhost, **options)
        else:
            client = made(NS, uid, user, password, host, explicit_vhost=vhost, **options)
        return client

    def own(self, uid: str) -> str:
        """Where the messages of a device go."""
        return f"/topic/device_messages_{NS}.{uid}" if self.is_stomp else f"{NS}.{uid}"

    def send(self, uid: str, *bodies: bytes | str) -> None:
        """Sends to a device, as the service does."""
        with self.client(unique("sender")) as sender:
            for body in bodies:
                sender.publish(self.own(uid), body)

    def place(self, name: str) -> str:
        """Any other topic."""
        return f"/topic/{name}" if self.is_stomp else name


class Reader:
    """Reads what is stored through a broker, as a server does; made before anything is stored."""

    def __init__(self, way: Way) -> None:
        broker, uid = way.broker, unique("reader")
        self.client: Client
        if broker.kind == "mosquitto":
            self.client = ByteportMQTTClient(
                NS, uid, broker.user, broker.password, broker.mqtt, clean_session=True
            )
            self.client.subscribe("simple_string_dev_message")
        else:
            vhost = "/" if way.is_stomp else NS
            self.client = ByteportStompClient(NS, broker.user, broker.password, broker.stomp, vhost=vhost)
            self.client.subscribe("/queue/simple_string_dev_message")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *failure: object) -> None:
        self.client.disconnect()

    def packets(self, count: int, *devices: str) -> list[Message]:
        """So many packets of these devices; those of others are taken away."""
        found: list[Message] = []
        for message in self.client.messages(LONG):
            if message.uid in devices:
                found.append(message)
            if len(found) >= count:
                self.client.ack(message)
                return found
        raise AssertionError(f"{len(found)} of {count} packets came")
