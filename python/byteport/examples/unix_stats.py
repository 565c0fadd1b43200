# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stores this machine's load, memory, free disk and network counters, again and again.

    python -m byteport.examples.unix_stats -n NAMESPACE [-k KEY] [-d UID] [-i SECONDS] [-c COUNT]

BYTEPORT_KEY in place of -k keeps the key from other users of the machine. Reads Linux's /proc and /sys. Ctrl-C ends it.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
from pathlib import Path

from byteport.clients import ByteportClientException, ByteportHttpClient
from byteport.factories import byteport_client_from_optparse

logger = logging.getLogger("unix_stats")


def load() -> dict[str, float]:
    """The load averages of the last 1, 5 and 15 minutes."""
    return dict(zip(("la1", "la5", "la15"), os.getloadavg()))


def disk() -> dict[str, int]:
    """The kibibytes on the root file system that programs may still use."""
    root = os.statvfs("/")
    return {"rd_free": root.f_bavail * root.f_frsize // 1024}


def memory() -> dict[str, int]:
    """The kibibytes of memory that are there for programs."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {"mem_free": next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))}


def network() -> dict[str, int]:
    """The mebibytes that each interface but the loopback one received and sent since it is there."""
    counters = {}
    for interface in sorted(Path("/sys/class/net").iterdir()):
        name = re.sub("[^0-9A-Za-z-]", "_", interface.name)
        if name != "lo" and (interface / "statistics").is_dir():
            for way in ("rx", "tx"):
                counted = (interface / "statistics" / f"{way}_bytes").read_text()
                counters[f"{name}_{way}_mb"] = int(counted) // 1024**2
    return counters


def collect(client: ByteportHttpClient, interval: float, count: int) -> None:
    """Stores every ``interval`` seconds, ``count`` times, or for ever if that is 0. A failure waits for the next time."""
    start, done = time.monotonic(), 0
    while True:
        try:
            client.store({**load(), **disk(), **memory(), **network()}, timestamp=time.time())
        except (ByteportClientException, OSError) as error:  # or an interface is gone
            logger.error("not stored: %s", error)
        done += 1
        if done == count:
            return
        time.sleep(max(0.0, start + done * interval - time.monotonic()))


def run() -> None:
    """Reads the command line and stores until the end."""
    logging.basicConfig(level=logging.INFO)
    client, parser = byteport_client_from_optparse()
    parser.add_option(
        "-i", "--interval", type="float", default=60.0, metavar="SECONDS", help="%default if not given"
    )
    parser.add_option("-c", "--count", type="int", default=0, metavar="COUNT", help="end after so many times")
    options, arguments = parser.parse_args()
    if arguments or not options.interval > 0 or options.count < 0:
        parser.error("SECONDS must be above 0, COUNT not below it, and there are no further arguments")
    if client is None:
        parser.error("which namespace (-n) and which key (BYTEPORT_KEY or -k)?")
    client.log("unix_stats has started")
    collect(client, options.interval, options.count)


def main() -> None:
    """Runs the program: 130 is its exit status after Ctrl-C, 1 if the service could not be used from the start."""
    try:
        run()
    except ByteportClientException as error:
        sys.exit(f"unix_stats: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
