# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The wheel that scripts/install-python.sh built, and the sdist: what is in them, and that they install."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]


@pytest.fixture(scope="module")
def wheel() -> Path:
    (only,) = (ROOT / "build" / "wheels").glob("*.whl")
    return only


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def read(wheel: Path, name: str) -> str:
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (path for path in archive.namelist() if path.endswith(f".dist-info/{name}"))
        return archive.read(path).decode()


def run(*command: str | Path, cwd: str | Path = "/", **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_one_wheel_serves_every_python(wheel: Path) -> None:
    assert "-cp39-abi3-" in wheel.name
    libraries = [name for name in names(wheel) if ".so" in name]
    assert libraries == ["byteport/_byteport.abi3.so"]


def test_the_wheel_holds_every_source_file(wheel: Path) -> None:
    kinds = {".py", ".pyi", ".typed"}
    sources = {
        str(path.relative_to(ROOT / "python"))
        for package in ("byteport", "byteport_client")
        for path in (ROOT / "python" / package).rglob("*")
        if path.suffix in kinds or path.name == "py.typed"
    }
    assert len(sources) > 20
    assert sources <= names(wheel)


def test_the_metadata_are_whole(wheel: Path) -> None:
    about = Parser().parsestr(read(wheel, "METADATA"))
    assert about["Name"] == "byteport"
    assert about["Requires-Python"] == ">=3.9"
    assert about["License-Expression"] == "BSD-3-Clause"
    assert about.get_all("License-File") == ["LICENSE", "THIRD-PARTY"]
    notices = ROOT / "packaging" / "install" / "THIRD-PARTY"
    assert read(wheel, "licenses/THIRD-PARTY") == notices.read_text(encoding="utf-8")
    assert about["Summary"]
    assert about["Description-Content-Type"].startswith("text/markdown")
    needs = about.get_all("Requires-Dist") or []
    assert needs, "the extras are gone"
    assert [need for need in needs if "extra ==" not in need] == []
    assert "byteport=byteport.__main__:main" in read(wheel, "entry_points.txt").replace(" ", "")


def test_it_installs_where_nothing_is(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    bare = str(tmp_path / "venv" / "bin")  # no compiler on this path, and no index
    python = tmp_path / "venv" / "bin" / "python"
    run(python, *PIP, "install", "--no-index", wheel, PATH=bare)
    program = "from byteport_client.clients import *; import byteport; print(byteport.__version__, ByteportHttpClient)"
    version = run(python, "-I", "-c", program, PATH=bare).split()[0]
    for command in ([python, "-m", "byteport"], [tmp_path / "venv" / "bin" / "byteport"]):
        assert run(*command, "--version", PATH=bare).split()[-1] == version
        assert "Usage: byteport" in run(*command, "--help", PATH=bare)
    for example in ("unix_stats", "file_poller"):
        assert "--namespace" in run(python, "-m", f"byteport.examples.{example}", "--help", PATH=bare)


def assert_survives_forks(wheel: Path) -> None:
    """SQLite's own list of how it was built is in the library, each entry ended by a zero."""
    with zipfile.ZipFile(wheel) as archive:
        options = archive.read("byteport/_byteport.abi3.so").split(b"\0")
    assert b"DEFAULT_MEMSTATUS=0" in options, "SQLite was built without the flags in .cargo/config.toml"
    assert b"DISABLE_PAGECACHE_OVERFLOW_STATS" in options
    assert b"ENABLE_MEMORY_MANAGEMENT" not in options


def test_sqlite_leaves_a_forked_child_no_locks(wheel: Path) -> None:
    assert_survives_forks(wheel)


def test_the_sdist_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    path_of_tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run("maturin", "sdist", "-o", tmp_path, cwd=ROOT / "python", PATH=path_of_tools)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        inside = archive.getnames()
        archive.extractall(tmp_path / "sources", filter="data")
    assert not [name for name in inside if "/target/" in name or "/build/" in name]
    assert [name for name in inside if name.endswith("/LICENSE")]
    assert [name for name in inside if name.endswith("/THIRD-PARTY")]
    (sources,) = (tmp_path / "sources").iterdir()
    flags = Path(".cargo") / "config.toml"  # what is compiled already is compiled with them in any case
    assert (sources / flags).read_bytes() == (ROOT / flags).read_bytes()
    for path in sources.rglob("*"):
        path.touch()  # newer than what is compiled: only the dependencies serve again
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    build = (
        "wheel",
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
        "-v",
        "-w",
        tmp_path / "out",
        sources,
    )
    told = run(sys.executable, *PIP, *build, PATH=path_of_tools, CARGO_TARGET_DIR=str(ROOT / target))
    assert "Compiling byteport-core" in told
    (built,) = (tmp_path / "out").glob("*.whl")
    assert built.name == wheel.name
    assert names(built) == names(wheel)
    assert_survives_forks(built)
