# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Storing, and messages to a device, by MQTT over a broker."""

from __future__ import annotations

import os

from ._broker import BrokerClient
from ._byteport import BrokerStats, Delivery, Message, Will
from ._overrides import Default, is_overridden, overridable

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .client_base import Timestamp
    from .outbox import Span

__all__ = ["BrokerStats", "ByteportMQTTClient", "Delivery", "Message", "Will"]

_HOST = Default("broker.byteport.se")
_PROTOCOL = Default("mqtts")


class ByteportMQTTClient(BrokerClient):
    """A device's client of an MQTT broker: stores, and hears what is sent to the device.

    The constructor connects; a wrong login, virtual host or address raises there. A connection that is lost later is made
    again by itself, and what was not confirmed is sent again on it. Threads may share a client.

    Messages come by one of three ways: iterate over the client, call :meth:`listen`, or override :meth:`on_message` in a
    subclass, which is then called from the constructor on. The session is persistent: once the client has listened, the
    broker keeps the device's messages while it is away.

    A client ends by :meth:`disconnect`, at the end of a ``with`` statement, when the program lets it go (but for one
    whose messages go to its own methods, and so is never let go) and when the interpreter ends. The last two give the
    broker up to 2 seconds to answer for what was not waited for. In a forked child every call raises
    ByteportForkedException; it may make a client of its own, with another device or ``client_id``.
    """

    DEFAULT_BYTEPORT_BROKER_PROTOCOL = _PROTOCOL
    DEFAULT_BROKER_HOST = _HOST
    #: Where packets to be stored go.
    PUBLISH_TOPIC = "simple_string_dev_message"
    #: The quality of service where the constructor's ``confirm`` is not given: 1 confirms, 0 does not.
    QOS_LEVEL = 1

    def __init__(
        self,
        namespace: str | int,
        device_uid: str | int,
        username: str,
        password: str,
        broker_host: str = _HOST,
        loop_forever: bool = False,
        explicit_vhost: str | None = None,
        *,
        confirm: bool | None = None,
        tls: bool | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        client_cert: str | os.PathLike[str] | None = None,
        proxy: str | None = None,
        timeout: Span = 30.0,
        connect_timeout: Span = 10.0,
        keep_alive: Span = 60.0,
        max_age: Span | None = None,
        max_ahead: Span | None = None,
        clean_session: bool = False,
        client_id: str | None = None,
        will: Will | None = None,
        max_message: int | None = None,
        max_list: int | None = None,
        max_in_flight: int | None = None,
        initial_connection: bool = True,
    ) -> None:
        """Makes a client and connects it.

        :param namespace: the device's namespace
        :param device_uid: the device: it is sent messages, and stores where a call names no other
        :param username: the broker's, not that of the web pages
        :param broker_host: ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``, with ``mqtt://`` or ``mqtts://`` before it or not.
            Ports unless given: 1883, and 8883 for TLS
        :param loop_forever: the constructor does not return before the client is closed, or Ctrl-C
        :param explicit_vhost: the virtual host; None: the namespace. ``'/'`` stands for none
        :param confirm: whether the broker confirms what is published (QoS 1), which the calls wait for. False (QoS 0):
            nobody knows whether anything arrives. None: as :attr:`QOS_LEVEL` says
        :param tls: whether to connect by TLS, where the host names no protocol; None: unless it is a loopback host
        :param ca_file: a PEM file with certificate authorities to trust besides the system's
        :param client_cert: a PEM file with the certificate that this client shows, and its private key
        :param proxy: ``socks5://USER:PASSWORD@HOST:PORT``, or with ``socks4a`` or ``http``; the environment names none
        :param timeout: the longest time for a call that waits for the broker
        :param connect_timeout: the longest time for making a connection
        :param keep_alive: how often a sign of life goes each way; 0: never
        :param max_age: messages that are older than this when they arrive are not handed on, but counted; None: no limit
        :param max_ahead: as ``max_age``, for messages whose time is in the future
        :param clean_session: whether the broker forgets the device when the connection ends, and what is sent to it
            meanwhile
        :param client_id: by which the broker knows the session again; None: ``NAMESPACE.UID``. A broker lets one client
            have it: a second one with the same ends the connection of the first
        :param will: what the broker publishes when this client is gone without a farewell
        :param max_message: the largest message that is taken, in bytes; None: 16 MiB
        :param max_list: the longest list of packets, in bytes; None: 128 KiB
        :param max_in_flight: how many publications may wait for the broker's answer at once; None: 1,000
        :param initial_connection: False: returns at once, and connects in the background, again and again if need be

        Spans of time are seconds or timedelta. Raises ByteportLoginFailedException for a wrong login or virtual host;
        ByteportConnectException; ByteportClientException for settings that make no sense.
        """
        self.namespace = str(namespace)
        self.device_uid = device_uid
        self.broker_host = broker_host
        #: The client's id and the topic of the device's messages, for programs that read them.
        self.guid = self.self_topic_name = f"{namespace}.{device_uid}"
        settings = {
            "login": (username, password),
            "vhost": explicit_vhost or None,
            "confirm": bool(self.QOS_LEVEL) if confirm is None else confirm,
            "tls": tls,
            "ca_file": ca_file,
            "client_cert": client_cert,
            "proxy": proxy,
            "timeout": timeout,
            "connect_timeout": connect_timeout,
            "keep_alive": keep_alive,
            "max_age": max_age,
            "max_ahead": max_ahead,
            "clean_session": clean_session,
            "client_id": client_id,
            "will": will,
            "max_message": max_message,
            "max_list": max_list,
            "max_in_flight": max_in_flight,
        }
        self._connect("mqtt", settings, initial_connection)
        if loop_forever:
            try:
                self.block()
            finally:
                self.disconnect()

    def _begin(self, waits: bool) -> None:
        super()._begin(waits)
        if is_overridden(self, "on_message") or is_overridden(self, "on_connect"):
            if waits:
                self._core.subscribe_own()
            self._hand_to(
                lambda: self.on_connect(self, None, {}, 0),
                lambda delivery: self.on_message(self, None, delivery),
            )

    @property
    def mqtt_client(self) -> ByteportMQTTClient:
        """The client itself, under the name that it has in older programs."""
        return self

    @overridable
    def on_connect(self, client: Any, userdata: Any, flags: Any, rc: int) -> None:
        """Is called each time that the broker has let the client in, where a subclass overrides it or :meth:`on_message`.

        :param client: the client itself; the device's own messages are subscribed to already
        :param flags: an empty dict
        :param rc: 0
        """

    @overridable
    def on_message(self, client: Any, userdata: Any, msg: Delivery) -> None:
        """Is called with each message that comes, as it came: ``msg.topic`` is str, ``msg.payload`` bytes.

        A subclass that overrides it has the messages from the constructor on. As with :meth:`listen`, what it raises is
        logged, and the message comes again. Here it does nothing, and the messages of a subclass that overrides
        :meth:`on_connect` only are taken with that.
        """

    def store(
        self,
        data_string: str | Mapping[str, object] | None = None,
        *,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        wait: bool = True,
    ) -> None:
        """Stores the fields of one device, measured at one time. Returning means that the broker has them for the service.

        :param data_string: a packet's ``data``, ``name=value;`` repeated; or a dict of field names and values
        :param device_uid: the device, where it is not the client's own
        :param timestamp: UNIX seconds or datetime; None: now
        :param wait: as :meth:`publish` has it

        Raises ByteportClientInvalidFieldNameException, ByteportClientInvalidDataTypeException,
        ByteportClientUnsupportedTimestampTypeException, and ByteportClientException for a text that is no ``data``,
        before anything is sent; else as :meth:`publish`.
        """
        return self._store(data_string, device_uid, timestamp, wait)

    def store_raw(self, message: bytes | str, *, wait: bool = True) -> None:
        """Publishes what is a JSON list of packets already to where the service takes it from. Raises as :meth:`publish`."""
        return self.publish(self.PUBLISH_TOPIC, message, wait=wait)

    def block(self) -> None:
        """Waits until the client is closed; Ctrl-C ends the wait."""
        return self._core.wait_closed()
