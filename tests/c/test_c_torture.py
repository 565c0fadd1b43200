# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples while the system fails them: at each step once, and from each step on. They succeed or say one clear line;
none crashes, hangs or leaks. BYTEPORT_TORTURE=every looks at every step; otherwise they are further and further apart."""

import itertools
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import capi
import faults
import pytest
from faults import Fault
from test_c_programs import ok

EVERY = os.environ.get("BYTEPORT_TORTURE") == "every"
# Seconds after which an example hangs: its own time-outs are shorter.
PATIENCE = 120
# What ends a program where its memory goes just while a thread begins, as the header says: Rust's library describes the
# thread, and the C library notes what it is to run at its end.
AT_A_BEGINNING = (
    "memory allocation of 48 bytes failed",
    "Fatal glibc error: failed to register TLS destructor",
)
# What Rust and the C library say when they end a program.
ENDINGS = ("panicked", "memory allocation of", "fatal", "AddressSanitizer", "LeakSanitizer")


@dataclass
class Example:
    """One of the examples, compiled, and how it is run; each run has a folder of its own."""

    name: str
    program: Path
    arguments: list[str]
    given: str
    env: dict[str, str]
    shim: Path
    work: Path
    numbers = itertools.count(1)

    def run(self, fault: Fault | None, **more: str) -> faults.Outcome:
        folder = self.work / f"run-{next(self.numbers)}"
        folder.mkdir()
        env = {**self.env, "LD_PRELOAD": str(self.shim), **more}
        command = [self.program, *self.arguments]
        outcome = faults.run(command, fault, given=self.given, patience=PATIENCE, env=env, cwd=folder)
        is_memory = "FAULTS_ALLOCATION" in more or (fault and fault.errors is faults.MAPPINGS)
        if not (is_memory and outcome.said.startswith(AT_A_BEGINNING)):
            self.check(outcome, f"{self.name} {fault} {more}: {outcome}")
        return outcome

    def check(self, outcome: faults.Outcome, what: str) -> None:
        assert outcome.status in (0, 1), what
        assert not any(ending in outcome.said for ending in ENDINGS), what
        if outcome.status == 1:
            assert f"{self.name}: " in outcome.said.splitlines()[-1], what
        for secret in ("BYTEPORT_KEY", "BYTEPORT_PASSWORD", "BYTEPORT_BROKER_PASSWORD"):
            assert self.env[secret] not in outcome.said, what


EXAMPLES = ["store", "read", "download", "firmware", "outbox", "broker_store"]
KINDS = {"sockets": faults.SOCKETS, "files": faults.FILES, "mappings": faults.MAPPINGS}
# Runs at the same time: where one waits for its time-out, others go on.
AT_ONCE = 4


def steps(apart: int):
    """1, 2, 3 and so on; further and further apart, unless every step is asked for."""
    step = 1
    while True:
        yield step
        step += 1 if EVERY else 1 + step // apart


def until_whole(run_with, apart: int = 6, at_once: int = AT_ONCE) -> None:
    """Fails step by step what `run_with` runs, which says whether it came to that step, until it has no step more."""
    with ThreadPoolExecutor(at_once) as pool:
        numbers = steps(apart)
        while all(pool.map(run_with, itertools.islice(numbers, at_once))):
            pass


@pytest.fixture
def example(request, build, world, tmp_path) -> Example:
    name = request.param
    namespace, device = world["BYTEPORT_NAMESPACE"], world["BYTEPORT_DEVICE"]
    where = [namespace, device]
    if name in ("read", "download"):
        log = build.compile(capi.EXAMPLES / "log.c", tmp_path)
        ok(build.run(log, "YW4gb2JqZWN0", env=world))  # base64 text in the field `info`
    arguments = {
        "read": [*where, "info"],
        "download": [*where, "info", "latest", "object.bin"],
        "firmware": [namespace, "seeded-1", "."],
        "outbox": ["box", "500"],
    }
    program = build.compile(capi.EXAMPLES / f"{name}.c", tmp_path)
    is_plain = not build.env
    broker = world["BYTEPORT_BROKER"].split(":")[-1]
    shim = faults.build_shim(tmp_path, allocations=is_plain)
    given = "1\n2.5\n" if name in ("outbox", "broker_store") else ""
    env = build.environment({**world, "BYTEPORT_HOST": f"localhost:{world['BYTEPORT_HOST'].split(':')[1]}"})
    if name == "broker_store":
        env |= {
            "BYTEPORT_NAMESPACE": world["BYTEPORT_BROKER_NAMESPACE"],
            "BYTEPORT_BROKER": f"mqtts://localhost:{broker}",
        }
    if not is_plain:
        env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
    return Example(name, program, arguments.get(name, []), given, env, shim, tmp_path)


every_example = pytest.mark.parametrize("example", EXAMPLES, indirect=True)
once_or_on = pytest.mark.parametrize("after", [False, True], ids=["once", "on"])


def builds(*names: str):
    return pytest.mark.parametrize("build", names, indirect=True)


# A broker that cannot be reached is waited for; for three kinds that is long.
CASES = [
    (name, kind, after)
    for name in EXAMPLES
    for kind in KINDS
    for after in ("once", "on")
    if EVERY or (name, after) != ("broker_store", "on") or kind == "sockets"
]


@builds("c99")
@pytest.mark.parametrize(("example", "kind", "after"), CASES, indirect=["example"])
def test_system_calls(kind, after, example):
    assert example.run(Fault(KINDS[kind])).status == 0
    is_on = after == "on"
    apart, at_once = (2, 4 * AT_ONCE) if is_on else (6, AT_ONCE)
    until_whole(lambda step: example.run(Fault(KINDS[kind], step, is_on)).failed, apart, at_once)


@builds("c99")
@every_example
def test_calls_that_a_signal_interrupts(example):
    def interrupted(step: int) -> bool:
        outcome = example.run(Fault(faults.INTERRUPTED, step))
        assert outcome.status == 0, outcome
        return bool(outcome.failed)

    until_whole(interrupted, 3)


@builds("c99")
@every_example
@once_or_on
def test_allocations(after, example):
    def refused(step: int) -> bool:
        count = example.work / f"count-{step}"
        example.run(None, FAULTS_ALLOCATION=str(-step if after else step), FAULTS_COUNT=str(count))
        return not count.exists() or int(count.read_text().split()[0]) >= step

    until_whole(refused, 2)


@builds("c99")
@every_example
def test_lookups(example):
    def look_up(error: int) -> None:
        count = example.work / f"count{error}"
        outcome = example.run(None, FAULTS_LOOKUP=f"-1,{error}", FAULTS_COUNT=str(count))
        assert int(count.read_text().split()[1]) > 0
        assert outcome.status == (0 if example.name == "outbox" else 1), outcome
        assert example.name == "outbox" or "cannot be resolved" in outcome.said

    with ThreadPoolExecutor() as pool:
        list(pool.map(look_up, (-2, -3, -4, -10, -11)))  # NONAME, AGAIN, FAIL, MEMORY, SYSTEM: netdb.h


@builds("asan")
@every_example
def test_nothing_leaks(example):
    until_whole(lambda step: example.run(Fault(faults.SOCKETS, step)).failed, 2)
