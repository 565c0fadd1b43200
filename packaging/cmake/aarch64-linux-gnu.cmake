# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# A toolchain file for boards of Debian's architecture arm64, with its packages gcc-aarch64-linux-gnu and libc6-dev-arm64-cross:
#     cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=.../aarch64-linux-gnu.cmake -DBOARD_ROOT=/where/libbyteport/was/installed
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(BOARD_TRIPLE aarch64-linux-gnu)
set(BOARD_EMULATOR qemu-aarch64)
include(${CMAKE_CURRENT_LIST_DIR}/linux-gnu.cmake)
