/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints the versions of the header and of the library that runs, and whether they fit together.
 *
 *     cc -std=c99 version.c -lbyteport -o version
 *
 * Exit status: 0 they fit, 1 not.
 */
#include <inttypes.h>
#include <stdio.h>

#include <byteport.h>

int main(void)
{
    printf("header %d.%d.%d, library %s\n", BYTEPORT_VERSION_MAJOR, BYTEPORT_VERSION_MINOR, BYTEPORT_VERSION_PATCH,
           byteport_version());
    /* The dynamic linker compares the same number by the SONAME; a program that loads the library by dlopen() does so itself. */
    if (byteport_abi_version() != BYTEPORT_ABI_VERSION) {
        fprintf(stderr, "version: the library has ABI %" PRIu32 ", the header %d: build the program anew\n",
                byteport_abi_version(), BYTEPORT_ABI_VERSION);
        return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
