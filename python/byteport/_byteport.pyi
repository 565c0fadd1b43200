# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The compiled core. Programs use :mod:`byteport.clients`, which stands on it."""

import datetime
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, final

from .client_base import ByteportClientException
from .outbox import Durability, Span

__all__ = [
    "LOGGERS",
    "Answer",
    "Ask",
    "Broker",
    "BrokerStats",
    "Call",
    "Client",
    "Delivered",
    "Delivery",
    "DiskChanged",
    "Download",
    "Downloaded",
    "Dropped",
    "Fetched",
    "Firmware",
    "Flushed",
    "Link",
    "LinkChanged",
    "Message",
    "MovedAside",
    "Outbox",
    "OutboxStats",
    "Pages",
    "Quarantined",
    "Receipt",
    "Upload",
    "Watch",
    "Will",
    "__version__",
    "check_name",
    "close_all",
    "command",
    "decode_object",
    "is_valid_name",
    "items",
    "timestamp_text",
    "unix_micros",
    "unreadable",
    "value_text",
]

_LinkState = Literal["unknown", "up", "down", "paused", "no_clock"]
_DiskState = Literal["ok", "full", "broken"]
_BrokerState = Literal["connecting", "open", "waiting", "closed"]

__version__: str
LOGGERS: list[str]

@final
class Answer:
    """What the service answered, with a status that says yes."""

    def __new__(cls, body: bytes, path: str) -> Answer: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]: ...
    @property
    def body(self) -> bytes: ...
    def json_text(self) -> str: ...
    def series(self) -> tuple[bytearray, bytearray, int]: ...

@final
class Ask:
    """A question, before a client asks it."""

    @staticmethod
    def echo(pairs: list[tuple[str, str]]) -> Ask: ...
    @staticmethod
    def session() -> Ask: ...
    @staticmethod
    def activity(namespace: object) -> Ask: ...
    @staticmethod
    def value(value: tuple[object, object, object, object]) -> Ask: ...
    @staticmethod
    def statistics(field: tuple[object, object, object], build_calendar: object) -> Ask: ...
    @staticmethod
    def distance_to_typical(field: tuple[object, object, object], **options: object) -> Ask: ...
    @staticmethod
    def messages(namespace: object, device: object, first: object, last: object) -> Ask: ...
    @staticmethod
    def configure(namespace: object, device: object, settings: list[tuple[str, str]]) -> Ask: ...

@final
class Broker:
    """A broker's client: it connects in the background; threads may share it."""

    def __new__(cls, protocol: str, **given: object) -> Broker: ...
    def first_try(self) -> None: ...
    def publish(self, destination: str, body: bytes | str, wait: bool) -> None: ...
    def store(self, data: object, device: object, timestamp: object, wait: bool) -> None: ...
    def store_packets(
        self, packets: Iterable[Mapping[str, Any]], namespace: object, device: object
    ) -> list[ByteportClientException | None]: ...
    def flush(self, timeout: Span) -> int: ...
    def subscribe(self, destination: str) -> None: ...
    def subscribe_own(self) -> None: ...
    def receive(self, timeout: Span | None) -> Delivery | None: ...
    def settle(self, delivery: Delivery, taken: bool) -> None: ...
    def listen(self, opened: Callable[[], object] | None, handler: Callable[[Delivery], object]) -> None: ...
    def wait_closed(self) -> None: ...
    def stats(self) -> BrokerStats: ...
    def close(self, timeout: Span) -> int: ...
    def fileno(self) -> int: ...

@final
class BrokerStats:
    """The numbers of a broker's client at one moment, since it was made."""

    @property
    def state(self) -> _BrokerState:
        """How the way to the broker is."""
    @property
    def published(self) -> int:
        """Publications that the broker has; without confirmation, those that were handed to the connection."""
    @property
    def refused(self) -> int:
        """Publications that the broker refused."""
    @property
    def pending(self) -> int:
        """Publications that wait for the broker's answer."""
    @property
    def received(self) -> int:
        """Messages that came, ``stale`` and ``ahead`` included."""
    @property
    def stale(self) -> int:
        """Messages that were older than ``max_age``, and not handed on."""
    @property
    def ahead(self) -> int:
        """Messages that were further in the future than ``max_ahead``, and not handed on."""
    @property
    def taken(self) -> int:
        """Deliveries, of one message or a list, that were taken."""
    @property
    def not_taken(self) -> int:
        """Deliveries that were not taken, and come again."""
    @property
    def connections(self) -> int:
        """Connections that the broker let in."""
    @property
    def last_error(self) -> str:
        """Why the last connection ended, or could not be made; empty while one is open."""

@final
class Call:
    """A call that is ready to be sent, once: without the interpreter's lock, from any thread."""

    def run(self) -> Answer: ...
    @property
    def url(self) -> str: ...
    def form(self) -> list[tuple[str, str]] | None: ...
    @property
    def idempotent(self) -> bool: ...
    @property
    def timeout(self) -> float: ...

@final
class Client:
    """A client of one host; threads may share it. Its methods make calls, and send nothing."""

    def __new__(
        cls,
        host: str,
        *,
        https: bool | None = ...,
        namespace: str | int | None = ...,
        key: str | int | None = ...,
        store_path: str = ...,
        get: bool = ...,
        proxy: str | None = ...,
        timeout: float = ...,
        connect_timeout: float = ...,
        ca_file: str | os.PathLike[str] | None = ...,
        client_cert: str | os.PathLike[str] | None = ...,
    ) -> Client: ...
    @property
    def origin(self) -> str: ...
    def store(self, data: object, device: object, timestamp: object) -> Call: ...
    def upload(self, device: object, timestamp: object) -> Upload: ...
    def outbox(self, path: str | os.PathLike[str], **options: object) -> Outbox: ...
    def packets(self, path: str, packets: str, legacy_key: str) -> Call: ...
    def login(self, username: str, password: str, path: str) -> Call: ...
    def logout(self, path: str) -> Call: ...
    def get(self, path: str, query: list[tuple[str, str]]) -> Call: ...
    def post(self, path: str, pairs: list[tuple[str, str]]) -> Call: ...
    def ask(self, ask: Ask) -> Call: ...
    def pages(self, field: tuple[object, object, object], **options: object) -> Pages: ...
    def download(
        self, value: tuple[object, object, object, object], to: object, **options: object
    ) -> Download: ...
    def firmware(self, namespace: object, device: object, folder: object, **options: object) -> Firmware: ...
    def request(
        self, path: str, query: str, pairs: list[tuple[str, str]] | None, json: str | None
    ) -> Call: ...
    def close(self) -> None: ...

@final
class Delivered:
    """The service took these readings."""

    @property
    def sequences(self) -> tuple[int, ...]:
        """Their numbers, in the order in which they were sent."""

@final
class Delivery:
    """What came from the broker at once: one message, or a list of them. What it says is not in its ``repr``."""

    @property
    def messages(self) -> tuple[Message, ...]:
        """The messages, in the order of the list; without those that ``max_age`` and ``max_ahead`` leave out."""
    @property
    def topic(self) -> str:
        """The MQTT topic or STOMP destination. RabbitMQ gives an MQTT topic with ``/`` for each ``.``."""
    @property
    def payload(self) -> bytes:
        """The whole body as it came."""
    @property
    def headers(self) -> dict[str, str]:
        """The headers of the STOMP frame; none with MQTT."""
    @property
    def redelivered(self) -> bool:
        """Whether the broker says that it delivered this before."""

@final
class DiskChanged:
    """The file can be written, or no longer."""

    @property
    def state(self) -> _DiskState:
        """How it is now."""

@final
class Download:
    """A stored object that is ready to be written, without the interpreter's lock, from any thread."""

    def run(self, progress: Callable[[int, int | None], object] | None) -> Downloaded: ...

@final
class Downloaded:
    """A stored object that was written."""

    @property
    def size(self) -> int:
        """How many bytes were written."""
    @property
    def file_name(self) -> str | None:
        """The file name that the service proposes, without any folder."""

@final
class Dropped:
    """Readings were given up, as the outbox's bounds or damage demand."""

    @property
    def count(self) -> int:
        """How many."""
    @property
    def reason(self) -> str:
        """Why, in one word: a key of ``OutboxStats.dropped``."""

@final
class Fetched:
    """What came of fetching a device's firmware."""

    @property
    def state(self) -> str:
        """``'none'``, ``'up_to_date'`` or ``'fetched'``."""
    @property
    def id(self) -> int | None:
        """The newest firmware's id."""
    @property
    def version(self) -> str | None:
        """The newest firmware's version."""
    @property
    def path(self) -> str | None:
        """Where its image is, if it is in the folder."""
    @property
    def received(self) -> int:
        """How many bytes came over the network."""

@final
class Firmware:
    """A device's firmware that is ready to be fetched, without the interpreter's lock, from any thread."""

    def run(self, progress: Callable[[int, int | None], object] | None) -> Fetched: ...

@final
class Flushed:
    """What an outbox did with its last readings when it was flushed or closed."""

    @property
    def delivered(self) -> int:
        """Readings that the service took while the call waited."""
    @property
    def kept(self) -> int:
        """Readings that are kept, in the file or, while the outbox is open, in memory."""
    @property
    def lost(self) -> int:
        """Readings that could not be kept, because the file cannot be written and the outbox was closed."""
    @property
    def waited(self) -> float:
        """How long the call waited, in seconds."""

@final
class Link:
    """A connection whose socket the caller reads and writes; it carries one call after the other. Making it waits."""

    def __new__(cls, call: Call) -> Link: ...
    def detach(self) -> int: ...
    def begin(self, call: Call) -> None: ...
    def outgoing(self, call: Call) -> bytes: ...
    def incoming(self, data: bytes) -> bool: ...
    def answer(self, call: Call) -> Answer | None: ...
    @property
    def idle(self) -> bool: ...
    @property
    def stale(self) -> bool: ...

@final
class LinkChanged:
    """The way to the service changed."""

    @property
    def state(self) -> _LinkState:
        """How it is now."""

@final
class Message:
    """One message to a device. What it says is not in its ``repr``."""

    @property
    def uid(self) -> str | None:
        """The device that its packet names: the listening one, or a child device behind it. None: it came in no packet."""
    @property
    def namespace(self) -> str | None:
        """The namespace that its packet names."""
    @property
    def text(self) -> str | None:
        """What it says: the packet's ``data``, or the whole body; None where that is no UTF-8 text."""
    @property
    def body(self) -> bytes:
        """As ``text``, whatever it is."""
    @property
    def timestamp(self) -> float | None:
        """When it was sent, by its packet, in UNIX seconds."""
    @property
    def age(self) -> float | None:
        """How many seconds ago that was when it came, by this machine's clock; negative for a time in the future."""
    @property
    def redelivered(self) -> bool:
        """Whether the broker says that it delivered this before."""
    @property
    def destination(self) -> str:
        """The MQTT topic or STOMP destination."""
    @property
    def delivery(self) -> Delivery:
        """What it came in."""
    def fields(self) -> list[tuple[str, str]]:
        """The names and values of a body that is a packet's ``data``, ``name=value;`` repeated.

        Raises ByteportClientException for another body.
        """

@final
class MovedAside:
    """A damaged file, or one of a newer version, was moved aside."""

    @property
    def path(self) -> str:
        """Its new path."""
    @property
    def saved(self) -> int:
        """Readings saved from it."""
    @property
    def lost(self) -> int:
        """Readings that it held and that could not be read."""

@final
class Outbox:
    """An open outbox; threads may share it. One that is not closed works on until the interpreter ends."""

    def enqueue(
        self, data: object, device: object, timestamp: object, durability: str, timeout: Span | None
    ) -> Receipt: ...
    def wait_for(self, sequence: int, durability: str, timeout: Span) -> Durability: ...
    def flush(self, timeout: Span) -> Flushed: ...
    def close(self, timeout: Span) -> Flushed: ...
    def stats(self) -> OutboxStats: ...
    def set_key(self, key: str | int) -> None: ...
    def set_legacy_key(self, key: str) -> None: ...
    def resume(self) -> None: ...
    @property
    def path(self) -> str: ...

@final
class OutboxStats:
    """The accounting of an outbox at one moment: ``accepted == delivered + queued + quarantined + sum(dropped.values())``"""

    @property
    def accepted(self) -> int:
        """Readings taken in since the file was made."""
    @property
    def delivered(self) -> int:
        """Readings that the service took."""
    @property
    def queued(self) -> int:
        """Readings that wait, in the file or in memory."""
    @property
    def quarantined(self) -> int:
        """Readings in the quarantine table: the service refused them for good."""
    @property
    def dropped(self) -> dict[str, int]:
        """Readings that were given up, by reason: full, thinned, age, damage, quarantine, discarded."""
    @property
    def queued_in_memory(self) -> int:
        """Of those that wait, the ones that are in memory only."""
    @property
    def memory_bytes(self) -> int:
        """Bytes of the readings in memory that are not in the file."""
    @property
    def disk_bytes(self) -> int:
        """Bytes that the file uses of its bound, the write-ahead log included."""
    @property
    def oldest_age(self) -> float | None:
        """For how many seconds the oldest that waits has been in the outbox; None where none waits."""
    @property
    def accepted_rate(self) -> float:
        """Readings per second taken in, over about the last minute."""
    @property
    def delivered_rate(self) -> float:
        """Readings per second delivered, over about the last minute."""
    @property
    def retries(self) -> int:
        """Calls that were made again since the outbox was opened."""
    @property
    def calls(self) -> int:
        """Calls that were answered with success since the outbox was opened."""
    @property
    def link(self) -> _LinkState:
        """The way to the service."""
    @property
    def disk(self) -> _DiskState:
        """The file."""
    @property
    def last_error(self) -> str:
        """The last failure of a call or of the file, without secrets; empty where there was none."""
    @property
    def committed_sequence(self) -> int:
        """Every reading up to this number is in the file, or no longer waits."""
    @property
    def synced_sequence(self) -> int:
        """Every reading up to this number is forced onto the disk, or no longer waits."""
    @property
    def last_sequence(self) -> int:
        """The number of the newest reading."""
    @property
    def moved_aside(self) -> int:
        """Damaged files, and files of a newer version, that were moved aside since the outbox was opened."""
    def to_json(self) -> str:
        """As JSON text, with the names that are used here."""
    def to_prometheus(self, outbox: str) -> str:
        """As text for Prometheus, with this name of the outbox as a label."""

@final
class Pages:
    """What is left of a long range."""

    def next(self) -> list[dict[str, Any]] | None: ...

@final
class Quarantined:
    """The service refused a reading for good: it lies in the quarantine table."""

    @property
    def sequence(self) -> int:
        """Its number."""
    @property
    def why(self) -> str:
        """The service's answer, in one line."""

@final
class Receipt:
    """The answer to one accepted reading."""

    @property
    def sequence(self) -> int:
        """The reading's number in its outbox: rising, counted from 1."""
    @property
    def held(self) -> Durability | None:
        """How safe the reading is now; None where it was dropped. Less than what was asked where the time was over first, or
        the file cannot be written: the reading is kept all the same. For ``'disk'`` that is mostly ``'memory'``: the file is
        written a little later.
        """

@final
class Upload:
    """One store in the making, whose values come from files and streams. Made here, its fields are for a program to send."""

    def __new__(cls) -> Upload: ...
    def add_file(self, field: str, path: str | os.PathLike[str]) -> None: ...
    def add_object(self, field: str, data: object, compression: str | None) -> None: ...
    def begin_object(self, field: str, compression: str | None) -> None: ...
    def add_piece(self, piece: bytes) -> None: ...
    def end_object(self) -> None: ...
    def add_object_file(self, field: str, path: str | os.PathLike[str], compression: str | None) -> None: ...
    def __len__(self) -> int: ...
    def fields(self) -> dict[str, str]: ...
    def call(self) -> Call: ...

@final
class Watch:
    """A directory whose files are stored as they change: look, fill and send until there is nothing more, wait."""

    def __new__(cls, directory: str | os.PathLike[str], poll_interval: float) -> Watch: ...
    def look(self) -> int: ...
    def next_upload(self, client: Client | None, device: object, timestamp: object) -> Upload | None: ...
    def sent(self) -> None: ...
    def failed(self, why: object) -> None: ...
    def wait(self) -> None: ...
    def due(self) -> float: ...
    def fileno(self) -> int | None: ...

@final
class Will:
    """What the broker publishes when an MQTT client is gone without a farewell."""

    def __new__(
        cls, topic: str, body: bytes | str, *, confirm: bool = True, retain: bool = False
    ) -> Will: ...

def is_valid_name(name: object) -> bool: ...
def check_name(what: str, name: object) -> str: ...
def close_all() -> None: ...
def command(arguments: list[str]) -> int: ...
def decode_object(text: str, max_size: int) -> bytes: ...
def items(data: Mapping[str, object]) -> list[tuple[str, object]]: ...
def timestamp_text(value: object) -> str: ...
def unix_micros(date: datetime.datetime) -> int: ...
def unreadable(field: str, why: Exception) -> Exception: ...
def value_text(field: str, value: object) -> str: ...
