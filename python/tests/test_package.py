# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The package is whole: both import names, every name, its documentation, its types."""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
import subprocess
import sys
import types
from pathlib import Path

import pytest

import byteport
from byteport import _byteport, client_base, clients

MODULES = ["aio", "clients", "http_clients", "client_base", "factories", "mqtt_client", "outbox", "socks"]
MODULES += ["stomp_client", "utils"]
OPTIONAL = ["scientific"]  # needs pandas
PATH = f"import sys; sys.path.insert(0, {str(Path(byteport.__path__[0]).parent)!r})\n"
EXCEPTIONS = {
    "ByteportClientException",
    "ByteportClosedException",
    "ByteportClientFileException",
    "ByteportConnectException",
    "ByteportLoginFailedException",
    "ByteportClientForbiddenException",
    "ByteportClientDeviceNotFoundException",
    "ByteportNotAllowedException",
    "ByteportServerException",
    "ByteportClientUnsupportedCompressionException",
    "ByteportClientUnsupportedTimestampTypeException",
    "ByteportClientInvalidFieldNameException",
    "ByteportClientInvalidDataTypeException",
    "ByteportForkedException",
    "ByteportOutboxClosedException",
    "ByteportOutboxFullException",
    "ByteportOutboxInUseException",
}
METHODS = {
    "activity",
    "auto_timestamp",
    "base64_encode_and_store",
    "base64_encode_and_store_file",
    "base64_encode_and_store_store_file",
    "batch_register_devices",
    "close",
    "configure_device",
    "convert_data_to_utf8",
    "decode_object",
    "distance_to_typical",
    "download_value",
    "echo",
    "fetch_firmware",
    "get_device",
    "get_device_types",
    "get_devices",
    "get_field_definitions",
    "get_firmwares",
    "iter_timeseries_data",
    "list_devices",
    "list_messages",
    "list_namespaces",
    "load_series",
    "load_timeseries_data",
    "load_timeseries_data_range",
    "load_value",
    "log",
    "login",
    "logout",
    "make_request",
    "outbox",
    "poll_directory_and_store_upon_content_change",
    "query_devices",
    "search_devices",
    "send_message",
    "session",
    "set_fields",
    "sorted_ls",
    "statistics",
    "store",
    "store_directory",
    "store_file",
    "store_packets",
    "timestamp_as_utc",
    "unix_time_micros",
    "utf8_encode_value",
    "verify_field_name",
    "verify_name",
}


def public(module: types.ModuleType) -> dict[str, object]:
    return {name: getattr(module, name) for name in module.__all__}


@pytest.mark.parametrize("name", MODULES + OPTIONAL)
def test_both_import_names_give_the_same_objects(name: str) -> None:
    ours = public(importlib.import_module(f"byteport.{name}"))
    theirs = public(importlib.import_module(f"byteport_client.{name}"))
    assert ours
    assert {name: id(value) for name, value in ours.items()} == {
        name: id(value) for name, value in theirs.items()
    }


def test_every_name_of_the_base_is_with_the_clients() -> None:
    assert {*client_base.__all__} == {"AbstractByteportClient", *EXCEPTIONS}
    kinds = {"ByteportHttpClient", "ByteportHttpGetClient", "ByteportHttpPostClient"}
    assert {*clients.__all__} == {*client_base.__all__, *kinds}


def test_every_method_is_there_and_documented() -> None:
    kind = clients.ByteportHttpClient
    methods = {name for name in dir(kind) if name[0] != "_" and inspect.isfunction(getattr(kind, name))}
    assert methods == METHODS
    for name in methods:
        assert inspect.getdoc(getattr(kind, name)), name
    for name in clients.__all__:
        assert inspect.getdoc(getattr(clients, name)), name


def test_the_package_is_lazy_and_names_its_version() -> None:
    program = (
        "import sys, byteport; assert 'byteport._byteport' not in sys.modules; print(byteport.__version__)"
    )
    told = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == byteport.__version__ == importlib.metadata.version("byteport")


@pytest.mark.parametrize("package", ["byteport", "byteport_client"])
def test_the_package_gives_its_names_when_they_are_used(package: str) -> None:
    program = (
        f"import sys, {package} as package\n"
        "assert 'byteport._byteport' not in sys.modules\n"
        "assert package.__version__\n"
        f"assert [getattr(package, name).__name__ for name in {MODULES + OPTIONAL}]"
        f" == ['{package}.' + name for name in {MODULES + OPTIONAL}]\n"
        "for name in dir(package): getattr(package, name)"
    )
    subprocess.run([sys.executable, "-I", "-c", program], check=True)
    module = importlib.import_module(package)
    assert module.__all__ == byteport.__all__
    assert {*dir(module)} >= {*byteport.__all__, *MODULES, *OPTIONAL}
    assert module.ByteportHttpClient is clients.ByteportHttpClient
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018 - the access is the test


@pytest.mark.parametrize("package", ["byteport", "byteport_client"])
def test_without_pandas_the_package_says_what_is_missing(package: str) -> None:
    program = (
        f"import sys, {package} as package\n"
        "sys.modules['pandas'] = None\n"
        "assert 'clients' in dir(package) and 'scientific' not in dir(package)\n"
        "for name in dir(package): getattr(package, name)\n"
        "try: package.scientific\n"
        "except ImportError as error: print(error)"
    )
    command = [sys.executable, "-I", "-c", program]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout == "byteport.scientific needs pandas: pip install byteport[pandas]\n"


def test_importing_the_clients_imports_nothing_large() -> None:
    program = (
        "import sys; before = set(sys.modules)\n"
        "import byteport.clients, byteport_client.clients\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PATH + program], capture_output=True, text=True, check=True
    )
    more = {name for name in told.stdout.split() if not name.startswith("byteport")}
    assert not more & {"asyncio", "email", "http", "json", "numpy", "pandas", "typing", "urllib"}, more
    assert len(more) < 20, more


def test_the_package_is_typed_and_needs_nothing() -> None:
    for name in ("byteport", "byteport_client"):
        path = importlib.import_module(name).__file__
        assert path is not None
        assert (Path(path).parent / "py.typed").is_file()
    needs = importlib.metadata.requires("byteport") or []
    assert [need for need in needs if "extra ==" not in need] == []


def test_the_stub_names_what_the_module_has() -> None:
    assert _byteport.__file__ is not None
    stub = (Path(_byteport.__file__).parent / "_byteport.pyi").read_text()
    for name in dir(_byteport):
        if not name.startswith("__"):
            assert name in stub
    kinds = [kind for kind in vars(_byteport).values() if inspect.isclass(kind)]
    assert len(kinds) == 27
    for kind in kinds:
        for name in dir(kind):
            if not name.startswith("_"):
                assert f"def {name}(" in stub
