# SPDX-License-Identifier: BSD-3-Clause
# Copyright The libbyteport authors
# What the toolchain files of this folder share; they set BOARD_TRIPLE, Debian's name of the machine, and BOARD_EMULATOR.
# What a board has besides the C library, such as an installed libbyteport, is looked for in BOARD_ROOT, a variable of CMake
# or of the environment.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_C_COMPILER ${BOARD_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${BOARD_TRIPLE}-g++)
if(NOT DEFINED BOARD_ROOT)
  set(BOARD_ROOT "$ENV{BOARD_ROOT}")
endif()
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BOARD_ROOT)

# Programs are this machine's; headers, libraries and packages the board's.
set(CMAKE_FIND_ROOT_PATH ${BOARD_ROOT} /usr/${BOARD_TRIPLE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

# ctest and custom commands run the board's programs, if qemu-user is there.
find_program(BOARD_QEMU ${BOARD_EMULATOR})
if(BOARD_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${BOARD_QEMU} -L /usr/${BOARD_TRIPLE})
endif()
