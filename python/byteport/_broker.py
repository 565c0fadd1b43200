# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What the clients of a broker have in common: publishing, storing lists of packets, messages to devices, the end."""

from __future__ import annotations

from . import _byteport
from ._overrides import Default
from .client_base import (
    AbstractByteportClient,
    ByteportClientException,
    ByteportClosedException,
    ByteportForkedException,
    refused,
    shown,
)

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType
    from typing import Any, TypeVar

    from ._byteport import BrokerStats, Delivery, Message
    from .client_base import Timestamp
    from .outbox import Span

    _Self = TypeVar("_Self", bound="BrokerClient")

__all__ = ["BrokerClient"]


class BrokerClient(AbstractByteportClient):
    """See :class:`byteport.mqtt_client.ByteportMQTTClient` and :class:`byteport.stomp_client.ByteportStompClient`."""

    #: The protocol, if a subclass sets it: with an ``s`` at its end by TLS, and without it not; a host written with
    #: another one is refused. Else TLS, but for a loopback host and one that is written otherwise.
    DEFAULT_BYTEPORT_BROKER_PROTOCOL: str
    #: The host where the constructor is given none.
    DEFAULT_BROKER_HOST: str

    namespace: str
    device_uid: str | int | None
    broker_host: str
    _core: _byteport.Broker
    #: Whether messages go to a function.
    _listens: bool = False

    def _connect(self, protocol: str, settings: dict[str, Any], waits: bool) -> None:
        """Makes the core's client, and begins with it."""
        if isinstance(self.broker_host, Default):
            self.broker_host = self.DEFAULT_BROKER_HOST
        if settings["tls"] is None and not isinstance(self.DEFAULT_BYTEPORT_BROKER_PROTOCOL, Default):
            settings["tls"] = self._tls(protocol)
        self._core = _byteport.Broker(
            protocol, host=self.broker_host, namespace=self.namespace, device=self.device_uid, **settings
        )
        try:
            self._begin(waits)
        except BaseException:
            self._core.close(0)
            raise

    def _begin(self, waits: bool) -> None:
        """The last step of making a client; unless told otherwise it waits until the broker has let it in."""
        if waits:
            self._core.first_try()

    def _tls(self, protocol: str) -> bool:
        written, host = self.DEFAULT_BYTEPORT_BROKER_PROTOCOL, self.broker_host
        if written not in (protocol, f"{protocol}s"):
            raise refused(
                f"DEFAULT_BYTEPORT_BROKER_PROTOCOL is {shown(written)}: write {protocol!r} or '{protocol}s'"
            )
        if isinstance(host, str) and "://" in host and not host.startswith(f"{written}://"):
            raise refused(
                f"DEFAULT_BYTEPORT_BROKER_PROTOCOL is {written!r}, and the host is written with another"
            )
        return written != protocol

    def _store(
        self,
        data: Mapping[str, object] | str | None,
        device_uid: str | int | None,
        timestamp: Timestamp | None,
        wait: bool,
    ) -> None:
        device = self.device_uid if device_uid is None else device_uid
        return self._core.store(data, device, timestamp, wait)

    def store_packets(self, packets: Iterable[Mapping[str, Any]]) -> list[ByteportClientException | None]:
        """Stores readings of many devices, in lists of bounded length, and says for each whether the broker has it.

        :param packets: ``{"uid": ..., "namespace": ..., "timestamp": ..., "data": ...}`` each, as
            :meth:`ByteportHttpClient.store_packets` takes them, and ``data`` a dict of fields, too; what is not there is
            the client's own, and the time of the call

        Returns for each packet, in their order, None where the broker has it, or else the exception that says why not:
        nothing is raised for a single one, and the good ones are stored. A ByteportConnectException of phase
        ``'receive'`` means that the broker may have it or not; storing again with the same timestamp is safe.
        """
        return self._core.store_packets(packets, self.namespace, self.device_uid)

    def publish(self, destination: str, body: bytes | str, *, wait: bool = True) -> None:
        """Publishes a message of whatever content; a text in UTF-8.

        :param destination: an MQTT topic or a STOMP destination
        :param wait: returns when the broker has it. False: as soon as it is on its way; :meth:`flush` waits for all of
            them

        Raises ByteportClientForbiddenException where the broker refuses it; ByteportConnectException when ``timeout`` is
        over, of phase ``'connect'`` where nothing was sent, and of ``'receive'`` where the broker may have it or not;
        ByteportClosedException; ByteportForkedException. What was not confirmed on a connection that broke is sent again
        on the next one, within the time-out.
        """
        return self._core.publish(destination, body, wait)

    def flush(self, timeout: Span = 30.0) -> int:
        """Waits until the broker has answered for everything that was published before, or the time is over.

        Returns how many answers are missing. What the broker refused of things stored with ``wait=False`` is counted
        (``stats().refused``) and logged (``byteport.broker``).
        """
        return self._core.flush(timeout)

    def stats(self) -> BrokerStats:
        """The numbers since the client was made."""
        return self._core.stats()

    def subscribe(self, destination: str) -> None:
        """Listens to an MQTT topic filter or a STOMP destination, too, now and on every later connection.

        Raises ByteportClientForbiddenException where the broker refuses it, and otherwise as :meth:`publish`.
        """
        return self._core.subscribe(destination)

    def messages(self, timeout: Span | None = None) -> Iterator[Message]:
        """The messages to the device, one after the other as they come; a list of packets is taken apart.

        The first message that is asked for subscribes to them, where nothing else did: what was sent before that comes only
        from a session that had subscribed earlier, or from a queue.

        :param timeout: ends when none came for so long. None: only when the client is closed

        The broker is told that a message is taken when the next one is asked for (of a list, with its last message). When
        the loop is left by ``break``, ``return`` or an exception, the message that it was at is **not** taken: the broker
        delivers it again, with ``redelivered`` set, and of a list all of it. So a message is never lost, and may come
        twice; call :meth:`ack` before ``break`` for one that is done. Until the broker delivers it again there is a pause
        of up to some seconds with MQTT, which needs a new connection for that, and none with STOMP.

        The loop must be the only one that has the iterator; otherwise call its ``close()`` when it is left. Ctrl-C ends
        the wait. Raises as :meth:`subscribe`, and ByteportClientException without a device or where :meth:`listen` has
        the messages.
        """
        if self._listens:
            raise refused("the messages of this client go to a function: they cannot be iterated over")
        return self._each(timeout)

    def _each(self, timeout: Span | None) -> Iterator[Message]:
        while (delivery := self._until_closed(timeout)) is not None:
            taken = False
            try:
                yield from delivery.messages
                taken = True
            finally:
                self._verdict(delivery, taken)

    def _until_closed(self, timeout: Span | None) -> Delivery | None:
        try:
            return self._receive(timeout)
        except ByteportClosedException:
            return None

    def _receive(self, timeout: Span | None) -> Delivery | None:
        """The next delivery, if one comes in time."""
        return self._core.receive(timeout)

    def _verdict(self, delivery: Delivery, taken: bool) -> None:
        try:  # noqa: SIM105 - contextlib takes long to import
            self._core.settle(delivery, taken)
        except ByteportForkedException:
            pass  # a child lets go of what its parent iterates over

    def __iter__(self) -> Iterator[Message]:
        """As :meth:`messages` without a time-out."""
        return self.messages()

    def ack(self, message: Message | Delivery) -> None:
        """Tells the broker that a message is taken; of a list, all of it. The first of ``ack`` and :meth:`nack` counts."""
        return self._core.settle(_delivery(message), True)

    def nack(self, message: Message | Delivery) -> None:
        """Tells the broker that a message is not taken and is to be delivered again; of a list, all of it."""
        return self._core.settle(_delivery(message), False)

    def listen(self, handler: Callable[[Message], object]) -> None:
        """Hands each message to a function from now on, one at a time and in order, on a thread of the library.

        The broker is told that a message is taken when the function has returned (of a list, for its last message). What
        the function raises is logged (``byteport.broker``); the rest of the list is not handed on, and the broker
        delivers all of it again after a pause. The function may call the client. Where it calls :meth:`disconnect`, its
        message is not taken. None is called after the interpreter has begun to end. Raises as :meth:`messages`.
        """

        def each(delivery: Delivery) -> None:
            for message in delivery.messages:
                handler(message)

        if not callable(handler):
            raise refused(f"the handler must be a function of one argument, not {type(handler).__name__}")
        self._hand_to(None, each)

    def _hand_to(self, opened: Callable[[], object] | None, handler: Callable[[Delivery], object]) -> None:
        self._core.listen(opened, handler)
        self._listens = True

    def disconnect(self, timeout: Span = 2.0) -> int:
        """Waits for the broker's answers until ``timeout`` is over, says goodbye and ends the client for good.

        Returns how many answers are missing. Later calls raise ByteportClosedException, and iterators end. In a forked
        child it does nothing: the parent's connection stays.
        """
        try:
            return self._core.close(timeout)
        except ByteportForkedException:
            return 0

    def __enter__(self: _Self) -> _Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends the client, as :meth:`disconnect`."""
        self.disconnect()

    def __repr__(self) -> str:
        """The host, namespace and device; never the password."""
        host, device = vars(self).get("broker_host"), vars(self).get("device_uid")
        namespace = vars(self).get("namespace")
        return f"<{type(self).__name__} {shown(host)} namespace={shown(namespace)} device={shown(device)}>"


def _delivery(message: Message | Delivery) -> Delivery:
    return message.delivery if isinstance(message, _byteport.Message) else message
