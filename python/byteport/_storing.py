# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Storing by API key: readings, files, objects, folders, packets."""

from __future__ import annotations

import os

from . import _byteport
from ._calls import nothing
from ._outbox import OutboxCalls, taken
from ._overrides import is_overridden, overridable
from ._requests import json_text
from .client_base import ByteportClientException, ByteportClientFileException, shown

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, BinaryIO, TextIO, Union

    from .client_base import Timestamp

    Path = Union[str, os.PathLike[str]]
    Object = Union[bytes, bytearray, memoryview, str, BinaryIO, TextIO]
    Fill = Callable[[_byteport.Upload], None]

__all__ = ["StoringCalls"]

#: The shortest ``poll_interval``, in seconds: less would keep a processor busy.
_SHORTEST_INTERVAL = 0.01
#: A path is shown whole where the system could take it.
_LONGEST_PATH = 4096
#: Encoded files up to this length, in bytes, are in memory in any case; a longer one goes past the outbox.
_LONGEST_KEPT = 4 << 20


class StoringCalls(OutboxCalls):
    """See :class:`byteport.http_clients.ByteportHttpClient`."""

    STORE_PACKETS = "/api/legacy/packets/timeseries/"

    @overridable
    def store(
        self,
        data: Mapping[str, object] | None = None,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
    ) -> None:
        """Stores the fields of one device, measured at one time. Returning means that the service has them.

        :param data: field names and values: anything that ``str()`` takes, bytes in UTF-8; not changed. None: a heartbeat
        :param device_uid: the device, where it is not the client's own
        :param timestamp: UNIX seconds or datetime, as :meth:`auto_timestamp` takes it; None leaves it to the service

        Raises ByteportClientInvalidFieldNameException, ByteportClientInvalidDataTypeException and
        ByteportClientUnsupportedTimestampTypeException before anything is sent; ByteportClientForbiddenException for a wrong
        key. Storing again after a ByteportConnectException is safe with a timestamp: the same value at the same time is one.

        Where the constructor was given an ``outbox``, this returns when the reading is in it, stamped with the time of this
        call where it has no other: what is wrong with the network or the key raises nothing, and the reading is kept. Only
        one that is longer than ``max_memory`` of the outbox is sent at once, as without one.

        Where a subclass overrides this method, everything that is stored but packets goes through it, with ``data`` a dict:
        ``store(data, device_uid)``, with the timestamp as a third argument where there is one.
        """
        device = self.device_uid if device_uid is None else device_uid
        if self._outbox is not None and taken(self._outbox, data, device, timestamp):
            return None
        return self._send(self._storing.store(data, device, timestamp), nothing)

    def log(self, message: object, level: str = "info", device_uid: str | int | None = None) -> None:
        """Stores a message that the service shows in its log. Levels: debug, info, warn, error. Raises as :meth:`store`."""
        return self.store({level: message}, device_uid)

    def store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
    ) -> None:
        """Stores a file's text as it is, its last line's end too.

        Raises as :meth:`store`; ByteportClientFileException for a file that is missing, cannot be read, or changes again
        and again while it is read; ByteportClientInvalidDataTypeException for one that is not UTF-8 text. Any size will do:
        what is larger than 4 MiB waits in a temporary file.
        """
        return self._store_filled(
            lambda upload: upload.add_file(field_name, path_to_file), device_uid, timestamp
        )

    def store_directory(
        self, directory_path: Path, device_uid: str | int | None, timestamp: Timestamp | None = None
    ) -> None:
        """Stores the texts of the files in a folder in one call, the oldest first; a file's name is the field's name.

        Folders in it are left out. Raises as :meth:`store_file`, and ByteportClientInvalidFieldNameException for a file
        whose name is no field name; nothing is sent then.
        """

        def fill(upload: _byteport.Upload) -> None:
            folder = _folder(directory_path)
            for name in self.sorted_ls(directory_path):
                path = os.path.join(folder, name)
                if os.path.isfile(path):
                    upload.add_file(name, path)

        return self._store_filled(fill, device_uid, timestamp)

    def sorted_ls(self, path: Path) -> list[str]:
        """The names in a folder, the longest unchanged first, then by name. Raises ByteportClientFileException."""
        folder = _folder(path)
        try:
            with os.scandir(folder) as entries:
                found = [(_modified(entry), entry.name) for entry in entries]
        except (OSError, ValueError) as error:
            raise _unreadable(path, error) from error
        return [name for _, name in sorted(found)]

    def poll_directory_and_store_upon_content_change(
        self,
        directory_path: Path,
        device_uid: str | int | None,
        timestamp: Timestamp | None = None,
        poll_interval: float = 5,
    ) -> None:
        """Stores the files of a folder, and again those that were added or changed; a file's name is the field's name.

        :param timestamp: for everything that is sent; None: the service takes the time at which it comes
        :param poll_interval: the longest time between two looks at the folder, in seconds. Where the system tells of changes
            they are sent at once, as soon as the file is written. Less than 0.01 counts as 0.01

        Blocks for ever; Ctrl-C ends it. What cannot be sent is logged (``byteport.watch``) and tried again at the next
        round; a file that disappears, cannot be read, is no UTF-8 text, or whose name is no field name, is logged once and
        skipped until it changes. Many files are sent in several calls. Raises at once, as :meth:`store` does, for arguments
        that make no sense, and ByteportClientFileException for a folder that cannot be read.
        """
        watch = self._watch(directory_path, poll_interval)
        self._next_upload(None, device_uid, timestamp)  # refuses what every round would refuse
        while True:
            watch.look()
            while (upload := self._next_upload(watch, device_uid, timestamp)) is not None:
                try:
                    self._store_upload(upload, device_uid, timestamp)
                except self._failures() as error:
                    watch.failed(error)
                else:
                    watch.sent()
            watch.wait()

    def base64_encode_and_store(
        self,
        field_name: str,
        fileobj: Object,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        compression: str | None = None,
    ) -> None:
        """Stores an object as base64 text, compressed before or not.

        :param fileobj: bytes, a text (in UTF-8), or a file object: it is read to its end in pieces of 64 KiB, in memory that
            does not grow with it
        :param compression: None, ``'gzip'`` (a zlib stream, as it has always been here) or ``'bzip2'``

        Raises as :meth:`store`; ByteportClientUnsupportedCompressionException before anything is read;
        ByteportClientFileException where reading fails.
        """
        return self._store_filled(
            lambda upload: _add_object(upload, field_name, fileobj, compression), device_uid, timestamp
        )

    def base64_encode_and_store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        compression: str | None = None,
    ) -> None:
        """Stores a file as an object, as :meth:`base64_encode_and_store`, of any size and content. Raises as that does."""
        return self._store_filled(
            lambda upload: upload.add_object_file(field_name, path_to_file, compression),
            device_uid,
            timestamp,
        )

    def base64_encode_and_store_store_file(
        self,
        field_name: str,
        path_to_file: Path,
        device_uid: str | int | None = None,
        timestamp: Timestamp | None = None,
        compression: str | None = None,
    ) -> None:
        """Another name of :meth:`base64_encode_and_store_file`."""
        return self.base64_encode_and_store_file(field_name, path_to_file, device_uid, timestamp, compression)

    def store_packets(self, packets: Any, legacy_key: str, json_encode: bool = True) -> None:
        """Stores readings of many devices, of any namespaces, in one call.

        :param packets: a list of ``{"uid": ..., "namespace": ..., "timestamp": "1410613385.5", "data": "f1=10;f2=20;"}``
        :param legacy_key: the key for such lists; the client's own is not used
        :param json_encode: False: ``packets`` is the list's JSON text already

        Raises ByteportClientException before anything is sent where a packet is malformed or holds a bad name; it says
        which one.
        """
        text = json_text("packets", packets) if json_encode else packets
        return self._send(self._core.packets(self.STORE_PACKETS, text, legacy_key), nothing)

    def _store_filled(self, fill: Fill, device_uid: str | int | None, timestamp: Timestamp | None) -> None:
        """Stores what ``fill`` adds to an upload, through ``store`` where a program has its own."""
        upload = self._new_upload(device_uid, timestamp)
        if not self._streams():
            fill(upload)
            return self._store_upload(upload, device_uid, timestamp)

        def ready() -> _byteport.Call:
            fill(upload)
            return upload.call()

        return self._send(ready, nothing)

    def _new_upload(self, device_uid: str | int | None, timestamp: Timestamp | None) -> _byteport.Upload:
        if is_overridden(self, "store"):
            return _byteport.Upload()
        return self._storing.upload(self.device_uid if device_uid is None else device_uid, timestamp)

    def _streams(self) -> bool:
        """Whether a file is on its way to the service without being whole in memory."""
        return self._outbox is None and not is_overridden(self, "store")

    def _watch(self, directory_path: Path, poll_interval: float) -> _byteport.Watch:
        if isinstance(poll_interval, (int, float)) and 0 < poll_interval < _SHORTEST_INTERVAL:
            poll_interval = _SHORTEST_INTERVAL
        return _byteport.Watch(directory_path, poll_interval)

    def _failures(self) -> type[Exception]:
        """What storing raises where it fails; anything else comes from a signal's handler, say, and ends a poll."""
        own = is_overridden(self, "store") or is_overridden(self, "make_request")
        return Exception if own else ByteportClientException

    def _next_upload(
        self, watch: _byteport.Watch | None, device_uid: str | int | None, timestamp: Timestamp | None
    ) -> _byteport.Upload | None:
        """What a watched folder has to send next; without one, only refuses arguments that make no sense."""
        device = self.device_uid if device_uid is None else device_uid
        core = None if is_overridden(self, "store") else self._storing
        if watch is not None:
            return watch.next_upload(core, device, timestamp)
        return None if core is None else core.upload(device, timestamp)

    def _store_upload(
        self, upload: _byteport.Upload, device_uid: str | int | None, timestamp: Timestamp | None
    ) -> None:
        if not is_overridden(self, "store"):
            device = self.device_uid if device_uid is None else device_uid
            outbox = self._outbox if len(upload) <= _LONGEST_KEPT else None
            if outbox is not None and taken(outbox, upload.fields(), device, timestamp):
                return None
            return self._send(upload.call, nothing)
        # A program's method may name its parameters otherwise, and have none for what is not there.
        if timestamp is None:
            return self.store(upload.fields(), device_uid)
        return self.store(upload.fields(), device_uid, timestamp)


#: What is asked of a file object at a time.
_PIECE = 64 * 1024


def _add_object(upload: _byteport.Upload, field: str, source: Object, compression: str | None) -> None:
    """Adds an object. A ``read`` is called from here, not by compiled code: that would abort the process where the
    interpreter ends while a daemon thread waits in it.
    """
    if issubclass(type(source), (bytes, bytearray, memoryview, str)):
        return upload.add_object(field, source, compression)
    upload.begin_object(field, compression)
    try:
        read: Callable[[int], object] | None = getattr(source, "read", None)
    except Exception as error:
        raise _byteport.unreadable(field, error) from error
    if read is None:
        return upload.add_object(field, source, compression)
    while piece := _next_piece(field, read):
        upload.add_piece(piece)
    return upload.end_object()


def _next_piece(field: str, read: Callable[[int], object]) -> bytes:
    try:
        piece = read(_PIECE)
        if isinstance(piece, str):
            return str.encode(piece)
        if isinstance(piece, (bytes, bytearray)):
            return bytes(memoryview(piece))
        raise TypeError(f"read() gives {type(piece).__name__}, neither bytes nor str")
    except Exception as error:
        raise _byteport.unreadable(field, error) from error


def _modified(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat().st_mtime_ns
    except OSError:  # a link to nowhere, or gone by now
        return 0


def _folder(path: object) -> str:
    """The path of a folder."""
    try:
        folder = os.fspath(path)  # type: ignore[call-overload]
    except Exception as error:  # __fspath__ is any program's code
        raise _unreadable(path, error) from error
    if isinstance(folder, str):
        return folder
    raise _unreadable(path, TypeError("the path must be str or os.PathLike, not bytes"))


def _unreadable(path: object, error: Exception) -> ByteportClientFileException:
    why = getattr(error, "strerror", None) or error
    failure = ByteportClientFileException(f"folder {shown(path, _LONGEST_PATH)}: cannot be read: {why}")
    failure.code, failure.phase = 25, "check"
    failure.errno, failure.strerror = getattr(error, "errno", None), getattr(error, "strerror", None)
    failure.filename = path
    return failure
