# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What the library takes of a board: size for each target and feature set, memory, threads and wake-ups when idle, and time.

Reads the stripped libraries that scripts/footprint.sh left in build/footprint/TARGET-SET, runs bench/footprint.c against
those of this machine's own kind, and writes docs/footprint.md. What the profile costs in time is told by the benches of
storing and of the outbox, beside a library of profile `release`. Fails where a library is larger than its limit, where an
idle client has a thread, or where an idle outbox wakes up.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from common import ROOT, Result, once, ratio

sys.path.insert(0, str(ROOT / "tests" / "brokers"))
from broker import Broker

BUILT = ROOT / "build" / "footprint"
PAGE = ROOT / "docs" / "footprint.md"

TARGETS = ["amd64", "arm64", "armhf"]
NATIVE = "amd64"
#: The feature sets by the names of their folders: what they are for the reader, and the parts of the header that they lack.
SETS = {
    "http": ("HTTP", ["OUTBOX", "BROKER"]),
    "tls": ("HTTP, TLS", ["OUTBOX", "BROKER"]),
    "outbox": ("HTTP, TLS, outbox", ["BROKER"]),
    "mqtt": ("HTTP, TLS, MQTT", ["OUTBOX"]),
    "all": ("all: HTTP, TLS, outbox, MQTT, STOMP", []),
}
#: The most bytes of some of them.
LIMITS = {("arm64", "tls"): 2_000_000, ("arm64", "all"): 3_000_000}
#: The whole library of this machine's kind in profile `release`, which scripts/footprint.sh builds as a set of this name.
FAST = "release"
STORES, QUEUED, ROUNDS = 3000, 200_000, 7
SECONDS = int(os.environ.get("FOOTPRINT_SECONDS", "120"))

Figures = dict[str, int]
BEGIN, END = "<!-- measured: make footprint -->", "<!-- end -->"


class Answering(http.server.BaseHTTPRequestHandler):
    """Answers every store as the service does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Takes the body, and keeps the connection."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextlib.contextmanager
def serving(certificate: Path | None) -> Iterator[str]:
    """A server on a free port, by TLS with a certificate; gives its host as the library takes it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def certificate_in(folder: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that is its own authority."""
    path = folder / "certificate.pem"
    made = ["-keyout", path, "-out", folder / "leaf.pem", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    subprocess.run(["openssl", "req", "-x509", *kind, *made, *names], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "leaf.pem").read_bytes())
    return path


def compiled(name: str, work: Path) -> Path:
    """bench/footprint.c for the library of a set."""
    library, program = BUILT / f"{NATIVE}-{name}", work / name
    flags = [f"-DBYTEPORT_WITHOUT_{part}" for part in SETS[name][1]]
    flags += ["-O2", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    link = [f"-L{library}", "-lbyteport", f"-Wl,-rpath,{library}"]
    source = ROOT / "bench" / "footprint.c"
    subprocess.run(["gcc", *flags, f"-I{ROOT / 'include'}", source, "-o", program, *link], check=True)
    return program


class Runs:
    """The runs of the program, all at the same time: each is idle most of it."""

    def __init__(self) -> None:
        """None yet."""
        self.started: dict[str, subprocess.Popen[str]] = {}

    def start(self, name: str, program: Path, *arguments: object) -> None:
        """Starts one, which is called so in the table."""
        command = [str(part) for part in (program, SECONDS, *arguments)]
        self.started[name] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def figures(self) -> dict[str, Figures]:
        """What each printed."""
        found = {}
        for name, process in self.started.items():
            text, _ = process.communicate()
            if process.returncode:
                raise SystemExit(f"{name}: exit status {process.returncode}")
            found[name] = json.loads(text)
        return found


def measured() -> dict[str, Figures]:
    """Memory, threads and wake-ups of each part, with the smallest library that has it and with the whole one."""
    with contextlib.ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        certificate = certificate_in(work)
        plain, tls = stack.enter_context(serving(None)), stack.enter_context(serving(certificate))
        mosquitto = stack.enter_context(Broker("mosquitto"))
        broker = [f"mqtt://{mosquitto.mqtt}", mosquitto.user, mosquitto.password]
        programs = {name: compiled(name, work) for name in SETS}
        runs = Runs()
        runs.start("a program that calls nothing", programs["http"], "nothing")
        runs.start("client, http", programs["http"], "client", plain, "")
        runs.start("client, https", programs["tls"], "client", tls, certificate)
        runs.start("outbox, https", programs["outbox"], "outbox", tls, certificate, work / "outbox.db")
        runs.start("MQTT, connected, sign of life every 60 s", programs["mqtt"], "mqtt", *broker)
        runs.start("client, https, library with all", programs["all"], "client", tls, certificate)
        runs.start(
            "outbox, https, library with all", programs["all"], "outbox", tls, certificate, work / "all.db"
        )
        return runs.figures()


def slower() -> dict[str, float]:
    """How much more CPU time the calls take with profile `board` than with `release`, as medians of rounds with both."""
    with tempfile.TemporaryDirectory() as folder, serving(None) as host:
        store, outbox = (benched(name, Path(folder)) for name in ("store_byteport", "outbox"))
        stores, fills = [], []
        for number in range(ROUNDS):
            files = {kind: f"{folder}/{kind}{number}" for kind in ("all", FAST)}
            stores.append({kind: timed(kind, store, host.removeprefix("http://"), STORES) for kind in files})
            # nobody listens at port 9: it is filled, and nothing else
            fills.append(
                {kind: timed(kind, outbox, "fill", "127.0.0.1:9", files[kind], QUEUED, 0) for kind in files}
            )
    found = {"storing over http": stores, "handing to the outbox": fills}
    return {what: ratio(rounds, "all", FAST, "cpu") for what, rounds in found.items()}


def benched(name: str, work: Path) -> Path:
    """A program of another bench, for any library of this machine's kind that has everything."""
    flags = ["-O2", "-std=c99", f"-I{ROOT / 'include'}", f"-L{BUILT / f'{NATIVE}-all'}"]
    program = work / name
    subprocess.run(
        ["gcc", *flags, f"{program.name}.c", "-o", program, "-lbyteport"], check=True, cwd=ROOT / "bench"
    )
    return program


def timed(kind: str, program: Path, *arguments: object) -> Result:
    """What such a program prints of a run with a library."""
    path = f"LD_LIBRARY_PATH={BUILT / f'{NATIVE}-{kind}'}"
    return once(["env", path, str(program), *(str(part) for part in arguments)])


def sizes() -> dict[tuple[str, str], int]:
    """The bytes of each library that was built."""
    found = {}
    for target in TARGETS:
        for name in SETS:
            with contextlib.suppress(FileNotFoundError):
                found[target, name] = (BUILT / f"{target}-{name}" / "libbyteport.so").stat().st_size
    return found


def table(rows: list[list[str]]) -> str:
    """Rows as Markdown; the first is the head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "| " + " | ".join("---" for _ in rows[0]) + " |", *lines[1:]])


def tables(size: dict[tuple[str, str], int], figures: dict[str, Figures], times: dict[str, float]) -> str:
    """All three tables."""
    megabytes = [["in the library", *TARGETS]]
    for name, (what, _) in SETS.items():
        megabytes.append([what, *(f"{size[target, name] / 1e6:.2f} MB" for target in TARGETS)])
    used = [["idle with", "memory", "peak", "threads", "wake-ups per hour"]]
    for name, found in figures.items():
        memory = [f"{found[which] / 1024:.1f} MiB" for which in ("idle_kib", "peak_kib")]
        used.append([name, *memory, str(found["threads"]), str(found["wakes_per_hour"])])
    took = [["CPU time with profile `board`, `release` being 1", ""]]
    took += [[what, f"{times:.2f}"] for what, times in times.items()]
    return "\n\n".join(table(rows) for rows in (megabytes, used, took))


def broken(size: dict[tuple[str, str], int], figures: dict[str, Figures]) -> list[str]:
    """What is not as it is promised."""
    wrong = []
    for (target, name), limit in LIMITS.items():
        if size[target, name] > limit:
            wrong.append(f"{target}, {SETS[name][0]}: {size[target, name]} bytes, more than {limit}")
    for name, found in figures.items():
        if name.startswith("client") and found["threads"] != 1:
            wrong.append(f"{name}: {found['threads']} threads, and not the program's own alone")
        if name.startswith("outbox") and found["wakes_per_hour"]:
            wrong.append(f"{name}: wakes up {found['wakes_per_hour']} times an hour")
    return wrong


def main() -> None:
    """Measures, writes the page, and says what is wrong."""
    size = sizes()
    missing = [f"{target}-{name}" for target in TARGETS for name in SETS if (target, name) not in size]
    if not (BUILT / f"{NATIVE}-{FAST}").is_dir():
        missing.append(f"{NATIVE}-{FAST}")
    if missing:
        raise SystemExit(f"not built: {', '.join(missing)}: run make footprint")
    figures, times = measured(), slower()
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = tables(size, figures, times)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")
    print(text)
    wrong = broken(size, figures)
    if wrong:
        raise SystemExit("footprint: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
