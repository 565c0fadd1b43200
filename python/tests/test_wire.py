# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Every call of wire.json sends what the reference client sent."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from byteport.clients import ByteportHttpClient, ByteportHttpGetClient
from conftest import KEY, NS, UID, vectors
from recording import Recorder

CASES = {case["name"]: case for case in vectors("wire.json")}

# Calls of methods that the package does not have. A case that is neither here nor replayed fails.
OTHER_METHODS = {
    "b64_binary": "base64_encode_and_store",
    "b64_bzip2": "base64_encode_and_store",
    "b64_plain": "base64_encode_and_store",
    "get_device": "get_device",
    "get_device_types": "get_device_types",
    "get_devices": "get_devices",
    "get_devices_key": "get_devices",
    "get_field_definitions": "get_field_definitions",
    "list_devices": "list_devices",
    "query_devices": "query_devices",
    "register_one": "batch_register_devices",
    "send_message": "send_message",
    "store_directory": "store_directory",
    "store_file": "store_file",
    "store_packets": "store_packets",
}
REPLAYED = {
    "get_store",
    "get_store_timestamp_datetime",
    "get_store_timestamp_float",
    "get_store_timestamp_int",
    "heartbeat_on_construction",
    "list_namespaces",
    "load_range",
    "log_default_level",
    "log_info",
    "login",
    "store_empty_string",
    "store_float",
    "store_nothing",
    "store_numbers",
    "store_other_device",
    "store_unicode",
}


def test_every_case_is_accounted_for() -> None:
    assert set(CASES) == REPLAYED | set(OTHER_METHODS)
    for name, method in OTHER_METHODS.items():
        assert method in CASES[name]["call"]
        assert not hasattr(ByteportHttpClient, method), f"{method} is there: replay {name}"


class Scope(dict[str, Any]):
    """The names that the calls use; the clients are made when they are first named."""

    def __init__(self, host: str) -> None:
        super().__init__(
            datetime=datetime, ByteportHttpClient=ByteportHttpClient, NS=NS, KEY=KEY, UID=UID, HOST=host
        )

    def __missing__(self, name: str) -> Any:
        if name == "session":
            client = ByteportHttpClient(byteport_api_hostname=self["HOST"])
            client.login("admin@example.org", "pass word&=")
            return client
        kind = {"post_client": ByteportHttpClient, "get_client": ByteportHttpGetClient}[name]
        return kind(NS, KEY, UID, self["HOST"], initial_heartbeat=False)


@pytest.mark.parametrize("name", sorted(REPLAYED))
def test_the_call_sends_what_the_reference_sent(name: str, recorder: Recorder) -> None:
    eval(CASES[name]["call"], {}, Scope(recorder.host))
    assert recorder.requests == CASES[name]["requests"]
