# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Finding a device, looking at its fields, and seeing new values come."""

from __future__ import annotations

import math
from collections.abc import Callable

from browser import Page
from selenium.webdriver import ActionChains, Keys
from service import NS, Server, seconds_ago


def points_drawn(page: Page) -> int:
    """How many dots of the chart's canvas are not those of the ground."""
    return page.script(
        """const canvas = document.querySelector(".stage canvas");
        if (!canvas) return 0;
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
        const [red, green, blue] = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
        let count = 0;
        for (let at = 0; at < data.length; at += 4) {
            const far = Math.abs(data[at] - red) + Math.abs(data[at + 1] - green) + Math.abs(data[at + 2] - blue);
            if (data[at + 3] > 200 && far < 30) count += 1;
        }
        return count;"""
    )


def test_a_value_that_a_c_program_stores_appears_without_a_reload(
    page: Page, server: Server, uid: str, store_in_c: Callable[[Server, str, str, float], None]
) -> None:
    store_in_c(server, uid, "speed", 12.5)
    page.log_in()
    page.link(NS).click()
    page.field("Find a device").send_keys(uid)
    page.link(uid).click()
    page.reads("12.5")
    page.script("window.isStillTheSame = true")
    store_in_c(server, uid, "speed", 77.25)
    page.reads("77.25")
    page.link("speed").click()
    page.reads("2 values · lowest 12.5 · mean 44.875 · highest 77.25")
    store_in_c(server, uid, "speed", -3)
    page.reads("3 values · lowest -3 · mean 28.91667 · highest 77.25")
    page.wait(lambda: points_drawn(page) > 20, "line in the chart")
    assert page.script("return window.isStillTheSame") is True


def test_a_device_is_found_in_all_namespaces(page: Page, server: Server, uid: str) -> None:
    server.store(uid, a=1)
    page.log_in()
    assert uid not in page.text()
    page.field("Find a device").send_keys(uid[1:])
    page.link(f"{NS}.{uid}").click()
    page.reads("Latest value")
    page.go("")
    page.field("Find a device").send_keys("no-such-device")
    page.reads("No device has this in its name.")


def test_a_new_device_and_a_new_field_appear(page: Page, server: Server, uid: str) -> None:
    page.log_in(NS)
    page.reads("wall-1")
    server.store(uid, first="yes")
    page.link(uid).click()
    page.reads("first")
    server.store(uid, second="also")
    page.reads("second")


def test_ranges_have_addresses_and_the_back_button_works(page: Page, server: Server, uid: str) -> None:
    server.store(uid, seconds_ago(30), v=1)
    server.store(uid, seconds_ago(1800), v=2)
    server.store(uid, seconds_ago(12 * 3600), v=3)
    server.store(uid, seconds_ago(6 * 86400), v=4)
    server.store(uid, seconds_ago(29 * 86400), v=5)
    page.log_in(f"{NS}/{uid}/v?range=15min")
    page.reads("1 value ·")
    for name, count in (("Hour", 2), ("Day", 3), ("Week", 4), ("Month", 5)):
        page.link(name).click()
        page.reads(f"{count} values · lowest 1 ")
        current = page.script("return document.querySelector('.ranges [aria-current]').textContent")
        assert current == name
    page.driver.back()
    page.reads("4 values")
    page.driver.back()
    page.reads("3 values")
    assert page.place == f"/{NS}/{uid}/v?range=day"
    page.link(uid).click()
    page.reads("Messages".upper())
    page.driver.back()
    page.reads("3 values")


def test_times_of_ones_own(page: Page, server: Server, uid: str) -> None:
    for year in (2001, 2002, 2003):
        server.store(uid, (year - 1970) * 365.25 * 86400, v=year)
    page.log_in(f"{NS}/{uid}/v")
    page.reads("There are no values in this range.")
    page.link("Own range").click()
    set_value = "arguments[0].value = arguments[1]"
    page.script(set_value, page.field("From"), "2001-06-01T00:00:00")
    page.script(set_value, page.field("To (empty"), "2002-06-01T00:00:00")
    page.button("Show").click()
    page.reads("1 value · lowest 2002")
    page.script(set_value, page.field("To (empty"), "1999-06-01T00:00:00")
    page.button("Show").click()
    page.reads("The end is before the beginning.")
    page.script(set_value, page.field("To (empty"), "")
    page.button("Show").click()
    page.reads("2 values · lowest 2002 · mean 2002.5 · highest 2003")
    server.store(uid, v=7)
    page.reads("3 values · lowest 7")
    page.go(f"{NS}/{uid}/v?from=9999-01-01&to=x")
    page.reads("1 value ·")


def test_the_keys_go_from_value_to_value(page: Page, server: Server, uid: str) -> None:
    for index in range(5):
        server.store(uid, seconds_ago(100 - index * 10), v=index * 11)
    page.log_in(f"{NS}/{uid}/v?range=15min")
    page.reads("5 values")
    page.script("document.querySelector('.stage').focus()")
    read = lambda: page.script("return document.querySelector('.readout').textContent")  # noqa: E731
    for key, value in ((Keys.HOME, 0), (Keys.ARROW_RIGHT, 11), (Keys.END, 44), (Keys.ARROW_LEFT, 33)):
        page.keys(key)
        page.wait(lambda value=value: read().endswith(f"  {value}"), f"value {value} under the chart")


def test_dragging_over_the_chart_shows_that_part(page: Page, server: Server, uid: str) -> None:
    for index in range(9):
        server.store(uid, 50 + index * 100, v=index)
    page.log_in(f"{NS}/{uid}/v?from=1970-01-01T00:00:00Z&to=1970-01-01T00:15:00Z")
    page.reads("9 values")
    ground = page.wait(lambda: page.driver.find_element("css selector", ".u-over"), "chart")
    third = ground.size["width"] // 3
    drag = ActionChains(page.driver).move_to_element_with_offset(ground, -third // 2, 0).click_and_hold()
    drag.move_by_offset(third, 0).release().perform()
    page.wait(lambda: "from=" in page.place and "to=" in page.place, "part in the address")
    page.reads("3 values · lowest 3 · mean 4 · highest 5")
    page.driver.back()
    page.reads("9 values")


def test_a_long_series_is_thinned_and_keeps_its_peak(page: Page, server: Server, uid: str) -> None:
    count, end = 60_000, seconds_ago(60)
    points = [(end - (count - index) * 40, math.sin(index / 3000)) for index in range(count)]
    points[12_345] = (points[12_345][0], 99.5)
    for start in range(0, count, 20_000):
        server.store_many(uid, "v", points[start : start + 20_000])
    page.log_in(f"{NS}/{uid}/v?range=month")
    page.wait(lambda: "60,000 values" in page.text() and "highest 99.5" in page.text(), "whole month")
    assert page.script("return document.querySelector('.values tbody').children.length") == 50
    server.store(uid, v=120)
    page.reads("60,001 values")
    page.reads("highest 120")
    asked = [url for url in page.asked() if "/timeseries/" in url]
    assert all("limit=" in url for url in asked)
    assert len(asked) < 60, "a range is read in few answers"


def test_texts_are_a_list_and_older_ones_can_be_had(page: Page, server: Server, uid: str) -> None:
    for index in range(70):
        server.store(uid, seconds_ago(1000 - index), word=f"text number {index}")
    page.log_in(f"{NS}/{uid}/word")
    page.reads("text number 69")
    assert "text number 19\n" not in page.text()
    page.button("Show older values").click()
    page.reads("text number 0")
    server.store(uid, word="the newest of all")
    first = "return document.querySelector('tbody td.text').textContent"
    page.wait(lambda: page.script(first) == "the newest of all", "new text at the top")
    server.store(uid, word="x" * 5000)
    page.reads("… (5000 bytes)")


def test_units_stand_with_the_values(page: Page, server: Server) -> None:
    server.store("wall-1", temperature=21.5)
    page.log_in(f"{NS}/wall-1/temperature")
    page.wait(
        lambda: page.script("return document.querySelector('.latest').textContent") == "21.5 °C", "unit"
    )
    page.go(f"{NS}/wall-1")
    page.reads("thermometer")
