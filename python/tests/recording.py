# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Servers for the tests: one that records requests as wire.json does, one that answers with any bytes at all."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

LOGIN_PATH = "/api/v1/login/"


class Answer(NamedTuple):
    """What a recording server answers with."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


def _pairs(text: str) -> list[list[str]]:
    return sorted(
        [name, value]
        for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        cookies = self.headers.get("Cookie")
        is_json = self.headers.get("Content-Type") == "application/json"
        request = {
            "cookies": sorted(cookies.split("; ")) if cookies else [],
            "form": _pairs(body.decode()) if self.command == "POST" and not is_json else None,
            "method": self.command,
            "path": url.path,
            "query": _pairs(url.query),
        }
        if is_json:
            request["json"] = json.loads(body)
        recorder = self.server.recorder
        recorder.requests.append(request)
        recorder.ports.append(self.client_address[1])
        recorder.raw.append(f"{self.requestline}\n{self.headers}\n".encode() + body)
        answer = recorder.answer(request) if recorder.answer else _usual(request)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = _answer  # noqa: N815 - the names that http.server asks for

    def log_message(self, *args: object) -> None:
        """Nothing on the terminal."""


class _Server(ThreadingHTTPServer):
    recorder: Recorder
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        self.connections: list[socket.socket] = []
        super().__init__(*arguments)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.append(connection)
        return connection, address

    def hang_up(self) -> None:
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *args: object) -> None:
        """A client that hangs up is part of some tests."""


def _usual(request: dict[str, Any]) -> Answer:
    if request["path"] == LOGIN_PATH:
        cookie = "csrftoken=CSRF123" if request["method"] == "GET" else "sessionid=SESS456"
        return Answer(headers=(("Set-Cookie", f"{cookie}; Path=/"),))
    return Answer(body=b"[]", headers=(("Content-Type", "application/json"),))


class Recorder:
    """An HTTP server on a free port that keeps every request and answers as told, or as a Byteport would."""

    def __init__(self, port: int = 0) -> None:
        self.requests: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.ports: list[int] = []  # each request's, at the client's end
        self.answer: Callable[[dict[str, Any]], Answer] | None = None
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.recorder = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def connections(self) -> list[socket.socket]:
        """All that were made, in order."""
        return self._server.connections

    def always(self, answer: Answer) -> None:
        self.answer = lambda request: answer

    def close(self) -> None:
        """Stops listening and hangs up; may be called again."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server.hang_up()


class RawServer:
    """A TCP server that takes one request on each connection, answers with given bytes and hangs up.

    With ``reply`` None it keeps silent until it is closed; with ``holds`` it does so after its answer.
    """

    holds = False

    def __init__(self, reply: bytes | None) -> None:
        self.reply = reply
        self.received: list[bytes] = []
        self.asked = threading.Event()
        self._closing = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                if self._closing.is_set():
                    return
                self.received.append(connection.recv(65536))
                self.asked.set()
                if self.reply is not None:
                    connection.sendall(self.reply)
                if self.reply is None or self.holds:
                    self._closing.wait()

    def close(self) -> None:
        self._closing.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join()
        self._socket.close()
