# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""One broker of each kind for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broker import Broker


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Broker]:
    with Broker("mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[Broker]:
    with Broker("rabbitmq") as broker:
        yield broker


@pytest.fixture(params=["mosquitto", "rabbitmq"])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Either of them."""
    return request.getfixturevalue(request.param)
