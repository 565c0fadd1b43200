# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of the outbox: with a server that is there, gone, killed while they run, and back again."""

import capi
import pytest
from test_c_programs import every_build, ok, read_back


def values(build, settings, work) -> list[float]:
    """What the device of the settings has stored, oldest first."""
    return [float(value) for _, value in read_back(build, settings, work, "value")]


def gone(settings) -> dict[str, str]:
    return {**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]}


@every_build
def test_example_outbox(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "outbox.c", tmp_path)
    done = build.run(program, "box", "0", env=gone(settings), given="1\n2.5\n")
    assert ok(done) == "0 delivered, 2 kept, 0 lost\n"
    assert ok(build.run(program, "box", "0", env=gone(settings))) == "0 delivered, 2 kept, 0 lost\n"
    done = build.run(program, "box", "120000", env=settings, given="-3e-9 not a number")
    assert ok(done) == "3 delivered, 0 kept, 0 lost\n"
    assert values(build, settings, tmp_path) == [1, 2.5, -3e-9]


@every_build
@pytest.mark.parametrize("example", ["outbox", "outbox_select"])
def test_examples_say_what_is_wrong(example, build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / f"{example}.c", tmp_path)
    (tmp_path / "folder").mkdir()
    done = build.run(program, "folder", "0", env=settings, given="1\n")
    assert done.returncode == 1
    assert f"{example}: " in done.stderr
    assert "folder" in done.stderr
    assert settings["BYTEPORT_KEY"] not in done.stderr
    assert build.run(program, "box", env={}).returncode == 2
    assert build.run(program, env=settings).returncode == 2


def lines_until(program, wanted: str) -> list[str]:
    """The lines that a program prints, up to the one that is wanted."""
    lines = []
    while not lines or lines[-1] != wanted:
        line = program.stdout.readline()
        assert line, f"the program ended after {lines}:\n{program.stderr.read()}"
        lines.append(line.rstrip("\n"))
    return lines


def give(program, line: str) -> None:
    program.stdin.write(f"{line}\n")
    program.stdin.flush()


@every_build
def test_example_outbox_select(build, settings, mortal_server, tmp_path):
    settings = {**settings, "BYTEPORT_HOST": mortal_server.address}
    example = build.compile(capi.EXAMPLES / "outbox_select.c", tmp_path)
    with build.start(example, "box", "120000", env=settings) as program:
        give(program, "1")
        assert "service: up" in lines_until(program, "1 delivered")
        mortal_server.kill()
        give(program, "2")
        lines_until(program, "service: down")
        mortal_server.restart()
        lines_until(program, "1 delivered")
        mortal_server.kill()
        give(program, "3")
        lines_until(program, "service: down")
        program.stdin.close()
        mortal_server.restart()
        assert lines_until(program, "0 kept")[-2:] == ["1 delivered", "0 kept"]
        assert program.wait() == 0, program.stderr.read()
    assert values(build, settings, tmp_path) == [1, 2, 3]


@every_build
def test_example_outbox_select_keeps_what_is_not_delivered(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "outbox_select.c", tmp_path)
    done = build.run(program, "box", "0", env=gone(settings), given="1\n2\n")
    assert ok(done).endswith("2 kept\n")
    assert ok(build.run(program, "box", "120000", env=settings, given="3")).endswith("0 kept\n")
    assert values(build, settings, tmp_path) == [1, 2, 3]
