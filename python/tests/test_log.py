# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Messages come out of Python's logging, by its levels, and never get in the way."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator

import pytest

from byteport import _byteport
from byteport.clients import ByteportHttpClient
from conftest import KEY, NS, ROOT, UID
from recording import Recorder

HTTP = logging.getLogger("byteport.http")


class Kept(logging.Handler):
    """Keeps the records, and runs a test's code on each."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler = Kept()
    logging.getLogger("byteport").addHandler(handler)
    yield handler
    logging.getLogger("byteport").removeHandler(handler)
    for name in ("byteport", *_byteport.LOGGERS):
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_the_loggers_are_those_of_the_core() -> None:
    sources = (ROOT / "crates" / "byteport-core" / "src").rglob("*.rs")
    targets = {
        name for path in sources for name in re.findall(r'target: "(byteport::\w+)"', path.read_text())
    }
    assert sorted(target.replace("::", ".") for target in targets) == sorted(_byteport.LOGGERS)


def test_debug_messages_name_method_path_and_status(client: ByteportHttpClient, kept: Kept) -> None:
    HTTP.setLevel(logging.DEBUG)
    client.store({"x": "100 %s %d"})
    (record,) = [record for record in kept.records if record.name == "byteport.http"]
    assert record.getMessage() == f"POST /api/v1/timeseries/{NS}/{UID}/: 200"
    assert record.levelno == logging.DEBUG
    assert record.filename == "_calls.py"


def test_nothing_where_nobody_listens(client: ByteportHttpClient, kept: Kept) -> None:
    client.store({"x": 1})
    assert kept.records == []
    logging.getLogger("byteport.net").setLevel(logging.DEBUG)
    client.store({"x": 1})
    assert [record for record in kept.records if record.name == "byteport.http"] == []


def test_levels_may_change_between_calls(client: ByteportHttpClient, kept: Kept) -> None:
    for level, messages in ((logging.DEBUG, 1), (logging.INFO, 0), (logging.DEBUG, 1)):
        HTTP.setLevel(level)
        kept.records.clear()
        client.store()
        assert len([record for record in kept.records if record.name == "byteport.http"]) == messages


def test_a_login_is_told_without_names(recorder: Recorder, kept: Kept) -> None:
    HTTP.setLevel(logging.INFO)
    ByteportHttpClient(byteport_api_hostname=recorder.host).login("me@example.org", "pass word")
    assert [record.getMessage() for record in kept.records] == [f"logged in at http://{recorder.host}"]


def test_a_handler_that_stores_causes_no_recursion(recorder: Recorder, client: ByteportHttpClient) -> None:
    class Sending(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            client.log(record.getMessage(), device_uid="logs")

    handler = Sending()
    HTTP.addHandler(handler)
    HTTP.setLevel(logging.DEBUG)
    try:
        client.store({"x": 1})
    finally:
        HTTP.removeHandler(handler)
        HTTP.setLevel(logging.NOTSET)
    assert len(recorder.requests) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_handler_raises_stays_there(
    client: ByteportHttpClient, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(record: logging.LogRecord) -> bool:
        raise ZeroDivisionError("a broken filter")

    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    HTTP.addFilter(broken)
    HTTP.setLevel(logging.DEBUG)
    try:
        client.store({"x": 1})
    finally:
        HTTP.removeFilter(broken)
        HTTP.setLevel(logging.NOTSET)
    assert len(recorder.requests) == 1
    assert len(unraisable) == 1


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, BaseException])
def test_what_is_no_exception_comes_out_of_the_call(
    kind: type[BaseException], client: ByteportHttpClient, recorder: Recorder
) -> None:
    def interrupted(record: logging.LogRecord) -> bool:
        raise kind("by a filter")

    HTTP.addFilter(interrupted)
    HTTP.setLevel(logging.DEBUG)
    try:
        calls: list[Callable[[], object]] = [
            lambda: client.store({"x": 1}),
            client.list_namespaces,
            lambda: ByteportHttpClient(byteport_api_hostname=recorder.host),
        ]
        for call in calls:
            with pytest.raises(kind, match="by a filter"):
                call()
    finally:
        HTTP.removeFilter(interrupted)
        HTTP.setLevel(logging.NOTSET)
    assert len(recorder.requests) == 2
    client.store({"x": 2})  # nothing is left over


def test_an_interrupt_while_levels_are_asked_for(
    client: ByteportHttpClient, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(level: int) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(HTTP, "isEnabledFor", interrupted)
    with pytest.raises(KeyboardInterrupt):
        client.store({"x": 1})
    assert recorder.requests == []


def test_no_message_holds_a_secret(recorder: Recorder, kept: Kept) -> None:
    logging.getLogger("byteport").setLevel(1)
    for name in _byteport.LOGGERS:
        logging.getLogger(name).setLevel(1)
    client = ByteportHttpClient(NS, KEY, UID, recorder.host)
    client.store({"x": "s3cret value"})
    client.login("me@example.org", "pass word")
    client.list_namespaces()
    client.logout()
    told = "\n".join(record.getMessage() for record in kept.records)
    assert told.count("\n") >= 6
    for secret in (KEY, "s3cret", "pass word", "pass+word", "CSRF123", "SESS456"):
        assert secret not in told
