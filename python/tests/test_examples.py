# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The example programs run and store what they say: those in examples/python, and those that are installed."""

from __future__ import annotations

import base64
import bz2
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import byteport.examples
from conftest import KEY, NS, ROOT, UID
from recording import Answer, Recorder

FOLDER = ROOT / "examples" / "python"
MACHINE = ["load1", "load5", "load15", "mem_used_bytes", "net_rx_bytes", "net_tx_bytes"]
FIELDS = {"machine.py": MACHINE, "store.py": ["Speed1", "state"]}
DOCUMENTED = {"store_loop.py", "store_file.py", "poll_directory.py", "store_object.py"}
OUTBOX = {"outbox.py"}
INSTALLED = {"file_poller", "unix_stats"}

# Runs a program of the old documentation, which names no host and reads files at fixed places: the host is set on the class,
# and what a program calls with a path from the root finds it below a folder of the test. The program itself is as it was.
DRIVER = """
import runpy, sys
from byteport.clients import ByteportHttpClient

program, ByteportHttpClient.DEFAULT_BYTEPORT_API_HOSTNAME, root = sys.argv[1:]

def below_root(method):
    def moved(self, *words, **others):
        return method(self, *(root + word if word.startswith("/") else word for word in words), **others)
    return moved

for name in ("poll_directory_and_store_upon_content_change", "base64_encode_and_store_store_file"):
    setattr(ByteportHttpClient, name, below_root(getattr(ByteportHttpClient, name)))
runpy.run_path(program, run_name="__main__")
"""


def environment(host: str) -> dict[str, str]:
    settings = {
        "BYTEPORT_HOST": host,
        "BYTEPORT_NAMESPACE": NS,
        "BYTEPORT_KEY": KEY,
        "BYTEPORT_DEVICE": UID,
    }
    return {**os.environ, **settings}


def run(host: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    command, variables = [sys.executable, "-I", *arguments], {**environment(host), **settings}
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


def installed(name: str, *arguments: str) -> list[str]:
    return ["-m", f"byteport.examples.{name}", *arguments]


def documented(program: str, recorder: Recorder, root: Path) -> list[str]:
    return ["-c", DRIVER, str(FOLDER / program), recorder.host, str(root)]


@contextmanager
def running(recorder: Recorder, folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program that goes on for ever: ended when the test is through with it, whatever came of it."""
    command = [sys.executable, "-I", *arguments]
    # A shell may have started the tests with Ctrl-C ignored, which programs inherit.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        command, cwd=folder, env=environment(recorder.host), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            signal.signal(signal.SIGINT, before)


def stored(recorder: Recorder, process: subprocess.Popen[str] | None = None, **fields: str) -> dict[str, str]:
    """The form of the newest request that has these fields with these values; waits for it while the program runs."""
    end = time.monotonic() + 60
    while True:
        ended = process is None or process.poll() is not None or time.monotonic() > end
        for request in reversed(recorder.requests):
            form = dict(request["form"])
            if fields.items() <= form.items():
                assert request["path"] == f"/api/v1/timeseries/{NS}/{UID}/"
                assert form["_key"] == KEY
                return form
        assert not ended, f"nothing with {fields} among {recorder.requests}"
        time.sleep(0.01)


def interrupted(process: subprocess.Popen[str]) -> str:
    """Ctrl-C; returns what the program wrote on stderr."""
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=60)[1]


def test_every_example_is_run() -> None:
    assert {path.name for path in FOLDER.glob("*.py")} == {*FIELDS} | DOCUMENTED | OUTBOX
    assert {module.name for module in pkgutil.iter_modules(byteport.examples.__path__)} == INSTALLED


@pytest.mark.parametrize("program", FIELDS)
def test_example(program: str, recorder: Recorder) -> None:
    done = run(recorder.host, str(FOLDER / program), *(["2"] if program == "machine.py" else []))
    assert (done.returncode, done.stderr) == (0, "")
    readings = [dict(request["form"]) for request in recorder.requests[1:]]
    assert len(readings) == (2 if program == "machine.py" else 1)
    for reading in readings:
        assert {*reading} - {"_ts"} == {"_key", *FIELDS[program]}
    if program == "machine.py":
        assert [float(reading[field]) >= 0 for reading in readings for field in MACHINE] == [True] * 12


def test_the_example_with_an_outbox(recorder: Recorder, tmp_path: Path) -> None:
    program, file = str(FOLDER / "outbox.py"), str(tmp_path / "queue.db")
    down = run("127.0.0.1:1", program, file, "1")
    assert (down.returncode, down.stdout.partition(";")[0]) == (0, "1 taken in, 0 delivered so far")
    done = run(recorder.host, program, file, "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 taken in")
    assert [dict(request["form"])["number"] for request in recorder.requests] == ["0", "0", "1"]


def test_an_example_says_what_is_wrong() -> None:
    done = run("127.0.0.1:1", str(FOLDER / "machine.py"), "1")
    assert done.returncode == 1
    assert "no connection to 127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stderr


def test_the_documented_loop(recorder: Recorder, tmp_path: Path) -> None:
    started = time.time()
    with running(recorder, tmp_path, *documented("store_loop.py", recorder, tmp_path)) as process:
        form = stored(recorder, process, info="All systems nominal")
        said = interrupted(process)
    assert started <= float(form["current_time"]) <= time.time()
    assert len(recorder.requests) == 2  # with the heartbeat
    assert process.returncode == -signal.SIGINT
    assert said.endswith("KeyboardInterrupt\n")


def test_the_documented_file(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "current_temperature").write_text("21.5 °C\n", encoding="utf-8")
    with running(recorder, tmp_path, *documented("store_file.py", recorder, tmp_path)) as process:
        assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    assert stored(recorder)["temperature"] == "21.5 °C\n"


def test_the_documented_directory(recorder: Recorder, tmp_path: Path) -> None:
    measured = tmp_path / "home" / "iot_user" / "measured_values"
    measured.mkdir(parents=True)
    (measured / "temperature").write_text("21.5")
    (measured / "pressure").write_text("1013")
    with running(recorder, tmp_path, *documented("poll_directory.py", recorder, tmp_path)) as process:
        stored(recorder, process, temperature="21.5")
        stored(recorder, process, pressure="1013")
        (measured / "temperature").write_text("22.5")
        form = stored(recorder, process, temperature="22.5")
        assert "pressure" not in form
        (measured / "wind").write_text("7")
        form = stored(recorder, process, wind="7")
        assert not form.keys() & {"temperature", "pressure"}
        said = interrupted(process)
    assert process.returncode == -signal.SIGINT
    assert said.endswith("KeyboardInterrupt\n")


def test_the_documented_object(recorder: Recorder, tmp_path: Path) -> None:
    content = bytes(range(256)) * 100
    (tmp_path / "tmp").mkdir()
    (tmp_path / "tmp" / "status_data").write_bytes(content)
    with running(recorder, tmp_path, *documented("store_object.py", recorder, tmp_path)) as process:
        assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0
    sent = stored(recorder)["staus_files"]
    assert bz2.decompress(base64.b64decode(sent, validate=True)) == content


def test_unix_stats(recorder: Recorder) -> None:
    done = run(recorder.host, *installed("unix_stats", "-i", "0.01", "--count", "2"))
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    heartbeat, started, *readings = [dict(request["form"]) for request in recorder.requests]
    assert {*heartbeat} == {"_key"}
    assert started["info"] == "unix_stats has started"
    assert len(readings) == 2
    for reading in readings:
        assert {*reading} >= {"_key", "_ts", "la1", "la5", "la15", "rd_free", "mem_free"}
        counters = {name for name in reading if name.endswith(("_rx_mb", "_tx_mb"))}
        interfaces = [name for name in os.listdir("/sys/class/net") if Path("/sys/class/net", name).is_dir()]
        assert len(counters) == 2 * len({*interfaces} - {"lo"})
        assert all(float(reading[name]) >= 0 for name in reading if name[0] != "_")


def test_unix_stats_goes_on_after_a_failure(recorder: Recorder, tmp_path: Path) -> None:
    def answer(request: object) -> Answer:
        return Answer(503 if len(recorder.requests) == 3 else 200)

    recorder.answer = answer
    with running(recorder, tmp_path, *installed("unix_stats", "-i0.01")) as process:
        end = time.monotonic() + 60
        while len(recorder.requests) < 5 and time.monotonic() < end and process.poll() is None:
            time.sleep(0.01)
        said = interrupted(process)
    assert process.returncode == 130
    assert said.count("not stored: ") == 1
    assert "Traceback" not in said


def test_file_poller(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "level").write_text("3")
    with running(recorder, tmp_path, *installed("file_poller", "-i", "7.5", str(tmp_path))) as process:
        stored(recorder, process, level="3")
        (tmp_path / "level").write_text("4")
        stored(recorder, process, level="4")
        said = interrupted(process)
    assert process.returncode == 130
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["unix_stats", "-i", "0"], "SECONDS must be above 0"),
        (["unix_stats", "-i", "nan"], "SECONDS must be above 0"),
        (["unix_stats", "-c", "-1"], "COUNT not below it"),
        (["unix_stats", "more"], "no further arguments"),
        (["unix_stats", "--colour"], "no such option: --colour"),
        (["file_poller"], "which directory?"),
        (["file_poller", "/no/such/directory"], "which directory?"),
        (["file_poller", "--interval=x", "/"], "invalid floating-point value: 'x'"),
    ],
)
def test_words_that_the_installed_examples_refuse(words: list[str], why: str, recorder: Recorder) -> None:
    done = run(recorder.host, *installed(*words))
    assert done.returncode == 2
    assert why in done.stderr
    assert KEY not in done.stderr + done.stdout


@pytest.mark.parametrize("name", sorted(INSTALLED))
def test_the_installed_examples_ask_for_a_key(name: str, recorder: Recorder) -> None:
    done = run(recorder.host, *installed(name, "--help"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "--interval=SECONDS" in done.stdout
    arguments = ["/"] if name == "file_poller" else []
    asked = run(recorder.host, *installed(name, *arguments), BYTEPORT_KEY="")
    assert asked.returncode == 2
    assert "which key (BYTEPORT_KEY or -k)?" in asked.stderr
    refused = run("127.0.0.1:1", *installed(name, *arguments))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{name}: no connection to 127.0.0.1:1")
    assert recorder.requests == []
