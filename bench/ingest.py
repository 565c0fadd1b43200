# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Readings that go from a full queue of RabbitMQ into PostgreSQL, by one byteport-server and by two.

Readings of three fields wait in the queue, each as a message of its own or in lists of a hundred; then the servers start.
Measured is from when a tenth of them is in the database until all are, so that nobody's start counts. PostgreSQL waits for
its disk at each commit, and all share this machine.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from common import ROOT, ROUNDS, Round, folder, median, ratio

sys.path.insert(0, str(ROOT / "tests" / "brokers"))
from broker import Broker

#: Readings, and so many in a message.
WORK = {1: int(os.environ.get("BENCH_SINGLE", "20000")), 100: int(os.environ.get("BENCH_LISTED", "100000"))}
FIELDS = 3
DEVICES = 100
NAMESPACE = "my_garage"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


@contextlib.contextmanager
def postgres(files: Path) -> Iterator[str]:
    """Runs PostgreSQL as it is set up by Debian; gives its address."""
    script, place = str(ROOT / "scripts" / "postgres.sh"), str(files / "postgres")
    environment = {**os.environ, "POSTGRES_OPTIONS": "-c fsync=on"}
    command = [script, "start", place, "--with", str(os.getpid())]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    try:
        yield told.partition("BYTEPORT_POSTGRES=")[2].split()[0]
    finally:
        subprocess.run([script, "kill", place], check=True)


@contextlib.contextmanager
def server(database: str, seed: Path, broker: Broker | None) -> Iterator[None]:
    """Runs a byteport-server on the database, which takes from the broker, if there is one."""
    command = [str(TARGET / "release" / "byteport-server"), "--listen", "127.0.0.1:0", "--data", database]
    command += ["--seed", str(seed)]
    environment = dict(os.environ)
    if broker:
        command += ["--ingest", f"stomp://{broker.stomp}/{NAMESPACE}", "--ingest-login", broker.user]
        environment["BYTEPORT_INGEST_PASSWORD"] = broker.password
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            if not process.stdout or not process.stdout.readline():
                raise RuntimeError("byteport-server does not start")
            yield
        finally:
            process.terminate()


def publish(broker: Broker, count: int, listed: int) -> None:
    """Puts readings into the queue."""
    from byteport.stomp_client import ByteportStompClient

    host = f"stomp://{broker.stomp}"
    with ByteportStompClient(NAMESPACE, broker.user, broker.password, host, vhost=NAMESPACE) as client:
        for first in range(0, count, listed):
            packets = [
                {
                    "uid": f"cart-{i % DEVICES}",
                    "namespace": NAMESPACE,
                    "timestamp": f"{1_430_438_400 + i // DEVICES}",
                    "data": f"number={i};temp=20.25;state=rolling;",
                }
                for i in range(first, first + listed)
            ]
            client.publish("/queue/simple_string_dev_message", json.dumps(packets), wait=False)
        if client.flush(300):
            raise RuntimeError("not all is in the queue")


def rows(database: str) -> int:
    """How many values there are."""
    command = ["psql", database, "-Atc", "SELECT count(*) FROM value"]
    return int(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def wait_for(database: str, wanted: int) -> tuple[float, int]:
    """Waits until there are so many values; gives when that was seen, and how many there were."""
    deadline = time.monotonic() + 600
    while (found := rows(database)) < wanted:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{found} of {wanted} values")
        time.sleep(0.05)
    return time.perf_counter(), found


def drain(broker: Broker, listed: int, servers: int) -> dict[str, float]:
    """Readings per second from a full queue into an empty database."""
    count = WORK[listed]
    with folder() as files, postgres(files) as database:
        seed = files / "seed.json"
        seed.write_text(json.dumps({"namespaces": [{"name": NAMESPACE, "write_key": "no-secret"}]}))
        with server(database, seed, None):
            publish(broker, count, listed)
        with contextlib.ExitStack() as stack:
            for _ in range(servers):
                stack.enter_context(server(database, seed, broker))
            begun, found = wait_for(database, count * FIELDS // 10)
            ended, _ = wait_for(database, count * FIELDS)
    return {"rate": (count - found / FIELDS) / (ended - begun)}


def name(listed: int, servers: int) -> str:
    """What a figure is called."""
    what = "a message each" if listed == 1 else f"lists of {listed}"
    return f"{what}, {servers} server{'s' if servers > 1 else ''}"


def main() -> None:
    """Everything, in rounds."""
    rounds: list[Round] = []
    with Broker("rabbitmq") as broker:
        for i in range(ROUNDS):
            ways = [(listed, servers) for listed in WORK for servers in (1, 2)]
            rounds.append({name(*way): drain(broker, *way) for way in ways})
            print(f"round {i + 1} of {ROUNDS} done", flush=True)
    print(f"\n{ROUNDS} rounds; readings of {FIELDS} fields from RabbitMQ into PostgreSQL, medians")
    for listed in WORK:
        one, two = name(listed, 1), name(listed, 2)
        rates = [median(rounds, which, "rate") for which in (one, two)]
        print(
            f"{one}: {rates[0]:,.0f} a second; with two {rates[1]:,.0f}, {ratio(rounds, two, one, 'rate'):.2f} times"
        )


if __name__ == "__main__":
    main()
