# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The header compiles everywhere; the library exports its functions and nothing else; the NULL tests leave none out."""

import re
from pathlib import Path

import capi
import pytest

STANDARDS = {
    "gcc": ["c99", "c11", "c17", "c2x"],
    "clang": ["c99", "c11", "c17", "c2x"],
    "g++": ["c++11", "c++14", "c++17", "c++20", "c++23"],
    "clang++": ["c++11", "c++14", "c++17", "c++20", "c++2b"],
}
CASES = [(name, standard) for name, standards in STANDARDS.items() for standard in standards]
STRICT = {
    "gcc": ["-Wundef", "-Wstrict-prototypes", "-Wredundant-decls", "-Wshadow", "-Wconversion"],
    "g++": ["-Wundef", "-Wold-style-cast", "-Wredundant-decls", "-Wshadow", "-Wconversion"],
    "clang": ["-Weverything"],
    # C++98 has neither <stdint.h> nor enumerations of a known size
    "clang++": ["-Weverything", "-Wno-c++98-compat", "-Wno-c++98-compat-pedantic"],
}
ONCE = '#include "byteport.h"\n'


def compiled(compiler: str, standard: str, text: str, work: Path, *options: str):
    """What a compiler says of a text, with every warning an error."""
    source = work / ("program.cpp" if "+" in standard else "program.c")
    source.write_text(text)
    flags = [f"-std={standard}", *capi.WARNINGS, *STRICT[compiler], f"-I{capi.HEADER.parent}", *options]
    return capi.run([capi.tool(compiler), *flags, "-c", source, "-o", work / "program.o"])


@pytest.mark.parametrize("text", [ONCE, ONCE * 2, "#define BYTEPORT_NO_ATTRIBUTES\n" + ONCE])
@pytest.mark.parametrize(("compiler", "standard"), CASES)
def test_header_compiles_without_a_warning(compiler, standard, text, tmp_path):
    done = compiled(compiler, standard, text, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


# Uses that compilers are to warn of, each with the name of the warning.
MISUSES = {
    "byteport_options_set_host(options, NULL, &error) != BYTEPORT_OK": "nonnull",
    "byteport_client_new(options, NULL, &error) != BYTEPORT_OK": "nonnull",
    "byteport_client_download_to_callback(client, download, NULL, NULL, &error) != BYTEPORT_OK": "nonnull",
    "byteport_client_logout(client, &error)": "unused-result",
    "byteport_reading_new()": "unused-result",
}


@pytest.mark.parametrize("compiler", STANDARDS)
@pytest.mark.parametrize("misuse", MISUSES)
def test_compilers_warn_of_misuse_unless_told(compiler, misuse, tmp_path):
    statement = f"if ({misuse}) abort();" if "!=" in misuse else f"{misuse};"
    handles = "byteport_options_t *options, byteport_client_t *client, byteport_download_t *download"
    text = f"{ONCE}#include <stdlib.h>\nvoid use({handles});\nvoid use({handles})\n{{\n"
    text += (
        "    byteport_error_t *error = NULL;\n    (void)options, (void)client, (void)download, (void)error;\n"
    )
    text += f"    {statement}\n}}\n"
    quiet = [] if compiler in ("gcc", "g++") else ["-Wno-everything", "-Wnonnull", "-Wunused-result"]
    standard = STANDARDS[compiler][2]
    done = compiled(compiler, standard, text, tmp_path, *quiet)
    assert set(re.findall(r"\[-Werror[=,](?:-W)?([\w-]+)\]", done.stderr)) == {MISUSES[misuse]}
    done = compiled(compiler, standard, text, tmp_path, *quiet, "-DBYTEPORT_NO_ATTRIBUTES")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("compiler", STANDARDS)
def test_no_macro_is_without_the_prefix(compiler, tmp_path):
    def macros(text: str) -> set[str]:
        (tmp_path / "program.h").write_text(text)
        language = "c++" if "+" in compiler else "c"
        command = [capi.tool(compiler), "-dM", "-E", "-x", language, f"-I{capi.HEADER.parent}"]
        return set(re.findall(r"#define (\w+)", capi.must([*command, tmp_path / "program.h"])))

    standard = "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n"
    added = macros(standard + ONCE) - macros(standard)
    assert {"BYTEPORT_H", "BYTEPORT_NONNULL", "BYTEPORT_VERSION_MAJOR"} <= added
    assert [name for name in added if not name.startswith("BYTEPORT_")] == []


@pytest.mark.parametrize("compiler", STANDARDS)
def test_no_name_is_without_the_prefix(compiler, tmp_path):
    language = "c++" if "+" in compiler else "c"
    program = tmp_path / "program.h"
    program.write_text(ONCE)
    command = [capi.tool(compiler), "-E", "-x", language, f"-I{capi.HEADER.parent}", program]
    # the lines of the header itself, as the preprocessor marks them
    parts = re.split(r'^# \d+ "([^"]*)".*$', capi.must(command), flags=re.MULTILINE)
    own = "".join(
        text for name, text in zip(parts[1::2], parts[2::2], strict=True) if name.endswith("byteport.h")
    )
    own = re.sub(r"__attribute__ ?\(\(.*?\)\)\)?|\([^()*]*\)(?=;)|^#.*$", "", own, flags=re.MULTILINE)
    types = re.findall(r"\b(?:struct|enum|union) (\w+)", own)
    types += re.findall(r"typedef [^;{]*?(\w+);|typedef [^;{]*?\(\*(?:_Nullable )?(\w+)\)", own)
    enumerators = re.findall(r"^\s*(\w+) = -?\d+,$", own, re.MULTILINE)
    names = {part for name in types for part in ([name] if isinstance(name, str) else name) if part}
    assert len(names) > 40
    assert len(enumerators) > 100
    assert [name for name in names if not name.startswith("byteport_")] == []
    assert [name for name in enumerators if not name.startswith("BYTEPORT_")] == []


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


NULLS = "".join(path.read_text() for path in sorted(capi.HERE.glob("*null.c")))
# The calls that are refused for a NULL, and the conditions of all other checks.
REFUSED = [call[0] for call in capi.calls(NULLS, "REFUSED")]
CHECKED = [part for check in capi.calls(NULLS, "CHECK") for part in ", ".join(check).split("&&")]
# A status that is not what a NULL is refused with.
OTHER = re.compile(r"== *(?!BAD\b|BYTEPORT_ERROR_INVALID_ARGUMENT\b)\w+ *$")


def passes_null(texts: list[str], name: str, index: int, never: set[int]) -> bool:
    """Whether a function is called with NULL for one argument, and none for those that never may be."""
    found = [call for text in texts for call in capi.calls(text, name)]
    return any(call[index] == "NULL" and all(call[other] != "NULL" for other in never) for call in found)


def test_null_c_shows_for_every_pointer_whether_it_may_be_null():
    """What may not be NULL is refused for that alone; what may be is not."""
    accepted = [text for text in CHECKED if OTHER.search(text)]
    missing = []
    for name, arguments in capi.header_functions().items():
        pointers = [at for at, kind in enumerate(arguments) if "*" in kind or "callback_t" in kind]
        never = {at for at in pointers if "BYTEPORT_NULLABLE" not in arguments[at]}
        for at in pointers:
            if at in never:
                shown = passes_null(REFUSED, name, at, never - {at})
            elif arguments[at].startswith("byteport_error_t **"):
                shown = passes_null(CHECKED, name, at, set())
            elif arguments[-1].startswith("byteport_error_t **"):
                shown = passes_null(accepted, name, at, never)
            else:
                shown = passes_null([NULLS], name, at, never)
            if not shown:
                missing.append(f"{name}: {arguments[at]}")
    assert missing == []


def test_every_function_of_the_header_is_documented():
    text = capi.HEADER.read_text()
    bare = [name for name in capi.header_functions() if not re.search(rf"\*/\n[^;/]*\b{name}\(", text)]
    assert not bare
