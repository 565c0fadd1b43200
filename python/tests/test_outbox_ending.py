# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""How programs with an outbox end: by themselves, by a signal, killed, forked, with threads at work."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from byteport.clients import ByteportHttpClient, ByteportOutboxInUseException
from conftest import KEY, NS, UID
from recording import Answer, Recorder

LONG = 30.0

#: Everything that the programs begin with.
BEGIN = """
import atexit, multiprocessing, os, signal, sys, threading, time
from byteport.clients import *

host, path, *more = sys.argv[1:]
client = ByteportHttpClient("myownspace", "f00b4s3cretk3y", "barDev1", host, initial_heartbeat=False)

def outbox(**options):
    return client.outbox(path, **options)
"""


#: From 3.12 on Python warns of a fork where there are threads, which is what some of these programs are for.
QUIET = "ignore:This process:DeprecationWarning"


def command(program: str, host: str, path: Path, *more: str) -> list[str]:
    return [sys.executable, "-I", "-W", QUIET, "-c", BEGIN + program, host, str(path), *more]


def run(program: str, host: str, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(program, host, path, *more), capture_output=True, text=True, timeout=120, check=False
    )
    assert KEY not in done.stdout + done.stderr
    return done


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.db"


@pytest.fixture
def nowhere(other_host: Recorder) -> str:
    """A host where nobody listens."""
    other_host.close()
    return other_host.host


def stored(recorder: Recorder) -> list[str]:
    return [dict(request["form"]).get("x", "heartbeat") for request in recorder.requests]


def replay(recorder: Recorder, path: Path) -> list[str]:
    """What a later program delivers of what is in the file."""
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    with client.outbox(path) as outbox:
        assert outbox.flush(LONG).kept == 0
    return stored(recorder)


def in_the_end(recorder: Recorder, *paths: Path) -> list[str]:
    """What came at the end of a program, or by a later one, where that did not wait for it: some may come twice."""
    for path in paths:
        replay(recorder, path)
    return list(dict.fromkeys(stored(recorder)))


ENDINGS = {
    "just ends": "",
    "exit": "sys.exit(0)",
    "raises": "raise ZeroDivisionError",
    "let go": "del box",
    "in a thread": "pass",
    "stores at exit": "pass",
}
ENDING = """
def main():
    box = outbox()
    for n in range(3):
        box.enqueue({"x": n}, durability="memory")
    if more[0] == "stores at exit":
        atexit.register(box.enqueue, {"x": 3}, durability="memory")
    exec(more[1])

if more[0] == "in a thread":
    threading.Thread(target=main).start()
else:
    main()
"""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_that_just_ends_has_lost_nothing(
    ending: str, recorder: Recorder, nowhere: str, path: Path
) -> None:
    number = 4 if ending == "stores at exit" else 3
    done = run(ENDING, recorder.host, path, ending, ENDINGS[ending])
    assert done.returncode == (1 if ending == "raises" else 0), done.stderr
    assert in_the_end(recorder, path) == [str(n) for n in range(number)]
    done = run(ENDING, nowhere, path, ending, ENDINGS[ending])
    assert done.returncode == (1 if ending == "raises" else 0), done.stderr
    recorder.requests.clear()
    assert replay(recorder, path) == [str(n) for n in range(number)]


KILLED = """
box = outbox()
numbers = [box.enqueue({"x": n}).sequence for n in range(5)]
assert box.wait_for(numbers[-1], "disk") in ("disk", "synced")
box.enqueue({"x": "last"}, durability="synced")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_is_in_the_file_survives_a_kill(recorder: Recorder, nowhere: str, path: Path) -> None:
    assert run(KILLED, nowhere, path).returncode == -signal.SIGKILL
    assert replay(recorder, path) == ["0", "1", "2", "3", "4", "last"]


HOLDING = """
box = outbox()
print("open", flush=True)
sys.stdin.read()
"""


def test_one_process_has_the_file(recorder: Recorder, path: Path) -> None:
    client = ByteportHttpClient(NS, KEY, UID, recorder.host, initial_heartbeat=False)
    with subprocess.Popen(
        command(HOLDING, recorder.host, path), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(ByteportOutboxInUseException, match=str(holder.pid)):
            client.outbox(path)
        holder.kill()
    with client.outbox(path) as outbox:
        assert outbox.enqueue({"x": 1}, durability="delivered", timeout=LONG).held == "delivered"


FORKED = """
box = outbox()
own = ByteportHttpClient("myownspace", "f00b4s3cretk3y", "barDev1", host, outbox=path + ".own")
box.enqueue({"x": "before"}, durability="memory")
child = os.fork()
if child == 0:
    for call in (box.enqueue, box.flush, box.close, box.stats, box.resume, lambda: own.store({"x": "lost"})):
        try:
            call()
        except ByteportForkedException as error:
            assert error.code == 28 and isinstance(error, ByteportClientException), error
        else:
            os._exit(1)
    own.close()
    with client.outbox(path + ".child") as other:
        other.enqueue({"x": "child"})
    if more[0] == "exec":
        os.execv(sys.executable, [sys.executable, "-c", ""])
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
box.enqueue({"x": "after"}, durability="memory")
own.store({"x": "own"})
"""


@pytest.mark.parametrize("how", ["exit", "exec"])
def test_a_forked_child(how: str, recorder: Recorder, path: Path) -> None:
    done = run(FORKED, recorder.host, path, how)
    assert (done.returncode, done.stderr) == (0, "")
    own, child = Path(f"{path}.own"), Path(f"{path}.child")
    assert sorted(in_the_end(recorder, path, own, child)) == ["after", "before", "child", "heartbeat", "own"]


PROCESSES = """
def work(number):
    box = client.outbox(path + number)
    box.enqueue({"x": number}, durability="memory")

if __name__ == "__main__":
    box = outbox()
    box.enqueue({"x": "parent"}, durability="memory")
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(str(n),)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
"""


def test_processes_with_outboxes_of_their_own(recorder: Recorder, path: Path) -> None:
    done = run(PROCESSES, recorder.host, path)
    assert (done.returncode, done.stderr) == (0, "")
    paths = (path, Path(f"{path}0"), Path(f"{path}1"))
    assert sorted(in_the_end(recorder, *paths)) == ["0", "1", "parent"]


WAITING = """
box = outbox(when_full="block", max_count=1)
box.enqueue({"x": 1}, durability="synced")
calls = {
    "flush": lambda: box.flush(600),
    "close": lambda: box.close(600),
    "wait": lambda: box.wait_for(1, timeout=600),
    "room": lambda: box.enqueue({"x": 2}, timeout=600),
}
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    print("waits", flush=True)
    calls[more[0]]()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.parametrize("call", ["flush", "close", "wait", "room"])
def test_a_keyboard_interrupt_ends_a_wait(call: str, recorder: Recorder, nowhere: str, path: Path) -> None:
    with subprocess.Popen(command(WAITING, nowhere, path, call), stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"waits\n"
        program.send_signal(signal.SIGINT)
        assert program.stdout.read() == b"interrupted\n"
        assert program.wait() == 0
    assert replay(recorder, path) == ["1"]


BUSY = """
class Slow:
    def __del__(self, clock=time):
        clock.sleep(0.2)  # with the interpreter going down: threads come back from their sleep

def listen(event):
    heard.release()
    "%s" % ([n for n in range(1000)],)

def work():
    while True:
        try:
            box.enqueue({"x": 1}, durability="memory")
        except ByteportClosedException:
            return

heard = threading.Semaphore(0)
box = outbox(on_event=listen, connections=2)
for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
for _ in range(20):
    heard.acquire()
sys.slow = sys.modules["slow"] = Slow()
"""


def test_a_program_ends_while_threads_enqueue_and_events_come(recorder: Recorder, tmp_path: Path) -> None:
    for turn in range(3):
        done = run(BUSY, recorder.host, tmp_path / str(turn))
        assert (done.returncode, done.stderr) == (0, "")


STUCK = """
def listen(event):
    entered.set()
    threading.Event().wait()

entered = threading.Event()
box = outbox(on_event=listen)
box.enqueue({"x": 1})
entered.wait()
"""


def test_a_program_ends_while_an_event_is_stuck(recorder: Recorder, path: Path) -> None:
    done = run(STUCK, recorder.host, path)
    assert done.returncode == 0, done.stderr
    assert in_the_end(recorder, path) == ["1"]


LATE = """
import atexit, sys

def late():
    try:
        client.outbox(sys.argv[1])
    except ByteportClientException as error:
        print(error)

atexit.register(late)
from byteport.clients import *
client = ByteportHttpClient("myownspace", "key", "barDev1", initial_heartbeat=False)
"""


def test_no_outbox_is_opened_after_the_end(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-c", LATE, str(path)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the program is ending: no outbox can be opened now\n"
    assert not path.exists()


SUBINTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
box = outbox()
box.enqueue({"x": 1}, durability="memory")
number = interpreters.create()
raised = interpreters.run_string(number, '''
try:
    from byteport.clients import *
except ImportError:
    pass  # as some versions of Python have it
else:
    try:
        ByteportHttpClient("myownspace", "key", "barDev1", initial_heartbeat=False).outbox("other")
    except Exception as error:  # of the main interpreter's class
        assert "subinterpreter" in str(error), error
    else:
        raise AssertionError
''')
assert raised is None, raised
interpreters.destroy(number)
box.enqueue({"x": 2}, durability="memory")
"""


def test_a_subinterpreter_changes_nothing(recorder: Recorder, path: Path) -> None:
    done = run(SUBINTERPRETER, recorder.host, path)
    assert (done.returncode, done.stderr) == (0, "")
    assert in_the_end(recorder, path) == ["1", "2"]


THREADS = """
box = outbox()

def work(worker):
    for n in range(200):
        box.enqueue({"x": f"{worker}-{n}"}, timestamp=worker * 1000 + n)

threads = [threading.Thread(target=work, args=(worker,)) for worker in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert box.stats().accepted == 1600
assert box.flush(60).kept == 0
"""


def test_threads_share_an_outbox(recorder: Recorder, path: Path) -> None:
    recorder.always(Answer())
    done = run(THREADS, recorder.host, path)
    assert (done.returncode, done.stderr) == (0, "")
    values = stored(recorder)
    for worker in range(8):
        assert [value for value in values if value.startswith(f"{worker}-")] == [
            f"{worker}-{n}" for n in range(200)
        ]
    assert len(values) == 1600
