# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What byteport-server takes in and gives out: wrk drives it over kept connections.

Writing: small readings of three fields over 16 connections, each answered after the commit that it is in, beside a bare
SQLite program that writes the same rows into the same table on the same disk, with as many rows to a commit as the server
then had.
Reading: a series of 100,000 points, again and again over one connection.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from urllib.request import urlopen

from common import BUILD, ROOT, ROUNDS, folder, median, verdict
from series import ADDRESS, FROM, PASSWORD, PATH, POINTS, STAMP, TO, USER, fill, serving

CONNECTIONS = 16
FIELDS = 3
SECONDS = int(os.environ.get("BENCH_SECONDS", "5"))
WRITE_GOAL, READ_GOAL = 0.5, 1_000_000


def wrk(script: str, url: str, connections: int, *arguments: str) -> dict[str, int]:
    """Runs wrk with one of the scripts here; every call must have worked."""
    threads = min(2, connections)
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{SECONDS}s", "-s", str(ROOT / "bench" / script)]
    output = subprocess.run(
        [*command, url, "--", *arguments], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    result = json.loads(output.splitlines()[-1])
    if result["failed"]:
        raise RuntimeError(f"{result['failed']} calls failed")
    return result


def counts(host: str) -> dict[str, int]:
    """What the server says that it has written."""
    with urlopen(f"http://{host}/healthz", timeout=30) as answer:
        return json.load(answer)


def write(files: Path) -> dict[str, float]:
    """Rows per second of the server, and of SQLite with as many rows to a commit."""
    with serving(files, "garage", "no-secret") as host:
        before = counts(host)
        done = wrk("store.lua", f"http://{host}/", CONNECTIONS, "garage", "no-secret")
        after = counts(host)
    changes, commits = (after[name] - before[name] for name in ("changes", "commits"))
    rows = done["calls"] * FIELDS
    per_commit = max(1, round(changes * FIELDS / commits))
    command = [str(BUILD / "sqlite_insert"), str(files / "bare.sqlite3"), str(rows), str(per_commit)]
    bare = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return {
        "rows": rows / done["microseconds"] * 1e6,
        "bare": bare["rows"] / bare["microseconds"] * 1e6,
        "per_commit": per_commit,
    }


def read(files: Path) -> dict[str, float]:
    """Points per second out of a long series."""
    with serving(files, ADDRESS[0], "no-secret") as host:
        fill(host)
        url = f"http://{host}{PATH}?from={FROM.strftime(STAMP)}&to={TO.strftime(STAMP)}"
        done = wrk("load.lua", url, 1, cookie(host))
    if done["bytes"] < done["calls"] * POINTS * 50:
        raise RuntimeError("the answers are too short")
    return {"points": done["calls"] * POINTS / done["microseconds"] * 1e6}


def cookie(host: str) -> str:
    """Logs in and gives the session's cookies."""
    import requests

    session = requests.Session()
    session.trust_env = False
    url = f"http://{host}/api/v1/login/"
    token = session.get(url, timeout=30).cookies["csrftoken"]
    form = {"username": USER, "password": PASSWORD, "csrfmiddlewaretoken": token}
    session.post(url, data=form, headers={"Referer": url}, timeout=30).raise_for_status()
    return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


def main() -> None:
    """Measures ROUNDS times and prints the medians."""
    rounds = []
    for i in range(ROUNDS):
        with folder() as files:
            one = {"write": write(files / "write"), "read": read(files / "read")}
        rounds.append(one)
        print(f"round {i + 1} of {ROUNDS} done", flush=True)
    ratio = sorted(one["write"]["rows"] / one["write"]["bare"] for one in rounds)[len(rounds) // 2]
    rows, bare = (median(rounds, "write", name) for name in ("rows", "bare"))
    points, per_commit = median(rounds, "read", "points"), median(rounds, "write", "per_commit")
    print(f"\n{ROUNDS} rounds of {SECONDS} s; {CONNECTIONS} connections, {FIELDS} rows a call; medians")
    print(f"server: {rows:,.0f} rows/s ({rows / FIELDS:,.0f} calls/s), {per_commit:.0f} rows to a commit")
    print(f"bare SQLite: {bare:,.0f} rows/s")
    print(f"server : bare SQLite {ratio:.2f}, goal {WRITE_GOAL}  {verdict(ratio >= WRITE_GOAL)}")
    print(f"read: {points:,.0f} points/s, goal {READ_GOAL:,}  {verdict(points >= READ_GOAL)}")


if __name__ == "__main__":
    main()
