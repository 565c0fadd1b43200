# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The library on each board: what it is, what it asks of the machine, over HTTPS, in an outbox, and linked statically."""

import board
import capi
import pytest
from test_c_programs import ok, read_back

every_board = pytest.mark.parametrize("build", board.BOARDS, indirect=True)
every_arch = pytest.mark.parametrize("name", ["arm64", "armhf"])

# Whether the processor has NEON: 0 says it has.
HAS_NEON = """
#include <sys/auxv.h>
#include <asm/hwcap.h>
int main(void) { return (getauxval(AT_HWCAP) & HWCAP_NEON) != 0 ? 0 : 1; }
"""


@every_arch
@pytest.mark.parametrize(
    "file", ["libbyteport.so", "linked/libbyteport.so"]
)  # cargo's, and what is installed
def test_the_library_is_of_its_machine_and_needs_no_new_glibc(name, file):
    library = board.cross_build(name) / file
    assert board.machine(library) == board.BOARDS[name].elf
    assert board.glibc_needed(library) <= board.GLIBC
    own = {
        "libc.so.6",
        "libm.so.6",
        "libpthread.so.0",
        "libdl.so.2",
        "librt.so.1",
        "libutil.so.1",
        "libgcc_s.so.1",
    }
    loaders = {"ld-linux-aarch64.so.1", "ld-linux-armhf.so.3"}
    assert board.needed(library) <= own | loaders, "a board may not have this"


@every_arch
@pytest.mark.parametrize("static", [False, True])
def test_a_program_built_by_zig_needs_no_new_glibc(name, static, settings, tmp_path):
    chosen = board.BOARDS[name]
    build = chosen.build()
    build.compiler = [*board.ZIG, "-target", f"{chosen.triple}.{board.GLIBC[0]}.{board.GLIBC[1]}", "-std=c99"]
    program = build.compile(capi.EXAMPLES / "store.c", tmp_path, static=static)
    assert board.machine(program) == chosen.elf
    assert board.glibc_needed(program) <= board.GLIBC
    ok(build.run(program, env=settings))
    assert len(read_back(build, settings, tmp_path, "load1")) == 1


@every_arch
def test_a_program_holds_the_static_library(name, settings, vector_table, tmp_path):
    build = board.BOARDS[name].build()
    program = build.compile(capi.HERE / "behaviour.c", tmp_path, static=True, vectors=vector_table)
    assert not any("byteport" in library for library in board.needed(program))
    assert ok(build.run(program, env=settings)).endswith(" checks, 0 failed\n")


@every_board
def test_https(build, https, settings, tmp_path):
    host, authority = https
    settings = {**settings, "BYTEPORT_HOST": host}
    program = build.compile(capi.EXAMPLES / "store.c", tmp_path)
    stranger = build.run(program, env=settings)
    assert stranger.returncode == 1
    assert "certificate" in stranger.stderr
    known = {**settings, "SSL_CERT_FILE": str(authority)}
    ok(build.run(program, env=known))
    assert len(read_back(build, known, tmp_path, "load1")) == 1


@every_board
def test_outbox_over_https(build, https, settings, tmp_path):
    host, authority = https
    known = {**settings, "BYTEPORT_HOST": host, "SSL_CERT_FILE": str(authority)}
    gone = {**settings, "BYTEPORT_HOST": settings["BYTEPORT_GONE"]}
    program = build.compile(capi.EXAMPLES / "outbox.c", tmp_path)
    assert ok(build.run(program, "box", "0", env=gone, given="1\n2.5\n")) == "0 delivered, 2 kept, 0 lost\n"
    done = build.run(program, "box", "120000", env=known, given="-3e-9\n")
    assert ok(done) == "3 delivered, 0 kept, 0 lost\n"
    values = [float(value) for _, value in read_back(build, known, tmp_path, "value")]
    assert values == [1, 2.5, -3e-9]


@pytest.mark.parametrize(("name", "status"), [("armhf", 0), ("cortex-a9", 1)])
def test_the_emulated_processor_has_neon_or_not(name, status, tmp_path):
    source = tmp_path / "neon.c"
    source.write_text(HAS_NEON)
    build = board.BOARDS[name].build()
    assert build.run(build.compile(source, tmp_path), env={}).returncode == status
