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
