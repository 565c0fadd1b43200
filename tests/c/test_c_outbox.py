# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples of the outbox: with a server that is there, gone, killed while they run, and back again."""

import json
import re

import capi
import pytest
from test_c_programs import both_builds, every_build, ok, read_back


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
    for patience in ("", "-1", "1.5", "10s", "soon", "4294967296"):
        assert build.run(program, "box", patience, env=settings, given="1\n").returncode == 2
    assert not (tmp_path / "box").exists()


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


@both_builds
def test_example_outbox_board(build, settings, tmp_path):
    board = build.compile(capi.EXAMPLES / "outbox_board.c", tmp_path)
    printed = ok(build.run(board, "box", env=gone(settings), given="1\n!2.5\n3\n"))
    assert printed == "alarm 2 is safe\nbox: 3 readings are safe\n"
    outbox = build.compile(capi.EXAMPLES / "outbox.c", tmp_path)
    assert ok(build.run(outbox, "box", "120000", env=settings)) == "3 delivered, 0 kept, 0 lost\n"
    assert values(build, settings, tmp_path) == [1, 2.5, 3]


@both_builds
def test_example_outbox_keys(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "outbox_keys.c", tmp_path)
    wrong = {**settings, "BYTEPORT_KEY": "wrong"}
    right = f"key {settings['BYTEPORT_KEY']}\n"
    given = f"put 1\nflush 50\n{right}resume\nflush 120000\n"
    assert ok(build.run(program, "box", env=wrong, given=given)) == "1 wait\n0 wait\n"
    given = "put 2\nflush 50\nlegacy a-legacy-key-for-tests\nflush 120000\n"
    assert ok(build.run(program, "box", env=wrong, given=given)) == "1 wait\n0 wait\n"
    by_legacy_key = {**wrong, "BYTEPORT_LEGACY_KEY": "a-legacy-key-for-tests"}
    assert ok(build.run(program, "box", env=by_legacy_key, given="put 3\nflush 120000\n")) == "0 wait\n"
    assert values(build, settings, tmp_path) == [1, 2, 3]
    assert build.run(program, "box", env=settings, given="legacy \n").returncode == 1


@both_builds
def test_example_outbox_journal(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "outbox_journal.c", tmp_path)
    assert build.run(program, "box", "journal", "3", "soon", env=settings).returncode == 2
    (tmp_path / "box").write_bytes(b"no database" * 1000)
    ok(build.run(program, "box", "journal", "3", "0", env=gone(settings), given="1\n2\n3\n4\n5\n"))
    ok(build.run(program, "box", "journal", "3", "120000", env=settings))
    lines = (tmp_path / "journal").read_text().splitlines()
    assert re.fullmatch(r"damaged file, now \S*box\S+: 0 saved, 0 lost", lines[0])
    dropped = [re.fullmatch(r"dropped (\d+), reason 1: full", line) for line in lines]
    assert sum(int(found[1]) for found in dropped if found) == 2
    assert [line for line in lines if line.startswith("delivered")] == [
        f"delivered {number} " for number in (3, 4, 5)
    ]
    assert "service up" in lines
    assert values(build, settings, tmp_path) == [3, 4, 5]


@both_builds
def test_example_outbox_statistics(build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / "outbox_statistics.c", tmp_path)
    words = ok(build.run(program, "box", "words", "0", env=gone(settings), given="1\n2\n"))
    assert "accepted 2, of which\n  delivered 0\n  queued 2, 0 in memory only\n" in words
    assert "the newest is 2; up to 2 in the file, up to 2 on the disk\nthe oldest waits for " in words
    assert "file fine, " in words
    said = json.loads(ok(build.run(program, "box", "json", "120000", env=settings, given="3\n")))
    assert (said["accepted"], said["delivered"], said["queued"]) == (3, 3, 0)
    metrics = ok(build.run(program, "box", "prometheus", env=settings))
    assert re.search(r"^# TYPE byteport_outbox_accepted\w* counter$", metrics, re.MULTILINE)
    assert re.search(r'^byteport_outbox_accepted\w*\{outbox="\S*box"\} 3$', metrics, re.MULTILINE)


@both_builds
@pytest.mark.parametrize("name", ["outbox_board", "outbox_keys", "outbox_journal", "outbox_statistics"])
def test_more_examples_say_what_is_wrong(name, build, settings, tmp_path):
    program = build.compile(capi.EXAMPLES / f"{name}.c", tmp_path)
    more = {"outbox_journal": ["journal", "3"], "outbox_statistics": ["words"]}.get(name, [])
    (tmp_path / "folder").mkdir()
    done = build.run(program, "folder", *more, env=settings)
    assert done.returncode == 1
    assert f"{name}: " in done.stderr
    assert "folder" in done.stderr
    assert settings["BYTEPORT_KEY"] not in done.stderr
    assert build.run(program, "box", *more, env={}).returncode == 2
    assert build.run(program, env=settings).returncode == 2
