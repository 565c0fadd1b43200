# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Handing readings to an outbox: calls per second, the time of a call, memory, and bytes written to the disk.

The C program hands in readings of three fields at `disk`, first with nobody to take them (so that a million are queued),
then while the uploader works against the local server, at full speed and at PACED readings per second. Beside it, in the
same round: SQLite alone with the same rows and commits; the Python client's outbox, the queue of persist-queue (a commit for
each item) and paho-mqtt's queue in memory.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from common import BUILD, KEY, ROUNDS, Round, folder, median, memory, once, ratio, verdict
from series import serving

COUNT = int(os.environ.get("BENCH_QUEUED", "1000000"))
TIMED = 300_000
PACED = 20_000
#: Readings of this length in the file, and so many bytes to a commit.
LINE, COMMIT = 85, 65_536
#: How many items each of the Python queues takes.
ITEMS = {"byteport": 100_000, "persist-queue": 5_000, "paho-mqtt": 60_000}
RATE_GOAL, P99_GOAL, MEMORY_GOAL, SQLITE_GOAL = 300_000, 20, 4.0, 0.8


def item(i: int) -> str:
    """A reading as text, for the queues that know nothing of Byteport."""
    return f"number={i}&temp=20.25&state=rolling"


def byteport_put(host: str, path: Path) -> Callable[[int], object]:
    """A function that hands the i-th reading to the Python client's outbox."""
    from byteport.clients import ByteportHttpClient

    client = ByteportHttpClient(
        "myownspace", KEY, "barDev1", byteport_api_hostname=host, initial_heartbeat=False
    )
    outbox = client.outbox(path / "outbox", max_disk=1 << 30)
    return lambda i: outbox.enqueue({"number": i, "temp": 20.25, "state": "rolling"})


def persist_put(_host: str, path: Path) -> Callable[[int], object]:
    """The same with persist-queue."""
    import persistqueue

    queue = persistqueue.SQLiteQueue(str(path / "queue"))
    return lambda i: queue.put(item(i))


def paho_put(_host: str, _path: Path) -> Callable[[int], object]:
    """The same with paho-mqtt, which is not connected."""
    from paho.mqtt.client import CallbackAPIVersion, Client

    client = Client(CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    return lambda i: client.publish("myownspace/barDev1", item(i), qos=1)


WORKERS = {"byteport": byteport_put, "persist-queue": persist_put, "paho-mqtt": paho_put}


def work(name: str, host: str, path: str) -> None:
    """Runs one Python queue and prints what it took."""
    put = WORKERS[name](host, Path(path))
    put(0)
    before, start = memory("VmRSS"), time.perf_counter()
    for i in range(1, ITEMS[name] + 1):
        put(i)
    wall = time.perf_counter() - start
    figures = {"wall": wall / ITEMS[name], "grew": (memory("VmHWM") - before) * 1024 / ITEMS[name]}
    print(json.dumps(figures), flush=True)
    os._exit(0)  # without a word to anyone of what is queued


@contextlib.contextmanager
def nobody() -> Iterator[str]:
    """An address that refuses connections."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{kept.getsockname()[1]}"


def c_client(mode: str, host: str, count: int, per_second: int = 0) -> dict[str, float]:
    """One run of the C program, with a new file."""
    with folder() as files:
        command = [str(BUILD / "outbox"), mode, host, str(files / "outbox"), str(count), str(per_second)]
        return once(command)


def one_round() -> Round:
    """Each of them once."""
    results: Round = {}
    with nobody() as host:
        results["C libbyteport"] = c_client("fill", host, COUNT)
        with folder() as files:
            rows = [str(COUNT), str(COMMIT // LINE)]
            results["C SQLite"] = once([str(BUILD / "outbox_sqlite"), str(files / "bare.sqlite3"), *rows])
        for name in WORKERS:
            with folder() as files:
                results[f"Python {name}"] = once([sys.executable, __file__, name, host, str(files)])
    with folder() as files, serving(files, "myownspace", KEY) as host:
        results["at full speed"] = c_client("calls", host, TIMED)
        results["paced"] = c_client("calls", host, 5 * PACED, PACED)
    return results


def report_speed(rounds: list[Round]) -> None:
    """Calls per second, and beside whom."""
    queued = COUNT / median(rounds, "C libbyteport", "enqueued")
    uploading = TIMED / median(rounds, "at full speed", "all")
    grew = median(rounds, "C libbyteport", "grew_kib") / 1024
    bare, cpu = (ratio(rounds, "C SQLite", "C libbyteport", what) for what in ("wall", "cpu"))
    print(f"\n{ROUNDS} rounds of {COUNT:,} readings at disk, one thread, nobody takes them; medians")
    print(f"C libbyteport: {queued:,.0f} calls/s, goal {RATE_GOAL:,}  {verdict(queued >= RATE_GOAL)}")
    print(f"the same while the uploader works: {uploading:,.0f} calls/s")
    print(f"memory grew by {grew:.1f} MiB, goal {MEMORY_GOAL}  {verdict(grew <= MEMORY_GOAL)}")
    reached = verdict(bare >= SQLITE_GOAL)
    print(
        f"C libbyteport : bare SQLite, until all is on the disk {bare:.2f}, goal {SQLITE_GOAL}  {reached}; CPU {cpu:.2f}"
    )
    for name in ITEMS:
        rate, grew = 1 / median(rounds, f"Python {name}", "wall"), median(rounds, f"Python {name}", "grew")
        times = ratio(rounds, f"Python {name}", "Python byteport", "wall")
        print(
            f"Python {name:<14}{rate:>10,.0f} items/s, {times:.1f} times our time; {grew:,.0f} bytes of memory each"
        )


def report_calls(rounds: list[Round]) -> None:
    """The time of a call while the uploader works."""
    print(
        f"\n{'time of a call, us':<24}{'p50':>8}{'p99':>8}{'p99.9':>8}{'most':>10}{'delivered meanwhile':>24}"
    )
    for name in ("at full speed", "paced"):
        figures = [median(rounds, name, what) / 1e3 for what in ("p50", "p99", "p999", "most")]
        delivered = median(rounds, name, "delivered")
        texts = (
            "".join(f"{figure:>8.1f}" for figure in figures[:3]) + f"{figures[3]:>10.0f}{delivered:>24,.0f}"
        )
        print(f"{name:<24}{texts}  {verdict(figures[1] <= P99_GOAL)} (goal for p99: {P99_GOAL})")


def report_bytes(rounds: list[Round]) -> None:
    """Bytes written to the disk for each reading that stays, and what a slow device writes."""
    each = median(rounds, "C libbyteport", "written") / COUNT
    print(f"\nbytes written to the disk per reading: {each:.0f}, of which {LINE} are the reading")
    with nobody() as host:
        for per_second in (1, 10, 100):
            slow = c_client("fill", host, 10 * per_second, per_second)
            print(
                f"at {per_second} readings per second, nobody takes them: {slow['written'] / 10:,.0f} bytes per second"
            )


def main() -> None:
    """Without arguments: everything. With NAME HOST FOLDER: one Python queue, as a worker."""
    if len(sys.argv) == 4:
        work(*sys.argv[1:])
        return
    rounds = []
    for i in range(ROUNDS):
        rounds.append(one_round())
        print(f"round {i + 1} of {ROUNDS} done", flush=True)
    report_speed(rounds)
    report_calls(rounds)
    report_bytes(rounds)


if __name__ == "__main__":
    main()
