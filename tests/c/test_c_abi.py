# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Whatever was built with the last release's header runs with the library that is made now."""

import re
from pathlib import Path

import abi
import capi
import pytest

LINK = capi.ROOT / "scripts" / "link-shared.sh"


@pytest.fixture(scope="session")
def installed_dir(plain_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared library as it is installed, under the names by which the linker and programs find it."""
    folder = tmp_path_factory.mktemp("installed")
    name = abi.now().soname()
    capi.must([LINK, plain_dir / "libbyteport.a", folder / name, capi.tool("gcc")])
    (folder / "libbyteport.so").symlink_to(name)
    return folder


def symbols(library: Path) -> set[str]:
    """What a library exports, each name with its version."""
    lines = capi.must(
        [capi.tool("nm"), "-D", "--defined-only", "--with-symbol-versions", library]
    ).splitlines()
    return {line.split()[-1] for line in lines if line}


def test_every_function_has_the_version_with_which_it_came(installed_dir):
    script = abi.now().nodes()
    versioned = {f"{name}@@{node}" for node, names in script.items() for name in names}
    assert {name.split("@")[0] for name in versioned} == set(capi.header_functions())
    assert symbols(installed_dir / "libbyteport.so") == versioned | set(script)  # nm lists the versions, too


def test_a_library_without_a_part_has_versions_for_the_rest(tmp_path):
    """As a board builds it: what is not in the archive gets no version, with which no linker would be content."""
    whole = abi.now()
    abi.Promise(whole.header.replace("byteport_log_set(", "byteport_other("), whole.script).stub(tmp_path)
    capi.must([capi.tool("g++"), "-w", "-fPIC", "-c", "stub.cpp"], cwd=tmp_path)
    capi.must([capi.tool("ar"), "rcs", "part.a", "stub.o"], cwd=tmp_path)
    capi.must([LINK, tmp_path / "part.a", tmp_path / "part.so", capi.tool("gcc")])
    functions = {name.split("@")[0] for name in symbols(tmp_path / "part.so")} - set(whole.nodes())
    assert functions == set(capi.header_functions()) - {"byteport_log_set"}
    refused = capi.run([LINK, tmp_path / "byteport.h", tmp_path / "none.so"])
    assert refused.returncode == 1
    assert refused.stderr.startswith("link-shared: ")
    assert not (tmp_path / "none.so").exists()


def test_what_was_released_gains_no_function():
    """A program that needs a newer function must not start with an older library: see docs/abi.md."""
    present = abi.now().nodes()
    assert {name: present.get(name) for name in abi.released().nodes()} == abi.released().nodes()


def test_what_is_installed_is_bound_at_the_start_and_runs_no_stack(installed_dir):
    head = capi.must([capi.tool("objdump"), "-hp", installed_dir / "libbyteport.so"])
    assert re.search(r"SONAME\s+(\S+)", head)[1] == abi.now().soname()
    assert re.search(r"^ +RELRO ", head, re.MULTILINE)
    assert re.search(r"^ +\d+ \.eh_frame_hdr ", head, re.MULTILINE)  # or no panic would be caught
    assert re.search(r"FLAGS_1\s+0x0*9\n", head)  # NOW, and NODELETE
    assert re.search(r"STACK .*\n.* flags rw-\n", head)
    needed = set(re.findall(r"NEEDED\s+(\S+)", head))
    assert {name.split(".so")[0] for name in needed} <= {"libc", "libgcc_s", "libm", "ld-linux-x86-64"}


def test_nothing_was_taken_away_since_the_last_release(installed_dir, tmp_path):
    dump = abi.RECORD / "libbyteport.abi"
    assert abi.changes(dump, abi.now().stub(tmp_path), tmp_path) == ""
    missing = symbols(abi.released().stub(tmp_path / "old")) - symbols(installed_dir / "libbyteport.so")
    assert missing == set()


def compiles(demands: str, header: str, compiler: str, work: Path):
    (work / "byteport.h").write_text(header)
    (work / "demands.cpp").write_text(demands)
    return capi.run([capi.tool(compiler), "-std=c++17", "-fsyntax-only", "demands.cpp"], cwd=work)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_the_header_declares_all_that_was_released(compiler, tmp_path):
    released = abi.released()
    assert {name for _, name, _ in released.functions()} == set.union(*released.nodes().values())
    assert {"BYTEPORT_OK", "BYTEPORT_TIME_OPEN", "BYTEPORT_TIMESTAMP_SIZE"} <= set(released.constants())
    done = compiles(released.demands(), abi.now().header, compiler, tmp_path)
    assert done.returncode == 0, done.stderr


def test_null_is_allowed_where_it_was():
    def nullable(header: Path) -> set[tuple[str, int]]:
        functions = capi.header_functions(header).items()
        places = {(name, at, kind) for name, kinds in functions for at, kind in enumerate(kinds)}
        return {(name, at) for name, at, kind in places if "BYTEPORT_NULLABLE" in kind}

    released = nullable(abi.RECORD / "byteport.h")
    assert ("byteport_error_free", 0) in released
    assert released - nullable(capi.HEADER) == set()


BOTH = {"abidiff", "header"}
# What must not happen between releases: a pattern in the header or the version script, what takes its place, who finds it.
BREAKS = {
    "another type of a parameter": ("header", r"double factor,", "float factor,", BOTH),
    "another sign of a parameter": ("header", r"uint32_t timeout_ms,", "int32_t timeout_ms,", BOTH),
    "a parameter more": ("header", r"double factor,", "double factor, double more,", BOTH),
    "a parameter less": ("header", r"double factor,\n +", "", BOTH),
    "another result": ("header", r"int64_t (byteport_timestamp_now)", r"int32_t \1", BOTH),
    "another enumeration": (
        "header",
        r"byteport_phase_t (byteport_error_phase)",
        r"byteport_status_t \1",
        BOTH,
    ),
    "another number": ("header", r"BYTEPORT_ERROR_FULL = 29", "BYTEPORT_ERROR_FULL = 77", BOTH),
    "an enumerator less": ("header", r"    BYTEPORT_LOG_DEBUG = 4,\n", "", BOTH),
    "another callback": ("header", r"uint64_t so_far, ", "uint32_t so_far, ", BOTH),
    "a function less": ("header", r"int64_t byteport_timestamp_now\(void\);", "", BOTH),
    "another ABI number": ("header", r"BYTEPORT_ABI_VERSION 0", "BYTEPORT_ABI_VERSION 1", BOTH),
    # no function has these in its debug information
    "another number of an argument": (
        "header",
        r"BYTEPORT_UNPACK_HERE = 2",
        "BYTEPORT_UNPACK_HERE = 77",
        {"header"},
    ),
    "another macro": ("header", r"BYTEPORT_TIMESTAMP_SIZE 32", "BYTEPORT_TIMESTAMP_SIZE 64", {"header"}),
    # the loader does not mind, but compilers do
    "a constant less": ("header", r"(byteport_client_heartbeat\()const ", r"\1", {"header"}),
    # the header does not tell
    "a symbol less": ("script", r"\n        byteport_timestamp_now;", "", {"abidiff"}),
    "another version": ("script", r"BYTEPORT_0.1", "BYTEPORT_0.2", {"abidiff"}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found(name, tmp_path):
    where, pattern, text, finders = BREAKS[name]
    released = abi.released()
    broken = abi.Promise(released.header, released.script)
    changed, count = re.subn(pattern, text, getattr(broken, where), count=1)
    assert count == 1
    setattr(broken, where, changed)
    found = set()
    if abi.changes(abi.RECORD / "libbyteport.abi", broken.stub(tmp_path / "stub"), tmp_path):
        found.add("abidiff")
    if compiles(released.demands(), broken.header, "g++", tmp_path).returncode:
        found.add("header")
    assert found == finders


def test_what_is_added_is_no_break(tmp_path):
    released = abi.released()
    more = "int32_t byteport_added(const byteport_error_t *error);\n\n#ifdef __cplusplus\n}"
    header = released.header.replace("\n#ifdef __cplusplus\n}", f"\n{more}")
    header = header.replace(
        "BYTEPORT_ERROR_CLOSED = 31,", "BYTEPORT_ERROR_CLOSED = 31,\n    BYTEPORT_ERROR_ADDED = 32,"
    )
    *_, last = released.nodes()
    script = f"{released.script}\nBYTEPORT_99.0 {{\n    global:\n        byteport_added;\n}} {last};\n"
    grown = abi.Promise(header, script)
    assert "byteport_added@@BYTEPORT_99.0" in symbols(grown.stub(tmp_path / "stub"))
    assert abi.changes(abi.RECORD / "libbyteport.abi", tmp_path / "stub" / "libbyteport.so", tmp_path) == ""
    assert compiles(released.demands(), header, "g++", tmp_path).returncode == 0


def build_as_released(example: str, work: Path) -> Path:
    """An example as it was released, built with the header and linked with the versions of that time."""
    stub = abi.released().stub(work / "stub")
    program = work / Path(example).stem
    flags = ["-std=c99", *capi.WARNINGS, f"-I{stub.parent}", f"-L{stub.parent}"]
    capi.must([capi.tool("gcc"), *flags, abi.RECORD / example, "-lbyteport", "-o", program])
    return program


def test_programs_of_the_last_release_run_with_this_library(installed_dir, settings, tmp_path):
    store, read = (build_as_released(name, tmp_path) for name in abi.EXAMPLES)
    wanted = capi.must([capi.tool("objdump"), "-p", store])
    assert re.search(rf"required from {abi.released().soname()}:\n.* BYTEPORT_0\.1\n", wanted)
    env = {**settings, "LD_LIBRARY_PATH": str(installed_dir), "LD_BIND_NOW": "1"}
    done = capi.run([store], env=env)
    assert (done.returncode, done.stderr) == (0, "")
    done = capi.run([read, settings["BYTEPORT_NAMESPACE"], settings["BYTEPORT_DEVICE"], "load1"], env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\S+\t[0-9.]+\n", done.stdout)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "        byteport_client_store;\n",
            "",
            "undefined symbol: byteport_client_store, version BYTEPORT_0.1",
        ),
        ("BYTEPORT_0.1", "BYTEPORT_9.9", "version `BYTEPORT_0.1' not found"),
    ],
)
def test_the_loader_stops_a_program_whose_versions_are_gone(old, new, says, tmp_path):
    program = build_as_released("store.c", tmp_path)
    released = abi.released()
    assert old in released.script
    broken = abi.Promise(released.header, released.script.replace(old, new))
    library = broken.stub(tmp_path / "broken")
    library.rename(library.with_name(released.soname()))
    done = capi.run([program], env={"LD_LIBRARY_PATH": str(library.parent), "LD_BIND_NOW": "1"})
    assert done.returncode != 0
    assert says in done.stderr
