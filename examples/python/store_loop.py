# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A program of the old client, as its documentation has it: a text and the time, at regular intervals."""

# fmt: off
# isort: off
from byteport.clients import ByteportHttpClient
import time

# Will send a single empty heart beat packet.
client = ByteportHttpClient('myownspace', 'f00b4s3cretk3y', 'barDev1')

while True:
    # Store a string and the current UNIX Epoch time on a regular interval
    client.store({'info': 'All systems nominal', 'current_time': time.time()})
    time.sleep(60)
