# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Text of whatever kind is shown as text; no script runs that is not the page's."""

from __future__ import annotations

from browser import Page
from service import HOSTILE, NS, Server, Session

STAYS = "page_hostile"


def test_script_and_sql_are_shown_as_text_everywhere(page: Page, server: Server, uid: str) -> None:
    fields = {"word": HOSTILE, "error": HOSTILE, "info": "</td></tr></table><svg onload=alert(3)>"}
    server.store(uid, namespace=STAYS, **fields)
    name = Session(server).log_in(HOSTILE[:60])
    name.call(f"v1/message/{STAYS}/{uid}/", {"message": HOSTILE, "format": "json"})
    name.call(f"v1/device_control/set_fields/{STAYS}/{uid}/", {HOSTILE: HOSTILE})
    name.call(
        f"v1/namespace/configure_device/{STAYS}/{uid}/",
        dict.fromkeys(("alias", "description", "serial", "location_hint"), HOSTILE),
    )
    page.log_in()
    page.reads(HOSTILE)  # the namespace's description
    page.go(STAYS)
    page.wait(lambda: page.text().count(HOSTILE) >= 2, "alias and log message")
    page.go(f"{STAYS}/{uid}")
    page.wait(lambda: page.text().count(HOSTILE) >= 8, "fact, field, log, message and control field as text")
    page.go(f"{STAYS}/{uid}/word")
    page.wait(lambda: page.text().count(HOSTILE) >= 2, "value as text")
    assert page.script("return document.querySelectorAll('main script, main img, main svg').length") == 0
    server.store(uid, namespace=STAYS, after="all is there")
    page.reads("all is there")


def test_an_address_is_text_too(page: Page) -> None:
    page.complaints.append(r"status of 40[034]")
    page.log_in("%3Cimg%20src=x%20onerror=alert(1)%3E/%27;--/..%2F..?range=%3Cscript%3E&from='")
    page.wait(lambda: "<img src=x" in page.text(), "the address' first part as text")
    page.go(f"{NS}/..%2F..%2Flogout/x")
    page.wait(lambda: page.button("Log out"), "a session that is still there")


def test_markup_cannot_be_made_of_text(page: Page) -> None:
    page.log_in()
    script = """try { document.querySelector("main").innerHTML = "<i>x</i>"; return "made"; }
        catch (error) { return error.name; }"""
    page.complaints.append("TrustedHTML|trusted")
    assert page.script(script) == "TypeError"
    page.complaints.append("Content Security Policy|TrustedScript")
    made = """try { const node = document.createElement("script"); node.textContent = "window.ran = true";
        document.body.append(node); } catch {} return window.ran === true;"""
    assert page.script(made) is False


def test_no_other_page_can_frame_it(page: Page) -> None:
    page.complaints.append("frame|Frame")
    page.driver.get("about:blank")
    frame = """const done = arguments[arguments.length - 1]; const frame = document.createElement("iframe");
        frame.src = arguments[0]; frame.onload = () => done(frame.contentDocument === null
            || frame.contentDocument.body === null || frame.contentDocument.body.innerText);
        document.body.append(frame);"""
    shown = page.driver.execute_async_script(frame, page.url)
    assert shown is True or "Byteport" not in str(shown)
