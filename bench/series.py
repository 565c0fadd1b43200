# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""100,000 points of a field into a pandas Series: libbyteport beside the old way and beside the best practice.

A byteport-server takes the points in and answers them once; nginx then serves that answer to every client, so that the
server's own work hides no client's. Each client keeps its connection, loads once to warm up, and then LOADS times. What they
load must be the same to the last bit.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from common import ROOT, ROUNDS, folder, median, nginx, ratio, run, verdict

POINTS = 100_000
LOADS = 3
ADDRESS = ("my_garage", "cart-44", "temperature")
PATH = "/api/v1/timeseries/{}/{}/{}/".format(*ADDRESS)
USER, PASSWORD, LEGACY_KEY = "bench@example.org", "no-secret", "no-secret-either"
FROM = datetime.datetime(2015, 5, 1)
TO = FROM + datetime.timedelta(seconds=POINTS)
STAMP = "%Y-%m-%dT%H:%M:%S.%f"
#: The peers, and how many times as fast as they the client is to be.
GOALS = {"old way": 20.0, "best practice": 6.0}


def byteport_load(host: str):
    """A function that loads the series with this package."""
    from byteport.scientific import ByteportPandas

    reader = ByteportPandas(USER, PASSWORD, host=host)
    return lambda: reader.load_to_series(*ADDRESS, FROM, TO)


def _get(host: str):
    """A function that gives the answer's bytes, over a kept requests session without a look at the environment."""
    import requests

    session = requests.Session()
    session.trust_env = False
    query = {"from": FROM.strftime(STAMP), "to": TO.strftime(STAMP)}
    return lambda: session.get(f"http://{host}{PATH}", params=query, timeout=30).content


def old_load(host: str):
    """The same with json, and strptime in a loop."""
    import pandas

    get = _get(host)

    def load():
        times, values = [], []
        for point in json.loads(get())["data"]["ts_data"]:
            times.append(datetime.datetime.strptime(point["t"], STAMP))
            values.append(point["v"])
        return pandas.Series(values, index=times)

    return load


def best_load(host: str):
    """The same with orjson, and pandas.to_datetime on the whole list."""
    import numpy
    import orjson
    import pandas

    get = _get(host)

    def load():
        points = orjson.loads(get())["data"]["ts_data"]
        times = pandas.to_datetime([point["t"] for point in points], format=STAMP)
        return pandas.Series(numpy.array([point["v"] for point in points], dtype="float64"), index=times)

    return load


WORKERS = {"byteport": byteport_load, "old way": old_load, "best practice": best_load}


def digest(series) -> str:
    """A sum of every bit of a series of POINTS floats."""
    if len(series) != POINTS or series.dtype != "float64":
        raise RuntimeError("another series was expected")
    times = series.index.to_numpy().astype("datetime64[us]").astype("int64")
    return hashlib.sha256(times.tobytes() + series.to_numpy().tobytes()).hexdigest()


def work(name: str, host: str) -> None:
    """Runs one client and prints what it took: the median of its loads."""
    load = WORKERS[name](host)
    series = load()
    walls, cpus = [], []
    for _ in range(LOADS):
        cpu, start = time.process_time(), time.perf_counter()
        series = load()
        walls.append(time.perf_counter() - start)
        cpus.append(time.process_time() - cpu)
    figures = {"wall": statistics.median(walls), "cpu": statistics.median(cpus)}
    print(json.dumps({**figures, "digest": digest(series)}))


@contextlib.contextmanager
def serving(files: Path, namespace: str, key: str) -> Iterator[str]:
    """Runs a byteport-server of one namespace, with its files in the folder; gives HOST:PORT."""
    files.mkdir(exist_ok=True)
    user = {"name": USER, "password": PASSWORD, "namespaces": [namespace]}
    space = {"name": namespace, "write_key": key, "legacy_key": LEGACY_KEY}
    seed = files / "seed.json"
    seed.write_text(json.dumps({"users": [user], "namespaces": [space]}))
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = [str(target / "release" / "byteport-server"), "--listen", "127.0.0.1:0"]
    command = [*program, "--data", str(files / "data"), "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            yield server.stdout.readline().rpartition("http://")[2].strip()
        finally:
            server.terminate()


def fill(host: str):
    """Stores the points; gives the client that did."""
    from byteport.clients import ByteportHttpClient

    client = ByteportHttpClient(byteport_api_hostname=host)
    packets = list(readings())
    for first in range(0, len(packets), 10_000):
        client.store_packets(packets[first : first + 10_000], LEGACY_KEY)
    client.login(USER, PASSWORD)
    return client


def record(files: Path) -> None:
    """Lets a byteport-server take in the points and answer them, and keeps the answer."""
    with serving(files, ADDRESS[0], "no-secret") as host:
        query = f"?from={FROM.strftime(STAMP)}&to={TO.strftime(STAMP)}"
        (files / "series.json").write_bytes(fill(host).make_request(f"http://{host}{PATH}{query}").read())


def readings():
    """A temperature a second, to the thousandth, and every tenth with all the digits that a float has."""
    noise = random.Random(1)
    for second in range(POINTS):
        value = 20 + noise.gauss(0, 3)
        text = repr(value if second % 10 == 0 else round(value, 3))
        stamp = FROM.replace(tzinfo=datetime.timezone.utc).timestamp() + second
        yield {
            "namespace": ADDRESS[0],
            "uid": ADDRESS[1],
            "timestamp": f"{stamp:.0f}.{noise.randrange(1_000_000):06}",
            "data": f"{ADDRESS[2]}={text};",
        }


def report(rounds: list[dict[str, dict[str, float]]], size: int) -> None:
    """Prints the medians, the ratios, and whether the goals are reached."""
    if len({one[name]["digest"] for one in rounds for name in one}) != 1:
        raise RuntimeError("the clients loaded different series")
    print(f"\n{ROUNDS} rounds; {POINTS} points in {size / 1e6:.1f} MB into the same pandas Series; medians")
    print(f"{'client':<28}{'ms':>10}{'CPU ms':>13}")
    for name in rounds[0]:
        wall, cpu = median(rounds, name, "wall"), median(rounds, name, "cpu")
        print(f"{name:<28}{wall * 1e3:>10.1f}{cpu * 1e3:>13.1f}")
    print(f"\n{'times as fast as':<46}{'time':>10}{'CPU':>8}{'goal':>8}")
    for peer, goal in GOALS.items():
        wall, cpu = ratio(rounds, peer, "byteport", "wall"), ratio(rounds, peer, "byteport", "cpu")
        print(f"{peer:<46}{wall:>10.1f}{cpu:>8.1f}{goal:>8.1f}  {verdict(wall >= goal)}")


def main() -> None:
    """Without arguments: all clients. With NAME HOST: one of them, as a worker."""
    if len(sys.argv) == 3:
        work(sys.argv[1], sys.argv[2])
        return
    with folder() as files:
        record(files)
        with nginx(files) as host:
            here = str(Path(__file__).resolve())
            rounds = run({name: [sys.executable, here, name, host] for name in WORKERS})
        size = (files / "series.json").stat().st_size
    report(rounds, size)


if __name__ == "__main__":
    main()
