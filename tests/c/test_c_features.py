# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A library for a small board, without any of the parts that can be left out: what it has, and what it says of the rest."""

import re
import shutil

import capi
import pytest

PARTS = {"OUTBOX": "byteport_outbox_", "BROKER": "byteport_broker_"}
LEFT_OUT = [f"-DBYTEPORT_WITHOUT_{part}" for part in PARTS]

CALL = """
#include <byteport.h>
int main(void) { {CALL}(NULL); return 0; }
"""
ASK = """
#include <byteport.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    byteport_options_t *options = byteport_options_new();
    byteport_client_t *client = NULL;
    byteport_error_t *error = NULL;
    if (argc != 2 || byteport_options_set_host(options, argv[1], NULL) != BYTEPORT_OK) return 2;
    byteport_status_t status = byteport_client_new(options, &client, &error);
    printf("%d %d %s\\n", byteport_has_feature(BYTEPORT_FEATURE_TLS), (int)status,
           error != NULL ? byteport_error_message(error) : "");
    byteport_error_free(error);
    byteport_client_free(client);
    byteport_options_free(options);
    return 0;
}
"""


@pytest.fixture(scope="module")
def bare_dir(tmp_path_factory):
    """That library, built apart from the one with all parts, which other tests use meanwhile."""
    folder = tmp_path_factory.mktemp("bare")
    built = capi.cargo_build(["byteport-ffi"], capi.TARGET / "bare", options=("--no-default-features",))
    shutil.copy(built / "libbyteport.so", folder)
    (folder / "libbyteport.so.0").symlink_to("libbyteport.so")
    return folder


def compile_c(text, folder, *arguments):
    """Compiles a program, with warnings as errors; gives what became of it."""
    (folder / "program.c").write_text(text)
    flags = ["-std=c99", *capi.WARNINGS, f"-I{capi.HEADER.parent}"]
    return capi.run([capi.tool("gcc"), *flags, folder / "program.c", "-o", folder / "program", *arguments])


def declared(*flags) -> set[str]:
    """The functions that a program sees that is compiled with these flags."""
    text = capi.must([capi.tool("gcc"), "-E", "-P", *flags, capi.HEADER])
    return set(re.findall(r"\b(byteport_\w+)\([^()]*\);", re.sub(r"typedef[^;]*;", "", text)))


def test_it_exports_what_the_header_declares_without_the_parts(bare_dir):
    lines = capi.must([capi.tool("nm"), "-D", "--defined-only", bare_dir / "libbyteport.so"]).splitlines()
    assert {line.split()[-1].split("@")[0] for line in lines if " T " in line} == declared(*LEFT_OUT)


def test_a_part_is_left_out_of_the_header_alone():
    assert declared() == set(capi.header_functions())
    for part, prefix in PARTS.items():
        gone = declared() - declared(f"-DBYTEPORT_WITHOUT_{part}")
        assert {name for name in declared() if name.startswith(prefix)} <= gone
        assert declared() - gone >= {"byteport_client_store", "byteport_has_feature"}


@pytest.mark.parametrize("call", ["byteport_outbox_free", "byteport_broker_free"])
def test_a_call_of_what_it_lacks_fails_before_the_program_runs(call, bare_dir, tmp_path):
    text, link = CALL.replace("{CALL}", call), [f"-L{bare_dir}", "-lbyteport"]
    compiled = compile_c(text, tmp_path, *LEFT_OUT, *link)
    assert compiled.returncode
    assert re.search(rf"implicit declaration of function .{call}.", compiled.stderr)
    linked = compile_c(text, tmp_path, *link)
    assert linked.returncode
    assert re.search(rf"undefined reference to .{call}", linked.stderr)


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        ("api.byteport.se", True),
        ("https://127.0.0.1:1", True),
        ("127.0.0.1:1", False),
        ("http://b.org", False),
    ],
)
def test_without_tls_a_host_that_asks_for_it_is_refused(host, is_refused, bare_dir, tmp_path):
    built = compile_c(ASK, tmp_path, *LEFT_OUT, f"-L{bare_dir}", "-lbyteport", f"-Wl,-rpath,{bare_dir}")
    assert built.returncode == 0, built.stderr
    has_tls, status, message = capi.must([tmp_path / "program", host]).rstrip("\n").split(" ", 2)
    number = re.search(r"BYTEPORT_ERROR_NOT_CONFIGURED = (\d+)", capi.HEADER.read_text())[1]
    assert (has_tls, status) == ("0", number if is_refused else "0")
    assert ("TLS is needed here" in message) == is_refused
