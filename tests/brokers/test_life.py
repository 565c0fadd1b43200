# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Starting, stopping, killing, starting again, and what ends by itself."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker import SCRIPT, Broker, address
from peers import Mqtt


def processes(folder: Path) -> list[int]:
    """All that have the mark of the folder's broker."""
    mark, found = f"BYTEPORT_BROKER={folder}".encode(), []
    for place in Path("/proc").glob("[0-9]*/environ"):
        try:
            marked = mark in place.read_bytes().split(b"\0")
        except OSError:  # it ended, or is another user's
            continue
        if marked:
            found.append(int(place.parent.name))
    return found


def wait_for_none(folder: Path) -> None:
    end = time.monotonic() + 60
    while processes(folder):
        assert time.monotonic() < end, f"processes are left: {processes(folder)}"
        time.sleep(0.1)


def closed(broker: Broker) -> bool:
    """Whether nobody listens where it did."""
    with socket.socket() as probe:
        return probe.connect_ex(address(broker.mqtt)) != 0


@pytest.fixture
def own(broker: Broker) -> Iterator[Broker]:
    """A second one of the same kind, at the same time."""
    with Broker(broker.kind) as own:
        yield own


def test_two_of_a_kind_stop_and_start_apart(broker: Broker, own: Broker) -> None:
    told = dict(own.lines)
    assert not {own.mqtt, own.mqtts} & {broker.mqtt, broker.mqtts}
    assert own.password != broker.password
    assert Mqtt(own, own.user, broker.password).code != 0
    session = Mqtt(own, own.user, own.password, "keeper")
    session.subscribe("kept/all")
    session.close()
    for name, end in (("stop", own.stop), ("kill", own.kill)):
        Mqtt(own, own.user, own.password).publish("kept/all", f"before the {name}")
        end()
        assert processes(own.folder) == []
        assert closed(own)
        assert Mqtt(broker, broker.user, broker.password).code == 0
        own.start()
    again = Mqtt(own, own.user, own.password, "keeper")
    assert again.receive(2) == [b"before the stop", b"before the kill"]
    assert {**told, "PID": ""} == {**own.lines, "PID": ""}


def test_what_the_service_reads_outlives_a_kill(rabbitmq: Broker) -> None:
    writer = Mqtt(rabbitmq, f"{rabbitmq.vhost}:{rabbitmq.user}", rabbitmq.password)
    before = rabbitmq.depth(rabbitmq.queue, rabbitmq.vhost)
    for number in range(20):
        writer.publish(rabbitmq.queue, f"reading {number}")
    rabbitmq.restart()
    assert rabbitmq.depth(rabbitmq.queue, rabbitmq.vhost) == before + 20
    rabbitmq.ctl("purge_queue", "-p", rabbitmq.vhost, rabbitmq.queue)


@pytest.mark.parametrize("kind", ["mosquitto", "rabbitmq"])
def test_it_ends_with_its_owner(kind: str) -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
    code += f"from broker import Broker\nprint(Broker({kind!r}).folder, flush=True)\ninput()\n"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        folder = Path(owner.stdout.readline().strip())
        try:
            assert len(processes(folder)) >= 2  # the broker and who watches its owner
            owner.kill()
            wait_for_none(folder)
        finally:
            subprocess.run([SCRIPT, "kill", folder], check=True)
            shutil.rmtree(folder)


def test_one_that_no_longer_reads_can_be_stopped(mosquitto: Broker) -> None:
    with Broker("mosquitto") as own:
        os.kill(int(own.pid), signal.SIGSTOP)
        own.stop()
        assert processes(own.folder) == []


def test_a_port_that_is_taken_is_told_with_the_log() -> None:
    with Broker("mosquitto") as own:
        own.kill()
        with socket.create_server(address(own.mqtt)), pytest.raises(RuntimeError) as told:
            own.start()
        assert "did not come to serve" in str(told.value)
        assert "Address already in use" in str(told.value)
        assert processes(own.folder) == []


def script(*arguments: object) -> str:
    """What the script says when it refuses."""
    done = subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    return done.stderr


def test_wrong_use_is_told(mosquitto: Broker, tmp_path: Path) -> None:
    for arguments in (["start"], ["start", tmp_path], ["start", tmp_path, "kafka"], ["fly", tmp_path]):
        assert "usage: brokers.sh start" in script(*arguments)
    assert "runs in" in script("start", mosquitto.folder, "mosquitto")
    assert "folder of a mosquitto" in script("start", mosquitto.folder, "rabbitmq")
    assert "folder of a mosquitto" in script("ctl", mosquitto.folder, "status")
    assert "no broker was started" in script("stop", tmp_path)
    (tmp_path / "letter").write_text("a user's own", encoding="utf-8")
    mode = tmp_path.stat().st_mode
    assert "holds other files" in script("start", tmp_path, "mosquitto")
    assert tmp_path.stat().st_mode == mode
    assert "no such folder" in script("kill", tmp_path / "nothing")
    assert "may be in" in script("start", tmp_path / "with space", "mosquitto")
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.Popen(["true"])
        ended.wait()
        assert "no such process" in script("start", folder, "mosquitto", "--with", ended.pid)
