# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
"""A CMake project that is built for a board by each toolchain file, from an installed tree, and tested under qemu."""

import board
import capi
import pytest
from test_c_programs import read_back

PROJECT = """
cmake_minimum_required(VERSION 3.16)
project(board C)
enable_testing()
find_package(byteport REQUIRED)
foreach(kind shared static)
  add_executable(store_${kind} ${EXAMPLES}/store.c)
  target_link_libraries(store_${kind} PRIVATE byteport::${kind})
  add_test(NAME ${kind} COMMAND store_${kind})
endforeach()
"""


@pytest.mark.parametrize("name", ["arm64", "armhf"])
def test_a_project_is_built_and_tested_for_the_board(name, settings, tmp_path):
    chosen = board.BOARDS[name]
    root, project, built = (tmp_path / part for part in ("root", "project", "built"))
    tree = ["--only", "library", "--from", board.cross_build(name), "--prefix", "/usr", "--destdir", root]
    install = capi.ROOT / "scripts" / "install.sh"
    capi.must([install, *tree], env=chosen.build().environment({"STRIP": f"{chosen.triple}-strip"}))
    project.mkdir()
    (project / "CMakeLists.txt").write_text(PROJECT)
    toolchain = capi.ROOT / "packaging" / "cmake" / f"{chosen.triple}.cmake"
    given = [f"-DCMAKE_TOOLCHAIN_FILE={toolchain}", f"-DBOARD_ROOT={root}", f"-DEXAMPLES={capi.EXAMPLES}"]
    cmake = capi.tool("cmake")
    capi.must([cmake, "-S", project, "-B", built, *given])
    capi.must([cmake, "--build", built])
    for kind in ("shared", "static"):
        program = built / f"store_{kind}"
        assert board.machine(program) == chosen.elf
        assert any("byteport" in library for library in board.needed(program)) == (kind == "shared")
    environment = chosen.build().environment(settings)
    capi.must([capi.tool("ctest"), "--output-on-failure"], cwd=built, env=environment)
    assert len(read_back(chosen.build(), settings, tmp_path, "load1")) == 2
