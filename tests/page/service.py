# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A real server, and what a device and another user do with it over its API."""

from __future__ import annotations

import json
import re
import subprocess
import time
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

USER = "looker@example.org"
PASSWORD = "a-password-for-tests"
NS = "page_garage"
KEY = "a-write-key-for-tests"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>';DROP TABLE value;--\"&amp;{{7*7}}"

SEED = f"""
[[users]]
name = "{USER}"
password = "{PASSWORD}"
namespaces = ["{NS}", "page_hostile"]

[[users]]
name = '''{HOSTILE[:60]}'''
password = "{PASSWORD}"
namespaces = ["page_hostile"]

[[namespaces]]
name = "{NS}"
description = "What the page shows"
write_key = "{KEY}"
legacy_key = "{KEY}"
http_write_method = "both"
[[namespaces.device_types]]
name = "thermometer"
[[namespaces.device_types.field_definitions]]
name = "temperature"
data_type = "number"
unit_symbol = "°C"
[[namespaces.devices]]
uid = "wall-1"
device_type = "thermometer"

[[namespaces]]
name = "page_hostile"
description = {json.dumps(HOSTILE)}
write_key = "{KEY}"
http_write_method = "both"
"""

opener = build_opener(ProxyHandler({}))


class Server:
    """A server on a folder of its own; when it is started again it listens where it did before."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.folder, self.program, self.host = folder, program, "127.0.0.1:0"
        (folder / "seed.toml").write_text(SEED, encoding="utf-8")
        self.start()

    def start(self) -> None:
        command = [self.program, "--data", self.folder / "data", "--listen", self.host]
        command += ["--seed", self.folder / "seed.toml"]
        with (self.folder / "log").open("a") as log:
            command = [str(part) for part in command]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"listening on http://(\S+)", line)
        assert found, f"the server did not start:\n{(self.folder / 'log').read_text()}"
        self.host = found[1]

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(30) == 0, (self.folder / "log").read_text()
        self.process.stdout.close()

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def store(self, uid: str, when: float | None = None, namespace: str = NS, **fields: object) -> None:
        """What a device does."""
        stamp = {} if when is None else {"_ts": f"{when:.6f}"}
        body = urlencode({"_key": KEY, **stamp, **fields}).encode()
        opener.open(Request(f"{self.url}api/v1/timeseries/{namespace}/{uid}/", body)).read()

    def store_many(self, uid: str, field: str, points: list[tuple[float, float]]) -> None:
        """Many readings of one field in one call."""
        packets = [
            {"uid": uid, "namespace": NS, "timestamp": f"{when:.6f}", "data": f"{field}={value};"}
            for when, value in points
        ]
        body = urlencode({"packets": json.dumps(packets), "legacy_key": KEY}).encode()
        opener.open(Request(f"{self.url}api/legacy/packets/timeseries/", body)).read()


class Session:
    """Another client of the same user, or one with the cookies of a browser."""

    def __init__(self, server: Server, cookies: dict[str, str] | None = None) -> None:
        self.server, self.cookies = server, dict(cookies or {})

    def log_in(self, user: str = USER) -> Session:
        self.call("v1/login/")
        self.call("v1/login/", {"username": user, "password": PASSWORD})
        return self

    def call(self, path: str, form: dict[str, str] | None = None) -> object:
        """A GET, or a POST of a form; gives the JSON answer."""
        request = Request(f"{self.server.url}api/{path}")
        request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        request.add_header("Referer", self.server.url)
        if form is not None:
            form = {**form, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
            request.data = urlencode(form).encode()
        with opener.open(request) as answer:
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
            return json.load(answer)

    def status(self, path: str) -> int:
        """The status of a GET."""
        try:
            self.call(path)
        except HTTPError as error:
            return error.code
        return 200


def seconds_ago(seconds: float) -> float:
    """A time before now."""
    return time.time() - seconds
