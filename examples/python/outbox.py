# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Counts up once a second through an outbox, and loses nothing while the network is down or when it is ended.

usage: outbox.py FILE [COUNT]

The service, namespace, key and device are taken from BYTEPORT_HOST, BYTEPORT_NAMESPACE, BYTEPORT_KEY and BYTEPORT_DEVICE.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from byteport.clients import ByteportHttpClient
from byteport.outbox import Dropped, Quarantined

if TYPE_CHECKING:
    from byteport.outbox import Event


def tell(event: Event) -> None:
    """What is lost is told; what is delivered is not."""
    if isinstance(event, (Dropped, Quarantined)):
        print(event, file=sys.stderr)


client = ByteportHttpClient(
    os.environ["BYTEPORT_NAMESPACE"],
    os.environ["BYTEPORT_KEY"],
    os.environ["BYTEPORT_DEVICE"],
    os.environ["BYTEPORT_HOST"],
    initial_heartbeat=False,
)
with client.outbox(sys.argv[1], max_disk=1 << 20, on_event=tell) as outbox:
    for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 10):
        if number:
            time.sleep(1)
        outbox.enqueue({"number": number})
    stats = outbox.stats()
    print(f"{stats.accepted} taken in, {stats.delivered} delivered so far; the link: {stats.link}")
