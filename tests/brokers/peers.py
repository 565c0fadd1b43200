# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Clients that are not ours: paho's for MQTT, a socket for STOMP."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from broker import Broker, address

SECONDS = 60  # a limit for waiting, not what it takes


class Mqtt:
    """A connection in MQTT 3.1.1; `code` is the broker's answer to it."""

    def __init__(
        self,
        broker: Broker,
        user: str,
        password: str,
        name: str = "",
        *,
        where: str = "",
        cert: str | None = None,
    ) -> None:
        self.code: int | None = None
        self.granted: list[int] = []
        self.payloads: list[bytes] = []
        self.client = Client(CallbackAPIVersion.VERSION2, name, clean_session=not name)
        self.client.username_pw_set(user, password)
        self.client.on_connect = self._connected
        self.client.on_message = self._message
        self.client.on_subscribe = self._subscribed
        if where:
            self.client.tls_set(broker.ca, cert, cert)
        self.client.connect(*address(where or broker.mqtt))
        self._until(lambda: self.code is not None)

    def _connected(self, client: Client, data: object, flags: object, reason: object, more: object) -> None:
        self.code = reason.value  # type: ignore[attr-defined]

    def _message(self, client: Client, data: object, message: MQTTMessage) -> None:
        self.payloads.append(message.payload)

    def _subscribed(self, client: Client, data: object, mid: int, reasons: list, more: object) -> None:
        self.granted += [reason.value for reason in reasons]

    def _until(self, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not reached():
            assert time.monotonic() < end, "the broker does not answer"
            if self.client.loop(0.1) != MQTTErrorCode.MQTT_ERR_SUCCESS and not reached():
                raise ConnectionError("the broker closed the connection")

    def publish(self, topic: str, payload: str) -> None:
        """At QoS 1, until it is acknowledged."""
        sent = self.client.publish(topic, payload, qos=1)
        self._until(sent.is_published)

    def subscribe(self, topic: str) -> int:
        """At QoS 1; gives what was granted."""
        before = len(self.granted)
        self.client.subscribe(topic, qos=1)
        self._until(lambda: len(self.granted) > before)
        return self.granted[-1]

    def receive(self, count: int) -> list[bytes]:
        """Waits for so many messages in all."""
        self._until(lambda: len(self.payloads) >= count)
        return self.payloads

    def close(self) -> None:
        """Ends in good order."""
        self.client.disconnect()
        while self.client.loop(0.1) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            pass


class Stomp:
    """A connection in STOMP 1.2, frame by frame."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.connection.settimeout(SECONDS)
        self.kept = b""

    def __enter__(self) -> Stomp:
        return self

    def __exit__(self, *failure: object) -> None:
        self.connection.close()

    def ask(self, command: str, body: str = "", **headers: str) -> tuple[str, str]:
        """Sends a frame and reads one: its command and the rest of its text."""
        head = "".join(f"{name.replace('_', '-')}:{value}\n" for name, value in headers.items())
        self.connection.sendall(f"{command}\n{head}\n{body}\0".encode())
        return self.read()

    def read(self) -> tuple[str, str]:
        """Reads one frame."""
        while b"\0" not in self.kept:
            part = self.connection.recv(4096)
            assert part, f"the broker closed the connection after {self.kept!r}"
            self.kept += part
        frame, _, self.kept = self.kept.partition(b"\0")
        command, _, rest = frame.decode().lstrip().partition("\n")
        return command, rest
