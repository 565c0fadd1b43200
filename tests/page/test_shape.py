# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""At phone width, in the dark, without a mouse, without motion."""

from __future__ import annotations

import pytest
from browser import Page
from selenium.webdriver import Keys
from service import NS, PASSWORD, USER, Server, seconds_ago

TEXT_ON_GROUND = ("text", "muted", "accent", "good", "warn", "bad")


def contrast(page: Page, one: str, other: str) -> float:
    """The contrast of two of the page's colours, as WCAG computes it."""
    root = "return getComputedStyle(document.documentElement).getPropertyValue(arguments[0]).trim()"

    def luminance(name: str) -> float:
        colour = page.script(root, f"--{name}")
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_screen(page: Page, server: Server, uid: str, width: int) -> None:
    long = "w" * 200
    server.store(uid, number=1234567.891, **{"a" * 32: "y" * 300}, error=long, info="short and long " * 30)
    page.width(width)
    page.open()
    page.field("User name")
    places = ["", NS, f"{NS}/{uid}", f"{NS}/{uid}/number", f"{NS}/{uid}/{'a' * 32}"]
    page.log_in()
    page.reads(NS)
    for place in places:
        page.go(place)
        page.wait(lambda: page.script("return document.querySelectorAll('main td').length") > 0, "table")
        if place.endswith("number"):
            page.wait(lambda: page.script("return document.querySelector('.stage canvas') !== null"), "chart")
            page.link("Own range").click()
        beyond = page.script(
            """return [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
                && !one.closest(".unseen, .skip") && one.getBoundingClientRect().right > innerWidth + 0.5)
                .map((one) => one.outerHTML.slice(0, 120))"""
        )
        assert beyond == [], place
        assert page.script("return document.documentElement.scrollWidth") <= width, place


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(page: Page, scheme: str) -> None:
    page.media(color_scheme=scheme)
    page.open()
    page.field("User name")
    for name in TEXT_ON_GROUND:
        for ground in ("ground", "raised"):
            assert contrast(page, name, ground) >= 4.5, (scheme, name, ground)
    assert contrast(page, "on-accent", "accent") >= 4.5


def test_the_dark_changes_page_and_chart(page: Page, server: Server, uid: str) -> None:
    server.store(uid, seconds_ago(60), v=1)
    server.store(uid, v=5)
    page.media(color_scheme="light")
    page.log_in(f"{NS}/{uid}/v")
    page.reads("2 values")
    ground = "return getComputedStyle(document.body).backgroundColor"
    picture = "return document.querySelector('.stage canvas')?.toDataURL()"
    page.wait(lambda: page.script(picture), "chart")
    light, drawn = page.script(ground), page.script(picture)
    page.media(color_scheme="dark")
    page.wait(lambda: page.script(ground) != light, "dark ground")
    page.wait(lambda: page.script(picture) not in (None, drawn), "chart in other colours")


def test_from_log_in_to_chart_by_keyboard(page: Page, server: Server, uid: str) -> None:
    server.store(uid, seconds_ago(50), v=1)
    server.store(uid, v=2)
    page.open()
    page.field("User name")
    page.wait(lambda: focus(page) == "username", "focus in the form")
    page.keys(USER, Keys.TAB, PASSWORD, Keys.ENTER)
    page.wait(lambda: page.button("Log out"), "the log-out button")
    tab_to(page, NS)
    page.keys(Keys.ENTER)
    page.wait(lambda: page.field("Find a device"), "search box")
    tab_to(page, "Find a device by a part of its name")
    page.keys(uid)
    page.wait(lambda: page.script("return document.querySelectorAll('tbody tr').length") >= 1, "device")
    page.link(uid)
    page.keys(Keys.ARROW_DOWN)
    page.wait(lambda: focus(page) == uid, "focus on the device")
    page.keys(Keys.ENTER)
    page.link("v")
    tab_to(page, "v")
    page.keys(Keys.ENTER)
    page.reads("2 values")
    tab_to(page, "Day")
    page.keys(Keys.ENTER)
    page.wait(lambda: page.place.endswith("range=day"), "day in the address")
    page.reads("2 values")
    assert focus(page) == "Day", "the focus stays where it was"
    tab_to(page, "Chart of v. The left and right arrow keys go from value to value.")
    page.keys(Keys.HOME)
    page.wait(
        lambda: page.script("return document.querySelector('.readout').textContent").endswith("  1"), "value"
    )


def focus(page: Page) -> str:
    """What has the focus, by its label, name or text; it must be visible that it has it."""
    return page.script(
        """const one = document.activeElement;
        if (one === document.body) return "";
        const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText.trim() ?? one.innerText.trim();
        if (one.matches(":focus-visible") && one.id !== "heading"
            && getComputedStyle(one).outlineStyle === "none") return "invisible";
        return one.name || label;"""
    )


def tab_to(page: Page, name: str) -> None:
    """Presses the tabulator until something has the focus."""
    seen = []
    for _ in range(60):
        page.keys(Keys.TAB)
        seen.append(focus(page))
        assert seen[-1] != "invisible", seen
        if seen[-1] == name:
            return
    raise AssertionError(f"no way to {name!r} by keyboard: {seen}")


def test_arrow_keys_walk_in_lists(page: Page, server: Server, uid: str) -> None:
    server.store(uid, a=1, b=2, c=3)
    page.log_in(f"{NS}/{uid}")
    page.link("a")
    page.script("arguments[0].focus()", page.link("a"))
    for key, name in ((Keys.ARROW_DOWN, "b"), (Keys.END, "c"), (Keys.ARROW_DOWN, "c"), (Keys.HOME, "a")):
        page.keys(key)
        assert focus(page) == name
    server.store(uid, a=9, aa=1)
    page.link("aa")
    assert focus(page) == "a", "the focus outlives new values"


def test_the_skip_link_leads_to_the_content(page: Page) -> None:
    page.log_in(NS)
    page.reads("wall-1")
    page.script("document.querySelector('.skip').focus()")
    page.keys(Keys.ENTER)
    page.wait(lambda: page.script("return document.activeElement.id") == "heading", "focus on the heading")
    assert page.place == f"/{NS}"
    page.reads("wall-1")


def test_everything_has_a_name(page: Page, server: Server, uid: str) -> None:
    server.store(uid, a=1, error="x")
    page.log_in()
    for place in ("", NS, f"{NS}/{uid}", f"{NS}/{uid}/a"):
        page.go(place)
        page.wait(lambda: page.script("return document.querySelectorAll('main td').length") > 0, "table")
        nameless = page.script(
            """const named = (one) => one.getAttribute("aria-label") || one.labels?.length || one.textContent.trim();
            return [...document.querySelectorAll("a, button, input, textarea, summary, section, nav, [tabindex='0']")]
                .filter((one) => !named(one)).map((one) => one.outerHTML)"""
        )
        assert nameless == [], place
        assert page.script("return document.querySelectorAll('h1').length") == 1
        assert page.script("return document.title") not in ("", None)


def test_without_motion_nothing_moves(page: Page, server: Server, uid: str) -> None:
    page.media(reduced_motion="reduce")
    server.store(uid, a=1)
    page.log_in(f"{NS}/{uid}")
    page.reads("a")
    server.store(uid, a=2)
    page.wait(lambda: page.script("return document.querySelector('.changed') !== null"), "changed value")
    moving = "return getComputedStyle(document.querySelector('.changed')).animationName"
    assert page.script(moving) == "none"
