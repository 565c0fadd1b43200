# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A broker's client against real brokers, over TLS and by each protocol: the test programs, and the examples."""

import itertools
import os
import re
import time

import capi
import pytest
from test_c_programs import both_builds, every_build, ok

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


def listening(build, program, *arguments, env):
    """Starts an example that listens, and waits until it does."""
    started = build.start(program, *arguments, env=env)
    assert read_lines(started, 1) == ["listening\n"]
    return started


def ended(program) -> str:
    """What a program still prints; it has to end well."""
    printed, complaints = program.communicate()
    assert program.returncode == 0, printed + complaints
    return printed


def until(holds) -> None:
    """Waits until something holds, not for ever."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def own_destination(way, client) -> str:
    name = f"{client['BYTEPORT_NAMESPACE']}.{client['BYTEPORT_DEVICE']}"
    return f"/topic/device_messages_{name}" if way == "stomp" else name


def sender(client) -> dict[str, str]:
    """The environment of another device: a broker lets one MQTT client have an identifier."""
    return {**client, "BYTEPORT_DEVICE": f"{client['BYTEPORT_DEVICE']}-s"}


@both_builds
@pytest.mark.parametrize("way", ["mosquitto", "stomp"])
def test_examples_publish_and_receive(way, build, client, tmp_path):
    publish = build.compile(capi.EXAMPLES / "broker_publish.c", tmp_path)
    receive = build.compile(capi.EXAMPLES / "broker_receive.c", tmp_path)
    destination = own_destination(way, client)
    packet = '[{"uid":"child","namespace":"ns","data":"lights on","timestamp":"1430438400.25"}]'
    with listening(build, receive, "3", "120", env=client) as program:
        printed = ok(build.run(publish, destination, "each", env=sender(client), given=f"{packet}\n"))
        assert printed.startswith(f"confirmed: {packet}\n1 published, 0 refused, 0 without an answer, by 1 ")
        printed = ok(build.run(publish, destination, env=sender(client), given="one\ntwo\n"))
        assert printed.startswith("2 published, 0 refused, 0 without an answer, by 1 ")
        lines = ended(program).splitlines()
    assert sum(f"bytes from {destination}" in line for line in lines) == 3
    assert any(line.startswith("  message-id: ") for line in lines) == (way == "stomp")
    messages = [line.split(" s old: ") for line in lines if " s old: " in line]
    assert messages[0][0].startswith("ns.child at 2015-05-01T00:00:00.250000, ")
    assert [text for _, text in messages] == ["lights on", "one", "two"]


@both_builds
@pytest.mark.parametrize("way", ["mqtt"])
def test_example_receive_tells_that_nothing_came(way, build, client, tmp_path):
    receive = build.compile(capi.EXAMPLES / "broker_receive.c", tmp_path)
    done = build.run(receive, "1", "0", env=client)
    assert (done.returncode, done.stdout) == (1, "listening\n")
    assert "nothing came" in done.stderr


@both_builds
@pytest.mark.parametrize("way", ["mosquitto", "stomp"])
def test_example_handler(way, build, client, tmp_path):
    publish = build.compile(capi.EXAMPLES / "broker_publish.c", tmp_path)
    handler = build.compile(capi.EXAMPLES / "broker_handler.c", tmp_path)
    old = '[{"uid":"child","data":"too late","timestamp":"1430438400"}]'
    with listening(build, handler, "messages", env=client) as program:
        ok(build.run(publish, own_destination(way, client), env=sender(client), given=f"{old}\none\n"))
        until(lambda: (tmp_path / "messages").read_text() == "one\n")
        printed = ended(program)
    assert printed.startswith("2 messages: 1 too old, 0 from the future\n")
    assert printed.endswith(" deliveries taken, 0 refused\n")


@both_builds
@pytest.mark.parametrize("way", ["mosquitto", "stomp"])
def test_example_list_and_outbox(way, build, client, tmp_path):
    one_list = build.compile(capi.EXAMPLES / "broker_list.c", tmp_path)
    outbox = build.compile(capi.EXAMPLES / "outbox_broker.c", tmp_path)
    receive = build.compile(capi.EXAMPLES / "broker_receive.c", tmp_path)
    device = client["BYTEPORT_DEVICE"]
    destination = "/queue/simple_string_dev_message" if way == "stomp" else "simple_string_dev_message"
    with listening(build, receive, "1000", "600", destination, env=sender(client)) as program:
        printed = ok(build.run(one_list, env=client, given=f"{device} speed 1\n{device} speed 2.5\n"))
        assert printed == "line 1: success\nline 2: success\n"
        wrong = {**client, "BYTEPORT_BROKER_PASSWORD": "wrong"}
        login = f"login {client['BYTEPORT_BROKER_LOGIN']} {client['BYTEPORT_BROKER_PASSWORD']}\n"
        assert ok(build.run(outbox, "box", env=wrong, given=f"1\n2\n{login}")) == "0 kept, 0 lost\n"
        stored = []
        while len(stored) < 5:
            line = read_lines(program, 1)[0]
            stored += re.findall(rf"\.{device} at .* s old: (\S+)\n", line)
        program.kill()
    assert stored == ["speed=1.0;", "speed=2.5;", "collected=2;", "value=1.0;", "value=2.0;"]


@both_builds
@pytest.mark.parametrize("way", ["mosquitto", "stomp"])
def test_example_settings(way, build, client, tmp_path):
    program = build.compile(capi.EXAMPLES / "broker_settings.c", tmp_path)
    protocol = "stomp" if way == "stomp" else "mqtt"
    right = f"""
host {client["BYTEPORT_BROKER"].partition("://")[2]}
tls 1
ca_file {client["BYTEPORT_BROKER_CA"]}
login {client["BYTEPORT_BROKER_LOGIN"]} {client["BYTEPORT_BROKER_PASSWORD"]}
namespace {client["BYTEPORT_NAMESPACE"]}
vhost {client["BYTEPORT_NAMESPACE"]}
device {client["BYTEPORT_DEVICE"]}
destination {own_destination(way, client)}
connect_timeout_ms 60000
timeout_ms 60000
keep_alive_ms 30000
max_message 1000000
max_list 10000
max_in_flight 10
max_age_ms 3600000
max_ahead_ms 60000
reconnect 0
confirm 1
"""
    right += (
        "queue 0\nprefetch 10\n"
        if way == "stomp"
        else f"client_id {client['BYTEPORT_DEVICE']}-c\nclean_session 1\nwill a/state gone\n"
    )

    def run(settings: str):
        (tmp_path / "settings").write_text(settings)
        return build.run(program, protocol, "settings", env={})

    assert ok(run(right)) == "let in\n"
    for more, said in {
        "timeout 5\n": "the setting timeout is wrong",
        "prefetch soon\n": "the setting prefetch is wrong",
        "client_cert nowhere\n": "nowhere",
        f"proxy http://{client['BYTEPORT_GONE']}\n": client["BYTEPORT_GONE"],
    }.items():
        done = run(right + more)
        assert done.returncode == 1
        assert said in done.stderr
        assert client["BYTEPORT_BROKER_PASSWORD"] not in done.stderr


@both_builds
@pytest.mark.parametrize("example", ["broker_publish", "broker_receive", "broker_list", "broker_handler"])
@pytest.mark.parametrize("way", ["mosquitto"])
def test_more_examples_say_what_is_wrong(way, example, build, client, tmp_path):
    program = build.compile(capi.EXAMPLES / f"{example}.c", tmp_path)
    more = {"broker_publish": ["topic"], "broker_receive": ["1", "1"], "broker_handler": ["file"]}.get(
        example, []
    )
    done = build.run(program, *more, env={**client, "BYTEPORT_BROKER_LOGIN": "nobody"}, given="a b 1\n")
    assert done.returncode == 1
    assert f"{example}: " in done.stderr
    assert client["BYTEPORT_BROKER_PASSWORD"] not in done.stderr
    assert build.run(program, *more, env={}).returncode == 2
    assert build.run(program, *"abcd", env=client).returncode == 2
