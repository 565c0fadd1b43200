# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Small readings per second over one kept connection to a local nginx: libbyteport beside its peers.

Every client runs in a process of its own, in turn, ROUNDS times, so that what else the machine does falls on all alike.
A round's ratio is formed within the round; the median of the rounds is printed. Times are not comparable between
machines; ratios are.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
CALLS = int(os.environ.get("BENCH_CALLS", "20000"))
KEY = "f00b4s3cretk3y"
PATH = "/api/v1/timeseries/myownspace/barDev1/"
# (client, peer): the client's calls per second over the peer's, and the peer's CPU time per call over the client's
GOALS = [
    ("C libbyteport", "C libcurl", 1.0),
    ("Python byteport", "Python pycurl", 1.0),
    ("Python byteport", "Python requests", 5.0),
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


def work(name: str, host: str, calls: int) -> None:
    """Runs one Python client and prints what it took."""
    store = WORKERS[name](host)
    store(0)
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    for i in range(1, calls + 1):
        store(i)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    status = Path("/proc/self/status").read_text()  # the peak since exec; getrusage's holds the parent's, too
    peak = int(status.partition("VmHWM:")[2].split()[0])
    print(json.dumps({"calls": calls, "wall": wall, "cpu": cpu, "rss_kib": peak}))


def start_nginx(folder: str) -> tuple[subprocess.Popen[bytes], str]:
    """Starts nginx on a free port; gives the process and HOST:PORT."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    text = (ROOT / "bench" / "nginx.conf").read_text().replace("FOLDER", folder).replace("PORT", str(port))
    config = Path(folder) / "nginx.conf"
    config.write_text(text)
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") or "nginx"
    process = subprocess.Popen([nginx, "-c", str(config), "-p", folder], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process, f"127.0.0.1:{port}"
    raise RuntimeError("nginx does not listen")


def commands(host: str) -> dict[str, list[str]]:
    """The clients, by name."""
    here = str(Path(__file__).resolve())
    python = {f"Python {name}": [sys.executable, here, name, host] for name in WORKERS}
    return {
        "C libbyteport": [str(BUILD / "store_byteport"), host],
        "C libcurl": [str(BUILD / "store_curl"), host],
        **python,
    }


def measure(command: list[str]) -> dict[str, float]:
    """One run of one client."""
    done = subprocess.run([*command, str(CALLS)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def report(rounds: list[dict[str, dict[str, float]]]) -> None:
    """Prints the medians, the ratios, and whether the goals are reached."""
    print(f"\n{ROUNDS} rounds of {CALLS} calls each, one kept connection, a fixed 200 from nginx; medians")
    print(f"{'client':<18}{'calls/s':>10}{'CPU us/call':>13}{'peak RSS MiB':>14}")
    for name in rounds[0]:
        results = [one[name] for one in rounds]
        rate = statistics.median(result["calls"] / result["wall"] for result in results)
        cpu = statistics.median(result["cpu"] / result["calls"] * 1e6 for result in results)
        rss = statistics.median(result["rss_kib"] / 1024 for result in results)
        print(f"{name:<18}{rate:>10.0f}{cpu:>13.1f}{rss:>14.1f}")
    print(f"\n{'ratio':<36}{'calls/s':>10}{'CPU':>8}{'goal':>8}")
    for name, peer, goal in GOALS:
        rate = statistics.median(one[peer]["wall"] / one[name]["wall"] for one in rounds)
        cpu = statistics.median(one[peer]["cpu"] / one[name]["cpu"] for one in rounds)
        reached = "reached" if rate >= goal else "MISSED"
        print(f"{name + ' : ' + peer:<36}{rate:>10.2f}{cpu:>8.2f}{goal:>8.1f}  {reached}")


def main() -> None:
    """Without arguments: all clients. With NAME HOST CALLS: one Python client, as a worker."""
    if len(sys.argv) == 4:
        work(sys.argv[1], sys.argv[2], int(sys.argv[3]))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)  # nginx's worker may run as another user
        nginx, host = start_nginx(folder)
        try:
            rounds = []
            for i in range(ROUNDS):
                rounds.append({name: measure(command) for name, command in commands(host).items()})
                print(f"round {i + 1} of {ROUNDS} done", flush=True)
        finally:
            nginx.terminate()
            nginx.wait()
    report(rounds)


if __name__ == "__main__":
    main()
