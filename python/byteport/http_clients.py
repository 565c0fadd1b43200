# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The clients over HTTP."""

from __future__ import annotations

from ._managing import ManagingCalls
from ._reading import ReadingCalls
from ._storing import StoringCalls
from ._streaming import StreamingCalls
from .client_base import (
    AbstractByteportClient,
    ByteportClientDeviceNotFoundException,
    ByteportClientException,
    ByteportClientFileException,
    ByteportClientForbiddenException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportClientUnsupportedCompressionException,
    ByteportClientUnsupportedTimestampTypeException,
    ByteportClosedException,
    ByteportConnectException,
    ByteportForkedException,
    ByteportLoginFailedException,
    ByteportNotAllowedException,
    ByteportOutboxClosedException,
    ByteportOutboxFullException,
    ByteportOutboxInUseException,
    ByteportServerException,
)

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
    "ByteportHttpClient",
    "ByteportHttpGetClient",
    "ByteportHttpPostClient",
    "ByteportLoginFailedException",
    "ByteportNotAllowedException",
    "ByteportOutboxClosedException",
    "ByteportOutboxFullException",
    "ByteportOutboxInUseException",
    "ByteportServerException",
]


class ByteportHttpClient(StoringCalls, ReadingCalls, ManagingCalls, StreamingCalls):
    """Stores by API key with POST, and reads with a user's login.

    With a namespace, a key and a device, the constructor sends a heartbeat (unless ``initial_heartbeat`` is False), so that
    a wrong key or host raises at once. Without namespace or key the store calls raise ByteportClientException, and the calls
    that need a login work.

    Threads may share a client: calls run side by side on kept connections, and release the interpreter's lock while they
    wait. A forked child may go on using it, on connections of its own. A client may be pickled, as ``multiprocessing`` does
    to hand it to a process: the copy has the same settings, **the API key and a proxy's password among them, in plain
    text**, and neither login nor connections. What fails raises a ByteportClientException; ByteportConnectException stands
    for everything between here and the service.

    The attributes say what the client was made with. A program may set ``device_uid``, ``namespace_name`` and ``api_key``:
    the calls that begin later store with the new one, on connections of their own, and a login stays. Setting another
    attribute changes nothing. In a ``with`` statement the client is closed at the end, as by :meth:`close`.

    A subclass may override ``make_request`` and ``store``: the other methods go through them then, but for the login and
    what is streamed (:meth:`iter_timeseries_data`, :meth:`download_value`, :meth:`fetch_firmware`). It may set the paths and
    the other constants.
    """


class ByteportHttpGetClient(ByteportHttpClient):
    """Stores with GET, where a network lets nothing else through: at most 2,048 bytes of URL, and the key is in it.

    Longer data raises ByteportClientException before anything is sent. Otherwise as :class:`ByteportHttpClient`.
    """

    _store_by_get = True


#: An older name.
ByteportHttpPostClient = ByteportHttpClient
