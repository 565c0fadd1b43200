# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The C++ examples, each compiled by one compiler or the other, and run against a real server or broker."""

import re

import pytest
from c.test_c_broker import environment, read_lines
from test_cpp_programs import ok

import conftest
import peers

# The examples, each with arguments that are no wrong use.
EXAMPLES = {"store": [], "read": ["ns", "dev", "field"], "outbox": ["box", "0"], "listen": []}
plain = pytest.mark.parametrize("build", ["g++-c++17-throws"], indirect=True)


def compiled(name, build, work):
    return build.compile(conftest.EXAMPLES / f"{name}.cpp", work)


def read_back(build, settings, work, field, *span) -> list[list[str]]:
    """A field's points as times and values, by the example that reads."""
    where = (settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], field)
    printed = ok(build.run(compiled("read", build, work), *where, *span, env=settings))
    return [line.split("\t") for line in printed.splitlines()]


def test_every_example_is_run_here():
    assert {path.stem for path in conftest.EXAMPLES.glob("*.cpp")} == set(EXAMPLES)


@plain
def test_example_store_and_read(build, settings, tmp_path):
    assert ok(build.run(compiled("store", build, tmp_path), env=settings)) == ""
    [[time, load]] = read_back(build, settings, tmp_path, "load1")
    assert float(load) >= 0
    assert read_back(build, settings, tmp_path, "load1", time, time) == [[time, load]]
    assert read_back(build, settings, tmp_path, "load1", "2015-05-01", "2015-05-02") == []


@plain
def test_example_outbox(build, settings, tmp_path):
    program = compiled("outbox", build, tmp_path)
    gone = {**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]}
    done = build.run(program, "box", "0", env=gone, given="1\n2.5\n")
    assert ok(done) == "0 delivered, 2 kept, 0 lost\n"
    done = build.run(program, "box", "120", env=settings, given="-3e-9 not a number")
    assert ok(done) == "3 delivered, 0 kept, 0 lost\n"
    values = [float(value) for _, value in read_back(build, settings, tmp_path, "value")]
    assert values == [1, 2.5, -3e-9]


@plain
def test_example_outbox_takes_nothing_in_by_wrong_use(build, settings, tmp_path):
    program = compiled("outbox", build, tmp_path)
    for seconds in ("", "-1", "1.5", "10s", "soon", "65536"):
        done = build.run(program, "box", seconds, env=settings, given="1\n")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "outbox: SECONDS is a number from 0 to 65535\n"
        assert not (tmp_path / "box").exists()


@plain
def test_example_listen(build, settings, mosquitto, tmp_path):
    client = environment(mosquitto, "mqtts", settings)
    program = compiled("listen", build, tmp_path)
    destination = "messages/of/the/example"
    sender = peers.Mqtt(mosquitto, mosquitto.user, mosquitto.password)
    with build.start(program, destination, env=client) as listener:
        assert read_lines(listener, 1) == ["listening\n"]
        sender.publish(destination, "hello, cart")
        assert read_lines(listener, 1) == [f"{destination}\thello, cart\n"]
        listener.stdin.close()
        assert listener.wait() == 0, listener.stderr.read()
    sender.close()


@plain
@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_say_what_is_wrong(example, build, settings, tmp_path):
    program = compiled(example, build, tmp_path)
    (tmp_path / "box").mkdir()  # where outbox wants a file
    gone = {
        **settings,
        "BYTEPORT_HOST": settings["BYTEPORT_GONE"],
        "BYTEPORT_BROKER": "ftp://nowhere",
        "BYTEPORT_BROKER_LOGIN": "cart",
        "BYTEPORT_BROKER_PASSWORD": settings["BYTEPORT_PASSWORD"],
    }
    done = build.run(program, *EXAMPLES[example], env=gone)
    assert done.returncode == 1
    assert re.match(rf"{example}: .+\n$", done.stderr)
    for secret in ("BYTEPORT_KEY", "BYTEPORT_PASSWORD"):
        assert settings[secret] not in done.stderr
    assert build.run(program, *EXAMPLES[example], env={}).returncode == 2
