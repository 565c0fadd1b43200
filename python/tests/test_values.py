# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What can be stored as a value, and what is refused before anything is sent."""

from __future__ import annotations

import collections
import collections.abc
import decimal
import enum
import math
import struct
import sys
import types
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy
import pandas
import pytest

from byteport.clients import (
    ByteportClientException,
    ByteportClientInvalidDataTypeException,
    ByteportClientInvalidFieldNameException,
    ByteportHttpClient,
    ByteportHttpGetClient,
)
from recording import Recorder


class Colour(str, enum.Enum):
    RED = "red"

    def __str__(self) -> str:
        return "Colour of fire"


class Celsius(float):
    def __str__(self) -> str:
        return f"{float(self):.1f}"


class Text:
    def __str__(self) -> str:
        return "what str() makes"


VALUES = [
    (0, "0"),
    (-(2**63), "-9223372036854775808"),
    (2**80, str(2**80)),
    (True, "True"),
    (None, "None"),
    (0.1, "0.1"),
    (20.0, "20.0"),
    ("", ""),
    ("a+b&c=d%20;\n é☃😀", "a+b&c=d%20;\n é☃😀"),
    ("nan", "nan"),
    ("NaT", "NaT"),
    ("<NA>", "<NA>"),
    (b"m\xc3\xb6tley", "mötley"),
    (bytearray(b"abc"), "abc"),
    (Colour.RED, "Colour of fire"),
    (Celsius(21.55), "21.6"),
    (decimal.Decimal("1.10"), "1.10"),
    (Text(), "what str() makes"),
    ([1, "x"], "[1, 'x']"),
]


@pytest.mark.parametrize(("value", "text"), VALUES, ids=repr)
def test_values_travel_as_text(value: Any, text: str, client: ByteportHttpClient, recorder: Recorder) -> None:
    client.store({"field": value})
    assert ["field", text] in recorder.requests[0]["form"]
    assert client.utf8_encode_value(value) == text.encode()
    assert client.convert_data_to_utf8({"field": value}) == {"field": text.encode()}


def test_floats_travel_as_str_writes_them(client: ByteportHttpClient) -> None:
    random = Random(20261123)
    floats = [0.0, -0.0, 5e-324, 2.0**-1074, sys.float_info.max, sys.float_info.min, 874159549753352.25]
    for power in range(-30, 31):
        edge = float(f"1e{power}")
        floats += [edge, math.nextafter(edge, 0), math.nextafter(edge, math.inf)]
        floats += [random.random() * edge for _ in range(200)]
    bits = (random.getrandbits(64) for _ in range(20_000))
    floats += [
        number
        for (number,) in (struct.unpack("d", struct.pack("Q", b)) for b in bits)
        if math.isfinite(number)
    ]
    for number in floats:
        assert client.utf8_encode_value(number) == str(number).encode()
        assert client.utf8_encode_value(-number) == str(-number).encode()


@pytest.mark.parametrize(
    ("number", "text"), [(1e16, "1e+16"), (1e-5, "1e-05"), (1e-7, "1e-07"), (1e300, "1e+300")]
)
def test_floats_with_an_exponent(
    number: float, text: str, client: ByteportHttpClient, recorder: Recorder
) -> None:
    client.store({"x": number})
    assert ["x", text] in recorder.requests[0]["form"]


class Broken:
    def __str__(self) -> str:
        raise ZeroDivisionError("no words")


REFUSED = [
    (float("nan"), "finite"),
    (float("inf"), "finite"),
    (-float("inf"), "finite"),
    (Celsius("nan"), "finite"),
    (decimal.Decimal("-Infinity"), "finite"),
    (b"\xff\xfe", "not UTF-8"),
    (bytearray(b"\x80"), "not UTF-8"),
    ("lone \ud800 surrogate", "not valid Unicode"),
    ("a\0b", "NUL"),
    (b"a\0b", "NUL"),
    (Broken(), "str.. of the Broken failed: .*no words"),
    (pandas.NaT, "NaT is not a finite"),
    (numpy.datetime64("NaT", "us"), "NaT is not a finite"),
    (numpy.timedelta64("NaT", "us"), "NaT is not a finite"),
    (pandas.NA, "<NA> is not a finite"),
]


@pytest.mark.parametrize(("value", "why"), REFUSED, ids=lambda value: ascii(value)[:30])
def test_refused_values_name_their_field(
    value: Any, why: str, client: ByteportHttpClient, recorder: Recorder
) -> None:
    with pytest.raises(ByteportClientInvalidDataTypeException, match=f'field "Speed1": .*{why}') as caught:
        client.store({"good": 1, "Speed1": value})
    assert (caught.value.code, caught.value.phase, caught.value.retryable) == (4, "check", False)
    with pytest.raises(ByteportClientInvalidDataTypeException, match=why):
        client.utf8_encode_value(value)
    with pytest.raises(ByteportClientInvalidDataTypeException, match=why):
        client.convert_data_to_utf8({"Speed1": value})
    assert recorder.requests == []


def test_what_str_raised_is_the_cause(client: ByteportHttpClient) -> None:
    with pytest.raises(ByteportClientInvalidDataTypeException) as caught:
        client.store({"x": Broken()})
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_interrupt_is_not_swallowed(client: ByteportHttpClient) -> None:
    class Interrupted:
        def __str__(self) -> str:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.store({"x": Interrupted()})


@pytest.mark.parametrize("data", [[("x", 1)], "x=1", b"x", 5, {"x"}, ("x", 1), True], ids=repr)
def test_data_is_a_mapping(data: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    with pytest.raises(
        ByteportClientInvalidDataTypeException, match=f"must be a dict .*not {type(data).__name__}"
    ):
        client.store(data)
    with pytest.raises(ByteportClientInvalidDataTypeException, match="must be a dict"):
        client.convert_data_to_utf8(data)
    assert recorder.requests == []


class Odd(collections.abc.Mapping):  # type: ignore[type-arg]
    """A mapping whose items are as told, or raised."""

    def __init__(self, items: Any) -> None:
        self._items = items

    def __getitem__(self, name: object) -> object:
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter("x")

    def __len__(self) -> int:
        return 1

    def items(self) -> Any:
        if isinstance(self._items, BaseException):
            raise self._items
        return self._items


@pytest.mark.parametrize(
    "items", [ZeroDivisionError("odd"), 5, [1], [("x",)], [("x", 1, 2)], [None]], ids=repr
)
def test_items_that_cannot_be_read(items: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    for call in (client.store, client.convert_data_to_utf8):
        with pytest.raises(
            ByteportClientInvalidDataTypeException, match="values of the Odd cannot"
        ) as caught:
            call(Odd(items))
        assert caught.value.code == 4
        assert caught.value.__cause__ is not None
        with pytest.raises(KeyboardInterrupt):
            call(Odd(KeyboardInterrupt()))
    assert recorder.requests == []


class Number(int):
    """An int whose text and repr fail as told."""

    failure: BaseException = ZeroDivisionError("s3cret")

    def __str__(self) -> str:
        raise self.failure

    __repr__ = __str__


class Interrupting(Number):
    failure = KeyboardInterrupt()


def test_numbers_that_have_no_text(client: ByteportHttpClient, recorder: Recorder) -> None:
    numbers: list[Any] = [Number(5)]
    if hasattr(sys, "get_int_max_str_digits"):
        numbers.append(10**5000)

    def calls(number: Any) -> list[Callable[[], object]]:
        return [
            lambda: client.store({"x": 1}, number),
            lambda: ByteportHttpClient(number, "key", "dev", recorder.host, initial_heartbeat=False),
            lambda: client.load_timeseries_data("ns", number, "f"),
            lambda: client.store({number: 1}),
        ]

    for number in numbers:
        for call in calls(number):
            with pytest.raises(ByteportClientInvalidFieldNameException, match="invalid ") as caught:
                call()
            assert (caught.value.code, caught.value.phase) == (2, "check")
        with pytest.raises(ByteportClientException, match="API key has no text") as refused:
            ByteportHttpClient("ns", number, "dev", recorder.host, initial_heartbeat=False)
        assert refused.value.code == 1
        assert refused.value.__cause__ is refused.value.__context__ is None
    for call in calls(Interrupting(5)):
        with pytest.raises(KeyboardInterrupt):
            call()
    with pytest.raises(KeyboardInterrupt):
        ByteportHttpClient("ns", Interrupting(5), "dev", recorder.host, initial_heartbeat=False)
    assert recorder.requests == []


@pytest.mark.parametrize("kind", [collections.OrderedDict, types.MappingProxyType, collections.ChainMap])
def test_other_mappings_are_taken(kind: Any, client: ByteportHttpClient, recorder: Recorder) -> None:
    client.store(kind({"x": 1, "y": 2}))
    assert recorder.requests[0]["form"][1:] == [["x", "1"], ["y", "2"]]


def test_data_is_not_changed(client: ByteportHttpClient) -> None:
    data = {"x": 1, "y": b"2"}
    client.store(data, timestamp=5)
    assert data == {"x": 1, "y": b"2"}


def test_data_that_changes_while_it_is_read(client: ByteportHttpClient, recorder: Recorder) -> None:
    class Meddler:
        def __str__(self) -> str:
            data.clear()
            return "done"

    data: dict[str, Any] = {"a": Meddler(), "b": 2}
    client.store(data)
    assert recorder.requests[0]["form"][1:] == [["a", "done"], ["b", "2"]]


def test_huge_text_by_post_and_not_by_get(
    client: ByteportHttpClient, get_client: ByteportHttpGetClient, recorder: Recorder
) -> None:
    text = "å" * 100_000
    client.store({"story": text})
    assert ["story", text] in recorder.requests.pop()["form"]
    with pytest.raises(ByteportClientException, match="a GET takes 2048: store by POST") as caught:
        get_client.store({"story": text})
    assert caught.value.code == 7
    assert recorder.requests == []


def test_the_longest_get(get_client: ByteportHttpGetClient, recorder: Recorder) -> None:
    assert get_client.store_base_url is not None
    room = 2048 - len(f"{get_client.store_base_url}/{get_client.device_uid}/?_key={get_client.api_key}&x=")
    get_client.store({"x": "y" * room})
    with pytest.raises(ByteportClientException, match="2049 bytes"):
        get_client.store({"x": "y" * (room + 1)})
    assert len(recorder.requests) == 1
