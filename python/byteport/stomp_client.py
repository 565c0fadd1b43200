# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Storing, and messages to a device, by STOMP over a broker."""

from __future__ import annotations

import os
from collections import deque

from ._broker import BrokerClient
from ._byteport import BrokerStats, Delivery, Message
from ._overrides import Default

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from .client_base import Timestamp
    from .outbox import Span

__all__ = ["BrokerStats", "ByteportStompClient", "Delivery", "Frame", "Message"]

_HOST = Default("stomp.byteport.se")
_PROTOCOL = Default("stomps")


class Frame:
    """A STOMP frame with a message, as :meth:`ByteportStompClient.receiveFrame` gives it."""

    __slots__ = ("body", "command", "delivery", "headers")

    def __init__(self, delivery: Delivery) -> None:
        """The frame that a delivery came in."""
        #: What came, for :meth:`ByteportStompClient.ack`; its ``payload`` is the body's bytes.
        self.delivery = delivery
        self.command = "MESSAGE"
        #: Names and values.
        self.headers: dict[str, str] = delivery.headers
        #: The text. Bytes that are no UTF-8 are in it as ``surrogateescape`` writes them.
        self.body = delivery.payload.decode("utf-8", "surrogateescape")

    def __repr__(self) -> str:
        """Where it came from and how long it is; not what it says."""
        return f"<Frame {self.command} {self.headers.get('destination')!r} length={len(self.body)}>"


class ByteportStompClient(BrokerClient):
    """A client of a STOMP broker: stores for any device, and hears what is sent to its own.

    The constructor connects and, with a device, subscribes to its messages; a wrong login, virtual host or address raises
    there. A connection that is lost later is made again by itself, and what was not confirmed is sent again on it.
    Threads may share a client.

    Messages come by one of three ways: iterate over the client, call :meth:`listen`, or use :meth:`canRead`,
    :meth:`receiveFrame` and :meth:`ack` as older programs do.

    How it ends, and a forked child: as :class:`byteport.mqtt_client.ByteportMQTTClient`.
    """

    DEFAULT_BYTEPORT_BROKER_PROTOCOL = _PROTOCOL
    DEFAULT_BROKER_HOST = _HOST
    #: Where packets to be stored go, for programs that read it: setting it changes nothing.
    STORE_QUEUE_NAME = "/queue/simple_string_dev_message"
    SUPPORTED_CHANNEL_TYPES = ("topic", "queue")

    def __init__(
        self,
        namespace: str | int,
        login: str,
        passcode: str,
        broker_host: str = _HOST,
        device_uid: str | int | None = None,
        channel_type: Literal["topic", "queue"] = "topic",
        *,
        vhost: str | None = None,
        confirm: bool = True,
        tls: bool | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_cert: str | os.PathLike[str] | None = None,
        proxy: str | None = None,
        timeout: Span = 30.0,
        connect_timeout: Span = 10.0,
        keep_alive: Span = 60.0,
        max_age: Span | None = None,
        max_ahead: Span | None = None,
        prefetch: int | None = None,
        max_message: int | None = None,
        max_list: int | None = None,
        max_in_flight: int | None = None,
        initial_connection: bool = True,
    ) -> None:
        """Makes a client and connects it.

        :param namespace: the namespace of the device, and of what is stored
        :param login: the broker's, not that of the web pages
        :param broker_host: ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``, with ``stomp://`` or ``stomps://`` before it or
            not. Ports unless given: 61613, and 61614 for TLS
        :param device_uid: the device: it is sent messages, and stores where a call names no other
        :param channel_type: ``'topic'``: each listener gets each message that is sent while it listens; ``'queue'``:
            messages wait for a listener, and of several one gets each
        :param vhost: the virtual host; None: ``'/'``
        :param confirm: whether the broker confirms what is published (by a receipt), which the calls wait for
        :param keep_alive: how often a heart-beat goes each way; 0: never
        :param prefetch: how many messages RabbitMQ delivers before it is told what became of the first; None: 100
        :param initial_connection: False: returns at once, and connects in the background, again and again if need be;
            messages are subscribed to when they are first asked for

        The other arguments, and what is raised, are those of :class:`byteport.mqtt_client.ByteportMQTTClient`.
        """
        self.namespace = str(namespace)
        self.device_uid = device_uid
        self.broker_host = broker_host
        self._frames: deque[Delivery] = deque()  # seen by canRead
        settings = {
            "login": (login, passcode),
            "channel_type": channel_type,
            "vhost": vhost,
            "confirm": confirm,
            "tls": tls,
            "ca_file": ca_file,
            "client_cert": client_cert,
            "proxy": proxy,
            "timeout": timeout,
            "connect_timeout": connect_timeout,
            "keep_alive": keep_alive,
            "max_age": max_age,
            "max_ahead": max_ahead,
            "prefetch": prefetch,
            "max_message": max_message,
            "max_list": max_list,
            "max_in_flight": max_in_flight,
        }
        self._connect("stomp", settings, initial_connection)

    def _begin(self, waits: bool) -> None:
        super()._begin(waits)
        if waits and self.device_uid is not None:
            self._core.subscribe_own()

    @property
    def client(self) -> ByteportStompClient:
        """The client itself: older programs call ``canRead`` and the like on this."""
        return self

    def store(
        self,
        data: Mapping[str, object] | str | None = None,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        *,
        wait: bool = True,
    ) -> None:
        """Stores the fields of one device, measured at one time. Returning means that the broker has them for the service.

        :param data: a dict of field names and values; or a packet's ``data``, ``name=value;`` repeated
        :param device_uid: the device, where it is not the client's own
        :param timestamp: UNIX seconds or datetime; None: now
        :param wait: as :meth:`publish` has it

        Raises as :meth:`byteport.mqtt_client.ByteportMQTTClient.store`.
        """
        return self._store(data, device_uid, timestamp, wait)

    def canRead(self, timeout: Span | None = None) -> bool:  # noqa: N802 - programs know the name
        """Whether there is a frame to receive, or comes within ``timeout``; None waits for one."""
        if not self._frames and (delivery := self._core.receive(timeout)) is not None:
            self._frames.append(delivery)
        return bool(self._frames)

    def receiveFrame(self) -> Frame:  # noqa: N802 - as above
        """The next frame with a message; it waits for one. The broker waits for :meth:`ack` or :meth:`nack`."""
        while (delivery := self._receive(None)) is None:
            pass  # a time-out of years is over
        return Frame(delivery)

    def _receive(self, timeout: Span | None) -> Delivery | None:
        try:
            return self._frames.popleft()
        except IndexError:
            return super()._receive(timeout)

    def ack(self, frame: Message | Delivery | Frame) -> None:
        """Tells the broker that a frame or a message is taken; the first of :meth:`ack` and :meth:`nack` counts."""
        return super().ack(frame.delivery if isinstance(frame, Frame) else frame)

    def nack(self, frame: Message | Delivery | Frame) -> None:
        """Tells the broker that a frame or a message is not taken and is to be delivered again."""
        return super().nack(frame.delivery if isinstance(frame, Frame) else frame)
