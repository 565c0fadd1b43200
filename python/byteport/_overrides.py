# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Which of the methods and constants that programs override are still the package's own."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take longer than all of this package
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    _Function = TypeVar("_Function", bound=Callable[..., Any])

__all__ = ["Default", "is_overridden", "overridable"]


class Default(str):
    """A default, told from the same text written by a program."""

    __slots__ = ()


_OWN: dict[str, set[object]] = {}


def overridable(function: _Function) -> _Function:
    """Marks a method that other methods go through where a program has its own."""
    _OWN.setdefault(function.__name__, set()).add(function)
    return function


def is_overridden(client: object, name: str) -> bool:
    """Whether a subclass, or the client itself, has a method of its own under that name."""
    return getattr(getattr(client, name), "__func__", None) not in _OWN[name]
