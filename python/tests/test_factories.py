# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Clients from the command line and from the environment."""

from __future__ import annotations

import inspect
import socket
import sys
from collections.abc import Callable

import pytest

import byteport_client.factories
from byteport import factories
from byteport.clients import (
    ByteportClientException,
    ByteportClientForbiddenException,
    ByteportConnectException,
    ByteportHttpClient,
)
from byteport.factories import byteport_client_from_optparse, byteport_client_from_simple_argv
from conftest import KEY, NS, UID, Server
from recording import Answer, RawServer, Recorder


@pytest.fixture(autouse=True)
def _environment(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NAMESPACE", "KEY", "DEVICE"):
        monkeypatch.delenv(f"BYTEPORT_{name}", raising=False)
    monkeypatch.setenv("BYTEPORT_HOST", recorder.host)
    monkeypatch.setattr(socket, "gethostname", lambda: "barDev1.example.org")


@pytest.fixture
def argv(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What sys.argv is: the program's name, and what a test adds."""
    words = ["/usr/bin/program"]
    monkeypatch.setattr(sys, "argv", words)
    return words


def made(argv: list[str], *words: str) -> ByteportHttpClient:
    argv.extend(words)
    client, _ = byteport_client_from_optparse()
    assert client is not None
    return client


def test_both_import_names() -> None:
    assert {*factories.__all__} == {"byteport_client_from_optparse", "byteport_client_from_simple_argv"}
    for name in factories.__all__:
        assert getattr(byteport_client.factories, name) is getattr(factories, name)
        parameters = inspect.signature(getattr(factories, name)).parameters.values()
        assert [parameter.kind for parameter in parameters] == [inspect.Parameter.KEYWORD_ONLY]
    assert "ps" in (factories.__doc__ or "")


@pytest.mark.parametrize(
    "words",
    [
        ["-n", NS, "-k", KEY, "-d", UID],
        [f"-n{NS}", f"-k{KEY}", f"-d{UID}"],
        ["--namespace", NS, "--api_key", KEY, "--device_uid", UID],
        [f"--namespace={NS}", f"--api_key={KEY}", f"--device_uid={UID}"],
    ],
)
def test_options(words: list[str], argv: list[str], recorder: Recorder) -> None:
    client = made(argv, *words)
    assert type(client) is ByteportHttpClient
    assert (client.namespace_name, client.api_key, client.device_uid) == (NS, KEY, UID)
    assert client.byteport_api_hostname == recorder.host
    assert [request["path"] for request in recorder.requests] == [f"/api/v1/timeseries/{NS}/{UID}/"]


@pytest.mark.parametrize(
    "words", [[], ["-n", NS], ["-k", KEY], ["-n", NS, "-k", ""], ["-d", UID, "-p", "5000"]]
)
def test_no_client_without_namespace_and_key(
    words: list[str], argv: list[str], recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    argv.extend(words)
    client, parser = byteport_client_from_optparse()
    assert client is None
    parser.print_help()
    told = capsys.readouterr().out
    for option in ("-n NAMESPACE, --namespace=", "-k KEY, --api_key=", "--device_uid=", "--proxy_port="):
        assert option in told
    assert recorder.requests == []


def test_a_program_adds_options(argv: list[str], recorder: Recorder) -> None:
    argv.extend(["-n", NS, "--mode=-n", "-xnk", "--depth", "3", "-k", KEY, "one", "two", "--", "-d"])
    client, parser = byteport_client_from_optparse()
    assert client is not None
    assert (client.namespace_name, client.api_key, client.device_uid) == (NS, KEY, "barDev1_example_org")
    for names in (["-x"], ["--mode"], ["--depth"]):
        parser.add_option(*names)
    options, arguments = parser.parse_args()
    assert (options.mode, options.x, options.depth) == ("-n", "nk", "3")
    assert (options.namespace, options.api_key, options.device_uid, options.proxy_port) == (
        NS,
        KEY,
        None,
        None,
    )
    assert arguments == ["one", "two", "-d"]
    assert len(recorder.requests) == 1


def test_an_option_that_nobody_knows(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    argv.append("--colour=red")
    _, parser = byteport_client_from_optparse()
    with pytest.raises(SystemExit) as ended:
        parser.parse_args()
    assert ended.value.code == 2
    assert "no such option: --colour" in capsys.readouterr().err


def test_an_option_without_its_value(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    argv.extend(["-k", KEY, "-n"])
    with pytest.raises(SystemExit) as ended:
        byteport_client_from_optparse()
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert "-n option requires 1 argument" in told.err
    assert KEY not in told.err + told.out


@pytest.mark.parametrize("asking", ["-h", "--help"])
def test_help_is_whole_and_sends_nothing(
    asking: str, argv: list[str], recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    argv.extend(["-n", NS, "-k", KEY, asking])
    client, parser = byteport_client_from_optparse()
    assert client is None
    assert recorder.requests == []
    parser.add_option("--file", help="what the program reads")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args()
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert "what the program reads" in told
    assert "--api_key" in told
    assert "BYTEPORT_KEY" in told
    assert KEY not in told


def test_the_environment_fills_in(
    argv: list[str], recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("NAMESPACE", NS), ("KEY", KEY), ("DEVICE", "ofTheEnvironment")):
        monkeypatch.setenv(f"BYTEPORT_{name}", value)
    client, parser = byteport_client_from_optparse()
    assert client is not None
    assert (client.namespace_name, client.api_key, client.device_uid) == (NS, KEY, "ofTheEnvironment")
    assert KEY not in parser.format_help()
    argv.extend(["-n", "other", "-k", "otherKey", "-d", UID])
    client, _ = byteport_client_from_optparse()
    assert client is not None
    assert (client.namespace_name, client.api_key, client.device_uid) == ("other", "otherKey", UID)
    monkeypatch.setenv("BYTEPORT_KEY", "")
    del argv[1:]
    assert byteport_client_from_optparse()[0] is None
    assert len(recorder.requests) == 2


def test_which_host(
    argv: list[str], recorder: Recorder, other_host: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv.extend(["-n", NS, "-k", KEY])
    client, _ = byteport_client_from_optparse(host=other_host.host)
    assert client is not None
    assert client.byteport_api_hostname == other_host.host
    argv[1:] = [NS, KEY]
    assert byteport_client_from_simple_argv(host=other_host.host).byteport_api_hostname == other_host.host
    assert (len(recorder.requests), len(other_host.requests)) == (0, 2)
    for value in ("", None):
        monkeypatch.setenv("BYTEPORT_HOST", value) if value is not None else monkeypatch.delenv(
            "BYTEPORT_HOST"
        )
        monkeypatch.setattr(ByteportHttpClient, "DEFAULT_BYTEPORT_API_HOSTNAME", recorder.host)
        assert byteport_client_from_simple_argv().byteport_api_hostname == recorder.host
    assert len(recorder.requests) == 2


@pytest.mark.parametrize(
    ("host_name", "uid"),
    [
        ("barDev1", "barDev1"),
        ("bar-dev.example.org", "bar_dev_example_org"),
        ("a--b", "a_b"),
        ("_-leading", "leading"),
        ("trailing-", "trailing_"),
        ("näs-å", "n_s_"),
        ("x" * 40, "x" * 32),
        ("-" + "y" * 32, "y" * 32),
        ("...", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_the_machines_name_is_the_device(
    host_name: str, uid: str, argv: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: host_name)
    client = made(argv, "-n", NS, "-k", KEY)
    assert client.device_uid == uid
    assert client.verify_name(uid)
    argv[1:] = [NS, KEY]
    assert byteport_client_from_simple_argv().device_uid == uid


def test_simple_argv(argv: list[str], recorder: Recorder) -> None:
    argv.extend([NS, KEY, UID])
    client = byteport_client_from_simple_argv()
    assert type(client) is ByteportHttpClient
    assert (client.namespace_name, client.api_key, client.device_uid) == (NS, KEY, UID)
    argv[3:] = ["", "", "the program's own", "-x"]
    assert byteport_client_from_simple_argv().device_uid == "barDev1_example_org"
    assert len(recorder.requests) == 2


@pytest.mark.parametrize("words", [[], [NS], [NS, ""], ["", KEY]])
def test_too_few_words(
    words: list[str], argv: list[str], recorder: Recorder, capsys: pytest.CaptureFixture[str]
) -> None:
    argv.extend(words)
    with pytest.raises(SystemExit) as ended:
        byteport_client_from_simple_argv()
    assert ended.value.code == "usage: program NAMESPACE KEY [UID] [PROXY_PORT]"  # on stderr, with status 1
    assert recorder.requests == []
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("port", ["x", "0", "-1", "65536"])
def test_a_proxy_port_that_is_none(port: str, argv: list[str], recorder: Recorder) -> None:
    argv.extend([NS, KEY, UID, port])
    with pytest.raises(ByteportClientException):
        byteport_client_from_simple_argv()
    argv[1:] = ["-n", NS, "-k", KEY, "-p", port]
    with pytest.raises(ByteportClientException):
        byteport_client_from_optparse()
    assert recorder.requests == []


def test_the_proxy_is_asked(argv: list[str], raw_server: Callable[[bytes | None], RawServer]) -> None:
    proxy = raw_server(b"\x05\xff")  # takes no way to log in
    argv.extend([NS, KEY, UID, str(proxy.port)])
    with pytest.raises(ByteportConnectException):
        byteport_client_from_simple_argv(host="byteport.example.org")
    argv[1:] = ["-n", NS, "-k", KEY, "--proxy_port", str(proxy.port)]
    with pytest.raises(ByteportConnectException):
        byteport_client_from_optparse(host="byteport.example.org")
    assert [greeting[:1] for greeting in proxy.received] == [b"\x05", b"\x05"]


def test_what_the_constructor_raises(argv: list[str], recorder: Recorder) -> None:
    recorder.always(Answer(403))
    argv.extend([NS, KEY])
    with pytest.raises(ByteportClientForbiddenException):
        byteport_client_from_simple_argv()


def test_with_the_real_server(
    argv: list[str], byteport_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYTEPORT_HOST", byteport_server.host)
    client = made(argv, "-n", byteport_server.namespace, "-k", byteport_server.key)
    client.store({"made": "by options"})
    argv[1:] = [byteport_server.namespace, byteport_server.key, "byWords"]
    byteport_client_from_simple_argv().store({"made": "by words"})
    reader = ByteportHttpClient(byteport_api_hostname=byteport_server.host)
    reader.login(byteport_server.user, byteport_server.password)
    for device, value in (("barDev1_example_org", "by options"), ("byWords", "by words")):
        points = reader.load_timeseries_data(byteport_server.namespace, device, "made", timedelta_minutes=1)
        assert [point["v"] for point in points["data"]["ts_data"]] == [value]
