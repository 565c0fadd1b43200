# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A headless Chromium, and the page as a user finds it: by labels, headings and what can be read."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from typing import TypeVar

from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from service import PASSWORD, USER

PATIENCE = 60  # seconds until a condition that does not come true is a failure
T = TypeVar("T")


def tool(name: str) -> str:
    """The path of a program; a missing one is a failure, never a skip."""
    path = shutil.which(name)
    assert path, f"{name} is missing: apt-get install chromium chromium-driver"
    return path


def start() -> Chrome:
    """A browser that needs no display, runs as root and in a container, and downloads nothing."""
    options = ChromeOptions()
    options.binary_location = tool("chromium")
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(word)
    for word in ("--disable-background-networking", "--disable-component-update", "--no-proxy-server"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options, ChromeService(tool("chromedriver")))
    driver.set_script_timeout(PATIENCE)
    return driver


class Page:
    """One browser on one server's page."""

    def __init__(self, driver: Chrome, url: str) -> None:
        self.driver, self.url = driver, url
        self.complaints: list[str] = []  # what the browser may complain of, as patterns

    def open(self, place: str = "") -> Page:
        """Goes to a place of the page by its address, as if it were typed."""
        self.driver.get("about:blank")
        self.driver.get(f"{self.url}#/{place}")
        return self

    def log_in(self, place: str = "") -> Page:
        """Opens a place and logs in."""
        self.open(place)
        self.field("User name").send_keys(USER)
        self.field("Password").send_keys(PASSWORD)
        self.button("Log in").click()
        self.wait(lambda: self.button("Log out"), "the log-out button")
        return self

    def wait(self, condition: Callable[[], T], what: str) -> T:
        """Waits until a condition holds; what is stale or missing meanwhile does not hold."""

        def holds(_: Chrome) -> T | bool:
            try:
                return condition()
            except (StaleElementReferenceException, AssertionError):
                return False

        try:
            return WebDriverWait(self.driver, PATIENCE, 0.05).until(holds)
        except TimeoutException:
            raise AssertionError(f"there was no {what}; the page:\n{self.text()}") from None

    def text(self) -> str:
        """All that can be read."""
        return self.script("return document.body.innerText")

    def reads(self, text: str) -> None:
        """Waits until a text can be read."""
        self.wait(lambda: text in self.text(), repr(text))

    def script(self, text: str, *arguments: object) -> object:
        """Runs a script in the page."""
        return self.driver.execute_script(text, *arguments)

    def field(self, label: str) -> WebElement:
        """The input with a label."""
        find = """return [...document.querySelectorAll("label")].filter((label) =>
            label.textContent.startsWith(arguments[0])).map((label) => label.control)[0]"""
        return self.wait(lambda: self.script(find, label), f"field {label!r}")

    def link(self, name: str) -> WebElement:
        """The visible link or button with a text."""
        find = """return [...document.querySelectorAll("a, button, summary")].find((one) =>
            one.innerText.trim() === arguments[0] && one.checkVisibility())"""
        return self.wait(lambda: self.script(find, name), f"link {name!r}")

    button = link

    def go(self, place: str) -> None:
        """Goes to another place without loading the page anew."""
        self.script("location.hash = arguments[0]", f"#/{place}")

    @property
    def place(self) -> str:
        """Where in the page one is."""
        return self.driver.current_url.partition("#")[2]

    def keys(self, *keys: str) -> None:
        """Presses keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def media(self, **features: str) -> None:
        """Says what the user prefers, such as color_scheme="dark"; nothing takes it back."""
        pairs = [
            {"name": f"prefers-{name.replace('_', '-')}", "value": text} for name, text in features.items()
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": pairs})

    def width(self, width: int, height: int = 780) -> None:
        """Gives the page this width, as a phone has it."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def check_quiet(self) -> None:
        """Nothing went wrong that the browser knows of, and nobody else was asked for anything."""
        lines = [entry["message"] for entry in self.driver.get_log("browser")]
        unknown = [line for line in lines if not any(re.search(known, line) for known in self.complaints)]
        assert not unknown, unknown
        for url in self.asked():
            assert url.startswith(self.url), url

    def asked(self) -> list[str]:
        """The addresses that were asked for since the last look."""
        entries = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [entry for entry in entries if entry["method"] == "Network.requestWillBeSent"]
        urls = [entry["params"]["request"]["url"] for entry in sent]
        return [url for url in urls if not url.startswith(("data:", "about:", "chrome:"))]
