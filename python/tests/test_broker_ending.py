# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""How programs with a broker's client end: by themselves, by a signal, forked, with threads and handlers at work."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from broker import Broker
from ways import Reader, Way, unique

#: Everything that the programs begin with.
BEGIN = """
import atexit, multiprocessing, os, signal, sys, threading, time
from byteport.clients import *
from byteport.mqtt_client import ByteportMQTTClient
from byteport.stomp_client import ByteportStompClient

kind, user, password, host, uid, *more = sys.argv[1:]

def connect(uid=uid, cls=None, **options):
    if kind == "stomp":
        return (cls or ByteportStompClient)("my_garage", user, password, host, uid, **options)
    return (cls or ByteportMQTTClient)("my_garage", uid, user, password, host, **options)
"""


def command(program: str, way: Way, uid: str, *more: str) -> list[str]:
    broker = way.broker
    told = [way.scheme, broker.user, broker.password, way.host, uid, *more]
    return [sys.executable, "-I", "-c", BEGIN + program, *told]


def run(program: str, way: Way, uid: str, *more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(program, way, uid, *more), capture_output=True, text=True, timeout=120, check=False
    )
    assert way.broker.password not in done.stdout + done.stderr
    return done


ENDINGS = {
    "just ends": "",
    "exit": "sys.exit(0)",
    "raises": "raise ZeroDivisionError",
    "let go": "del client",
    "in a thread": "pass",
    "stores at exit": "pass",
    "listens": "client.listen(print)",
    "holds a message": "messages = client.messages(0.01); next(messages, None)",
}
ENDING = """
def main():
    global client
    client = connect()
    for n in range(3):
        client.store({"n": n}, wait=False)
    if more[0] == "stores at exit":
        atexit.register(client.store, {"n": 3}, wait=False)
    exec(more[1], globals())

if more[0] == "in a thread":
    threading.Thread(target=main).start()
else:
    main()
"""


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_program_that_just_ends_has_stored_everything(ending: str, way: Way) -> None:
    uid, count = unique("cart"), 4 if ending == "stores at exit" else 3
    with Reader(way) as reader:
        done = run(ENDING, way, uid, ending, ENDINGS[ending])
        assert done.returncode == (1 if ending == "raises" else 0), done.stderr
        assert ("ZeroDivisionError" if ending == "raises" else "") in done.stderr
        if ending != "raises":
            assert done.stderr == ""
        assert [packet.text for packet in reader.packets(count, uid)] == [f"n={n};" for n in range(count)]


NOWHERE = """
host = "127.0.0.1:9"
client = connect(initial_connection=False, connect_timeout=3)
for n in range(3):
    client.store({"n": n}, wait=False)
"""


def test_a_program_ends_while_the_broker_is_away(way: Way) -> None:
    done = run(NOWHERE, way, unique("cart"))
    assert done.returncode == 0
    # nobody listens to the log: Python writes its warnings
    assert done.stderr == "a publication is lost: the broker's client was closed: make another\n" * 3


FORKED = """
client = connect()
messages = client.messages(0.01)
assert next(messages, None) is None
pending = client.messages(60)
client.store({"n": "before"})
child = os.fork()
if child == 0:
    calls = [
        lambda: client.store({"n": "lost"}), lambda: client.publish("a", "b"), lambda: client.flush(0),
        client.stats, lambda: next(pending), lambda: client.listen(print), lambda: client.subscribe("a"),
    ]
    for call in calls:
        try:
            call()
        except ByteportForkedException as error:
            assert error.code == 28, error
        else:
            os._exit(1)
    assert client.disconnect() == 0
    with connect(uid + "c") as other:
        other.store({"n": "child"})
    if more[0] == "exec":
        os.execv(sys.executable, [sys.executable, "-c", ""])
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
client.store({"n": "after"})
assert client.stats().connections == 1
"""


@pytest.mark.parametrize("how", ["exit", "exec"])
def test_a_forked_child(how: str, way: Way) -> None:
    uid = unique("cart")
    with Reader(way) as reader:
        done = run(FORKED, way, uid, how)
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stderr
        stored = [packet.text for packet in reader.packets(3, uid, f"{uid}c")]
        assert stored == ["n=before;", "n=child;", "n=after;"]


PROCESSES = """
def work(number):
    client = connect(uid + number)
    client.store({"n": number}, wait=False)

if __name__ == "__main__":
    client = connect()
    client.store({"n": "parent"})
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(str(n),)) for n in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
"""


def test_processes_with_clients_of_their_own(way: Way) -> None:
    uid = unique("cart")
    with Reader(way) as reader:
        done = run(PROCESSES, way, uid)
        assert done.returncode == 0, done.stderr
        stored = [packet.text for packet in reader.packets(3, uid, f"{uid}0", f"{uid}1")]
        assert sorted(map(str, stored)) == ["n=0;", "n=1;", "n=parent;"]


WAITING = """
signal.signal(signal.SIGINT, signal.default_int_handler)
calls = {
    "messages": lambda: next(client.messages()),
    "for": lambda: [message for message in client],
    "mqtt block": lambda: client.block(),
    "stomp receiveFrame": lambda: client.receiveFrame(),
    "stomp canRead": lambda: client.canRead(),
}
if more[0] == "mqtt loop_forever":
    class Tells(ByteportMQTTClient):
        def on_connect(self, client, userdata, flags, rc):
            print("waits", flush=True)
    call = lambda: connect(cls=Tells, loop_forever=True)
else:
    client = connect()
    call = calls[more[0]]
try:
    if more[0] != "mqtt loop_forever":
        print("waits", flush=True)
    call()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""
CALLS = ["messages", "for", "mqtt block", "mqtt loop_forever", "stomp receiveFrame", "stomp canRead"]


def interrupted(call: str, way: Way) -> None:
    with subprocess.Popen(command(WAITING, way, unique("cart"), call), stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"waits\n"
        program.send_signal(signal.SIGINT)
        assert program.stdout.read() == b"interrupted\n"
        assert program.wait() == 0


def test_a_keyboard_interrupt_ends_every_wait(way: Way) -> None:
    for call in CALLS:
        if " " not in call or call.startswith(way.scheme):
            interrupted(call, way)


BUSY = """
class Slow:
    def __del__(self, clock=time):
        clock.sleep(0.2)  # with the interpreter going down: threads come back from their sleep

def work():
    while True:
        try:
            client.store({"n": 1}, wait=False)
        except ByteportClosedException:
            return

def iterate():
    for message in other:
        heard.release()

def handler(message):
    heard.release()
    "%s" % ([n for n in range(1000)],)
    client.publish(own, message.body, wait=False)  # there is always one more

heard = threading.Semaphore(0)
client, other = connect(), connect(uid + "o")
own = ("/topic/device_messages_" if kind == "stomp" else "") + "my_garage." + uid
client.subscribe(own)
client.listen(handler)
client.publish(own, "go")
for function in (work, work, iterate):
    threading.Thread(target=function, daemon=True).start()
for _ in range(20):
    heard.acquire()
sys.slow = sys.modules["slow"] = Slow()
"""


def test_a_program_ends_while_threads_store_and_messages_come(way: Way) -> None:
    for _ in range(3):
        done = run(BUSY, way, unique("cart"))
        assert done.returncode == 0, done.stderr


STUCK = """
def handler(message):
    print(message.text, flush=True)
    entered.set()
    threading.Event().wait()

entered = threading.Event()
client = connect()
client.subscribe(more[0])
client.listen(handler)
client.publish(more[0], "stuck")
entered.wait()
"""


def test_a_program_ends_while_a_handler_is_stuck(way: Way) -> None:
    uid = unique("cart")
    done = run(STUCK, way, uid, way.own(uid))
    assert (done.returncode, done.stdout, done.stderr) == (0, "stuck\n", "")


SUBCLASS = """
class Program(ByteportMQTTClient):
    def on_message(self, client, userdata, msg):
        print(msg.payload.decode(), flush=True)
        heard.release()

heard = threading.Semaphore(0)
connect(cls=Program)  # nobody has it but itself
connect(uid + "s").publish("my_garage." + uid, "heard")
heard.acquire()
"""


def test_a_program_ends_with_a_subclass_at_work(mosquitto: Broker) -> None:
    done = run(SUBCLASS, Way("mosquitto", mosquitto), unique("cart"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "heard\n", "")


LATE = """
def late():
    try:
        connect(uid + "l")
    except ByteportClientException as error:
        print(error)

import atexit
atexit._run_exitfuncs()
late()
"""


def test_no_client_is_made_after_the_end(way: Way) -> None:
    done = run(LATE, way, unique("cart"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "the program is ending: no broker's client can be opened now\n"


SUBINTERPRETER = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
client = connect()
number = interpreters.create()
raised = interpreters.run_string(number, f'''
try:
    from byteport.mqtt_client import ByteportMQTTClient
except ImportError:
    pass  # as some versions of Python have it
else:
    try:
        ByteportMQTTClient("my_garage", "cart", "joe", "secret", {host!r})
    except Exception as error:  # of the main interpreter's class
        assert "subinterpreter" in str(error), error
    else:
        raise AssertionError
''')
assert raised is None, raised
interpreters.destroy(number)
client.store({"n": 1})
"""


def test_a_subinterpreter_changes_nothing(way: Way) -> None:
    done = run(SUBINTERPRETER, way, unique("cart"))
    assert (done.returncode, done.stderr) == (0, "")
