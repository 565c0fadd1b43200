# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The archive of the sources that builders of firmware take: with it, cargo needs neither a network nor this machine."""

import json
import os
import tarfile
from pathlib import Path

import capi
import pytest


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = Path(capi.must([capi.ROOT / "scripts" / "dist.sh"]).strip())
    folder = tmp_path_factory.mktemp("archive")
    capi.must(["tar", "-xzf", archive, "-C", folder])
    assert [path.name for path in folder.iterdir()] == [archive.name.removesuffix(".tar.gz")]
    return folder / archive.name.removesuffix(".tar.gz")


@pytest.mark.parametrize("folder", [".", "python"])  # cargo looks for its settings from here on
def test_cargo_finds_all_crates_in_it(folder, sources, tmp_path):
    command = [capi.tool("cargo"), "metadata", "--offline", "--locked", "--format-version", "1"]
    command += ["--manifest-path", sources / "Cargo.toml"]
    said = capi.must(command, cwd=sources / folder, env={**os.environ, "CARGO_HOME": str(tmp_path)})
    manifests = [Path(package["manifest_path"]).resolve() for package in json.loads(said)["packages"]]
    assert len(manifests) > 100
    assert [path for path in manifests if sources not in path.parents] == []


def test_the_same_commit_gives_the_same_bytes(sources):
    archive = capi.ROOT / "build" / f"{sources.name}.tar.gz"
    first = archive.read_bytes()
    done = capi.run([capi.ROOT / "scripts" / "dist.sh"], umask=0o077)
    assert (done.returncode, done.stderr) == (0, "")
    assert archive.read_bytes() == first
    with tarfile.open(archive) as files:
        modes = {member.name.split("/", 1)[-1]: member.mode for member in files if member.isfile()}
    assert (modes["LICENSE"], modes["scripts/install.sh"]) == (0o644, 0o755)
    assert set(modes.values()) == {0o644, 0o755}


def test_it_holds_what_the_recipes_need(sources):
    for name in (
        "LICENSE",
        "scripts/install.sh",
        "packaging/install/byteport.pc.in",
        "packaging/install/THIRD-PARTY",
        "include/byteport.h",
    ):
        assert (sources / name).is_file(), name
