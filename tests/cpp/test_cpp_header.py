# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The headers compile everywhere, leave out nothing, and let nothing wrong compile; clang-tidy has no remark."""

import re
from concurrent.futures import ThreadPoolExecutor

import capi
import pytest

import conftest

HEADERS = [conftest.INCLUDE / "byteport.hpp", *sorted((conftest.INCLUDE / "byteport").glob("*.hpp"))]
COMPILERS = ["g++", "clang++"]
STANDARDS = ["c++17", "c++20", "c++2b"]
FORMS = {"throws": [], "returns": ["-fno-exceptions"]}
MORE = ["-Wconversion", "-Wshadow", "-Wsign-conversion", "-Wold-style-cast", "-Wundef", "-Wnon-virtual-dtor"]
CHECK = [*capi.WARNINGS, *MORE, f"-I{conftest.INCLUDE}", "-fsyntax-only"]


def compile_text(text: str, work, compiler="g++", standard="c++17", flags=()):
    source = work / "source.cpp"
    source.write_text(text)
    return capi.run([capi.tool(compiler), f"-std={standard}", *flags, *CHECK, source])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_header_compiles_without_a_warning(compiler, standard, form, tmp_path):
    twice = "#include <byteport.hpp>\n#include <byteport.hpp>\n"
    done = compile_text(f"{twice}static_assert(true);\n", tmp_path, compiler, standard, FORMS[form])
    assert done.returncode == 0, done.stderr


WITHOUT = {"outbox": ["OUTBOX"], "broker": ["BROKER"], "both": ["OUTBOX", "BROKER"]}


@pytest.mark.parametrize("parts", WITHOUT)
def test_header_of_a_library_without_parts(parts, tmp_path):
    flags = [f"-DBYTEPORT_WITHOUT_{part}" for part in WITHOUT[parts]]
    done = compile_text("#include <byteport.hpp>\n", tmp_path, flags=flags)
    assert done.returncode == 0, done.stderr


def test_exceptions_can_be_left_out_by_a_macro(tmp_path):
    text = "#include <byteport.hpp>\nstatic_assert(std::is_same_v<byteport::expected_t<int>, byteport::result<int>>);\n"
    done = compile_text(text, tmp_path, flags=["-DBYTEPORT_NO_EXCEPTIONS"])
    assert done.returncode == 0, done.stderr


def at_once(commands: list[list]) -> None:
    """Runs commands that have to succeed, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(capi.must, commands))


def test_each_header_stands_alone():
    at_once([[capi.tool("g++"), "-xc++", "-std=c++17", "-fsyntax-only", header] for header in HEADERS])


def test_every_function_of_the_c_header_is_used():
    text = "".join(header.read_text() for header in HEADERS)
    missing = [name for name in capi.header_functions() if not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_every_number_of_the_c_header_has_a_name():
    numbers = re.findall(r"^ +(BYTEPORT_\w+) = ", capi.HEADER.read_text(), re.MULTILINE)
    text = (conftest.INCLUDE / "byteport" / "enums.hpp").read_text()
    assert len(numbers) > 100
    assert re.findall(r"^ +\w+ = (BYTEPORT_\w+),$", text, re.MULTILINE) == numbers


# Where a function of a class begins, and its name.
MEMBER = re.compile(r" {4}(?![ /#:{}]|using|friend|[^(]*operator)[^=(]*?(\w+)\(")


def members() -> list[tuple[str, str, bool]]:
    """The public functions of the classes, each with its header, and whether a comment is before it."""
    found = []
    for header in HEADERS[1:]:
        lines = header.read_text().splitlines()
        is_public = False
        for before, line in zip(lines, lines[1:]):
            is_public = (is_public or line == "public:") and line not in {"private:", "};"}
            begins = MEMBER.match(line)
            if is_public and begins:
                found.append((header.name, begins[1], before.lstrip().startswith(("///", "template"))))
    return found


def test_every_public_function_is_documented_and_tested():
    tests = [*conftest.HERE.glob("*.[ch]pp"), *conftest.EXAMPLES.glob("*.[ch]pp")]
    text = "".join(test.read_text() for test in tests)
    found = [member for member in members() if member[0] not in {"call.hpp", "callback.hpp", "config.hpp"}]
    assert len(found) > 250
    bare = {f"{header}: {name}" for header, name, is_documented in found if not is_documented}
    assert not bare
    classes = set(
        re.findall(r"^class (?:\[\[nodiscard\]\] )?(\w+)", "".join(h.read_text() for h in HEADERS), re.M)
    )
    called = {name for _, name, _ in found if re.search(rf"(\.|->|::){name}\(", text)}
    assert not {name for _, name, _ in found} - called - classes


CLASS = re.compile(r"class (\w+)(?: : public (?:detail::handle<byteport_(\w+)_t\b)?.*| {)$")
# The functions that call others of the C library than the one of their own name, which has `_ms` behind it where it
# takes a span of time; without the prefix that their class says.
OTHERS = {
    "answer::json": {"json", "length"},
    "broker::descriptor": {"fd"},
    "broker::post": {"post", "post_reading"},
    "broker_options::of": {"new"},
    "client::open": {"new"},
    "client::pages": {"series_pages"},
    "client::read_series": {"read_series", "query_series"},
    "client::register_devices": {"register"},
    "delivery_view::headers": {"header_count", "header_name", "header_value"},
    "delivery_view::size": {"message_count", "message"},  # and the operator behind it
    "download::size": {"bytes"},
    "error::causes": {"cause", "cause_count"},
    "error::new": {"status", "free"},
    "error::what": {"message", "byteport_status_text"},
    "message::age": {"age_us"},
    "message::name_space": {"namespace"},
    "outbox::descriptor": {"fd"},
    "outbox::enqueue": {"enqueue", "enqueue_within"},
    "registration::set_uid": {"set_uids"},
    "series::size": {"length"},
}


def c_calls() -> dict[str, set[str]]:
    """The functions of the C library that each function of a class calls, without the prefix that the class says."""
    found: dict[str, set[str]] = {}
    of = noun = function = ""
    for line in "\n".join(header.read_text() for header in HEADERS).splitlines():
        if begins := CLASS.match(line):
            of, noun = begins[1], begins[2] or begins[1].removesuffix("_view")
            continue
        of = "" if line == "};" else of
        if begins := MEMBER.match(line):
            function = "new" if begins[1] == of else begins[1]
        for name in re.findall(r"\bbyteport_\w+", line.partition("//")[0]) if of else []:
            if not name.endswith("_t"):
                found.setdefault(f"{of}::{function}", set()).add(name.removeprefix(f"byteport_{noun}_"))
    return found


def test_every_function_calls_the_one_of_its_name():
    """Tests by use alone would not tell one setter of a path, or one span of time, from another."""
    calls = c_calls()
    assert len(calls) > 200
    own = {name: {name.partition("::")[2]} for name in calls}
    strange = {
        name: called
        for name, called in calls.items()
        if {one.removesuffix("_ms") for one in called} != OTHERS.get(name, own[name])
    }
    assert not strange
    assert set(OTHERS) <= set(calls)


HANDLES = [
    "client",
    "options",
    "reading",
    "query",
    "series",
    "series_pages",
    "answer",
    "registration",
    "typical",
]
HANDLES += ["download", "firmware", "outbox", "outbox_options", "outbox_stats"]
HANDLES += ["broker", "broker_options", "broker_stats", "delivery"]


def test_every_handle_moves(tmp_path):
    named = {
        name
        for header in HEADERS
        for name in re.findall(r"class (\w+) : public detail::handle", header.read_text())
    }
    assert named == set(HANDLES)
    lines = "".join(
        f"static_assert(std::is_nothrow_move_constructible_v<byteport::{name}>);\n"
        f"static_assert(std::is_move_assignable_v<byteport::{name}>);\n"
        f"static_assert(!std::is_copy_constructible_v<byteport::{name}> && !std::is_copy_assignable_v<byteport::{name}>);\n"
        for name in HANDLES
    )
    done = compile_text(f"#include <byteport.hpp>\n{lines}", tmp_path)
    assert done.returncode == 0, done.stderr


RETURNS = FORMS["returns"]
# What does not compile: the statement, what is said of it, and by which flags.
WRONG = {
    "a copy": ("byteport::reading copy = r;", "deleted", []),
    "a chain that is kept": ("auto kept = byteport::reading().use_server_time();", "deleted", []),
    "an answer that is not looked at": ('static_cast<void>(r), c.read_series("f", {});', "nodiscard", []),
    "a result that is not looked at": ("c.store(r);", "nodiscard", RETURNS),
    "a setter that is not looked at": ('r.set_number("x", 1.0);', "nodiscard", RETURNS),
    "a result as a value": ("byteport::answer a = c.session();", "conversion", RETURNS),
    "a span of time that would be cut": (
        "byteport::options().set_timeout(std::chrono::microseconds(1));",
        "",
        [],
    ),
    "a number as a choice": ("byteport::query().set_operation(1);", "", []),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_compile(what, tmp_path):
    wrong, said, flags = WRONG[what]
    head = "#include <byteport.hpp>\nvoid f(byteport::client &c, byteport::reading &r);\n"
    function = "void f([[maybe_unused]] byteport::client &c, [[maybe_unused]] byteport::reading &r)\n"
    done = compile_text(f"{head}{function}{{\n    {wrong}\n}}\n", tmp_path, flags=flags)
    assert done.returncode == 1
    assert said in done.stderr
    assert "source.cpp:5:" in done.stderr


@pytest.mark.parametrize("form", ["throws", "returns"])
def test_clang_tidy(form):
    sources = HEADERS[:1] if form == "returns" else [*HEADERS[:1], *sorted(conftest.EXAMPLES.glob("*.cpp"))]
    flags = ["-xc++", "-std=c++17", *FORMS[form], f"-I{conftest.INCLUDE}"]
    at_once([[capi.tool("clang-tidy"), "--quiet", source, "--", *flags] for source in sources])
