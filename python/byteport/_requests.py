# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What ``make_request`` takes and gives: addresses on the client's own host, bodies, and the answer as a file."""

from __future__ import annotations

import io

from . import _byteport
from .client_base import ByteportClientInvalidDataTypeException, refused

# What takes long to import is imported where it is first needed.
TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from email.message import Message
    from types import TracebackType
    from typing import Any, Union
    from urllib.parse import SplitResult

    PostData = Union[Mapping[str, object], Iterable[tuple[str, object]], str, bytes]
    """What is posted: names and values, or a form that is encoded already."""

__all__ = ["Response", "foreign_answer", "form_pairs", "json_text", "parsed", "path_and_query"]

_PORTS = {"http": 80, "https": 443}
_LEGIBLE = "!#$%&'()*+,/:;=?@[]~"  # what a URL may hold as it is, besides letters, digits and _.-


class Response:
    """What the service answered, as a file of bytes to be read once."""

    def __init__(self, answer: _byteport.Answer) -> None:
        """Takes over an answer."""
        #: The HTTP status; also as ``code`` and by ``getcode()``.
        self.status = self.code = answer.status
        self._headers: Message | None = None
        self._pairs = answer.headers
        self._body = io.BytesIO(answer.body)

    @property
    def headers(self) -> Message:
        """The headers, by names in upper or lower case."""
        if self._headers is None:
            from email.message import Message

            self._headers = Message()
            for name, value in self._pairs:
                self._headers[name] = value
        return self._headers

    def read(self, amount: int | None = -1) -> bytes:
        """The next bytes of the body, at most ``amount``, or all of them; none at the end."""
        return self._body.read(amount)

    def getcode(self) -> int:
        """The HTTP status."""
        return self.status

    def close(self) -> None:
        """Lets the body go; reading raises ValueError then."""
        self._body.close()

    def __enter__(self) -> Response:
        """The response itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes it."""
        self.close()


def path_and_query(origin: str, url: str) -> tuple[str, str]:
    """The parts of an address on the client's own host: a URL, or a path."""
    from urllib.parse import quote, urlsplit

    if not isinstance(url, str):
        raise refused(f"the URL must be str, not {type(url).__name__}")
    try:
        parts, own = urlsplit(quote(url, safe=_LEGIBLE)), urlsplit(origin)
        same = (url.startswith("/") and not parts.netloc) or _place(parts) == _place(own)
    except ValueError:  # lone surrogates, brackets, ports
        raise refused("the URL is malformed: write https://HOST/PATH?QUERY or /PATH?QUERY") from None
    if not same:
        raise refused(f"the URL is not on {origin}: keys and cookies are sent nowhere else")
    return parts.path or "/", parts.query


def _place(url: SplitResult) -> tuple[str | None, int | None]:
    if url.username is not None or url.scheme not in _PORTS:
        raise ValueError
    return url.hostname, url.port or _PORTS[url.scheme]


def form_pairs(data: PostData) -> list[tuple[str, str]]:
    """The names and values of a form, as texts."""
    from collections.abc import Mapping
    from urllib.parse import parse_qsl

    if isinstance(data, (str, bytes)):
        try:
            text = data if isinstance(data, str) else data.decode()
            return parse_qsl(text, keep_blank_values=True, errors="strict")
        except ValueError:
            raise _no_form("it is no encoded form") from None
    pairs: Any = _byteport.items(data) if isinstance(data, Mapping) else data
    try:
        return [(_text(name), _byteport.value_text(_text(name), value)) for name, value in pairs]
    except (TypeError, ValueError):
        raise _no_form("write a dict of names and values, or a form that is encoded") from None


def _text(name: object) -> str:
    return name if isinstance(name, str) else _byteport.value_text("a parameter's name", name)


def _no_form(why: str) -> Exception:
    return refused(f"post_data cannot be sent: {why}", 4, kind=ByteportClientInvalidDataTypeException)


def json_text(what: str, value: object) -> str:
    """A value as JSON text."""
    import json

    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        kind = ByteportClientInvalidDataTypeException
        raise refused(f"{what} cannot be written as JSON: {error}", 4, kind=kind) from error


def foreign_answer(response: Any, path: str) -> _byteport.Answer:
    """What a program's own ``make_request`` returned; one that returns nothing to read answered nothing."""
    body = response.read() if hasattr(response, "read") else b""
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")  # no text that is sent: JSON with it is refused as such
    if not isinstance(body, (bytes, bytearray)):
        kind = type(body).__name__
        raise refused(f"read() of what make_request returned gave {kind}, not bytes or str", 21, "decode")
    return _byteport.Answer(bytes(body), path)


def parsed(answer: _byteport.Answer) -> Any:
    """What ``json.loads`` makes of an answer."""
    import json

    text = answer.json_text()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # such as an integer of 5,000 digits
        message = f"the answer of {answer.path} is JSON that Python cannot hold: {type(error).__name__}"
        raise refused(message, 21, "decode") from error
