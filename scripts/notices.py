# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""Writes packaging/install/THIRD-PARTY: the notices that licences ask for where what we build is passed on.

They are those of all crates that Cargo.lock names for the library, the programs or the Python module on Linux, and of what
our own sources have from others. The same Cargo.lock gives the same bytes.

usage: notices.py [FILE]     another file to write to
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTICES = ROOT / "packaging" / "install" / "THIRD-PARTY"
SHIPPED = {"byteport-ffi", "byteport-cli", "byteport-server", "byteport-python"}
MACHINES = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "armv7-unknown-linux-gnueabihf")
ASSETS = ROOT / "crates" / "byteport-server" / "assets" / "vendor"
TEXTS = re.compile(r"licen[cs]e|copying|copyright|notice", re.IGNORECASE)
OTHER_CHOICES = re.compile(r"apache|isc|zlib|boost|lgpl", re.IGNORECASE)

HEAD = """\
Notices of third parties

libbyteport, the programs byteport and byteport-server, and the Python module byteport are built with the Rust crates and
other sources below; not each of them is in every library or program. Where one is offered under several licences, MIT among
them, that is the choice here.

They are also built with Rust's standard library (Copyright The Rust Project contributors), used under the Apache License,
Version 2.0, whose text is below, and with SQLite, which is in the public domain.
"""


def metadata() -> dict:
    """What cargo knows of all crates that are for Linux."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1"]
    for machine in MACHINES:
        command += ["--filter-platform", machine]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603 - the words above
    return json.loads(done.stdout)


def linked(known: dict) -> list[dict]:
    """The crates that become part of what is shipped: none that only runs while it is built or tested, as macros do."""
    packages = {package["id"]: package for package in known["packages"]}
    nodes = {node["id"]: node for node in known["resolve"]["nodes"]}
    waiting = [key for key, package in packages.items() if package["name"] in SHIPPED]
    found: dict[str, dict] = {}
    while waiting:
        key = waiting.pop()
        if key in found or any("proc-macro" in target["kind"] for target in packages[key]["targets"]):
            continue
        found[key] = packages[key]
        for needed in nodes[key]["deps"]:
            if any(kind["kind"] is None for kind in needed["dep_kinds"]):
                waiting.append(needed["pkg"])
    return [package for package in found.values() if package["source"] is not None]


def texts(folder: Path, licence: str) -> list[str]:
    """The texts of licences in a folder; where one may be chosen and MIT is among them, not the others."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and TEXTS.match(path.name))
    choice = " OR " in licence or "/" in licence
    if choice and any("mit" in path.name.lower() for path in files):
        files = [path for path in files if not OTHER_CHOICES.search(path.name)]
    if not files:
        sys.exit(f"notices: there is no licence's text in {folder}")
    lines = [[line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()] for path in files]
    return ["\n".join(text).strip("\n") for text in lines]


def notices() -> str:
    """All of the notices; crates with the same text share it."""
    sources = [
        (f"{package['name']} {package['version']}", package["license"], Path(package["manifest_path"]).parent)
        for package in linked(metadata())
    ]
    sources += [(folder.name, "MIT", folder) for folder in ASSETS.iterdir()]
    users: dict[str, list[str]] = {}
    for name, licence, folder in sorted(sources):
        for text in texts(folder, licence):
            users.setdefault(text, []).append(f"{name} ({licence})")
    parts = ["\n".join([*names, "", text]) for text, names in users.items()]
    line = "\n\n" + "-" * 80 + "\n\n"
    return line.join([HEAD.strip(), *parts]) + "\n"


if __name__ == "__main__":
    Path(*sys.argv[1:2] or [NOTICES]).write_text(notices(), encoding="utf-8")
