# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The ``byteport`` command, the very code of the program of that name: ``python -m byteport --help``."""

from __future__ import annotations

import os
import signal
import sys

from ._byteport import command


def main() -> int:
    """Run the command with this process's arguments, in a process like any other program's; return its exit status."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # one that was ignored from the start stays ignored
    # SIGPIPE stays ignored, as Python and Rust's programs both have it: the command sees the closed pipe itself.
    _open_standard_streams()
    print(end="", flush=True)
    return command(sys.argv[1:])


def _open_standard_streams() -> None:
    """Let no file or connection of the command's take the place of a standard stream that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number, which is this one


if __name__ == "__main__":
    sys.exit(main())
