# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""docs/c: every piece of code of its pages is compiled and run, and all of it becomes pages without a warning."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from test_readme import block, values

ROOT = Path(__file__).resolve().parents[2]
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "c").glob("*.md")}
LIBRARY = "-Llib -Wl,-rpath,$PWD/lib -lbyteport"
# The library is built without ASan, which all the same looks at what the pieces do, and for what they leak.
CC = "cc -std=c99 -D_POSIX_C_SOURCE=200809L -fsanitize=address -g -Wall -Wextra -Wpedantic -Werror -Iinclude"

HEAD = """
#include <byteport.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
"""
PIECE = """
static int piece_%d(const byteport_client_t *client, const byteport_outbox_t *outbox, byteport_reading_t *reading)
{
    byteport_error_t *error = NULL;
    (void)client, (void)outbox, (void)reading, (void)error;
%s
    return 0;
}
"""
MAIN = """
int main(void)
{
    byteport_client_t *client = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_options_t *options = byteport_options_new();
    byteport_reading_t *reading = byteport_reading_new();
    if (byteport_options_set_host(options, "127.0.0.1:8000", NULL) ||
        byteport_options_set_namespace(options, "my_garage", NULL) ||
        byteport_options_set_key(options, "demo-write-key-change-me", NULL) ||
        byteport_options_set_device(options, "cart-45", NULL) || byteport_client_new(options, &client, NULL) ||
        byteport_client_login(client, "admin@example.org", "demo-password", NULL) ||
        byteport_outbox_open(client, "%(page)s.outbox", NULL, &outbox, NULL) ||
        byteport_reading_set_number(reading, "speed", 1.5, NULL) || byteport_client_store(client, reading, NULL)) {
        return 77;
    }
    int (*const pieces[])(const byteport_client_t *, const byteport_outbox_t *, byteport_reading_t *) = {%(pieces)s};
    for (int i = 0; i < %(count)d; i++) {
        if (pieces[i](client, outbox, reading)) {
            fprintf(stderr, "%(page)s.md: piece %%d failed\\n", i + 1);
            return 1;
        }
    }
    if (byteport_outbox_close(outbox, 0, NULL, NULL, NULL, NULL)) {
        return 77;
    }
    byteport_outbox_free(outbox);
    byteport_reading_free(reading);
    byteport_client_free(client);
    byteport_options_free(options);
    return 0;
}
"""


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGES[page], re.DOTALL | re.MULTILINE)


def program(page: str) -> str:
    """The pieces of a page as one program: definitions as they stand, the others as functions that are called in turn."""
    text, count = HEAD, 0
    for piece in blocks(page, "c"):
        if re.search(r"^(static|#include) ", piece, re.MULTILINE):
            text += piece
        else:
            count += 1
            text += PIECE % (count, piece)
    names = ", ".join(f"piece_{number + 1}" for number in range(count))
    return text + MAIN % {"page": page, "pieces": names, "count": count}


@pytest.fixture(autouse=True)
def shared_library(run) -> None:
    """The library by the names by which it is linked and loaded, in the folder `lib`."""
    (run.folder / "lib").mkdir(exist_ok=True)
    for name in ("libbyteport.so", "libbyteport.so.0"):
        (run.folder / "lib" / name).unlink(missing_ok=True)
        (run.folder / "lib" / name).symlink_to("../target/release/libbyteport.so")


@pytest.mark.parametrize("page", ["ownership", "threads", "delivery", "shutdown"])
def test_every_piece_runs(page, run) -> None:
    (run.folder / f"{page}.c").write_text(program(page).replace("127.0.0.1:8000", run.host))
    run(f"{CC} {page}.c {LIBRARY} -o {page} && ./{page}")


def test_the_first_example_is_the_readmes(run) -> None:
    (example,), (build,) = blocks("README", "c"), blocks("README", "sh")
    assert example == block("c", "byteport_client_store")
    assert build == block("sh", "cc -std=c99")
    assert len(example.splitlines()) <= 30
    assert "; " not in build, "one line builds it"
    before = len(values(run))
    (run.folder / "store.c").write_text(example.replace("127.0.0.1:8000", run.host))
    run(build)
    assert values(run)[before:].count("12.5") == 1


def test_the_first_example_swallows_no_error(run) -> None:
    (example,) = blocks("README", "c")
    wrong = {
        "demo-write-key-change-me": "wrong",
        "my_garage": "my garage",
        '"speed"': '"a speed"',
        "12.5": "1e999",
    }
    wrong["127.0.0.1:8000"] = "127.0.0.1:1"
    for right, other in wrong.items():
        assert right in example
        source = example.replace(right, other).replace("127.0.0.1:8000", run.host)
        (run.folder / "store.c").write_text(source)
        told = run(f"cc store.c -Iinclude {LIBRARY} -o store; if ./store 2>told; then exit 3; fi; cat told")
        assert len(told) > 20, f"{other}: {told}"


def test_every_way_to_link_works(run) -> None:
    """The page's commands with this machine's compiler and library in place of the board's."""
    (example,) = blocks("README", "c")
    (run.folder / "store.c").write_text(example.replace("127.0.0.1:8000", run.host))
    static, shared, root, installed, newest, small = blocks("cross-compiling", "sh")
    for commands, needs_library in (
        (static, False),
        (shared, True),
        (root + installed, True),
        (small, False),
    ):
        run(native(commands) + "LD_LIBRARY_PATH=lib ./store\n")
        assert ("libbyteport.so.0" in run("objdump -p store")) == needs_library
    assert re.fullmatch(r"GLIBC_2\.\d+\n", run(native(newest)))


def native(commands: str) -> str:
    """A board's commands for this machine."""
    commands = commands.replace("target/aarch64-unknown-linux-gnu/release", "target/release")
    return commands.replace("aarch64-linux-gnu-", "").replace("scripts/", f"{ROOT}/scripts/")


def test_the_pages_are_all_there() -> None:
    assert set(re.findall(r"^\| \[(\w.*)\.md\]", PAGES["README"], re.MULTILINE)) == set(PAGES) - {"README"}


def test_everything_becomes_pages_without_a_warning() -> None:
    done = subprocess.run([str(ROOT / "scripts" / "doc-c.sh")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    html = (ROOT / done.stdout.strip()).with_name("byteport_8h.html").read_text(encoding="utf-8")
    parts = re.split(r'<h2 class="memtitle">', html)[1:]
    functions = {found[1]: part for part in parts if (found := re.match(r".*?(byteport_\w+)\(\)</h2>", part))}
    header = re.sub(
        r"/\*.*?\*/", "", (ROOT / "include" / "byteport.h").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert set(functions) == set(re.findall(r"^(?!typedef).*\b(byteport_\w+)\(", header, re.MULTILINE))
    bare = [name for name, part in functions.items() if 'class="section examples"' not in part]
    assert not bare, "no example calls these"
