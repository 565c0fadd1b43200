# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Threads and processes: the lock is let go, and a client may be shared."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from byteport.clients import ByteportHttpClient
from recording import Answer, RawServer, Recorder


def test_other_threads_run_while_a_call_waits(client: ByteportHttpClient, recorder: Recorder) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def hold(request: dict[str, Any]) -> Answer:
        asked.set()
        assert go_on.wait(20)
        return Answer()

    recorder.answer = hold
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.store, {"x": 1})
        assert asked.wait(20)
        counted = sum(range(100_000))
        assert not call.done()
        go_on.set()
        assert call.result(20) is None
    assert counted == 4_999_950_000


def test_threads_share_a_client(client: ByteportHttpClient, recorder: Recorder) -> None:
    together = threading.Barrier(8)

    def work(worker: int) -> None:
        together.wait()
        for count in range(25):
            client.store({f"field{worker}": count}, f"dev{worker}", count)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert len(recorder.requests) == 200
    for worker in range(8):
        mine = [r for r in recorder.requests if r["path"].endswith(f"/dev{worker}/")]
        expected = [["_key", "f00b4s3cretk3y"], ["_ts", "{}"], [f"field{worker}", "{}"]]
        assert [r["form"] for r in mine] == [
            [[name, value.format(count)] for name, value in expected] for count in range(25)
        ]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the server runs in a thread of this process
def test_a_forked_child_uses_connections_of_its_own(client: ByteportHttpClient, recorder: Recorder) -> None:
    client.store({"x": 1})
    child = os.fork()
    if child == 0:
        code = 1
        try:
            client.store({"x": 2})
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    client.store({"x": 3})
    assert [request["form"][1] for request in recorder.requests] == [["x", "1"], ["x", "2"], ["x", "3"]]


def store_and_say(client: ByteportHttpClient, field: str, told: Any) -> None:
    """At the module's level, where a process that is spawned finds it."""
    client.store({field: 1})
    told.put(os.getpid())


def test_processes_share_a_client_and_no_connection(recorder: Recorder) -> None:
    program = """
import multiprocessing, os, sys
sys.path.insert(0, sys.argv[3])
from byteport.clients import ByteportHttpClient
from test_threads import store_and_say

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    client = ByteportHttpClient("myownspace", "key", "dev", sys.argv[2])
    told = context.SimpleQueue()
    processes = [context.Process(target=store_and_say, args=(client, f"child{n}", told)) for n in range(2)]
    for process in processes:
        process.start()
    client.store({"parent": 1})
    for process in processes:
        process.join()
        assert process.exitcode == 0
    client.store({"parent": 2})
    assert len({os.getpid(), told.get(), told.get()}) == 3
"""
    for method in ("fork", "spawn", "forkserver"):
        recorder.requests.clear()
        recorder.ports.clear()
        command = [sys.executable, "-c", program, method, recorder.host, os.path.dirname(__file__)]
        subprocess.run(command, check=True, timeout=120)
        stored = [request["form"][1:] for request in recorder.requests]
        assert sorted(pairs for pairs in stored if pairs) == [
            [["child0", "1"]],
            [["child1", "1"]],
            [["parent", "1"]],
            [["parent", "2"]],
        ]
        ports: dict[str, set[int]] = {field: set() for field in ("heartbeat", "parent", "child0", "child1")}
        for pairs, port in zip(stored, recorder.ports):
            ports[pairs[0][0] if pairs else "heartbeat"].add(port)
        assert ports["heartbeat"] == ports["parent"]
        assert len(set.union(*ports.values())) == 3  # one for each process


PROGRAM = """
import sys
from byteport.clients import ByteportHttpClient
client = ByteportHttpClient("ns", "key", "dev", sys.argv[1], initial_heartbeat=False, timeout=60)
try:
    client.store({"x": 1})
except KeyboardInterrupt:
    print("interrupted")
"""


def test_a_keyboard_interrupt_ends_a_call_that_waits(raw_server: Callable[[bytes | None], RawServer]) -> None:
    server = raw_server(None)
    command = [sys.executable, "-I", "-c", PROGRAM, server.host]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert server.asked.wait(20)
        # Again and again: the first may come just before the call begins to wait.
        for _ in range(40):
            program.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(0.5)
                break
        assert program.returncode == 0
        assert program.stdout is not None
        assert program.stdout.read() == b"interrupted\n"


ENDING = """
import sys, threading, time
from byteport.clients import ByteportHttpClient

class Trickle:
    def read(self, amount):
        reading.release()
        time.sleep(0.001)
        return b"x" * 100

class Slow:
    def __del__(self, clock=time):
        clock.sleep(0.3)  # with the interpreter going down: the threads come back from their sleep

client = ByteportHttpClient("ns", "key", "dev", sys.argv[1], initial_heartbeat=False)
reading = threading.Semaphore(0)
for _ in range(4):
    threading.Thread(target=client.base64_encode_and_store, args=("f", Trickle()), daemon=True).start()
for _ in range(40):
    reading.acquire()
sys.slow = sys.modules["slow"] = Slow()
"""


def test_a_program_ends_while_daemon_threads_read(recorder: Recorder) -> None:
    for _ in range(5):
        command = [sys.executable, "-I", "-c", ENDING, recorder.host]
        ended = subprocess.run(command, capture_output=True, timeout=60)
        assert (ended.returncode, ended.stderr) == (0, b"")
    assert recorder.requests == []


# What ended without being interrupted would be in the upload, or be the interrupt's context.
WORKING = """
import base64, bz2, signal, sys
from byteport import _byteport
from byteport.clients import ByteportClientException, ByteportHttpClient

class Stop(Exception):
    pass

def stop(*_):
    raise Stop

host, what, path = sys.argv[1:]
client = ByteportHttpClient("ns", "key", "dev", host, initial_heartbeat=False, timeout=600)
if what == "handler":
    signal.signal(signal.SIGINT, stop)
large = bytes(range(1, 127)) * (1 << 19)
if "file" in what:
    with open(path, "wb") as file:
        file.write(large * 3)
text = base64.b64encode(bz2.compress(bytes(1 << 20)) * 500 + b"x").decode()
upload = _byteport.Upload()
try:
    print("begins", flush=True)
    if what == "client":
        client.base64_encode_and_store("f", large, compression="bzip2")
    elif what == "decoding":
        client.decode_object(text, max_size=1 << 40)
    elif what == "object file":
        upload.add_object_file("f", path, "bzip2")
    elif what == "file":
        upload.add_file("f", path)
    elif what == "piece":
        upload.begin_object("f", "bzip2")
        upload.add_piece(large)
        upload.end_object()
    else:
        upload.add_object("f", large, "bzip2")
except (KeyboardInterrupt, Stop) as error:
    print(type(error).__name__, error.__context__, list(upload.fields()))
"""


@pytest.mark.parametrize("what", ["client", "bytes", "handler", "piece", "object file", "file", "decoding"])
def test_a_signal_ends_work_on_what_is_large(what: str, recorder: Recorder, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-c", WORKING, recorder.host, what, str(tmp_path / "file")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"begins\n"
        program.send_signal(signal.SIGINT)
        name = b"Stop" if what == "handler" else b"KeyboardInterrupt"
        assert program.stdout.read() == name + b" None []\n"
        assert program.wait() == 0
    assert recorder.requests == []
