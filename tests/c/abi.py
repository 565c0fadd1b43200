# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""The ABI as a header and a version script promise it, and the record of what was promised last: tests/abi.

Rust's debug information tells nothing of C. So a stub stands for the library: every function of the header, as C++, where
enumerations are types of their own, with its version. abidw and abidiff describe and compare stubs.

As a program, this records the ABI of the release that is being made: see docs/abi.md.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import capi

RECORD = capi.ROOT / "tests" / "abi"
SCRIPT = capi.ROOT / "crates" / "byteport-ffi" / "libbyteport.map"
# The examples that are kept as they were released.
EXAMPLES = ("store.c", "read.c")
HEAD = "/* SPDX-License-Identifier: BSD-3-Clause\n * Copyright The libbyteport authors\n *\n"
HEAD += " * The header of the last release without its comments: see docs/abi.md.\n */"
# Nothing of this machine, and nothing that moves with a comment.
DUMP = ["--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed"]


@dataclass
class Promise:
    """A header and the version script that goes with it, as texts."""

    header: str
    script: str

    def functions(self) -> list[tuple[str, str, str]]:
        """Each function's result, name and parameters."""
        block = re.sub(r"^#.*$", "", bare(self.header).split('extern "C" {')[1], flags=re.MULTILINE)
        declarations = (" ".join(part.split()) for part in block.split(";"))
        found = (re.fullmatch(r"(\w[\w *]*?)\b(byteport_\w+)\(([^()]*)\)", part) for part in declarations)
        return [match.groups() for match in found if match]

    def callbacks(self) -> list[tuple[str, str, str]]:
        """Each function type's result, name and parameters."""
        text = re.sub(r"[ \n]+", " ", bare(self.header))
        return re.findall(r"typedef ([\w *]+)\(\*(byteport_\w+)\)\(([^()]*)\);", text)

    def constants(self) -> dict[str, str]:
        """Each macro with a value and each enumerator, but for those that tell a version."""
        text = bare(self.header)
        macros = re.findall(r"^#define (BYTEPORT_\w+) (\S.*)$", text, re.MULTILINE)
        enumerators = re.findall(r"^\s+(BYTEPORT_\w+) = (-?\d+),$", text, re.MULTILINE)
        return {name: value for name, value in macros + enumerators if "_VERSION_" not in name}

    def soname(self) -> str:
        return "libbyteport.so." + re.search(r"#define BYTEPORT_ABI_VERSION (\d+)", self.header)[1]

    def nodes(self) -> dict[str, set[str]]:
        """The nodes of the version script, each with the functions that it names."""
        found = re.findall(r"^(BYTEPORT_[\d.]+) \{(.*?)^\}", self.script, re.DOTALL | re.MULTILINE)
        return {name: set(re.findall(r"\b(byteport_\w+);", body)) for name, body in found}

    def stub(self, work: Path) -> Path:
        """A library in the folder `work` that has every function and does nothing, with debug information."""
        work.mkdir(exist_ok=True)
        bodies = [
            f"{result}{name}({parameters}) {{ {give(result)} }}"
            for result, name, parameters in self.functions()
        ]
        (work / "byteport.h").write_text(self.header)
        (work / "libbyteport.map").write_text(self.script)
        (work / "stub.cpp").write_text('#include "byteport.h"\nextern "C" {\n' + "\n".join(bodies) + "\n}\n")
        link = [f"-Wl,-soname,{self.soname()}", "-Wl,--version-script=libbyteport.map"]
        command = [capi.tool("g++"), "-std=c++17", "-w", "-g", "-shared", "-fPIC", "stub.cpp"]
        capi.must([*command, "-o", "libbyteport.so", *link], cwd=work)
        return work / "libbyteport.so"

    def demands(self) -> str:
        """A C++ text that compiles with another header only if that one declares all of this one, and the same."""
        lines = ["#include <type_traits>", '#include "byteport.h"']
        for result, name, parameters in self.functions():
            lines.append(same(f"decltype({name})", f"{result}({parameters})", name))
        for result, name, parameters in self.callbacks():
            lines.append(same(name, f"{result}(*)({parameters})", name))
        for name, value in self.constants().items():
            lines.append(f'static_assert({name} == ({value}), "{name}");')
        return "\n".join(lines) + "\n"


def same(one: str, other: str, name: str) -> str:
    return f'static_assert(std::is_same<{one}, {other}>::value, "{name}");'


def bare(header: str) -> str:
    """A header's code without comments and attributes."""
    attributes = r"\bBYTEPORT_(CHECK_RESULT|NULLABLE|NONNULL\([\d, ]+\))[ \n]"
    return re.sub(attributes, "", without_comments(header))


def without_comments(header: str) -> str:
    return re.sub(r"[ \n]*/\*.*?\*/| *//[^\n]*", "", header, flags=re.DOTALL)


def give(result: str) -> str:
    return "" if result.strip() == "void" else f"return ({result.strip()})0;"


def now() -> Promise:
    return Promise(capi.HEADER.read_text(encoding="utf-8"), SCRIPT.read_text(encoding="utf-8"))


def released() -> Promise:
    return Promise((RECORD / "byteport.h").read_text(), (RECORD / "libbyteport.map").read_text())


def dump(library: Path) -> str:
    return capi.must([capi.tool("abidw"), *DUMP, library.name], cwd=library.parent)


def changes(old: Path, new: Path, work: Path) -> str:
    """What abidiff says of a library or dump in place of another; nothing if it only added."""
    done = capi.run([capi.tool("abidiff"), "--no-added-syms", "--no-architecture", old, new], cwd=work)
    assert done.returncode & 3 == 0, f"abidiff failed: {done.stdout}{done.stderr}"
    return done.stdout if done.returncode else ""


def record(work: Path) -> None:
    """Writes what is promised now to tests/abi."""
    promise = now()
    RECORD.mkdir(exist_ok=True)
    (RECORD / "byteport.h").write_text(HEAD + re.sub(r"\n{2,}", "\n", without_comments(promise.header)))
    (RECORD / "libbyteport.map").write_text(promise.script)
    (RECORD / "libbyteport.abi").write_text(dump(promise.stub(work)))
    for name in EXAMPLES:
        shutil.copy(capi.EXAMPLES / name, RECORD / name)


if __name__ == "__main__":
    folder = capi.ROOT / "build" / "abi"
    folder.mkdir(parents=True, exist_ok=True)
    record(folder)
