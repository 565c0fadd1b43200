# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Small readings per second over one kept connection to a local nginx: libbyteport beside its peers.

The Python client also runs with 2 and with 4 threads that share it; nginx works on the same cores. Every client runs in a
process of its own, in turn, ROUNDS times, so that what else the machine does falls on all alike. A round's ratio is formed
within the round; the median of the rounds is printed. Times are not comparable between machines; ratios are.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from pathlib import Path

from common import BUILD, KEY, ROUNDS, folder, median, memory, nginx, ratio, run, verdict

CALLS = int(os.environ.get("BENCH_CALLS", "20000"))
PATH = "/api/v1/timeseries/myownspace/barDev1/"
THREADS = (2, 4)
# (client, peer): the client's calls per second over the peer's, and the peer's CPU time per call over the client's
GOALS = [
    ("C libbyteport", "C libcurl", 1.0),
    ("Python byteport", "Python pycurl", 1.0),
    ("Python byteport", "Python requests", 5.0),
    ("Python byteport, 2 threads", "Python byteport", 1.0),
    ("Python byteport, 4 threads", "Python byteport", 1.0),
]


def fields(i: int) -> dict[str, object]:
    """One small reading: a counter, a number, a word."""
    return {"number": i, "temp": 20.25, "state": "rolling"}


def form(i: int) -> dict[str, object]:
    """The same reading as a form, for the clients that know nothing of Byteport."""
    return {"_key": KEY, "_ts": f"1410613385.{i % 1000000:06}", **fields(i)}


def byteport_store(host: str):
    """A function that stores the i-th reading through the Python client."""
    from byteport.clients import ByteportHttpClient

    client = ByteportHttpClient(
        "myownspace", KEY, "barDev1", byteport_api_hostname=host, initial_heartbeat=False
    )
    return lambda i: client.store(fields(i), timestamp=1410613385 + i % 1000000 / 1e6)


def pycurl_store(host: str):
    """The same through pycurl, one handle reused."""
    from urllib.parse import urlencode

    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://{host}{PATH}")
    curl.setopt(pycurl.WRITEFUNCTION, lambda data: len(data))
    curl.setopt(pycurl.CONNECTTIMEOUT_MS, 10000)
    curl.setopt(pycurl.TIMEOUT_MS, 30000)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.PROXY, "")  # as the others, which call a loopback host directly

    def store(i: int) -> None:
        curl.setopt(pycurl.POSTFIELDS, urlencode(form(i)))
        curl.perform()
        if curl.getinfo(pycurl.RESPONSE_CODE) != 200:
            raise RuntimeError("not stored")

    return store


def requests_store(host: str):
    """The same through a requests session."""
    import requests

    session = requests.Session()
    session.trust_env = False  # no look at the environment and .netrc for each call: its best case
    return lambda i: session.post(f"http://{host}{PATH}", data=form(i), timeout=(10, 30)).raise_for_status()


WORKERS = {"byteport": byteport_store, "pycurl": pycurl_store, "requests": requests_store}


def work(name: str, threads: int, host: str, calls: int) -> None:
    """Runs one Python client, which its threads share, and prints what it took."""
    store = WORKERS[name](host)
    store(0)

    def part(first: int) -> None:
        for i in range(first, calls + 1, threads):
            store(i)

    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    others = [threading.Thread(target=part, args=(first,)) for first in range(2, threads + 1)]
    for thread in others:
        thread.start()
    part(1)
    for thread in others:
        thread.join()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"calls": calls, "wall": wall, "cpu": cpu, "rss_kib": memory("VmHWM")}))


def commands(host: str) -> dict[str, list[str]]:
    """The clients, by name."""
    here, calls = str(Path(__file__).resolve()), str(CALLS)

    def python(name: str, threads: int) -> list[str]:
        return [sys.executable, here, name, str(threads), host, calls]

    return {
        "C libbyteport": [str(BUILD / "store_byteport"), host, calls],
        "C libcurl": [str(BUILD / "store_curl"), host, calls],
        "Python byteport": python("byteport", 1),
        **{f"Python byteport, {threads} threads": python("byteport", threads) for threads in THREADS},
        **{f"Python {peer}": python(peer, 1) for peer in ("pycurl", "requests")},
    }


def report(rounds: list[dict[str, dict[str, float]]]) -> None:
    """Prints the medians, the ratios, and whether the goals are reached."""
    kept = "one kept connection for each thread"
    print(f"\n{ROUNDS} rounds of {CALLS} calls each, {kept}, a fixed 200 from nginx; medians")
    print(f"{'client':<28}{'calls/s':>10}{'CPU us/call':>13}{'peak RSS MiB':>14}")
    for name in rounds[0]:
        rate = CALLS / median(rounds, name, "wall")
        cpu = median(rounds, name, "cpu") / CALLS * 1e6
        rss = median(rounds, name, "rss_kib") / 1024
        print(f"{name:<28}{rate:>10.0f}{cpu:>13.1f}{rss:>14.1f}")
    print(f"\n{'ratio':<46}{'calls/s':>10}{'CPU':>8}{'goal':>8}")
    for name, peer, goal in GOALS:
        rate, cpu = ratio(rounds, peer, name, "wall"), ratio(rounds, peer, name, "cpu")
        print(f"{name + ' : ' + peer:<46}{rate:>10.2f}{cpu:>8.2f}{goal:>8.1f}  {verdict(rate >= goal)}")


def main() -> None:
    """Without arguments: all clients. With NAME THREADS HOST CALLS: one Python client, as a worker."""
    if len(sys.argv) == 5:
        work(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
        return
    with folder() as files, nginx(files) as host:
        rounds = run(commands(host))
    report(rounds)


if __name__ == "__main__":
    main()
