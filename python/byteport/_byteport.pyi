# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The compiled core. Programs use :mod:`byteport.clients`, which stands on it."""

import datetime
import os
from collections.abc import Mapping
from typing import final

__all__ = [
    "LOGGERS",
    "Client",
    "__version__",
    "check_name",
    "is_valid_name",
    "items",
    "timestamp_text",
    "unix_micros",
    "value_text",
]

__version__: str
LOGGERS: list[str]

@final
class Client:
    """A client of one host; threads may share it. Calls release the interpreter's lock while they wait."""

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
    ) -> Client: ...
    @property
    def origin(self) -> str: ...
    def store(self, data: object, device: object, timestamp: object) -> None: ...
    def login(self, username: str, password: str, path: str) -> None: ...
    def logout(self, path: str) -> str: ...
    def get_json(self, path: str, query: list[tuple[str, str]]) -> str: ...

def is_valid_name(name: object) -> bool: ...
def check_name(what: str, name: object) -> str: ...
def items(data: Mapping[str, object]) -> list[tuple[str, object]]: ...
def timestamp_text(value: object) -> str: ...
def unix_micros(date: datetime.datetime) -> int: ...
def value_text(field: str, value: object) -> str: ...
