# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What DictDiffer answers, for values that compare well and for those that do not."""

from __future__ import annotations

import datetime
from typing import Any

import numpy
import pandas
import pytest

import byteport_client.utils
from byteport.utils import DictDiffer

NAN = float("nan")


def test_the_four_answers() -> None:
    now, before = {"new": 1, "same": 2, "other": 3}, {"same": 2, "other": 4, "gone": 5}
    differ = DictDiffer(now, before)
    assert differ.added() == {"new"}
    assert differ.removed() == {"gone"}
    assert differ.changed() == {"other"}
    assert differ.unchanged() == {"same"}
    assert (differ.current_dict, differ.past_dict) == (now, before)
    assert differ.intersect == {"same", "other"} == differ.set_current & differ.set_past
    assert byteport_client.utils.DictDiffer is DictDiffer


def test_empty_dicts() -> None:
    nothing: dict[str, int] = {}
    for differ in (DictDiffer(nothing, nothing), DictDiffer(current_dict=nothing, past_dict=nothing)):
        assert differ.added() == differ.removed() == differ.changed() == differ.unchanged() == set()
    assert DictDiffer({"a": None}, {}).added() == {"a"}
    assert DictDiffer({}, {"a": None}).removed() == {"a"}


class Unequal:
    """Equal to nothing, nor to itself, and says so in a way of its own."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: bool = self.answer
        return answer


SAME = [
    (1, 1.0),
    ("", ""),
    (NAN, float("nan")),
    (numpy.float32("nan"), NAN),
    (numpy.datetime64("NaT", "s"), numpy.datetime64("NaT", "us")),
    (pandas.NA, pandas.NA),
    (numpy.array([1, 2]), numpy.array([1.0, 2.0])),
    (numpy.array([[1.0, NAN]]), numpy.array([[1.0, NAN]])),
    (numpy.array([]), numpy.array([])),
    (numpy.array(5), numpy.array(5)),
    (pandas.Series([1.0, NAN]), pandas.Series([1.0, NAN])),
    (pandas.DataFrame({"a": [1, NAN]}), pandas.DataFrame({"a": [1, NAN]})),
]
OTHER = [
    (1, 2),
    (1, "1"),
    ("a", b"a"),
    (None, 0),
    (NAN, 1.0),
    (numpy.array([1, 2]), numpy.array([1, 3])),
    (numpy.array([1, 1]), numpy.array([1])),
    (numpy.array([1]), 1),
    (numpy.array([]), numpy.array([1])),
    (numpy.array([1, 2]), [1, 2]),
    ([numpy.array([1, 2])], [numpy.array([1, 2])]),
    (pandas.NA, 1),
    (pandas.Series([1.0], ["a"]), pandas.Series([1.0], ["b"])),
    (pandas.DataFrame({"a": [1]}), pandas.DataFrame({"b": [1]})),
    (datetime.datetime(2015, 5, 1), datetime.datetime(2015, 5, 1, tzinfo=datetime.timezone.utc)),
    (Unequal(ZeroDivisionError()), 1),
    (Unequal("perhaps"), Unequal("perhaps")),
    (Unequal(None), Unequal(None)),
]


@pytest.mark.parametrize(
    ("one", "other", "same"), [(*pair, True) for pair in SAME] + [(*pair, False) for pair in OTHER]
)
def test_values_that_compare_oddly(one: Any, other: Any, same: bool) -> None:
    for differ in (DictDiffer({"x": one}, {"x": other}), DictDiffer({"x": other}, {"x": one})):
        assert differ.unchanged() == ({"x"} if same else set())
        assert differ.changed() == (set() if same else {"x"})
        assert differ.added() == differ.removed() == set()


def test_a_value_is_itself() -> None:
    for value in (NAN, Unequal(ZeroDivisionError()), [NAN], numpy.array([NAN])):
        assert DictDiffer({"x": value}, {"x": value}).unchanged() == {"x"}
