/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints the versions of the header and of the library that runs, whether they fit together, and which parts the library has.
 *
 *     cc -std=c99 version.c -lbyteport -o version
 *
 * Exit status: 0 they fit, 1 not.
 */
#include <inttypes.h>
#include <stdio.h>

#include <byteport.h>

static void print_parts(void)
{
    static const char *const names[] = {"TLS", "outbox", "MQTT", "STOMP"};
    static const int32_t parts[] = {BYTEPORT_FEATURE_TLS, BYTEPORT_FEATURE_OUTBOX, BYTEPORT_FEATURE_MQTT, BYTEPORT_FEATURE_STOMP};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        printf("%s %s\n", byteport_has_feature(parts[i]) ? "with" : "without", names[i]);
    }
}

int main(void)
{
    printf("header %d.%d.%d, library %s\n", BYTEPORT_VERSION_MAJOR, BYTEPORT_VERSION_MINOR, BYTEPORT_VERSION_PATCH,
           byteport_version());
    print_parts();
    /* The dynamic linker compares the same number by the SONAME; a program that loads the library by dlopen() does so itself. */
    if (byteport_abi_version() != BYTEPORT_ABI_VERSION) {
        fprintf(stderr, "version: the library has ABI %" PRIu32 ", the header %d: build the program anew\n",
                byteport_abi_version(), BYTEPORT_ABI_VERSION);
        return 1;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
