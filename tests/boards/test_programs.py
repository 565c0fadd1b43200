# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The examples and the behaviour programs of tests/c on boards: over HTTP, to recording servers and through the outbox."""

import pytest
import test_c_programs

# Each is collected here with the builds that conftest.py names. Left out, for they cost minutes and touch nothing that
# depends on the processor: what the examples say about wrong use and, of the brokers' programs, all but the examples.
from test_c_broker import client, test_examples_store_and_listen  # noqa: F401
from test_c_outbox import (  # noqa: F401
    test_example_outbox,
    test_example_outbox_select,
    test_example_outbox_select_keeps_what_is_not_delivered,
)
from test_c_programs import (  # noqa: F401
    test_example_download,
    test_example_firmware,
    test_example_log,
    test_example_machine,
    test_example_manage,
    test_example_message,
    test_example_pages,
    test_example_register,
    test_example_statistics,
    test_example_store,
    test_settings,
)

# All but outbox_fork, which qemu 7.2 cannot run: by an assertion of its own it ends a process that was forked from one with
# threads and then starts a thread.
PROGRAMS = ["null", "manage_null", "behaviour", "answers", "transfers", "threads", "fork"]
PROGRAMS += ["outbox", "outbox_null", "outbox_events", "outbox_threads", "broker_null"]


@test_c_programs.every_build
@pytest.mark.parametrize("program", PROGRAMS)
def test_program(program, build, settings, vector_table, tmp_path):
    test_c_programs.test_program(program, build, settings, vector_table, tmp_path)
