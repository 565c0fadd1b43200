# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The Python package's wheels for boards: their tags and what is in them; a Python of its machine stores with each."""

import re
import zipfile
from pathlib import Path

import board
import capi
import pytest
from test_c_programs import ok, read_back

MACHINES = {"arm64": "aarch64", "armhf": "armv7l"}
MODULE = "byteport/_byteport.abi3.so"

# What a Python of Debian's consists of, as far as the package needs it.
PYTHON = ["libc6", "libgcc-s1", "zlib1g", "libexpat1", "libffi8", "libssl3"]
PYTHON += ["libpython3.11-minimal", "libpython3.11-stdlib", "python3.11-minimal"]

PROGRAM = """
import os, platform
from byteport.clients import ByteportHttpClient
names = ("BYTEPORT_NAMESPACE", "BYTEPORT_KEY", "BYTEPORT_DEVICE", "BYTEPORT_HOST")
ByteportHttpClient(*(os.environ[name] for name in names)).store({"temperature": 21.5})
print(platform.machine())
"""


@pytest.fixture(scope="module", params=MACHINES)
def wheel(request: pytest.FixtureRequest) -> tuple[str, Path]:
    """An architecture, and the wheel that is built for it; maturin refuses one whose symbols are too new for its tag.

    It is not optimised, for so it takes what the other tests have built.
    """
    (only,) = board.cross(request.param, "wheel", "--profile", "quick").iterdir()
    return request.param, only


def unpacked(wheel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_is_of_its_machine_and_needs_no_new_glibc(wheel, tmp_path):
    arch, path = wheel
    tag = f"cp39-abi3-manylinux_2_28_{MACHINES[arch]}"
    assert re.fullmatch(rf"byteport-[0-9.]+-{tag}\.whl", path.name)
    tree = unpacked(path, tmp_path)
    (about,) = tree.glob("*.dist-info/WHEEL")
    assert f"Tag: {tag}" in about.read_text().splitlines()
    assert [str(file.relative_to(tree)) for file in tree.rglob("*.so*")] == [MODULE]
    assert board.machine(tree / MODULE) == board.BOARDS[arch].elf
    assert board.glibc_needed(tree / MODULE) <= board.GLIBC


def test_a_python_of_that_machine_stores_with_it(wheel, settings, tmp_path):
    arch, path = wheel
    root = capi.ROOT / "build" / "roots" / arch
    python = root / "usr" / "bin" / "python3.11"
    if not python.exists():
        packages = [f"{package}:{arch}" for package in PYTHON]
        capi.must([capi.ROOT / "scripts" / "unpack-debs.sh", root, *packages])
    qemu = [capi.tool(board.BOARDS[arch].emulator[0]), "-L", root]
    env = {**settings, "PYTHONPATH": str(unpacked(path, tmp_path / "wheel"))}
    done = capi.run([*qemu, python, "-c", PROGRAM], env=env)
    assert ok(done) == f"{MACHINES[arch]}\n"
    read = board.BOARDS[arch].build()
    assert [value for _, value in read_back(read, settings, tmp_path, "temperature")] == ["21.5"]
