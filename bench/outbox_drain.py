# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Emptying an outbox over a long way: readings per second with one connection, with eight, and in lists of packets.

Between the C program and the local server stands bench/delay_proxy.py with a round trip of ROUND_TRIP milliseconds.
"""

from __future__ import annotations

import os

from common import BUILD, KEY, Round, folder, median, once, ratio, verdict
from delay_proxy import delayed
from series import LEGACY_KEY, serving

ROUND_TRIP = 50
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
#: Readings, connections, and whether they go in lists of packets.
WAYS = {
    "1 connection": (200, 1, False),
    "8 connections": (1_600, 8, False),
    "lists of packets": (100_000, 1, True),
}
TIMES_GOAL, PACKETS_GOAL = 8, 5_000


def drain(way: str) -> dict[str, float]:
    """Fills a new outbox and empties it."""
    count, connections, is_packets = WAYS[way]
    with (
        folder() as files,
        serving(files / "server", "myownspace", KEY) as server,
        delayed(server, ROUND_TRIP) as host,
    ):
        numbers = [str(count), str(connections), *[LEGACY_KEY] * is_packets]
        done = once([str(BUILD / "outbox"), "drain", host, str(files / "outbox"), *numbers])
    if done["delivered"] != count:
        raise RuntimeError(f"{done['delivered']} of {count} readings were delivered")
    return {"each": done["all"] / count, "in_a_call": count / done["calls"]}


def main() -> None:
    """Measures ROUNDS times and prints the medians."""
    rounds: list[Round] = []
    for i in range(ROUNDS):
        rounds.append({way: drain(way) for way in WAYS})
        print(f"round {i + 1} of {ROUNDS} done", flush=True)
    print(f"\n{ROUNDS} rounds, a round trip of {ROUND_TRIP} ms; medians")
    for way in WAYS:
        rate, in_a_call = 1 / median(rounds, way, "each"), median(rounds, way, "in_a_call")
        print(f"{way:<20}{rate:>10,.0f} readings/s{in_a_call:>10.0f} to a call")
    times = ratio(rounds, "1 connection", "8 connections", "each")
    packets = 1 / median(rounds, "lists of packets", "each")
    print(f"8 connections : 1 {times:.2f}, goal {TIMES_GOAL}  {verdict(times >= TIMES_GOAL)}")
    print(f"lists of packets: {packets:,.0f}/s, goal {PACKETS_GOAL:,}  {verdict(packets >= PACKETS_GOAL)}")


if __name__ == "__main__":
    main()
