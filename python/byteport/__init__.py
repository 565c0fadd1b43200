# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Byteport client: store readings by API key, read them back by login. Start with :mod:`byteport.clients`.

Importing this package loads nothing more; the names in ``__all__`` are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from ._byteport import __version__
    from .http_clients import ByteportHttpClient, ByteportHttpGetClient, ByteportHttpPostClient

_HOMES = {
    "__version__": "byteport._byteport",
    "ByteportHttpClient": "byteport.http_clients",
    "ByteportHttpGetClient": "byteport.http_clients",
    "ByteportHttpPostClient": "byteport.http_clients",
}
_MODULES = (
    "aio",
    "client_base",
    "clients",
    "factories",
    "http_clients",
    "mqtt_client",
    "outbox",
    "scientific",
    "socks",
    "stomp_client",
    "utils",
)

__all__ = ["ByteportHttpClient", "ByteportHttpGetClient", "ByteportHttpPostClient", "__version__"]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"byteport.{name}")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'byteport' has no attribute {name!r}")


def _loadable() -> list[str]:
    """What can be loaded here: a module is left out where it needs what is not installed."""
    from importlib.util import find_spec

    return [*__all__, *(name for name in _MODULES if name != "scientific" or find_spec("pandas"))]


def __dir__() -> list[str]:
    return sorted({*globals(), *_loadable()})
