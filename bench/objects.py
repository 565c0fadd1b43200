# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A file of 50 MB stored as a compressed object: libbyteport beside bz2 or zlib, base64 and requests.

The file is text that compresses as sensors' logs do: lines of time, name and three numbers with noise. Its 5 MB are
repeated, further apart than either compressor looks back. Both clients read it from disk; nginx reads the form and throws it
away. The peak is what VmHWM grows by while the object is stored, after a small one was.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

from common import KEY, ROUNDS, folder, median, memory, nginx, ratio, run, verdict

SIZE = 50_000_000
BLOCK = 5_000_000
NAMESPACE, DEVICE, FIELD = "myownspace", "barDev1", "log"
TIMEOUT = 300
COMPRESSIONS = ("bzip2", "gzip")
# at most so much of the peer's time and of its peak
GOALS = {"wall": 1.0, "peak_kib": 0.1}
#: Each run takes many seconds, and the compressors' work does not vary much.
FEW_ROUNDS = (ROUNDS + 1) // 2


def byteport_store(host: str, compression: str):
    """A function that stores a file through this package."""
    from byteport.clients import ByteportHttpClient

    client = ByteportHttpClient(NAMESPACE, KEY, DEVICE, host, initial_heartbeat=False, timeout=TIMEOUT)
    return lambda path: client.base64_encode_and_store_file(FIELD, path, compression=compression)


def peer_store(host: str, compression: str):
    """The same with Python's own compressors and requests."""
    import base64
    import bz2
    import zlib

    import requests

    compress = {"bzip2": bz2.compress, "gzip": zlib.compress}[compression]
    session = requests.Session()
    session.trust_env = False
    url = f"http://{host}/api/v1/timeseries/{NAMESPACE}/{DEVICE}/"

    def store(path: str) -> None:
        text = base64.b64encode(compress(Path(path).read_bytes()))
        session.post(url, data={"_key": KEY, FIELD: text}, timeout=TIMEOUT).raise_for_status()

    return store


WORKERS = {"byteport": byteport_store, "peer": peer_store}


def work(name: str, compression: str, host: str, folder: str) -> None:
    """Runs one client and prints what it took."""
    store = WORKERS[name](host, compression)
    store(f"{folder}/small")
    before, cpu, start = memory("VmHWM"), time.process_time(), time.perf_counter()
    store(f"{folder}/large")
    wall, cpu, peak = time.perf_counter() - start, time.process_time() - cpu, memory("VmHWM") - before
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_kib": max(peak, 1)}))


def log(size: int) -> bytes:
    """So many bytes of a sensors' log."""
    noise = random.Random(1)
    lines, length, second = [], 0, 1430438400
    while length < size:
        second += 1
        numbers = (noise.gauss(20, 3), noise.gauss(1013, 5), noise.gauss(50, 10))
        stamp = f"{second}.{noise.randrange(1000):03}"
        lines.append(f"{stamp},cart-{second % 50},{','.join(f'{number:.3f}' for number in numbers)}\n")
        length += len(lines[-1])
    return "".join(lines).encode()[:size]


def report(rounds: list[dict[str, dict[str, float]]]) -> None:
    """Prints the medians, the ratios, and whether the goals are reached."""
    print(f"\n{FEW_ROUNDS} rounds; a file of {SIZE // 1_000_000} MB of text as a compressed object; medians")
    print(f"{'client':<28}{'s':>10}{'CPU s':>13}{'peak +MiB':>14}")
    for name in rounds[0]:
        wall, cpu, peak = (median(rounds, name, what) for what in ("wall", "cpu", "peak_kib"))
        print(f"{name:<28}{wall:>10.2f}{cpu:>13.2f}{peak / 1024:>14.1f}")
    print(f"\n{'byteport : peer':<46}{'ratio':>10}{'goal':>8}")
    for compression in COMPRESSIONS:
        for what, goal in GOALS.items():
            found = ratio(rounds, f"byteport, {compression}", f"peer, {compression}", what)
            label = f"{compression}, {'time' if what == 'wall' else 'peak memory'}"
            print(f"{label:<46}{found:>10.2f}{goal:>8.1f}  {verdict(found <= goal)}")


def main() -> None:
    """Without arguments: all clients. With NAME COMPRESSION HOST FOLDER: one of them, as a worker."""
    if len(sys.argv) == 5:
        work(*sys.argv[1:])
        return
    with folder() as files, nginx(files) as host:
        block = log(BLOCK)
        (files / "small").write_bytes(block[:10_000])
        (files / "large").write_bytes(block * (SIZE // BLOCK))
        here = str(Path(__file__).resolve())
        rounds = run(
            {
                f"{name}, {compression}": [sys.executable, here, name, compression, host, str(files)]
                for compression in COMPRESSIONS
                for name in WORKERS
            },
            FEW_ROUNDS,
        )
    report(rounds)


if __name__ == "__main__":
    main()
