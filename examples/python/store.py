# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The shortest program: store one reading. BYTEPORT_HOST, _NAMESPACE, _KEY and _DEVICE say where."""

import os

from byteport.clients import ByteportHttpClient

host, namespace, key, device = (
    os.environ[f"BYTEPORT_{name}"] for name in ("HOST", "NAMESPACE", "KEY", "DEVICE")
)

client = ByteportHttpClient(namespace, key, device, host)
client.store({"Speed1": 12.5, "state": "rolling"})
