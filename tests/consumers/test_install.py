# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What is installed, where, and that it goes away again."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import capi
import pytest

from conftest import ENVIRONMENT

SCRIPT = capi.ROOT / "scripts" / "install.sh"
VERSION = re.search(r'^version = "(.*)"', (capi.ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
INCLUDE = capi.ROOT / "include"
HEADERS = [path.relative_to(INCLUDE) for path in INCLUDE.rglob("*.h*")]
LICENCES = {"share/doc/byteport/LICENSE", "share/doc/byteport/THIRD-PARTY"}
TOOLS = {
    "bin/byteport",
    "bin/byteport-server",
    "share/bash-completion/completions/byteport",
    "share/fish/vendor_completions.d/byteport.fish",
    "share/zsh/site-functions/_byteport",
    *LICENCES,
}


def library(libdir: str = "lib") -> set[str]:
    """What the library consists of, below its prefix."""
    return {
        f"{libdir}/libbyteport.so",
        f"{libdir}/libbyteport.so.0",
        f"{libdir}/libbyteport.so.0.{VERSION.partition('.')[2]}",
        f"{libdir}/libbyteport.a",
        f"{libdir}/pkgconfig/byteport.pc",
        f"{libdir}/cmake/byteport/byteportConfig.cmake",
        f"{libdir}/cmake/byteport/byteportConfigVersion.cmake",
        "share/man/man3/byteport.3",
        *LICENCES,
        *(f"include/{name}" for name in HEADERS),
    }


def files(folder: Path) -> set[str]:
    """All that is in a folder but folders."""
    found = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {str(path.relative_to(folder)) for path in found}


def private(folder: Path) -> list[Path]:
    """What others may not read."""
    return [path for path in folder.rglob("*") if path.stat().st_mode & 0o044 != 0o044]


def script(*options: object, wrapper: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess:
    """The script on what the release build made, for a user whose files nobody else may read. What strips is tried by the
    fixtures, and would take its time here."""
    environment = {**ENVIRONMENT, "CARGO_TARGET_DIR": str(capi.TARGET), "STRIP": "true", **variables}
    return capi.run([*wrapper, SCRIPT, *options], cwd="/", env=environment, umask=0o077)


def works(*options: object, **variables: str) -> None:
    done = script(*options, **variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def fails(*options: object, wrapper: tuple[str, ...] = (), **variables: str) -> str:
    """The one line that says what is wrong."""
    done = script(*options, wrapper=wrapper, **variables)
    assert done.returncode == 1
    assert re.fullmatch(r"install: .+\n", done.stderr), done.stderr
    return done.stderr


def test_nothing_is_missing_and_nothing_is_odd(tree: Path) -> None:
    installed = files(tree)
    pages = {path for path in installed if path.startswith("share/man/man1/")}
    assert {"byteport.1", "byteport-store.1", "byteport-server.1"} <= {Path(path).name for path in pages}
    assert installed == library() | TOOLS | pages | {"share/byteport/manifest"}
    for path in installed:
        expected = 0o755 if path.startswith("bin/") or ".so" in path else 0o644
        assert stat.S_IMODE((tree / path).stat().st_mode) == expected, path


def test_the_shared_library_is_found_by_its_soname(tree: Path) -> None:
    lib = tree / "lib"
    assert "Library soname: [libbyteport.so.0]" in capi.must(["readelf", "-d", lib / "libbyteport.so"])
    assert (lib / "libbyteport.so").resolve() == (lib / "libbyteport.so.0").resolve()
    assert not (lib / "libbyteport.so.0").readlink().is_absolute()


def sources_of(version: str, folder: Path) -> Path:
    """The sources of another version, with a library in them that has nothing but its SONAME."""
    folder.mkdir()
    for name in ("LICENSE", "crates", "include", "packaging"):
        (folder / name).symlink_to(capi.ROOT / name)
    (folder / "scripts").mkdir()
    shutil.copy(SCRIPT, folder / "scripts")
    cargo = (capi.ROOT / "Cargo.toml").read_text()
    (folder / "Cargo.toml").write_text(cargo.replace(f'version = "{VERSION}"', f'version = "{version}"', 1))
    built = folder / "target" / "release"
    (built / "linked").mkdir(parents=True)
    (built / "libbyteport.a").write_bytes(b"")
    soname = "-Wl,-soname,libbyteport.so.0"
    capi.must(
        ["gcc", "-shared", "-nostdlib", soname, "-x", "c", os.devnull, "-o", built / "linked/libbyteport.so"]
    )
    return folder


def test_ldconfig_finds_the_latest_version(tmp_path: Path) -> None:
    lib = tmp_path / "usr" / "lib"
    names = []
    for version in ("0.1.0", "0.2.3", "0.10.0", "0.99.9", "1.0.0", "1.2.1", "2.0.0"):
        sources = sources_of(version, tmp_path / version)
        options = [
            "--only",
            "library",
            "--prefix",
            tmp_path / "usr",
            "--from",
            sources / "target" / "release",
        ]
        capi.must([sources / "scripts" / SCRIPT.name, *options], env={**ENVIRONMENT, "STRIP": "true"})
        names.append((lib / "libbyteport.so.0").resolve().name)
    assert names[:4] == [f"libbyteport.so.{version}" for version in ("0.1.0", "0.2.3", "0.10.0", "0.99.9")]
    while names:
        (lib / "libbyteport.so.0").unlink()
        capi.must(["/sbin/ldconfig", "-n", lib])
        assert (lib / "libbyteport.so.0").readlink() == Path(names[-1])
        (lib / names.pop()).unlink()


def test_the_notices_are_those_of_the_crates(tmp_path: Path) -> None:
    kept = capi.ROOT / "packaging" / "install" / "THIRD-PARTY"
    made = tmp_path / "THIRD-PARTY"
    capi.must([sys.executable, capi.ROOT / "scripts" / "notices.py", made], env=ENVIRONMENT)
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8"), "run `make notices`"
    # of a crate in each: a choice of licences, one licence of its own, two at once; and what is no crate
    for name in ("base64", "libbz2-rs-sys", "ring", "uplot"):
        assert re.search(rf"^{name} .*\(.+\)$", made.read_text(encoding="utf-8"), re.MULTILINE), name


@pytest.mark.parametrize("name", ["libbyteport.a", "libbyteport.so"])
def test_the_libraries_hold_nothing_for_a_debugger(name: str, tree: Path) -> None:
    assert ".debug_info" not in capi.must(["readelf", "-SW", tree / "lib" / name])


def test_the_static_library_shows_nothing_but_its_functions(tree: Path) -> None:
    shown = capi.must(["nm", "-g", "--defined-only", "--format=posix", tree / "lib" / "libbyteport.a"])
    assert set(re.findall(r"^(\w+) [A-Z]", shown, re.MULTILINE)) == set(capi.header_functions())


def test_nothing_tells_where_it_was_built(tree: Path) -> None:
    texts = [path for path in files(tree) if path.endswith((".pc", ".cmake", "manifest", ".3", ".1"))]
    for path in texts:
        text = (tree / path).read_text(encoding="utf-8")
        assert str(capi.ROOT) not in text, path
        assert "/opt/by" not in text, path
        assert not re.search(r"@[A-Z_]+@", text), path


def test_manual_pages_are_sound(tree: Path) -> None:
    pages = sorted((tree / "share" / "man").rglob("*.[13]"))
    assert len(pages) > 30
    for page in pages:
        command = ["man", "--warnings", "-E", "UTF-8", "--local-file", page]
        read = capi.run(command, env={**ENVIRONMENT, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
        assert (read.returncode, read.stderr) == (0, ""), page
        assert page.stem in read.stdout
        assert "unknown" not in capi.must(["lexgrog", page]), page


def test_the_example_in_the_manual_is_compiled(tree: Path, tmp_path: Path) -> None:
    page = (tree / "share" / "man" / "man3" / "byteport.3").read_text(encoding="utf-8")
    example = page.split(".EX\n")[1].split(".EE\n")[0].replace(r"\-", "-").replace(r"\e", "\\")
    (tmp_path / "store.c").write_text(example)
    options = ["-std=c99", *capi.WARNINGS, f"-I{tree / 'include'}", f"-L{tree / 'lib'}"]
    capi.must(["gcc", *options, tmp_path / "store.c", "-lbyteport", "-o", tmp_path / "store"])


def test_static_libraries_are_those_that_rust_names() -> None:
    command = ["cargo", "rustc", "--locked", "-p", "byteport-ffi", "--lib", "--crate-type", "staticlib"]
    environment = {**ENVIRONMENT, "CARGO_TARGET_DIR": str(capi.TARGET)}
    told = capi.run([*command, "--", "--print", "native-static-libs"], cwd=capi.ROOT, env=environment)
    (line,) = re.findall(r"native-static-libs: (.*)", told.stderr)
    ours = (capi.ROOT / "packaging" / "install" / "static-libraries").read_text()
    assert set(ours.split()) == set(line.split()) - {"-lgcc_s", "-lc"}, (
        "compilers link these two by themselves"
    )


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize("libdir", ["/usr/lib/some-linux-gnu", "/else where/lib"])
def test_other_folders(libdir: str, tmp_path: Path) -> None:
    places = ("--prefix", "/usr", "--libdir", libdir, "--destdir", tmp_path)
    works("--only", "library", "--no-manifest", *places)
    assert private(tmp_path) == []
    relative = libdir.removeprefix("/usr/")
    assert files(tmp_path / "usr") == (
        library(relative)
        if relative != libdir
        else {path for path in library() if not path.startswith("lib/")}
    )
    found = {"PKG_CONFIG_PATH": f"{tmp_path}{libdir}/pkgconfig"}
    flags = capi.must(["pkg-config", "--variable=includedir", "byteport"], env={**ENVIRONMENT, **found})
    assert os.path.normpath(flags.strip()) == (
        f"{tmp_path}/usr/include" if relative != libdir else "/usr/include"
    )


@pytest.mark.usefixtures("tree")
def test_uninstall_leaves_what_was_there(tmp_path: Path) -> None:
    own = tmp_path / "pre fix" / "lib" / "pkgconfig" / "own.pc"
    own.parent.mkdir(parents=True)
    own.write_text("")
    before = sorted(tmp_path.rglob("*"))
    where = {"PREFIX": str(tmp_path / "pre fix")}
    works("--only", "library", **where)
    works("--only", "tools", **where)
    works(**where)
    works("--uninstall", **where)
    assert sorted(tmp_path.rglob("*")) == before
    assert "there is no" in fails("--uninstall", **where)


@pytest.mark.usefixtures("tree")
def test_uninstall_after_a_move(tmp_path: Path) -> None:
    works("--prefix", "/opt/byteport", "--destdir", tmp_path)
    (tmp_path / "opt" / "byteport").rename(tmp_path / "moved")
    works("--uninstall", "--prefix", tmp_path / "moved")
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "opt"]


@pytest.mark.usefixtures("tree")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    # root may write everywhere, but without the capability to do so
    plain = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
    line = fails("--prefix", locked / "usr", wrapper=plain)
    assert f"{locked} cannot be written to: run this as root" in line
    works("--prefix", tmp_path / "usr", "--only", "tools")
    (tmp_path / "usr" / "bin").chmod(0o555)
    line = fails("--uninstall", "--prefix", tmp_path / "usr", wrapper=plain)
    assert f"{tmp_path}/usr/bin cannot be written to" in line
    assert files(tmp_path / "usr") >= TOOLS


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--prefix", "usr"), "PREFIX must begin with /"),
        (("--libdir",), "--libdir needs a value"),
        (("--only", "headers"), "--only is library or tools"),
        (("--fast",), "there is no option --fast"),
        (("--uninstall", "--only", "tools"), "it takes no --only"),
        (("--from", "/nowhere", "--uninstall"), "it takes no --from"),
        (("--uninstall", "--pages", "/nowhere"), "it takes no --pages"),
        (("--no-manifest", "--uninstall"), "it takes no --no-manifest"),
        (("--no-strip", "--uninstall"), "it takes no --no-strip"),
        (("--from", "/nowhere"), "there is no /nowhere/libbyteport.a: run `make release`"),
    ],
)
def test_what_makes_no_sense_is_refused(options: tuple[str, ...], reason: str, tmp_path: Path) -> None:
    assert reason in fails("--destdir", str(tmp_path), *options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("tree")
@pytest.mark.parametrize(
    ("strip", "reason"), [("false", "false is not the strip"), ("/no/strip", "no /no/nm")]
)
def test_another_machine_needs_another_strip(strip: str, reason: str, tmp_path: Path) -> None:
    line = fails("--destdir", tmp_path, STRIP=strip)
    assert reason in line
    assert "name its strip in the variable STRIP" in line
    assert files(tmp_path) == set()


def test_a_shared_library_of_an_earlier_build_is_refused(tmp_path: Path) -> None:
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "libbyteport.so").write_bytes(b"")
    os.utime(tmp_path / "linked" / "libbyteport.so", (1, 1))
    (tmp_path / "libbyteport.a").write_bytes(b"")
    assert "older than libbyteport.a: have scripts/link-shared.sh" in fails(
        "--from", tmp_path, "--only", "library"
    )


@pytest.mark.usefixtures("tree")
def test_a_manifest_leads_nowhere_else(tmp_path: Path) -> None:
    works("--prefix", tmp_path / "usr", "--only", "tools")
    (tmp_path / "mine").write_text("")
    with (tmp_path / "usr" / "share" / "byteport" / "manifest").open("a") as manifest:
        manifest.write("./../mine\n")
    assert "has been changed: ./../mine" in fails("--uninstall", "--prefix", tmp_path / "usr")
    assert (tmp_path / "mine").exists()
