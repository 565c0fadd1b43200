# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Sequences of calls of the C API that are worth keeping: each is made again, with AddressSanitizer and under valgrind."""

import capi
import pytest
import sequence

CORPUS = capi.HERE / "sequences"


def table(output: str) -> dict[str, tuple[int, int, bool]]:
    """How often each function was called, how often with success, and whether it tells."""
    rows = (line.split() for line in output.splitlines())
    return {name: (int(made), int(good), tells == "1") for name, made, good, tells in rows}


@pytest.mark.parametrize("build", ["asan", "valgrind"], indirect=True)
def test_sequences(build, tmp_path):
    files = sorted(CORPUS.iterdir())
    assert files
    sequence.write(tmp_path)
    program = build.compile(capi.HERE / "sequence.c", tmp_path)
    done = build.run(program, *files, env={"TMPDIR": str(tmp_path)})
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    called = table(done.stdout)
    assert called.keys() == capi.header_functions().keys()
    assert not [name for name, (made, _, _) in called.items() if made == 0]
    assert not [name for name, (_, good, tells) in called.items() if tells and good == 0]
