# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every call of docs/openapi.json, made in many ways, is answered as that document says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conftest import IMAGE, KEY, LEGACY_KEY, PASSWORD, ROOT, USER, Api, log_in

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# what is there: many of the calls are to find something
THERE = {
    "namespace": ["my_garage", "of_others"],
    "uid": ["cart-44", "stranger"],
    "field": ["speed", "label", "object"],
    "reference": ["1430438400500000", "latest"],
    "device_type_id": ["1"],
    "path": [IMAGE],
}
SECRETS = {"_key": KEY, "legacy_key": LEGACY_KEY, "username": USER, "password": PASSWORD}


def document() -> dict[str, Any]:
    """The document, in which parts of paths may also be what is there."""
    text: dict[str, Any] = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    (image,) = text["paths"]["/media/{path}"]["get"]["parameters"]
    for name, known in THERE.items():
        parameter = text["components"]["parameters"].get(name, image)
        parameter["schema"] = {"anyOf": [{"enum": known}, parameter["schema"]]}
    return text


def set_right(pairs: Any, token: str) -> None:
    """Puts the right token in its place, and the right keys in the place of half of the wrong ones."""
    if not isinstance(pairs, dict):
        return
    for name in pairs.keys() & SECRETS.keys():
        if len(str(pairs[name])) % 2 == 0:
            pairs[name] = SECRETS[name]
    if "csrfmiddlewaretoken" in pairs:
        pairs["csrfmiddlewaretoken"] = token


schema = schemathesis.openapi.from_dict(document())
worked: set[str] = set()


@pytest.fixture(scope="module")
def connection() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_call(case: schemathesis.Case, api: Api, connection: requests.Session) -> None:
    cookies = dict(api.cookies)
    if case.path.endswith("/logout/"):
        cookies = log_in(api.url)
    elif case.path.endswith("/login/"):
        del cookies["sessionid"]  # a log-in ends the session that it comes with
    set_right(case.body, cookies["csrftoken"])
    set_right(case.query, cookies["csrftoken"])
    connection.cookies.clear()
    answer = case.call(api.url, connection, headers=api.headers, cookies=cookies, timeout=60)
    if answer.status_code == 200:
        worked.add(f"{case.method.lower()} {case.path}")
    case.validate_response(answer, checks=CHECKS)


def test_every_call_found_something_to_answer() -> None:
    # a made-up list of packets is none: other tests send right ones
    seldom = {"post /api/legacy/packets/timeseries/"}
    paths = document()["paths"].items()
    assert {f"{method} {path}" for path, item in paths for method in item} - seldom == worked - seldom
