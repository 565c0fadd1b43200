# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Stores the files of a directory whenever they change: a file's name is the field, its text the value.

    python -m byteport.examples.file_poller -n NAMESPACE [-k KEY] [-d UID] [-i SECONDS] DIRECTORY

BYTEPORT_KEY in place of -k keeps the key from other users of the machine. Ctrl-C ends it.
"""

from __future__ import annotations

import logging
import os
import sys

from byteport.clients import ByteportClientException
from byteport.factories import byteport_client_from_optparse


def run() -> None:
    """Reads the command line and watches until the end."""
    logging.basicConfig(level=logging.INFO)
    client, parser = byteport_client_from_optparse()
    parser.set_usage("%prog [options] DIRECTORY")
    parser.add_option(
        "-i",
        "--interval",
        type="float",
        default=5.0,
        metavar="SECONDS",
        help="look that often, %default if not given",
    )
    options, arguments = parser.parse_args()
    if len(arguments) != 1 or not os.path.isdir(arguments[0]):
        parser.error("which directory?")
    if client is None:
        parser.error("which namespace (-n) and which key (BYTEPORT_KEY or -k)?")
    client.poll_directory_and_store_upon_content_change(
        arguments[0], client.device_uid or "", poll_interval=options.interval
    )


def main() -> None:
    """Runs the program: 130 is its exit status after Ctrl-C, 1 if the service could not be used from the start."""
    try:
        run()
    except ByteportClientException as error:
        sys.exit(f"file_poller: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
