# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A server that goes and comes back, and a page that nobody looks at."""

from __future__ import annotations

from pathlib import Path

from browser import Chrome, Page
from service import NS, Server


def test_a_lost_server_is_shown_and_recovered_from(
    driver: Chrome, page: Page, built: Path, tmp_path: Path
) -> None:
    server = Server(built / "byteport-server", tmp_path)
    page.url = server.url
    page.complaints.append(r"net::ERR_|status of 503")
    server.store("box", v=1)
    page.log_in(f"{NS}/box/v")
    page.reads("1 value ·")
    server.stop()
    page.reads("The server does not answer. Trying again")
    assert "1 value ·" in page.text(), "what is known stays"
    server.start()
    page.wait(lambda: "does not answer" not in page.text(), "recovery")
    server.store("box", v=2)
    page.reads("2 values ·")
    server.stop()
    page.check_quiet()
    driver.get("about:blank")


def test_a_page_that_begins_without_a_server_waits_for_it(page: Page, built: Path, tmp_path: Path) -> None:
    server = Server(built / "byteport-server", tmp_path)
    page.url = server.url
    page.complaints.append(r"net::ERR_")
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/api/*"]})
    page.open(NS)
    page.reads("The server does not answer. Trying again")
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    page.field("User name")
    page.wait(lambda: "does not answer" not in page.text(), "recovery")
    server.stop()
    page.check_quiet()
    page.driver.get("about:blank")


WATCH = """window.seen = { asked: 0, open: 0, due: [] };
    const [later, ask] = [setTimeout, fetch];
    window.setTimeout = (task, wait) => { seen.due.push(task); return later(task, wait); };
    window.fetch = (...call) => {
        seen.asked += 1;
        seen.open += 1;
        return ask(...call).finally(() => { seen.open -= 1; });
    };"""


def test_a_page_that_nobody_sees_asks_nothing(page: Page, server: Server, uid: str) -> None:
    server.store(uid, v=1)
    page.log_in(f"{NS}/{uid}/v")
    page.reads("1 value ·")
    page.script(WATCH)
    page.wait(
        lambda: page.script("return seen.asked > 1 && seen.due.length > 1"), "question that is repeated"
    )
    hide(page, True)
    page.wait(lambda: page.script("return seen.open === 0"), "end of what was under way")
    before = "const before = seen.asked; seen.due.forEach((task) => task()); return seen.asked - before"
    assert page.script(before) == 0, "even what is due is not asked"
    server.store(uid, v=2)
    hide(page, False)
    page.reads("2 values ·")


def hide(page: Page, is_hidden: bool) -> None:
    """Does as if another tab were in front."""
    page.script(
        """Object.defineProperty(document, "hidden", { value: arguments[0], configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));""",
        is_hidden,
    )
