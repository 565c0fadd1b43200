# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A front that ends TLS before a server, as a reverse proxy does: what comes out of TLS goes to the server, and back."""

import asyncio
import contextlib
import ssl
import threading
from pathlib import Path


class Front:
    """Listens on a free port, in a thread of its own, from `with`, which gives its address, to the end of it."""

    def __init__(self, server: str, certificate: Path):
        self.host, self.port = server.split(":")
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> str:
        self.thread.start()
        start = asyncio.start_server(self.relay, "127.0.0.1", 0, ssl=self.tls)
        self.listener = asyncio.run_coroutine_threadsafe(start, self.loop).result()
        return f"127.0.0.1:{self.listener.sockets[0].getsockname()[1]}"

    def __exit__(self, *args: object) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def stop(self) -> None:
        self.listener.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: bytes both ways until either side ends it."""
        far_reader, far_writer = await asyncio.open_connection(self.host, self.port)
        ways = [pump(reader, far_writer), pump(far_reader, writer)]
        await asyncio.wait([asyncio.ensure_future(way) for way in ways], return_when=asyncio.FIRST_COMPLETED)
        far_writer.close()
        writer.close()


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
