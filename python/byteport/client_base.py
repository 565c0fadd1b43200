# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What all clients share: the exceptions, and the checks and conversions of names, values and timestamps."""

from __future__ import annotations

from . import _byteport

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from typing import Any, SupportsFloat, SupportsIndex, Union

    Timestamp = Union[SupportsFloat, SupportsIndex, datetime.datetime]
    """A point in time: UNIX seconds, or a datetime, which without a time zone is UTC."""

__all__ = [
    "AbstractByteportClient",
    "ByteportClientDeviceNotFoundException",
    "ByteportClientException",
    "ByteportClientFileException",
    "ByteportClientForbiddenException",
    "ByteportClientInvalidDataTypeException",
    "ByteportClientInvalidFieldNameException",
    "ByteportClientUnsupportedCompressionException",
    "ByteportClientUnsupportedTimestampTypeException",
    "ByteportClosedException",
    "ByteportConnectException",
    "ByteportForkedException",
    "ByteportLoginFailedException",
    "ByteportNotAllowedException",
    "ByteportOutboxClosedException",
    "ByteportOutboxFullException",
    "ByteportOutboxInUseException",
    "ByteportServerException",
]


class ByteportClientException(Exception):
    """A call failed. Raised as it is where no class below says more; no key, password or cookie is in its text."""

    #: What went wrong, as the number that every language of libbyteport uses.
    code: int | None = None
    #: How far the call had come: check, dns, connect, tls, send, receive, status or decode. At check, nothing was sent.
    phase: str | None = None
    #: The HTTP status, if the service answered with one.
    status: int | None = None
    #: Whether the same call, made again later and unchanged, can succeed.
    retryable: bool = False


class ByteportClientFileException(ByteportClientException, OSError):
    """A file or folder cannot be read, or changed while it was read: nothing of it was sent. Or what came cannot be written.

    It is an OSError too; ``errno``, ``strerror`` and ``filename`` are set where they are known.
    """

    def __str__(self) -> str:
        """What happened, as of every other exception here; not OSError's own words."""
        return Exception.__str__(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """For a copy and for pickle, with what OSError keeps apart and would leave behind."""
        kept = ("errno", "strerror", "filename", "filename2")
        return type(self), self.args, {**vars(self), **{name: getattr(self, name) for name in kept}}


class ByteportConnectException(ByteportClientException):
    """No connection, or a broken one: host name, proxy, TLS, time-out; a broker that does not confirm in time."""


class ByteportLoginFailedException(ByteportClientException):
    """The user name or password was refused, or by a broker the virtual host."""


class ByteportClientForbiddenException(ByteportClientException):
    """HTTP 403: the key, the method or the user is not allowed. Or a broker refuses what was published or subscribed to."""


class ByteportClientDeviceNotFoundException(ByteportClientException):
    """HTTP 404: no such namespace, device or address."""


class ByteportNotAllowedException(ByteportClientException):
    """HTTP 406: the service refuses what was asked, such as a bad UID while registering."""


class ByteportServerException(ByteportClientException):
    """HTTP 500 and every other 5xx: the service failed."""


class ByteportClientUnsupportedCompressionException(ByteportClientException):
    """A compression that is neither None, 'gzip' nor 'bzip2'."""


class ByteportClientUnsupportedTimestampTypeException(ByteportClientException):
    """A timestamp that is no number and no datetime, or out of range. Nothing was sent."""


class ByteportClientInvalidFieldNameException(ByteportClientException):
    """A namespace, device UID or field name that breaks the naming rules. Nothing was sent."""


class ByteportClientInvalidDataTypeException(ByteportClientException):
    """A value that cannot be stored: NaN, an infinity, bytes that are not UTF-8, data that is no dict. Nothing was sent."""


class ByteportForkedException(ByteportClientException):
    """The outbox, or the broker's client, belongs to the process that this one was forked from: open another, an outbox on a
    file of its own.
    """


class ByteportOutboxFullException(ByteportClientException):
    """The outbox has no room, and was told to refuse then. The reading was not accepted."""


class ByteportOutboxInUseException(ByteportClientException):
    """Another process, or another outbox in this one, has the file."""


class ByteportClosedException(ByteportClientException):
    """The outbox, or the broker's client, was closed."""


#: An older name.
ByteportOutboxClosedException = ByteportClosedException


def refused(
    message: str,
    code: int = 1,
    phase: str = "check",
    *,
    kind: type[ByteportClientException] = ByteportClientException,
) -> ByteportClientException:
    """An exception as the core makes them: an argument that makes no sense, unless told otherwise."""
    error = kind(message)
    error.code, error.phase = code, phase
    return error


def closed() -> ByteportClientException:
    """The exception of a call on a client that is closed."""
    return refused("the client is closed: make another")


def shown(value: object, most: int = 40) -> str:
    """The beginning of a value's ``repr``, for messages; its type where that fails."""
    try:
        return repr(value)[:most]
    except Exception:  # it is any program's code, or an int of 5,000 digits
        return f"<{type(value).__name__}>"


class AbstractByteportClient:
    """Conversions and checks, without input or output. Every method may be called from any thread."""

    def auto_timestamp(self, timestamp: Timestamp) -> str:
        """The timestamp's text on the wire: UNIX seconds with at most six decimals and no trailing zeros.

        :param timestamp: UNIX seconds as any real number (int, float, Decimal, Fraction, NumPy's), or a datetime, a
            ``pandas.Timestamp`` or a ``numpy.datetime64``, each of which without a time zone is UTC. Numbers are rounded to
            the microsecond, of dates the nanoseconds are cut

        Raises ByteportClientUnsupportedTimestampTypeException for every other type (bool too), NaN, NaT and infinities.
        """
        return _byteport.timestamp_text(timestamp)

    def unix_time_micros(self, datetime_object: datetime.datetime) -> int:
        """Whole microseconds since 1970-01-01 UTC, exactly; a datetime without a time zone is UTC.

        Raises ByteportClientUnsupportedTimestampTypeException for everything else.
        """
        return _byteport.unix_micros(datetime_object)

    def timestamp_as_utc(self, datetime_object: datetime.datetime) -> datetime.datetime:
        """The same moment with the time zone UTC; a datetime without a time zone is UTC already.

        Raises ByteportClientUnsupportedTimestampTypeException for everything else, and outside the years 1 to 9999.
        """
        import datetime  # the caller has it in any case

        self.unix_time_micros(datetime_object)  # refuses what is none, and a zone that fails
        if datetime_object.utcoffset() is None:
            return datetime_object.replace(tzinfo=datetime.timezone.utc)
        try:
            return datetime_object.astimezone(datetime.timezone.utc)
        except OverflowError:
            kind = ByteportClientUnsupportedTimestampTypeException
            raise refused(
                "unsupported timestamp: in UTC it leaves the years 1 to 9999", 3, kind=kind
            ) from None

    def verify_name(self, name: object) -> bool:
        """Whether a name may be sent: 1 to 32 of ``0-9 a-z A-Z - _ :``, beginning with neither ``-`` nor ``_``."""
        return _byteport.is_valid_name(name)

    def verify_field_name(self, field_name: object) -> None:
        """Raises ByteportClientInvalidFieldNameException for a name that may not be sent."""
        _byteport.check_name("field name", field_name)

    def utf8_encode_value(self, value: object) -> bytes:
        """A value as it is stored: what ``str()`` makes of it (bytes are text already), in UTF-8.

        Raises ByteportClientInvalidDataTypeException for what cannot be stored.
        """
        return _byteport.value_text("value", value).encode()

    def convert_data_to_utf8(self, data: Mapping[str, object]) -> dict[str, bytes]:
        """Names and their values as they are stored; both are checked, and ``data`` is not changed.

        Raises as :meth:`verify_field_name` and :meth:`utf8_encode_value`; the latter also for data that is no mapping.
        """
        return {
            _byteport.check_name("field name", name): _byteport.value_text(name, value).encode()
            for name, value in _byteport.items(data)
        }

    def decode_object(self, text: str, *, max_size: int = 256 << 20) -> bytes:
        """The object that a field's text stands for: base64, then zlib, gzip or bzip2, recognised by its first bytes.

        :param max_size: the largest object that is taken, in bytes: a short text can stand for gigabytes

        Raises ByteportClientInvalidDataTypeException for text that is no base64, and for a damaged object;
        ByteportClientException for one that is too large.
        """
        return _byteport.decode_object(text, max_size)
