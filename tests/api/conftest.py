# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A server with something of everything in it, and a session to call it with."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
TARGET = (ROOT / os.environ.get("CARGO_TARGET_DIR", "target")).absolute() / "debug"
USER, PASSWORD, KEY, LEGACY_KEY = "driver@example.org", "a-password", "a-write-key", "a-legacy-key"
FIRMWARE = b"firmware" * 1000
IMAGE = f"firmware/my_garage/{hashlib.md5(FIRMWARE).hexdigest()}/cart-1.0.bin"
# where hypothesis keeps what it knows of the machine
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(ROOT / "build" / "hypothesis"))
SEED = f"""
[[users]]
name = "{USER}"
password = "{PASSWORD}"
namespaces = ["my_garage"]

[[namespaces]]
name = "my_garage"
write_key = "{KEY}"
legacy_key = "{LEGACY_KEY}"
http_write_method = "both"
[[namespaces.device_types]]
name = "cart"
timeout_limit = 60
[[namespaces.device_types.field_definitions]]
name = "speed"
data_type = "number"
[[namespaces.device_types.firmware]]
version = "1.0"
file = "cart-1.0.bin"
[[namespaces.devices]]
uid = "cart-44"
device_type = "cart"
[[namespaces.devices]]
uid = "wheel"
parent = "cart-44"

[[namespaces]]
name = "of_others"
write_key = "{KEY}"
"""
READINGS = [
    {
        "_ts": "1430438400.5",
        "speed": "12.5",
        "info": "rolling",
        "object": base64.b64encode(b"x" * 99).decode(),
    },
    {"_ts": "1430438401", "speed": "13", "label": "<b>", "warn": "hm"},
    {"_ts": "1430524800", "speed": "1e3"},
    {"_ts": "1430524801", "speed": "fast"},
    {"_ts": "1", "speed": "0"},
    {"speed": "14", "error": "flat"},
]


class Api(NamedTuple):
    """Where the server is, and the cookies of one who is logged in."""

    url: str
    cookies: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        return {"Referer": f"{self.url}/"}

    def post(self, path: str, **form: str) -> None:
        form["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        with requests.Session() as session:
            session.trust_env = False
            session.cookies.update(self.cookies)
            answer = session.post(self.url + path, data=form, headers=self.headers, timeout=60)
        assert answer.ok, f"{path}: {answer.text}"


def log_in(url: str) -> dict[str, str]:
    with requests.Session() as session:
        session.trust_env = False
        session.get(f"{url}/api/v1/login/", timeout=60).raise_for_status()
        form = {"username": USER, "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
        answer = session.post(f"{url}/api/v1/login/", data=form, headers={"Referer": url}, timeout=60)
        answer.raise_for_status()
        return dict(session.cookies)


def fill(api: Api) -> None:
    """Stores readings, a message and a control field."""
    for reading in READINGS:
        api.post("/api/v1/timeseries/my_garage/cart-44/", _key=KEY, **reading)
    api.post("/api/v1/timeseries/my_garage/stranger/", _key=KEY)
    api.post("/api/v1/message/my_garage/cart-44/", message="stop")
    api.post("/api/v1/device_control/set_fields/my_garage/cart-44/", **{"Lamp.On": "yes"})


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The server; it must have had no trouble and stop cleanly in the end."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "seed.toml").write_text(SEED)
    (folder / "cart-1.0.bin").write_bytes(FIRMWARE)
    options = ["--data", folder / "data", "--seed", folder / "seed.toml", "--listen", "127.0.0.1:0"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [TARGET / "byteport-server", *options], stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert re.fullmatch(r"byteport-server listening on http://127\.0\.0\.1:\d+", line), (
        folder / "log"
    ).read_text()
    url = line.split()[-1]
    api = Api(url, log_in(url))
    fill(api)
    yield api
    process.terminate()
    assert process.wait(30) == 0
    trouble = re.findall(r"^.* (?:ERROR|WARN) .*$|^.*panicked.*$", (folder / "log").read_text(), re.MULTILINE)
    assert not trouble
