# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Builds the library and the server once, starts the server on a free port, and gives each test a device of its own."""

import itertools
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1] / "brokers"))

import capi
import recorders
import vectors

from broker import Broker

SEED = """
[[users]]
name = "driver@example.org"
password = "a-password-for-tests"
namespaces = ["test_garage"]

[[namespaces]]
name = "test_garage"
write_key = "a-write-key-for-tests"
legacy_key = "a-legacy-key-for-tests"
http_write_method = "both"

[[namespaces.device_types]]
name = "thermometer"

[[namespaces.device_types.field_definitions]]
name = "temperature"
data_type = "number"

[[namespaces.device_types.firmware]]
version = "1.0"
file = "thermometer-1.0.bin"

[[namespaces.device_types.firmware]]
version = "2.0"
file = "thermometer-2.0.bin"

[[namespaces.device_types.firmware]]
version = "3.0"
file = "thermometer-3.0.bin"
enabled = false

[[namespaces.devices]]
uid = "seeded-1"
device_type = "thermometer"

[[namespaces]]
name = "other_garage"
"""

devices = itertools.count(1)


@pytest.fixture(scope="session")
def plain_dir() -> Path:
    """The library and the server, as `cargo build` makes them."""
    return capi.cargo_build(["byteport-ffi", "byteport-server"])


@pytest.fixture(scope="session")
def asan_dir() -> Path:
    """The library with AddressSanitizer in all of its Rust code but the standard library."""
    version = capi.must(["rustc", "-vV"])
    triple = next(line.split()[1] for line in version.splitlines() if line.startswith("host:"))
    flags = {"RUSTC_BOOTSTRAP": "1", "RUSTFLAGS": "-Zsanitizer=address"}
    return capi.cargo_build(["byteport-ffi"], capi.TARGET / "asan", triple=triple, **flags)


@pytest.fixture
def build(request: pytest.FixtureRequest) -> capi.Build:
    """One way to compile and run, by its name: c99, c++17, valgrind or asan."""
    c99 = [capi.tool("gcc"), "-std=c99"]
    if request.param == "asan":
        options = "detect_leaks=1:abort_on_error=0:exitcode=99"
        compiler = [*c99, "-fsanitize=address", "-fno-omit-frame-pointer"]
        return capi.Build(request.getfixturevalue("asan_dir"), compiler, env={"ASAN_OPTIONS": options})
    plain = request.getfixturevalue("plain_dir")
    if request.param == "c++17":
        return capi.Build(plain, [capi.tool("g++"), "-std=c++17", "-x", "c++"])
    if request.param == "valgrind":
        checks = ["--error-exitcode=99", "--leak-check=full", "--show-leak-kinds=definite,possible"]
        checks += ["--errors-for-leak-kinds=definite,possible", "--num-callers=40"]
        checks += [f"--suppressions={capi.HERE / 'valgrind-rust.supp'}"]
        checks += ["--fair-sched=yes"]  # or a thread that looks again and again keeps the others from working
        return capi.Build(plain, c99, [capi.tool("valgrind"), "--quiet", *checks])
    assert request.param == "c99"
    return capi.Build(plain, c99)


def start_server(programs: Path, folder: Path, listen: str = "127.0.0.1:0") -> tuple[subprocess.Popen, str]:
    """A server on the data in a folder, which it makes where there are none, and its address."""
    (folder / "seed.toml").write_text(SEED)
    for name, image in capi.IMAGES.items():
        (folder / name).write_bytes(image)
    # At each start: the passwords of a seed are hashed after the start, and may not be kept yet when a server is killed.
    seed = ["--seed", folder / "seed.toml"]
    command = [programs / "byteport-server", "--data", folder / "data", "--listen", listen, *seed]
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=log, text=True
        )
    line = process.stdout.readline()
    assert "listening on http://" in line, f"the server did not start:\n{(folder / 'log').read_text()}"
    return process, line.split("http://")[1].strip()


@pytest.fixture(scope="session")
def server(plain_dir: Path, tmp_path_factory: pytest.TempPathFactory):
    """The address of a real server; it must stop cleanly in the end."""
    folder = tmp_path_factory.mktemp("server")
    process, address = start_server(plain_dir, folder)
    yield address
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 0, (folder / "log").read_text()


@pytest.fixture
def mortal_server(plain_dir: Path, tmp_path: Path):
    """A server of the test's own, which `kill` ends at once and `restart` starts again on the same data and address."""
    folder = tmp_path / "mortal"
    folder.mkdir()
    mortal = MortalServer(plain_dir, folder)
    yield mortal
    mortal.kill()


class MortalServer:
    def __init__(self, programs: Path, folder: Path):
        self.programs, self.folder = programs, folder
        self.process, self.address = start_server(programs, folder)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self) -> None:
        self.process, _ = start_server(self.programs, self.folder, self.address)


@pytest.fixture
def trap():
    """An address at which nobody may call: it listens, and a connection fails the test."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture
def settings(server: str, trap: str):
    """The environment of a program: server, key, user, and a device that no other test has."""
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))  # held, but not listening: a connection is refused
        yield {
            "BYTEPORT_HOST": server,
            "BYTEPORT_NAMESPACE": "test_garage",
            "BYTEPORT_KEY": "a-write-key-for-tests",
            "BYTEPORT_DEVICE": f"dev-{os.getpid()}-{next(devices)}",
            "BYTEPORT_USER": "driver@example.org",
            "BYTEPORT_PASSWORD": "a-password-for-tests",
            "BYTEPORT_TRAP": trap,
            "BYTEPORT_GONE": f"127.0.0.1:{gone.getsockname()[1]}",
        }


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The file of a certificate authority, and that of a server which it vouches for."""
    return recorders.make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def recording(certificates: tuple[Path, Path]):
    """Recording servers by their names, and the environment in which settings.c finds them."""
    ca, certificate = certificates
    with (
        recorders.Recorder() as plain,
        recorders.Recorder(certificate=certificate) as tls,
        recorders.Recorder(is_proxy=True) as proxy,
        recorders.Recorder(is_proxy=True) as env_proxy,
    ):
        env = {
            "BYTEPORT_PLAIN": plain.address,
            "BYTEPORT_TLS": tls.address,
            "BYTEPORT_CA": str(ca),
            "BYTEPORT_PROXY": proxy.address,
            # 0.0.0.0 leads to this machine as well, and is not among the addresses that no proxy is asked for
            "BYTEPORT_DIRECT": f"0.0.0.0:{plain.server_port}",
            "http_proxy": f"http://{env_proxy.address}",
            "all_proxy": f"http://{env_proxy.address}",
        }
        yield {"plain": plain, "tls": tls, "proxy": proxy, "env_proxy": env_proxy}, env


@pytest.fixture(scope="session")
def mosquitto():
    with Broker("mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq():
    with Broker("rabbitmq") as broker:
        yield broker


@pytest.fixture
def world(settings, recording, mosquitto) -> dict[str, str]:
    """The environment of a program that uses every part of the library: a server, a TLS server, a broker over TLS."""
    _, recorded = recording
    return {
        **settings,
        **{name: recorded[name] for name in ("BYTEPORT_PLAIN", "BYTEPORT_TLS", "BYTEPORT_CA")},
        "BYTEPORT_BROKER": f"mqtts://{mosquitto.mqtts}",
        "BYTEPORT_BROKER_NAMESPACE": mosquitto.vhost,
        "BYTEPORT_BROKER_CA": mosquitto.ca,
        "BYTEPORT_BROKER_LOGIN": mosquitto.user,
        "BYTEPORT_BROKER_PASSWORD": mosquitto.password,
    }


@pytest.fixture(scope="session")
def vector_table() -> str:
    """The vectors as a C header. Exactly one name cannot be passed as a C string: the one with a NUL inside."""
    table, left_out = vectors.header(capi.ROOT / "tests" / "vectors")
    assert left_out == 1
    return table
