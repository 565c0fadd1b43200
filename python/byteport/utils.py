# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What changed between two dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

__all__ = ["DictDiffer"]

Key = TypeVar("Key")


class DictDiffer(Generic[Key]):
    """The difference between two dicts, as sets of keys.

    Every key is in exactly one of the four answers, with any values. Values are the same if they are one object or equal;
    also if both are NaN (or NaT), so that a sensor without a reading is not news every time. Arrays are the same if their
    shapes are and all their elements. Where a comparison fails, or its answer is neither true nor false, the key counts as
    changed; no exception of it gets out.
    """

    def __init__(self, current_dict: Mapping[Key, Any], past_dict: Mapping[Key, Any]) -> None:
        """Keeps both dicts, uncopied, and which keys they have now.

        :param current_dict: what is
        :param past_dict: what was
        """
        self.current_dict, self.past_dict = current_dict, past_dict
        self.set_current, self.set_past = set(current_dict), set(past_dict)
        self.intersect = self.set_current & self.set_past

    def added(self) -> set[Key]:
        """The keys that only the current dict has."""
        return self.set_current - self.set_past

    def removed(self) -> set[Key]:
        """The keys that only the past dict has."""
        return self.set_past - self.set_current

    def changed(self) -> set[Key]:
        """The keys that both have, with other values."""
        return self.intersect - self.unchanged()

    def unchanged(self) -> set[Key]:
        """The keys that both have, with the same values."""
        return {key for key in self.intersect if _same(self.current_dict[key], self.past_dict[key])}


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    try:
        if getattr(one, "shape", ()) != getattr(other, "shape", ()):
            return False
        # What is not equal to itself is NaN. Arrays answer element by element.
        equal = (one == other) | ((one != one) & (other != other))
        for _ in range(2):  # all() of a table is a row
            if getattr(equal, "shape", ()):
                equal = equal.all()
        return bool(equal)
    except Exception:
        return False
