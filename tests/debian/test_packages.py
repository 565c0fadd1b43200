# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Debian packages: that lintian finds no error, and what is in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import capi
import pytest

from conftest import ARCHITECTURES, NAMES

NEEDED = ("usr/include/byteport.h", "libbyteport.a", "byteport.pc", "byteportConfig.cmake")


def contents(package: Path) -> set[str]:
    listing = capi.must(["dpkg-deb", "--contents", package]).splitlines()
    return {line.split(maxsplit=5)[5].split(" -> ")[0].removeprefix("./") for line in listing}


def field(package: Path, name: str) -> str:
    return capi.must(["dpkg-deb", "--field", package, name]).strip()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_there_are_four_packages(arch, debs):
    assert set(debs[arch]) == NAMES


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_lintian_finds_no_error(arch, debs):
    packages = dict(debs[arch])
    if arch == "armhf":
        # Its static library takes binutils' readelf, which lintian runs, many minutes, for its tables for unwinding; the
        # package is otherwise that of arm64.
        del packages["libbyteport-dev"]
    lintian = ["lintian", "--allow-root", "--fail-on", "error", "--tag-display-limit", "0"]
    capi.must([*lintian, *packages.values()])


def test_lintian_really_looks(debs, tmp_path):
    root = tmp_path / "root"
    capi.must(["dpkg-deb", "--raw-extract", debs["amd64"]["libbyteport0"], root])
    shutil.rmtree(root / "usr" / "share" / "doc")
    (root / "usr" / "local").mkdir()
    (root / "usr" / "local" / "stray").write_text("")
    capi.must(["dpkg-deb", "--root-owner-group", "--build", root, tmp_path / "bad.deb"])
    done = capi.run(["lintian", "--allow-root", "--fail-on", "error", tmp_path / "bad.deb"])
    assert done.returncode == 2, done.stdout
    assert "no-copyright-file" in done.stdout


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_what_is_in_the_packages(arch, debs):
    library, dev = contents(debs[arch]["libbyteport0"]), contents(debs[arch]["libbyteport-dev"])
    assert "libbyteport.so.0" in {Path(name).name for name in library}
    assert not [name for name in library if "/include/" in name or name.endswith((".a", ".pc"))]
    for needed in NEEDED:
        assert [name for name in dev if name.endswith(needed)], needed
    for name in NAMES:
        assert f"usr/share/doc/{name}/THIRD-PARTY.gz" in contents(debs[arch][name])
    tools = contents(debs[arch]["byteport-tools"])
    assert {"usr/bin/byteport", "usr/bin/byteport-server"} <= tools
    module = contents(debs[arch]["python3-byteport"])
    assert "usr/lib/python3/dist-packages/byteport/_byteport.abi3.so" in module
    assert not [name for name in module if name.startswith("usr/bin/b")]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_what_the_packages_depend_on(arch, debs):
    for name in ("libbyteport0", "byteport-tools"):
        assert set(field(debs[arch][name], "Depends").split(", ")) <= {"libc6 (>= 2.28)", "libgcc-s1"}
    version = field(debs[arch]["libbyteport0"], "Version")
    assert field(debs[arch]["libbyteport-dev"], "Depends") == f"libbyteport0 (= {version})"


def test_the_symbols_are_those_of_the_header(debs, tmp_path):
    capi.must(["dpkg-deb", "--control", debs["amd64"]["libbyteport0"], tmp_path])
    (library, *lines) = (tmp_path / "symbols").read_text().splitlines()
    assert library.split()[:2] == ["libbyteport.so.0", "libbyteport0"]
    symbols = {line.split("@")[0].strip() for line in lines if not line.startswith(" BYTEPORT_")}
    assert symbols == set(capi.header_functions())
