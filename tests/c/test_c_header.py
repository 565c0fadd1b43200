# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The header compiles everywhere; the library exports its functions and nothing else; the NULL tests leave none out."""

import re

import capi
import pytest

STANDARDS = ["c99", "c11", "c17", "c++11", "c++17", "c++20"]
COMPILERS = {"c": ["gcc", "clang"], "c++": ["g++", "clang++"]}
CASES = [(name, std) for std in STANDARDS for name in COMPILERS["c++" if "+" in std else "c"]]


@pytest.mark.parametrize(("compiler", "standard"), CASES)
def test_header_compiles_without_a_warning(compiler, standard, tmp_path):
    source = tmp_path / ("twice.cpp" if "+" in standard else "twice.c")
    source.write_text(
        '#include "byteport.h"\n#include "byteport.h"\nextern int x;\nint x = BYTEPORT_ABI_VERSION;\n'
    )
    capi.must(
        [
            capi.tool(compiler),
            f"-std={standard}",
            *capi.WARNINGS,
            "-Wundef",
            "-Wstrict-prototypes" if "+" not in standard else "-Wold-style-cast",
            f"-I{capi.HEADER.parent}",
            "-c",
            source,
            "-o",
            tmp_path / "twice.o",
        ]
    )


def exported(library) -> set[str]:
    lines = capi.must([capi.tool("nm"), "-D", "--defined-only", library]).splitlines()
    return {line.split()[-1] for line in lines if line}


def test_exports_are_exactly_the_headers_functions(plain_dir):
    functions = capi.header_functions()
    assert len(functions) > 40
    assert exported(plain_dir / "libbyteport.so") == set(functions)


def test_soname_carries_the_abi_number(plain_dir):
    head = capi.must([capi.tool("objdump"), "-p", plain_dir / "libbyteport.so"])
    number = re.search(r"#define BYTEPORT_ABI_VERSION (\d+)", capi.HEADER.read_text())[1]
    assert re.search(r"SONAME\s+(\S+)", head)[1] == f"libbyteport.so.{number}"


def test_a_static_library_is_all_that_a_program_names(plain_dir, tmp_path):
    sources = [capi.EXAMPLES / f"{name}.c" for name in ("store", "outbox", "broker_store", "firmware")]
    for source in sources:
        library = plain_dir / "libbyteport.a"
        capi.must([capi.tool("cc"), source, f"-I{capi.HEADER.parent}", library, "-o", tmp_path / source.stem])


def test_null_c_passes_null_for_every_pointer_of_every_function():
    text = "".join((capi.HERE / name).read_text() for name in ("null.c", "outbox_null.c", "broker_null.c"))
    missing = []
    for name, arguments in capi.header_functions().items():
        calls = capi.calls(text, name)
        if not calls:
            missing.append(f"{name}: not called")
        for index, argument in enumerate(arguments):
            is_pointer = "*" in argument or "callback_t" in argument
            if is_pointer and not any(call[index] == "NULL" for call in calls):
                missing.append(f"{name}: {argument}")
    assert not missing


def test_every_function_of_the_header_is_documented():
    text = capi.HEADER.read_text()
    bare = [name for name in capi.header_functions() if not re.search(rf"\*/\n[^;/]*\b{name}\(", text)]
    assert not bare
