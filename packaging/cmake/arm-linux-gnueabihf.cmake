# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# A toolchain file for boards of Debian's architecture armhf, with its packages gcc-arm-linux-gnueabihf and libc6-dev-armhf-cross:
#     cmake -S . -B build -DCMAKE_TOOLCHAIN_FILE=.../arm-linux-gnueabihf.cmake -DBOARD_ROOT=/where/libbyteport/was/installed
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(BOARD_TRIPLE arm-linux-gnueabihf)
set(BOARD_EMULATOR qemu-arm)
include(${CMAKE_CURRENT_LIST_DIR}/linux-gnu.cmake)
