# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""One server and one browser for all tests; each test has a device and a session of its own."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "c"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import browser
import capi
from service import KEY, NS, Server, Session

HERE = Path(__file__).resolve().parent
devices = itertools.count(1)


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder with the library and the server."""
    return capi.cargo_build(["byteport-ffi", "byteport-server"])


@pytest.fixture(scope="session")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(built / "byteport-server", tmp_path_factory.mktemp("server"))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def store_in_c(
    built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Server, str, str, float], None]:
    """A C program, linked with the library, that stores a number."""
    build = capi.Build(built, [capi.tool("gcc"), "-std=c99"])
    program = build.compile(HERE / "store.c", tmp_path_factory.mktemp("store"), static=True)

    def store(server: Server, uid: str, field: str, value: float) -> None:
        done = build.run(program, server.host, NS, KEY, uid, field, str(value), env={})
        assert done.returncode == 0, done.stderr

    return store


@pytest.fixture(scope="session")
def driver() -> Iterator[browser.Chrome]:
    driver = browser.start()
    yield driver
    driver.quit()


@pytest.fixture
def page(driver: browser.Chrome, server: Server) -> Iterator[browser.Page]:
    """The page in a browser that knows nothing of earlier tests; in the end nobody may have complained."""
    driver.get("about:blank")
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    driver.get_log("browser")
    page = browser.Page(driver, server.url)
    page.asked()
    page.media()
    page.width(1280, 900)
    yield page
    page.check_quiet()
    driver.get("about:blank")


@pytest.fixture
def other(server: Server) -> Session:
    """The same user, logged in elsewhere."""
    return Session(server).log_in()


@pytest.fixture
def uid() -> str:
    """A device that no other test has."""
    return f"dev-{next(devices)}"
