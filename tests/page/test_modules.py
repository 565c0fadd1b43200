# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The page's modules that only compute, each in the browser that runs them."""

from __future__ import annotations

from browser import Page


def compute(page: Page, module: str, text: str) -> object:
    """What a script gives that has a module of the page as `it`."""
    page.open()
    page.field("User name")
    result = page.driver.execute_async_script(
        f"""const done = arguments[arguments.length - 1];
        import("/page/{module}").then((it) => {{ {text} }}).then(done, (error) => done(String(error)));"""
    )
    return result


def test_points_keep_what_a_chart_shows(page: Page) -> None:
    text = """
        const points = new it.Points(1000, 10);
        for (let at = 99; at >= 0; at -= 1) points.add(at, at === 50 ? 1000 : at === 51 ? -7 : at % 10);
        points.add(500, 3); points.add(500, 4);
        const [times, values] = points.columns();
        points.trim(400);
        return [times.map((time) => Math.round(time * 1e6)), values, points.summary()];"""
    times, values, summary = compute(page, "points.js", text)
    assert times == sorted(times) == [0, 50, 51, 99, 500]
    assert values == [0, 1000, -7, 9, 4]
    assert summary == {"count": 1, "lowest": 4, "highest": 4, "mean": 4, "last": 4, "lastTime": 0.0005}


def test_few_points_are_kept_as_they_are(page: Page) -> None:
    text = """
        const points = new it.Points(1, 10);
        [5, -3, 2, 2].forEach((value, index) => points.add(-10 + index * 7, value));
        return [points.columns()[1], points.summary(), new it.Points(10).summary()];"""
    values, summary, nothing = compute(page, "points.js", text)
    assert values == [5, -3, 2, 2]
    assert (summary["count"], summary["mean"], summary["lowest"], summary["highest"]) == (4, 1.5, -3, 5)
    assert nothing is None


def test_times_and_numbers(page: Page) -> None:
    text = """return [it.toServer(1430438400012345), it.toServer(-1), it.fromServer("1970-01-01T00:00:01.500000"),
        it.fromServer("None"), it.ago(0, 59400), it.ago(0, 61000), it.ago(0, 86400000), it.ago(0, 1e9),
        it.ago(7.3e6, 0), it.ago(5, 0), it.number(0.1 + 0.2), it.number(1234567.891), it.number(1e30)];"""
    assert compute(page, "format.js", text) == [
        "2015-05-01T00:00:00.012345",
        "1969-12-31T23:59:59.999999",
        1500,
        None,
        "59 s ago",
        "1 min ago",
        "1 day ago",
        "11 days ago",
        "in 2 h",
        "now",
        "0.3",
        "1234568",
        "1e+30",
    ]


def test_addresses(page: Page) -> None:
    text = """const read = (hash) => { const { parts, query } = it.parse(hash); return [parts, query.toString()]; };
        return [read(""), read("#/"), read("#/a/b%20c?range=day"), read("#/a/b/c/d"), read("#/%zz"),
            it.link(["a", "b/c?"], { from: "1&2" }), it.link([])];"""
    assert compute(page, "route.js", text) == [
        [[], ""],
        [[], ""],
        [["a", "b c"], "range=day"],
        [None, ""],
        [None, ""],
        "#/a/b%2Fc%3F?from=1%262",
        "#/",
    ]


def test_ranges(page: Page) -> None:
    text = """const now = Date.UTC(2026, 0, 1);
        const read = (text) => { const { word, from, to, isLive } = it.resolve(new URLSearchParams(text), now);
            return [word, (now * 1000 - from) / 1e6, (now * 1000 - to) / 1e6, isLive]; };
        return ["", "range=week", "range=x", "from=2025-12-31T23:59:00Z", "from=x&range=day",
            "from=2025-12-31T23:58:00Z&to=2025-12-31T23:59:00Z", "from=2026-01-01T00:00:10Z&to=2025-01-01T00:00:00Z",
            "from=2026-01-01T00:00:10Z"].map(read);"""
    assert compute(page, "range.js", text) == [
        ["hour", 3600, 0, True],
        ["week", 7 * 86400, 0, True],
        ["hour", 3600, 0, True],
        ["own", 60, 0, True],
        ["day", 86400, 0, True],
        ["own", 120, 60, False],
        ["hour", 3600, 0, True],
        ["own", -10, -10, True],
    ]
