# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What `import byteport.clients` costs over bare Python: time and memory, each in many fresh interpreters."""

from __future__ import annotations

import statistics
import sys

from common import ROUNDS, run, verdict

INTERPRETERS = 5
GOAL_MS, GOAL_MB = 15.0, 4.0

# `memory` of common.py without its imports, which would hide those of the package.
PROGRAM = """
import time
def rss():
    with open("/proc/self/status") as status:
        return int(status.read().partition("VmRSS:")[2].split()[0])
before, start = rss(), time.perf_counter()
import byteport.clients
wall, grown = time.perf_counter() - start, rss() - before
print('{"wall": %f, "kib": %d}' % (wall, grown))
"""


def main() -> None:
    """Prints the medians, and whether the goals are reached."""
    commands = {str(i): [sys.executable, "-c", PROGRAM] for i in range(INTERPRETERS)}
    rounds = run(commands, 1 + ROUNDS)[1:]  # the first reads the files from disk
    results = [result for one in rounds for result in one.values()]
    milliseconds = statistics.median(result["wall"] for result in results) * 1e3
    megabytes = statistics.median(result["kib"] for result in results) * 1024 / 1e6
    version = sys.version.split()[0]
    print(f"\nimport byteport.clients over bare Python {version}; medians of {len(results)} interpreters")
    print(f"{'time':<28}{milliseconds:>10.1f} ms{GOAL_MS:>10.1f}  {verdict(milliseconds <= GOAL_MS)}")
    print(f"{'memory (VmRSS)':<28}{megabytes:>10.1f} MB{GOAL_MB:>10.1f}  {verdict(megabytes <= GOAL_MB)}")


if __name__ == "__main__":
    main()
