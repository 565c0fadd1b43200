# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What is too large to be held in memory: long ranges page by page, objects as files, firmware."""

from __future__ import annotations

from ._calls import HttpCalls

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Protocol

    from . import _byteport
    from ._calls import Progress
    from ._storing import Path
    from .client_base import Timestamp

    class Writable(Protocol):
        """A file object that takes bytes."""

        def write(self, data: bytes, /) -> object:
            """Takes some or all of the bytes, and says how many; None stands for all of them."""


__all__ = ["StreamingCalls"]


class StreamingCalls(HttpCalls):
    """See :class:`byteport.http_clients.ByteportHttpClient`. None of these calls goes through ``make_request``."""

    def iter_timeseries_data(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        from_time: Timestamp,
        to_time: Timestamp | None = None,
        *,
        scale: float | None = None,
    ) -> Iterator[list[dict[str, Any]]]:
        """One field's values over any range, a page at a time, oldest first, in memory that does not grow with the range.

        :param from_time: the first moment, a datetime (without a time zone it is UTC) or UNIX seconds
        :param to_time: the last moment; None: now
        :param scale: a factor for the values

        Yields lists of about 10,000 points ``{"t": ISO 8601, "v": float, text or None}``, none of them empty; in a page that
        holds a text, every ``v`` is one. Bad arguments raise at once; everything else that
        :meth:`load_timeseries_data_range` raises comes with the page that it concerns, and ends the iteration.
        """
        pages = self._pages((namespace, uid, field_name), from_time, to_time, scale)
        return iter(pages.next, None)

    def _pages(
        self, field: tuple[object, object, object], from_time: object, to_time: object, scale: object
    ) -> _byteport.Pages:
        return self._core.pages(field, from_time=from_time, to_time=to_time, scale=scale)

    def download_value(
        self,
        namespace: str,
        uid: str | int,
        field_name: str,
        ref: str | int,
        path_or_fileobj: Path | Writable,
        *,
        decode: bool = True,
        decompress: bool = True,
        locally: bool = False,
        max_size: int | None = None,
        progress: Progress | None = None,
    ) -> _byteport.Downloaded:
        """Writes a stored object to a file, in memory that does not grow with it.

        :param ref: the ``r`` of a point of ``load_timeseries_data``
        :param path_or_fileobj: a path: the file has its name only when it is whole and on the disk, in place of what was
            there; or a file object opened in binary mode, which holds a part after an error
        :param decode: False: the text as it was stored, base64 for an object
        :param decompress: False: what is compressed stays so
        :param locally: decodes and decompresses here, and not at the service: less is sent, and zlib, gzip and bzip2 are
            told by their first bytes
        :param max_size: the most bytes that are written; a few compressed ones can stand for gigabytes
        :param progress: called as ``progress(so_far, total)`` with the bytes that have come over the network, and how many
            there will be, or None where that is not known. What it raises ends the call, and so does False

        Returns what has ``size`` (the bytes that were written) and ``file_name`` (as the service proposes it, without any
        folder; None without a name). ``timeout`` limits the time without a byte, not the whole. Raises
        ByteportClientFileException where the file cannot be written, ByteportClientInvalidDataTypeException where what is
        decoded here is damaged, ByteportClientException above ``max_size``, and as :meth:`load_value`.
        """
        download = self._core.download(
            (namespace, uid, field_name, ref),
            path_or_fileobj,
            decode=decode,
            decompress=decompress,
            locally=locally,
            max_size=max_size,
        )
        return self._transfer(download, progress)

    def fetch_firmware(
        self,
        namespace: str,
        uid: str | int,
        folder: Path,
        *,
        current_version: str | None = None,
        media_prefix: str | None = None,
        max_size: int | None = None,
        allow_unchecked: bool = False,
        progress: Progress | None = None,
    ) -> _byteport.Fetched:
        """Fetches the newest enabled firmware of a device's type into a folder, by the name that it has at the service.

        :param folder: is there already; what an earlier call left there of the same firmware is gone on with
        :param current_version: what runs on the device: that version is not fetched again
        :param media_prefix: the path under which the service has its images; None: ``/media/``
        :param max_size: the largest image that is fetched, in bytes; None: 1 GiB
        :param allow_unchecked: takes an image without a digest, too
        :param progress: as for :meth:`download_value`, counted in the image's bytes, with those that were there before

        Returns what has ``state`` (``'fetched'``; ``'up_to_date'`` for the version that runs, or an image that is in the
        folder already; ``'none'`` where the service offers none), ``path`` (the image's, or None), ``version``, ``id``, and
        ``received`` (the bytes that came over the network). The image has its name only when it is whole, has its size and
        MD5 digest, and is on the disk. That finds what is torn, cut short or mixed up; it does not protect from an attacker:
        use https, and have the device check a signature.

        Raises ByteportClientDeviceNotFoundException without such a device, or where it has no type; ByteportClientException
        for an image that would lie elsewhere, is too large, or is not what was announced (code 26: nothing of it is kept);
        ByteportClientFileException where the folder fails, or another process fetches the same image into it.
        """
        firmware = self._core.firmware(
            namespace,
            uid,
            folder,
            current_version=current_version,
            media_prefix=media_prefix,
            max_size=max_size,
            allow_unchecked=allow_unchecked,
        )
        return self._transfer(firmware, progress)
