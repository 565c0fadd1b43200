# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The recipes in packaging/: read by the builders' own languages; what they install, from a library that is built.

The builders themselves (Yocto, Buildroot, OpenWrt) are not here: what stands for them below is named so.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import board
import capi
import kconfiglib
import pytest

PACKAGING = capi.ROOT / "packaging"
RECIPES = PACKAGING / "yocto" / "recipes-connectivity" / "byteport"
BUILDROOT = PACKAGING / "buildroot"
OPENWRT = PACKAGING / "openwrt" / "byteport"
TARGET = "aarch64-unknown-linux-gnu"
COMPILER = "aarch64-linux-gnu-gcc"
STRIP = "aarch64-linux-gnu-strip"
VERSION = re.search(r'^version = "(.+)"$', (capi.ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]

LIBRARY = f"libbyteport.so.{VERSION}"
IN_AN_IMAGE = {LIBRARY, "libbyteport.so.0"}
FOR_DEVELOPERS = {*IN_AN_IMAGE, "libbyteport.so", "libbyteport.a", "pkgconfig/byteport.pc"}


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The sources with a library that cargo has built in them, as a builder has it before it installs."""
    folder = tmp_path / f"byteport-{VERSION}"
    built = folder / "target" / TARGET / "release"
    built.mkdir(parents=True)
    (built / "libbyteport.a").symlink_to(board.cross_build("arm64") / "libbyteport.a")
    for name in ("Cargo.toml", "LICENSE", "crates", "include", "packaging", "scripts"):
        (folder / name).symlink_to(capi.ROOT / name)
    return folder


def libraries(tree: Path) -> set[str]:
    """What is in the folder of libraries; what is no link and no text must be for the board."""
    folder = tree / "usr" / "lib"
    assert board.machine(folder / LIBRARY) == board.BOARDS["arm64"].elf
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def has_notices(tree: Path) -> bool:
    """Whether the notices are there that the crates' licences ask for."""
    notices = PACKAGING / "install" / "THIRD-PARTY"
    return (tree / "usr" / "share" / "doc" / "byteport" / "THIRD-PARTY").read_bytes() == notices.read_bytes()


def has_header(tree: Path) -> bool:
    return (tree / "usr" / "include" / "byteport.h").read_bytes() == capi.HEADER.read_bytes()


def make(folder: Path, text: str, target: str, *variables: str) -> str:
    """Runs a target of a makefile that includes a recipe."""
    makefile = folder / "driver.mk"
    makefile.write_text(text)
    return capi.must([capi.tool("make"), "--silent", "-f", makefile, target, *variables])


# What pkg-cargo.mk of Buildroot does, it does with these variables; here only the recipe's own steps run.
BUILDROOT_DRIVER = """
cargo-package =
include $(BR2_EXTERNAL_BYTEPORT_PATH)/external.mk
facts: ; @echo $(BYTEPORT_VERSION) $(BYTEPORT_SITE)/$(BYTEPORT_SOURCE) $(BYTEPORT_CARGO_BUILD_OPTS)
%/built: ; $($(BYTEPORT_POST_BUILD_HOOKS))
%/to_staging: ; $(BYTEPORT_INSTALL_STAGING_CMDS)
%/to_target: ; $(BYTEPORT_INSTALL_TARGET_CMDS)
"""


def buildroot(tmp_path: Path, target: str, *variables: str) -> str:
    return make(tmp_path, BUILDROOT_DRIVER, target, f"BR2_EXTERNAL_BYTEPORT_PATH={BUILDROOT}", *variables)


def test_buildroot_names_the_sources(tmp_path):
    version, archive, *options = buildroot(tmp_path, "facts").split()
    assert version == VERSION
    assert os.path.normpath(archive) == str(capi.ROOT / "build" / f"byteport-{VERSION}.tar.gz")
    assert options == ["-p", "byteport-ffi"]


@pytest.mark.parametrize("tree", ["staging", "target"])
def test_buildroot_installs(tree, sources, tmp_path):
    root = tmp_path / "root"
    # the steps see the sources as $(@D), the folder of what is made
    variables = [f"RUSTC_TARGET_NAME={TARGET}", f"TARGET_CC={COMPILER}", f"TARGET_STRIP={STRIP}"]
    variables += [f"{tree.upper()}_DIR={root}"]
    buildroot(tmp_path, f"{sources}/built", *variables)
    buildroot(tmp_path, f"{sources}/to_{tree}", *variables)
    assert libraries(root) >= FOR_DEVELOPERS
    assert has_notices(root)
    assert has_header(root)


# The symbols of Buildroot that the package asks for.
KCONFIG = """
config BR2_PACKAGE_HOST_RUSTC_TARGET_ARCH_SUPPORTS
	bool "rust"
config BR2_PACKAGE_HOST_RUSTC
	bool
config BR2_TOOLCHAIN_HAS_THREADS
	bool "threads"
config BR2_STATIC_LIBS
	bool "static"
source "$BR2_EXTERNAL_BYTEPORT_PATH/Config.in"
"""


@pytest.mark.parametrize(
    "without", ["", "BR2_PACKAGE_HOST_RUSTC_TARGET_ARCH_SUPPORTS", "BR2_TOOLCHAIN_HAS_THREADS"]
)
@pytest.mark.parametrize("static", [False, True])
def test_buildroot_offers_it_where_it_can_be_built(without, static, tmp_path, monkeypatch):
    (tmp_path / "Config.in").write_text(KCONFIG)
    monkeypatch.setenv("BR2_EXTERNAL_BYTEPORT_PATH", str(BUILDROOT))
    config = kconfiglib.Kconfig(str(tmp_path / "Config.in"), suppress_traceback=True)
    assert config.warnings == []
    for name in ("BR2_PACKAGE_HOST_RUSTC_TARGET_ARCH_SUPPORTS", "BR2_TOOLCHAIN_HAS_THREADS"):
        config.syms[name].set_value(0 if name == without else 2)
    config.syms["BR2_STATIC_LIBS"].set_value(2 if static else 0)
    config.syms["BR2_PACKAGE_BYTEPORT"].set_value(2)
    offered = "y" if not without and not static else "n"
    assert config.syms["BR2_PACKAGE_BYTEPORT"].str_value == offered
    assert config.syms["BR2_PACKAGE_HOST_RUSTC"].str_value == offered


# In place of OpenWrt's own rules.mk, package.mk and rust-package.mk: what the recipe uses of them.
OPENWRT_RULES = """
INSTALL_DIR := install -d -m0755
CP := cp -fpR
CARGO_PKG_VARS = CARGO_HOME=/nowhere
CARGO_PKG_PROFILE = release
BuildPackage =
"""
OPENWRT_DRIVER = """
include Makefile
facts: ; @echo $(PKG_VERSION) $(PKG_SOURCE_URL)/$(PKG_SOURCE)
compile: ; $(Build/Compile)
install: ; $(Build/Install)
dev: ; $(call Build/InstallDev,$(ROOT))
package: ; $(call Package/libbyteport/install,$(ROOT))
"""


def openwrt(tmp_path: Path, target: str, *variables: str) -> str:
    for name in ("rules.mk", "package.mk", "feeds/packages/lang/rust/rust-package.mk"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(OPENWRT_RULES if name == "rules.mk" else "")
    given = ["-C", str(OPENWRT), f"TOPDIR={tmp_path}", f"INCLUDE_DIR={tmp_path}"]
    given += [f"RUSTC_TARGET_ARCH={TARGET}", f"PKG_INSTALL_DIR={tmp_path / 'installed'}"]
    return make(tmp_path, OPENWRT_DRIVER, target, *given, *variables)


def test_openwrt_names_the_sources(tmp_path):
    version, archive = openwrt(tmp_path, "facts").split()
    assert version == VERSION
    assert archive == f"file://{capi.ROOT / 'build' / f'byteport-{VERSION}.tar.gz'}"


def test_openwrt_builds_and_installs(sources, tmp_path):
    where = f"PKG_BUILD_DIR={sources}"
    # in place of cargo, which has built the library already: tells where and how it was called
    cargo = tmp_path / "bin" / "cargo"
    cargo.parent.mkdir()
    cargo.write_text('#!/bin/sh\necho "$PWD $CARGO_HOME $*"\n')
    cargo.chmod(0o755)
    tools = [f"PATH={cargo.parent}:{os.environ['PATH']}", f"TARGET_CC={COMPILER}"]
    profile = f"--profile release --target {TARGET}"
    said = openwrt(tmp_path, "compile", where, *tools)
    assert said == f"{sources} /nowhere build --offline --locked {profile} -p byteport-ffi\n"
    openwrt(tmp_path, "install", where, "TARGET_CROSS=aarch64-linux-gnu-")
    dev, package = tmp_path / "dev", tmp_path / "package"
    openwrt(tmp_path, "dev", f"ROOT={dev}")
    openwrt(tmp_path, "package", f"ROOT={package}")
    assert libraries(dev) >= FOR_DEVELOPERS
    assert has_header(dev)
    assert libraries(package) == IN_AN_IMAGE


# In place of OE-core's class: what the recipe uses of it.
CARGO_CLASS = """
B = "${WORKDIR}/build"
CARGO_TARGET_SUBDIR = "${RUST_HOST_SYS}/release"
"""


def bitbake(tmp_path: Path, *wanted: str, **given: object) -> dict[str, str]:
    """The recipe's variables, as BitBake's parser reads and expands them."""
    classes = tmp_path / "meta" / "classes-recipe"
    classes.mkdir(parents=True)
    (classes / "cargo.bbclass").write_text(CARGO_CLASS)
    recipe = RECIPES / f"byteport_{VERSION}.bb"
    path = f"{PACKAGING / 'yocto'}:{tmp_path / 'meta'}"
    given = {"BP": "${PN}-${PV}", "WORKDIR": tmp_path, "THISDIR": RECIPES, "RUST_HOST_SYS": TARGET, **given}
    pairs = [f"{name}={value}" for name, value in given.items()]
    reader = Path(__file__).parent / "recipe.py"
    return json.loads(capi.must([sys.executable, reader, recipe, path, *pairs, "--", *wanted]))


def test_yocto_names_the_sources_and_the_licence(tmp_path):
    said = bitbake(tmp_path, "PN", "PV", "SRC_URI", "LICENSE", "LIC_FILES_CHKSUM")
    assert [said["PN"], said["PV"], said["LICENSE"]] == ["byteport", VERSION, "BSD-3-Clause"]
    archive = said["SRC_URI"].removeprefix("file://")
    assert os.path.normpath(archive) == str(capi.ROOT / "build" / f"byteport-{VERSION}.tar.gz")
    digest = hashlib.md5((capi.ROOT / "LICENSE").read_bytes()).hexdigest()  # BitBake's digest
    assert said["LIC_FILES_CHKSUM"] == f"file://LICENSE;md5={digest}"


def test_yocto_builds_and_installs(sources, tmp_path):
    root = tmp_path / "root"
    folders = {"prefix": "/usr", "libdir": "/usr/lib", "includedir": "/usr/include"}
    folders |= {"datadir": "/usr/share", "mandir": "/usr/share/man"}
    tools = {"CC": COMPILER, "STRIP": STRIP, "LDFLAGS": "-Wl,-O1"}
    steps = bitbake(tmp_path, "do_compile", "do_install", S=sources, D=root, **tools, **folders)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "target").symlink_to(sources / "target")
    # the class's function, which runs cargo in the current folder
    oe_cargo_build = 'oe_cargo_build() { echo "$PWD" "$@"; }'
    shell = ["bash", "-eu", "-c"]
    ran = capi.must([*shell, f"{oe_cargo_build}\n{steps['do_compile']}"])
    assert ran == f"{sources} -p byteport-ffi\n"
    capi.must([*shell, steps["do_install"]])
    assert libraries(root) >= FOR_DEVELOPERS
    assert has_notices(root)
    # BitBake strips, and takes a library that is stripped already for a fault
    assert " .symtab " in capi.must(["readelf", "-SW", root / "usr" / "lib" / LIBRARY])
    assert has_header(root)


def test_yocto_style():
    # not asked: whether a web page answers, and variables that only a layer in public has
    unasked = [
        "vars.homepageping",
        "var.bbclassextend",
        "var.suggestedvar.BUGTRACKER",
        "var.suggestedvar.CVE_PRODUCT",
    ]
    suppress = [part for rule in unasked for part in ("--suppress", f"oelint.{rule}")]
    files = [*RECIPES.iterdir(), PACKAGING / "yocto" / "conf" / "layer.conf"]
    command = [sys.executable, "-m", "oelint_adv", "--quiet", "--release", "whinlatter", *suppress, *files]
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
