# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stores this machine's load averages, memory and network counters, once a second.

    python machine.py [SECONDS]

for ten seconds unless told otherwise. The environment says where to: BYTEPORT_HOST (api.byteport.se if not set),
BYTEPORT_NAMESPACE, BYTEPORT_KEY, BYTEPORT_DEVICE.
"""

from __future__ import annotations

import os
import sys
import time

from byteport.clients import ByteportClientException, ByteportHttpClient


def loads() -> dict[str, float]:
    """The load averages of the last 1, 5 and 15 minutes."""
    with open("/proc/loadavg") as file:
        one, five, fifteen = file.read().split()[:3]
    return {"load1": float(one), "load5": float(five), "load15": float(fifteen)}


def memory() -> dict[str, int]:
    """The bytes of memory that are in use."""
    with open("/proc/meminfo") as file:
        kilobytes = {name: int(rest.split()[0]) for name, rest in (line.split(":") for line in file)}
    return {"mem_used_bytes": (kilobytes["MemTotal"] - kilobytes["MemAvailable"]) * 1024}


def network() -> dict[str, int]:
    """The bytes received and sent since the machine started, over all interfaces but the loopback one."""
    received = sent = 0
    with open("/proc/net/dev") as file:
        for line in file.readlines()[2:]:
            name, counters = line.split(":", 1)
            if name.strip() != "lo":
                columns = counters.split()
                received += int(columns[0])
                sent += int(columns[8])
    return {"net_rx_bytes": received, "net_tx_bytes": sent}


def main() -> None:
    """Reads and stores until the time is over."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    client = ByteportHttpClient(
        os.environ.get("BYTEPORT_NAMESPACE"),
        os.environ.get("BYTEPORT_KEY"),
        os.environ.get("BYTEPORT_DEVICE"),
        os.environ.get("BYTEPORT_HOST", ByteportHttpClient.DEFAULT_BYTEPORT_API_HOSTNAME),
    )
    start = time.monotonic()
    for count in range(1, seconds + 1):
        reading = {**loads(), **memory(), **network()}
        client.store(reading, timestamp=time.time())
        print(f"{count}/{seconds}", *(f"{name}={value}" for name, value in reading.items()), flush=True)
        if count < seconds:
            time.sleep(max(0.0, start + count - time.monotonic()))


if __name__ == "__main__":
    try:
        main()
    except ByteportClientException as error:
        sys.exit(f"machine.py: {error}")
