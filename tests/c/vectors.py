# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Makes a C header of the conformance vectors: names and timestamps as tables that behaviour.c runs through."""

import json
from pathlib import Path

HEAD = """/* Made from tests/vectors by vectors.py. */
#include <math.h>
#include <stddef.h>
"""


def c_text(text: str) -> str:
    """A C string literal; each byte that is not plain ASCII as three octal digits, which nothing behind can lengthen."""
    plain = [chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in text.encode()]
    return '"' + "".join(plain) + '"'


def load(folder: Path, name: str) -> list:
    cases = json.loads((folder / name).read_text(encoding="utf-8"))["cases"]
    assert cases, f"{folder / name} holds no case"
    return cases


def names(folder: Path) -> tuple[str, int]:
    """The table, and how many names were left out because a C string cannot hold their NUL."""
    cases = load(folder, "names.json")
    passable = [case for case in cases if "\0" not in case["name"]]
    rows = [f"    {{{c_text(case['name'])}, {int(case['ok'])}}}," for case in passable]
    table = (
        "static const struct { const char *name; int ok; } name_cases[] = {\n" + "\n".join(rows) + "\n};\n"
    )
    return f"{table}#define NAME_CASES (sizeof name_cases / sizeof name_cases[0])\n", len(cases) - len(
        passable
    )


def timestamp_row(case: dict) -> str:
    iso8601, seconds = "NULL", "0"
    if case["kind"] == "datetime":
        iso8601 = c_text(case["in"])
    else:
        seconds = {"NaN": "(double)NAN", "Infinity": "(double)INFINITY"}.get(case["in"]) or repr(
            float(case["in"])
        )
    wire, error = (c_text(case[key]) if key in case else "NULL" for key in ("out", "error"))
    return f"    {{{iso8601}, {seconds}, {wire}, {error}}},"


def timestamps(folder: Path) -> str:
    rows = [timestamp_row(case) for case in load(folder, "timestamps.json")]
    fields = "const char *iso8601; double seconds; const char *wire, *error;"
    table = f"static const struct {{ {fields} }} timestamp_cases[] = {{\n" + "\n".join(rows) + "\n};\n"
    return f"{table}#define TIMESTAMP_CASES (sizeof timestamp_cases / sizeof timestamp_cases[0])\n"


def header(folder: Path) -> tuple[str, int]:
    table, left_out = names(folder)
    return HEAD + table + timestamps(folder), left_out
