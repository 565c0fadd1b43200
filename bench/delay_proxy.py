# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A long way to a server on this machine: what comes arrives half a round trip later, in each direction.

A new connection takes a whole round trip before its first byte leaves, as TCP's handshake does. Order is kept, nothing is
lost, and nothing but the time is in the way: there is no bound on the bandwidth and no slow start.

Arguments: HOST:PORT MILLISECONDS. Prints HOST:PORT of its own, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import subprocess
import sys
from collections.abc import Iterator


async def _later(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    """Hands on what comes, each piece so many seconds after it came; then the end."""
    clock = asyncio.get_running_loop().time
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        data = b"-"
        while data:
            due, data = await under_way.get()
            await asyncio.sleep(due - clock())
            if data:
                writer.write(data)
        writer.close()

    arrivals = asyncio.create_task(arrive())
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(1 << 16):
            under_way.put_nowait((clock() + delay, data))
    under_way.put_nowait((clock() + delay, b""))
    await arrivals


async def serve(host: str, round_trip: float) -> None:
    """Stands before the server until standard input ends."""
    address, port = host.rsplit(":", 1)

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip)
        beyond = await asyncio.open_connection(address, int(port))
        await asyncio.gather(
            _later(reader, beyond[1], round_trip / 2), _later(beyond[0], writer, round_trip / 2)
        )

    server = await asyncio.start_server(connection, "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def delayed(host: str, milliseconds: float) -> Iterator[str]:
    """Runs the proxy as a process of its own; gives its HOST:PORT."""
    command = [sys.executable, __file__, host, str(milliseconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        yield proxy.stdout.readline().strip()
        proxy.stdin.close()


def main() -> None:
    """Runs the proxy. Its event loop waits by select(), which tells parts of a millisecond apart."""
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(serve(sys.argv[1], float(sys.argv[2]) / 1e3))
    os._exit(0)  # whatever is still under way


if __name__ == "__main__":
    main()
