# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The import name of the client's last release: every module here gives the objects of the same module in byteport.

So does the package itself, with the same names, loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module

import byteport

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from byteport import ByteportHttpClient, ByteportHttpGetClient, ByteportHttpPostClient, __version__

__all__ = ["ByteportHttpClient", "ByteportHttpGetClient", "ByteportHttpPostClient", "__version__"]


def __getattr__(name: str) -> object:
    if name in byteport._MODULES:
        return import_module(f"byteport_client.{name}")
    if name in __all__:
        return getattr(byteport, name)
    raise AttributeError(f"module 'byteport_client' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *byteport._loadable()})
