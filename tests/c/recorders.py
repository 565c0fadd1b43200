# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Servers that keep what came: over HTTP, over TLS, and as a proxy. What they answer is the same every time."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple, Optional
from urllib.parse import parse_qsl, urlsplit

import capi

# One point, and blanks up to the size that settings.c counts on.
SERIES = b'{"data": {"ts_data": [{"t": "2015-05-01T00:00:00", "v": 1.5}]}}'.ljust(1000)

# settings.c lets two clients call at once. PATIENT is answered when DONE has come, BARRIER when PATIENT has, HASTY never.
PATIENT, BARRIER, HASTY, DONE = "patient", "barrier", "hasty", "done"

CERTIFICATES = """
[req]
distinguished_name = name
prompt = no
[name]
CN = libbyteport test
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1, DNS:localhost
"""


class Request(NamedTuple):
    """One request; for a proxy also what it was asked to connect to, with the language as the method."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        query, form = (
            dict(parse_qsl(text, strict_parsing=bool(text))) for text in (url.query, body.decode())
        )
        self.server.requests.append(Request(self.command, url.path, query, form))
        if not self.server.hold(url.path.strip("/").split("/")[-1]):
            self.close_connection = True
            return
        stores = "_key" in query or "_key" in form
        answer = b"stored" if stores else SERIES
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = answer  # noqa: N815 - the names that http.server asks for

    def do_CONNECT(self):
        self.server.requests.append(Request(self.command, self.path, {}, {}))
        if not self.server.hold(self.path.split(".")[0]):
            self.close_connection = True
            return
        self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        self.close_connection = False  # what follows is for the host, which is played here too

    def handle_one_request(self):
        if self.server.is_proxy and self.connection.recv(1, socket.MSG_PEEK) == b"\x05":
            self.socks5()
        super().handle_one_request()

    def socks5(self):
        """RFC 1928: no login, one CONNECT to a host by its name."""
        assert self.rfile.read(3) == b"\x05\x01\x00"
        self.wfile.write(b"\x05\x00")
        assert self.rfile.read(4) == b"\x05\x01\x00\x03"
        host = self.rfile.read(self.rfile.read(1)[0]).decode()
        port = int.from_bytes(self.rfile.read(2), "big")
        self.server.requests.append(Request("SOCKS5", f"{host}:{port}", {}, {}))
        self.wfile.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")

    def log_message(self, *args):
        """Nothing on the terminal."""


class Recorder(ThreadingHTTPServer):
    """A server on a free port, in threads of its own, from `with` to the end of it."""

    def __init__(self, *, is_proxy: bool = False, certificate: Optional[Path] = None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.is_proxy = is_proxy
        self.requests: list[Request] = []
        self.first_bytes: list[bytes] = []
        self.patient_came, self.hasty_is_done = threading.Event(), threading.Event()
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def __enter__(self) -> "Recorder":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.patient_came.set()
        self.hasty_is_done.set()
        self.shutdown()
        self.server_close()

    def finish_request(self, request, client_address) -> None:
        self.first_bytes.append(request.recv(1, socket.MSG_PEEK))
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with self.tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request, client_address) -> None:
        """A client that trusts no certificate and one that hangs up are part of the tests."""

    def hold(self, name: str) -> bool:
        """Waits where the name asks for that; says whether to answer at all."""
        if name == PATIENT:
            self.patient_came.set()
            self.hasty_is_done.wait()
        elif name == BARRIER:
            self.patient_came.wait()
        elif name == HASTY:
            self.hasty_is_done.wait()
        elif name == DONE:
            self.hasty_is_done.set()
        return name != HASTY


def make_certificates(folder: Path) -> tuple[Path, Path]:
    """A certificate authority, and the key and certificate of a server on this machine, which no CA may be itself."""
    config = folder / "openssl.cnf"
    config.write_text(CERTIFICATES)
    ca, ca_key, leaf, request = (folder / name for name in ("ca.pem", "ca.key", "leaf.pem", "leaf.csr"))
    openssl = capi.tool("openssl")
    new = [openssl, "req", "-config", config, "-newkey", "rsa:2048", "-nodes", "-sha256"]
    capi.must([*new, "-x509", "-extensions", "ca", "-days", "2", "-keyout", ca_key, "-out", ca])
    capi.must([*new, "-subj", "/CN=127.0.0.1", "-keyout", leaf, "-out", request])
    sign = [openssl, "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-set_serial", "2"]
    certificate = capi.must([*sign, "-days", "2", "-sha256", "-extfile", config, "-extensions", "leaf"])
    with leaf.open("a") as file:
        file.write(certificate)
    return ca, leaf
