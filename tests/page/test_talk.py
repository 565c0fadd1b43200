# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What is said to devices and by them: messages, control fields, the log."""

from __future__ import annotations

import json

from browser import Page
from service import NS, Server, Session, seconds_ago


def test_a_message_is_in_the_history_and_on_the_server(
    page: Page, server: Server, other: Session, uid: str
) -> None:
    server.store(uid, a=1)
    page.log_in(f"{NS}/{uid}")
    page.reads("No message has been sent to this device.")
    page.field("Message").send_keys("open the door; hello åäö & <b>")
    page.button("Send").click()
    page.reads("The message is sent.")
    page.wait(lambda: "open the door; hello åäö & <b>" in page.text(), "message in the history")
    (sent,) = other.call(f"v1/message/{NS}/{uid}/")
    assert json.loads(sent["message"])[0]["data"] == "open the door; hello åäö & <b>"
    other.call(f"v1/message/{NS}/{uid}/", {"message": "from elsewhere", "format": "json"})
    page.reads("from elsewhere")


def test_a_control_field_is_set_and_changed(page: Page, server: Server, other: Session, uid: str) -> None:
    server.store(uid, a=1)
    page.log_in(f"{NS}/{uid}")
    page.field("Field").send_keys("Rubico app prop.Level")
    page.field("Value").send_keys("12\n")
    page.reads("Rubico app prop.Level is set.")
    (kept,) = other.call(f"local/control/{NS}/{uid}/")
    assert (kept["path"], kept["value"]) == ("Rubico app prop.Level", "12")
    other.call(f"v1/device_control/set_fields/{NS}/{uid}/", {"Rubico app prop.Level": "13"})
    page.wait(lambda: control_value(page) == "13", "value that another set")
    page.button("Change").click()
    page.keys("14", "\n")
    page.wait(lambda: control_value(page) == "14", "changed value")
    (kept,) = other.call(f"local/control/{NS}/{uid}/")
    assert kept["value"] == "14"


def control_value(page: Page) -> str:
    """The value of the only control field."""
    return page.script("return document.querySelector('[aria-label=Control] tbody .value')?.textContent")


def test_what_the_server_refuses_is_said_in_the_form(page: Page, server: Server, uid: str) -> None:
    page.complaints.append(r"status of 400 \(Bad Request\)")
    server.store(uid, a=1)
    page.log_in(f"{NS}/{uid}")
    page.script("arguments[0].removeAttribute('maxlength')", page.field("Field"))
    page.script("arguments[0].value = 'x'.repeat(300)", page.field("Field"))
    page.button("Set").click()
    page.reads("is not a control field's path")


def test_log_messages_come_and_are_chosen_by_level(page: Page, server: Server, uid: str) -> None:
    server.store(uid, seconds_ago(20), info="it began", error="it broke", warn="it shook", debug="x = 3")
    page.log_in(f"{NS}/{uid}")
    page.reads("it broke")
    page.field("info").click()
    log = lambda: page.script("return document.querySelector('[aria-label=Log] tbody').innerText")  # noqa: E731
    page.wait(lambda: "it began" not in log(), "log without information")
    assert "it broke" in log()
    server.store(uid, info="not chosen")
    server.store(uid, error="it broke again")
    page.wait(lambda: "it broke again" in log(), "new message")
    assert "not chosen" not in log()
    for level in ("error", "warn", "debug"):
        page.field(level).click()
    page.reads("There are no such messages.")
    page.go(NS)
    page.wait(lambda: f"{uid}" in page.text() and "it broke again" in page.text(), "namespace's log")


def test_older_log_messages_can_be_had(page: Page, server: Server, uid: str) -> None:
    for index in range(60):
        server.store(uid, seconds_ago(100 - index), info=f"step {index:02}")
    page.log_in(f"{NS}/{uid}")
    page.reads("step 59")
    log = lambda: page.script("return document.querySelector('[aria-label=Log] tbody').innerText")  # noqa: E731
    assert "step 00" not in log()
    page.button("Show older messages").click()
    page.wait(lambda: "step 00" in log(), "oldest message")
