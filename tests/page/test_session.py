# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Logging in and out, and sessions that end elsewhere."""

from __future__ import annotations

from browser import Page
from service import NS, PASSWORD, USER, Server, Session

REFUSED = r"status of 403 \(Forbidden\)"


def session_of(page: Page, server: Server) -> Session:
    """The browser's session, for a client that is no browser."""
    cookies = page.driver.execute_cdp_cmd("Network.getAllCookies", {})["cookies"]
    return Session(server, {cookie["name"]: cookie["value"] for cookie in cookies})


def test_a_wrong_password_is_said_to_be_wrong_and_the_right_one_goes_on(page: Page) -> None:
    page.complaints.append(REFUSED)
    page.open(f"{NS}/wall-1")
    page.field("User name").send_keys(USER)
    page.field("Password").send_keys("not-the-password\n")
    page.reads("wrong user name or password")
    assert page.script("return document.activeElement.name") == "password"
    page.keys(PASSWORD, "\n")
    page.wait(lambda: page.button("Log out"), "the log-out button")
    page.reads("wall-1")
    assert page.place == f"/{NS}/wall-1"
    assert PASSWORD not in page.driver.current_url


def test_log_out_ends_the_session_on_the_server(page: Page, server: Server) -> None:
    page.log_in(NS)
    session = session_of(page, server)
    assert session.status("v1/namespace/") == 200
    page.button("Log out").click()
    page.reads("You are logged out.")
    page.field("User name")
    assert NS not in page.text()
    assert session.status("v1/namespace/") == 403


def test_a_session_that_ends_elsewhere_leads_to_the_form_and_back(page: Page, server: Server) -> None:
    page.complaints.append(REFUSED)
    server.store("wall-1", temperature=20)
    page.log_in(f"{NS}/wall-1")
    page.reads("20 °C")
    session_of(page, server).call("v1/logout/")
    page.reads("Your session has ended.")
    page.field("User name").send_keys(USER)
    page.field("Password").send_keys(PASSWORD, "\n")
    page.reads("20 °C")
    assert page.place == f"/{NS}/wall-1"


def test_a_namespace_of_others_is_refused_in_words(page: Page) -> None:
    page.complaints.append(REFUSED)
    page.log_in("no_such_namespace")
    page.reads("you may not see this namespace")


def test_an_address_that_leads_nowhere_says_so(page: Page) -> None:
    page.log_in("a/b/c/d")
    page.reads("There is no such place")
    page.go("%zz")
    page.reads("There is no such place")
    page.go("")
    page.reads(NS)
