# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The ``byteport`` command as the package brings it: the same as the program, whose tests are with its Rust sources."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

import byteport
from byteport import _byteport
from conftest import Server
from recording import RawServer

SCRIPT = [os.path.join(sysconfig.get_path("scripts"), "byteport")]
MODULE = [sys.executable, "-I", "-m", "byteport"]


class Command:
    """One form of the command, set up for one server and for nothing of the machine that runs the test."""

    def __init__(self, form: list[str], home: Path) -> None:
        self.form = form
        self.home = home
        self.env = {"HOME": str(home)}

    def at(self, server: Server) -> Command:
        self.env.update(BYTEPORT_HOST=server.host, BYTEPORT_NAMESPACE=server.namespace)
        self.env.update(BYTEPORT_DEVICE="cart", BYTEPORT_KEY=server.key)
        self.env.update(BYTEPORT_USER=server.user, BYTEPORT_PASSWORD=server.password)
        return self

    def start(self, *arguments: str | bytes, through: str = 'exec "$@"') -> subprocess.Popen[bytes]:
        command = ["/bin/sh", "-c", through, "sh", *self.form, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.env, cwd=self.home, stdin=pipe, stdout=pipe, stderr=pipe)

    def run(self, *arguments: str | bytes, through: str = 'exec "$@"') -> tuple[int, str, str]:
        """Status, standard output and standard error."""
        with self.start(*arguments, through=through) as program:
            out, err = program.communicate()
        return program.returncode, out.decode(), err.decode()


@pytest.fixture(params=[MODULE, SCRIPT], ids=["module", "script"])
def command(request: pytest.FixtureRequest, tmp_path: Path) -> Command:
    return Command(request.param, tmp_path)


def test_help_and_version(command: Command) -> None:
    assert command.run("--version") == (0, f"byteport {byteport.__version__}\n", "")
    status, out, err = command.run("--help")
    assert (status, err) == (0, "")
    assert "\nUsage: byteport [OPTIONS] <COMMAND>\n" in out
    assert "\nUsage: byteport store " in command.run("store", "--help")[1]


def test_both_forms_are_the_same(tmp_path: Path) -> None:
    module, script = (Command(form, tmp_path) for form in (MODULE, SCRIPT))
    for arguments in (["--help"], ["read", "--help"], [], ["stroe"], ["store", "a=1"]):
        assert module.run(*arguments) == script.run(*arguments)


def test_there_and_back(command: Command, byteport_server: Server) -> None:
    command.at(byteport_server)
    field = f"speed-{command.form is MODULE}"
    assert command.run("store", f"{field}=12.5", "--timestamp", "1430438400") == (0, "", "")
    status, out, err = command.run("read", f"cart.{field}", "--from", "0", "--format", "csv")
    assert (status, out, err) == (0, "time,value\r\n2015-05-01T00:00:00.000000Z,12.5\r\n", "")


def test_a_value_from_standard_input(command: Command, byteport_server: Server) -> None:
    with command.at(byteport_server).start("store", "--file", "note=-", "-v") as program:
        out, err = program.communicate("nå\n".encode())
    assert (program.returncode, out) == (0, b"")
    assert b" stored note of my_garage.cart at " in err


def test_verbose(command: Command, byteport_server: Server) -> None:
    command.at(byteport_server)
    told = command.run("store", "a=1", "--timestamp", "1430438400", "-v")[2]
    assert " INFO byteport::store: stored a of my_garage.cart at 2015-05-01T00:00:00.000000Z\n" in told
    assert len(told.splitlines()) == 1
    told = command.run("store", "a=1", "-vv")[2]
    assert " DEBUG byteport::http: POST /api/v1/timeseries/my_garage/cart/: 200\n" in told
    assert byteport_server.key not in told


def test_a_wrong_key_ends_with_1(command: Command, byteport_server: Server) -> None:
    command.at(byteport_server).env["BYTEPORT_KEY"] = "wr0ng-key"
    status, out, err = command.run("store", "a=1")
    assert (status, out) == (1, "")
    assert err.startswith("byteport: ")
    assert "HTTP 403" in err


@pytest.mark.parametrize("arguments", [[], ["stroe"], ["store", "--formt"], ["store", b"a=\xff"], ["store"]])
def test_wrong_usage_ends_with_2(command: Command, arguments: list[str | bytes]) -> None:
    status, out, err = command.run(*arguments)
    assert (status, out) == (2, "")
    assert "Traceback" not in err
    assert err.startswith("byteport: " if arguments else "Stores readings")


def test_an_argument_that_is_not_utf_8_arrives_as_it_is(command: Command) -> None:
    name = os.path.join(os.fsencode(command.home), b"caf\xe9.toml")
    Path(os.fsdecode(name)).write_text('unheard_of = "x"\n')
    for locale in ("C", "C.UTF-8"):
        command.env["LC_ALL"] = locale
        status, _, err = command.run("--config", name, "store")
        assert status == 2
        assert 'unknown key "unheard_of"' in err


def test_ctrl_c_ends_it_by_the_signal(
    command: Command, raw_server: Callable[[bytes | None], RawServer]
) -> None:
    server = raw_server(None)
    command.at(Server(server.host))
    with command.start("store", "a=1") as program:
        assert server.asked.wait(20)
        program.send_signal(signal.SIGINT)
        assert program.communicate() == (b"", b"")
    assert program.returncode == -signal.SIGINT


def test_ctrl_c_that_is_ignored_stays_so(
    command: Command, raw_server: Callable[[bytes | None], RawServer]
) -> None:
    server = raw_server(None)
    command.at(Server(server.host))
    with command.start("store", "a=1", "--timeout", "2", through='trap "" INT; exec "$@"') as program:
        assert server.asked.wait(20)
        program.send_signal(signal.SIGINT)
        assert b"no answer in time" in program.communicate()[1]
    assert program.returncode == 3


def test_streams_that_are_closed(command: Command, byteport_server: Server) -> None:
    command.at(byteport_server)
    # What is written goes into no connection or file that got the number of a closed stream.
    assert command.run("-vv", "store", "a=1", through='exec "$@" <&- >&- 2>&-') == (0, "", "")
    assert command.run("read", "cart.a", through='exec "$@" <&- >&-') == (0, "", "")


def test_a_reader_that_ends_early_is_no_error(command: Command) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer):
        done = subprocess.run(
            [*command.form, "--help"], env=command.env, stdout=writer, stderr=subprocess.PIPE
        )
    assert (done.returncode, done.stderr) == (0, b"")


IN_PYTHON = """
import sys
from byteport._byteport import command
try:
    command(["store", "a=1", "--host", sys.argv[1], "--namespace", "ns", "--device", "dev"])
except KeyboardInterrupt:
    print("interrupted")
"""


def test_what_a_signal_handler_raises_comes_out_of_the_function(
    raw_server: Callable[[bytes | None], RawServer], tmp_path: Path
) -> None:
    server = raw_server(None)
    form = Command([sys.executable, "-I", "-c", IN_PYTHON, server.host], tmp_path).at(Server(server.host))
    with form.start() as program:
        assert server.asked.wait(20)
        # Again and again: the first may come just before the call begins to wait.
        for _ in range(40):
            program.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(0.5)
                break
        assert program.communicate()[0] == b"interrupted\n"


def test_the_function_takes_a_list_of_texts() -> None:
    with pytest.raises(TypeError):
        _byteport.command("--version")  # type: ignore[arg-type]
