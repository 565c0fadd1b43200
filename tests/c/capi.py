# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""What the tests share: tools, builds of the library, the header's functions, compiling and running C programs."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "c"
EXAMPLES = ROOT / "examples" / "c"
HEADER = ROOT / "include" / "byteport.h"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()

# The firmware that the server is seeded with.
IMAGES = {f"thermometer-{version}.0.bin": bytes([version]) * 100_000 for version in (1, 2, 3)}

# How every program is compiled and run, by the names that the fixture `build` knows; tests/boards has others.
BUILDS = ["c99", "c++17", "valgrind", "asan"]

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
STATIC_LIBRARIES = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"]
HINTS = {
    "gcc": "apt-get install gcc",
    "g++": "apt-get install g++",
    "clang": "apt-get install clang",
    "clang++": "apt-get install clang",
    "clang-tidy": "apt-get install clang-tidy",
    "abidiff": "apt-get install abigail-tools",
    "abidw": "apt-get install abigail-tools",
    "ar": "apt-get install binutils",
    "nm": "apt-get install binutils",
    "objdump": "apt-get install binutils",
    "valgrind": "apt-get install valgrind libc6-dbg",
    "localedef": "apt-get install locales",
    "openssl": "apt-get install openssl",
    "readelf": "apt-get install binutils",
    "aarch64-linux-gnu-gcc": "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross",
    "arm-linux-gnueabihf-gcc": "apt-get install gcc-arm-linux-gnueabihf libc6-dev-armhf-cross",
    "qemu-aarch64": "apt-get install qemu-user",
    "qemu-arm": "apt-get install qemu-user",
    "cmake": "apt-get install cmake",
    "ctest": "apt-get install cmake",
    "make": "apt-get install make",
    "cargo": "install Rust: https://rustup.rs, or apt-get install cargo",
}


def tool(name: str) -> str:
    """The path of a tool; a missing one is a failure, never a skip."""
    path = shutil.which(name)
    assert path, f"{name} is missing: {HINTS[name]}"
    return path


def run(command: list, **options) -> subprocess.CompletedProcess:
    """Runs a command to its end, with its output as text."""
    command = [str(part) for part in command]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, **options)


def must(command: list, **options) -> str:
    """Runs a command that has to succeed, and gives its standard output."""
    done = run(command, **options)
    assert done.returncode == 0, f"{command}: exit status {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def cargo_build(
    packages: list[str],
    target_dir: Path = TARGET,
    *,
    triple: str = "",
    options: tuple[str, ...] = (),
    **env: str,
) -> Path:
    """Builds packages in the dev profile; gives the folder with what was built."""
    choice = [part for package in packages for part in ("-p", package)] + (
        ["--target", triple] if triple else []
    )
    env = {**os.environ, "CARGO_TARGET_DIR": str(target_dir), **env}
    must([tool("cargo"), "build", *choice, *options], cwd=ROOT, env=env)
    return target_dir / triple / "debug"


@dataclass
class Build:
    """A build of the library, and how programs are compiled against it and run."""

    libraries: Path
    compiler: list[str]
    wrapper: list[str] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)

    def compile(
        self, source: Path, work: Path, *, static: bool = False, loads: bool = False, vectors: str = ""
    ) -> Path:
        """Compiles and links one program in the folder `work`; one that loads the library itself is not linked with it."""
        program = work / source.stem
        (work / "vectors.h").write_text(vectors)
        for name in ("libbyteport.so", "libbyteport.so.0"):
            (work / name).unlink(missing_ok=True)
            (work / name).symlink_to(self.libraries / "libbyteport.so")
        shared = [] if loads else [f"-L{work}", f"-Wl,-rpath,{work}", "-lbyteport"]
        shared += ["-lpthread", "-lm", "-ldl"]
        link = [self.libraries / "libbyteport.a", *STATIC_LIBRARIES] if static else shared
        flags = [*WARNINGS, "-g", f"-I{HEADER.parent}", f"-I{work}", f"-I{HERE}"]
        must([*self.compiler, *flags, source, "-x", "none", "-o", program, *link])
        return program

    def run(
        self, program: Path, *arguments: str, env: dict[str, str], given: str = ""
    ) -> subprocess.CompletedProcess:
        """Runs a program in its folder and in an environment of its own: variables of the caller's might name a proxy."""
        command = [*self.wrapper, program, *arguments]
        return run(command, env=self.environment(env), cwd=program.parent, input=given)

    def start(self, program: Path, *arguments: str, env: dict[str, str]) -> subprocess.Popen:
        """Starts a program as `run` does, with pipes to all that it reads and writes."""
        command = [str(part) for part in (*self.wrapper, program, *arguments)]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(command, env=self.environment(env), cwd=program.parent, text=True, **pipes)

    def environment(self, env: dict[str, str]) -> dict[str, str]:
        base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**base, "RUST_BACKTRACE": "1", **self.env, **env}


def header_functions(header: Path = HEADER) -> dict[str, list[str]]:
    """A header's functions, each with its arguments."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"typedef[^;]*;", "", text)
    found = re.findall(r"\b(byteport_\w+)\(([^()]*)\);", text)
    return {name: [" ".join(part.split()) for part in arguments.split(",")] for name, arguments in found}


def calls(text: str, name: str) -> list[list[str]]:
    """The arguments of every call of a function in a C text, split at the outermost commas."""
    found = []
    for match in re.finditer(rf"\b{name}\(", text):
        arguments, depth = [""], 1
        for letter in text[match.end() :]:
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                break
            if letter == "," and depth == 1:
                arguments.append("")
            else:
                arguments[-1] += letter
        found.append([argument.strip() for argument in arguments])
    return found
