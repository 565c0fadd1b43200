# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A Debian that has nothing but the packages: programs are built with them and run, and removing them leaves nothing."""

from __future__ import annotations

import shutil

import capi

from conftest import NAMES, inside, seeded


def test_a_program_is_built_and_run_in_a_clean_debian(clean_root, packaged_server):
    for name in ("store.c", "read.c", "example.h"):
        shutil.copy(capi.EXAMPLES / name, clean_root / "tmp")
    shared = inside(clean_root, "pkg-config", "--cflags", "--libs", "byteport").split()
    static = inside(clean_root, "pkg-config", "--static", "--cflags", "--libs", "byteport").split()
    static[static.index("-lbyteport")] = "-l:libbyteport.a"
    for name, link in (("store", shared), ("read", static)):
        flags = ["-std=c99", *capi.WARNINGS]
        inside(clean_root, "cc", *flags, f"/tmp/{name}.c", *link, "-o", f"/tmp/{name}")
    where = {"BYTEPORT_HOST": packaged_server, "BYTEPORT_NAMESPACE": "my_garage", "BYTEPORT_DEVICE": "deb-c"}
    where |= {"BYTEPORT_KEY": seeded("write_key")}
    login = {"BYTEPORT_USER": seeded("name"), "BYTEPORT_PASSWORD": seeded("password")}
    inside(clean_root, "/tmp/store", **where)
    inside(clean_root, "byteport", "store", "--device", "deb-tool", "speed=13.5", **where)
    script = "import byteport.clients as c, sys; c.ByteportHttpClient(*sys.argv[1:]).store({'speed': 14.5})"
    inside(
        clean_root, "python3", "-c", script, "my_garage", where["BYTEPORT_KEY"], "deb-python", packaged_server
    )
    for device, value in (("deb-tool", "13.5"), ("deb-python", "14.5")):
        points = inside(clean_root, "/tmp/read", "my_garage", device, "speed", **where, **login)
        assert points.split()[-1] == value
    stored = inside(clean_root, "byteport", "devices", "my_garage", **where, **login)
    assert "deb-c" in stored


def test_removing_the_packages_leaves_nothing(clean_root, packaged_server):
    inside(clean_root, "dpkg", "--purge", *NAMES)
    assert not list((clean_root / "usr").rglob("*byteport*"))
    inside(clean_root, "sh", "-c", "dpkg --install /tmp/*.deb")
