# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A broker's client against real brokers, over TLS and by each protocol: the test programs, and the examples."""

import itertools
import os
import re

import capi
import pytest
from test_c_programs import every_build, ok

from broker import Broker

PROGRAMS = ["broker", "broker_listen", "broker_fork", "broker_outbox"]
# The broker, and what its address over TLS is called.
WAYS = {"mosquitto": ("mosquitto", "mqtts"), "mqtt": ("rabbitmq", "mqtts"), "stomp": ("rabbitmq", "stomps")}
every_way = pytest.mark.parametrize("way", WAYS)
# A child of the first ends with a client whose threads are gone, and the examples end in the midst of a client's work where
# something is wrong: what only a thread pointed to is no leak, but looks like one.
LEAVING = {"broker_fork", "broker_store", "broker_listen"}

devices = itertools.count(1)


def environment(broker: Broker, scheme: str, settings: dict[str, str]) -> dict[str, str]:
    """The environment of a program that talks to a broker, as a device that no other test has."""
    address = getattr(broker, scheme)
    return {
        "BYTEPORT_BROKER": f"{scheme}://{address}",
        "BYTEPORT_BROKER_CA": broker.ca,
        "BYTEPORT_BROKER_LOGIN": broker.user,
        "BYTEPORT_BROKER_PASSWORD": broker.password,
        "BYTEPORT_KEY": broker.password,
        "BYTEPORT_NAMESPACE": broker.vhost,
        "BYTEPORT_DEVICE": f"dev-{os.getpid()}-{next(devices)}",
        "BYTEPORT_GONE": settings["BYTEPORT_GONE"],
    }


@pytest.fixture(scope="session")
def mosquitto():
    with Broker("mosquitto") as broker:
        yield broker


@pytest.fixture(scope="session")
def rabbitmq():
    with Broker("rabbitmq") as broker:
        yield broker


@pytest.fixture
def client(way, settings, request) -> dict[str, str]:
    """The environment of a program that talks to a broker that all tests share."""
    kind, scheme = WAYS[way]
    return environment(request.getfixturevalue(kind), scheme, settings)


def passed(printed: str, program: str) -> bool:
    return re.fullmatch(rf"(half\n)?{program}: [1-9]\d* checks, 0 failed\n", printed) is not None


def bear_with(program: str, build) -> None:
    """Looks for no leak where a program may leave what looks like one."""
    if program in LEAVING:
        build.wrapper = [part.replace("leak-check=full", "leak-check=no") for part in build.wrapper]


@every_build
@every_way
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, way, build, client, tmp_path):
    path = build.compile(capi.HERE / f"{program}.c", tmp_path)
    bear_with(program, build)
    assert passed(ok(build.run(path, env=client)), program)


# RabbitMQ confirms what it keeps; Mosquitto confirms first, and loses by SIGKILL what it had not saved.
@pytest.mark.parametrize("build", ["c99"], indirect=True)
@pytest.mark.parametrize("way", ["mqtt", "stomp"])
def test_broker_that_is_killed_in_the_midst(way, build, settings, tmp_path):
    kind, scheme = WAYS[way]
    path = build.compile(capi.HERE / "broker_restart.c", tmp_path)
    with Broker(kind) as broker:
        with build.start(path, env=environment(broker, scheme, settings)) as program:
            assert program.stdout.readline() == "half\n"
            broker.restart()
            printed, complaints = program.communicate()
        assert program.returncode == 0, printed + complaints
        assert passed(printed, "broker_restart")


def read_lines(program, count: int) -> list[str]:
    """So many lines that a program prints."""
    lines = [program.stdout.readline() for _ in range(count)]
    assert all(lines), f"the program ended after {lines}:\n{program.stderr.read()}"
    return lines


@every_build
@every_way
def test_examples_store_and_listen(way, build, client, tmp_path):
    store = build.compile(capi.EXAMPLES / "broker_store.c", tmp_path)
    listen = build.compile(capi.EXAMPLES / "broker_listen.c", tmp_path)
    destination = "/queue/simple_string_dev_message" if way == "stomp" else "simple_string_dev_message"
    listener = {**client, "BYTEPORT_DEVICE": f"{client['BYTEPORT_DEVICE']}-l"}
    with build.start(listen, destination, env=listener) as program:
        assert read_lines(program, 1) == ["listening\n"]
        assert ok(build.run(store, env=client, given="1\n2.5\n-3e-9 not a number")) == "3 stored\n"
        mine = f"{client['BYTEPORT_DEVICE']}\t"  # a queue may still hold another's
        seen = []
        while len(seen) < 3:
            seen += [line for line in read_lines(program, 1) if line.startswith(mine)]
        assert seen == [f"{mine}value={number};\n" for number in ("1.0", "2.5", "-3e-9")]
        program.stdin.close()
        assert program.wait() == 0, program.stderr.read()


@every_build
@pytest.mark.parametrize("example", ["broker_store", "broker_listen"])
@pytest.mark.parametrize("way", ["mosquitto"])
def test_examples_say_what_is_wrong(way, example, build, client, tmp_path):
    program = build.compile(capi.EXAMPLES / f"{example}.c", tmp_path)
    bear_with(example, build)
    done = build.run(program, env={**client, "BYTEPORT_BROKER_LOGIN": "nobody"}, given="1\n")
    assert done.returncode == 1
    assert f"{example}: " in done.stderr
    assert client["BYTEPORT_BROKER_PASSWORD"] not in done.stderr
    assert build.run(program, env={}).returncode == 2
    assert build.run(program, "a", "b", "c", env=client).returncode == 2
