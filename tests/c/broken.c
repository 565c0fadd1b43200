/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Wrong on purpose, so that the tests know that valgrind and AddressSanitizer see it: `overflow` writes past a block that is
 * its own, `use` reads an error of the library after it was freed, `leak` forgets one.
 */
#include "check.h"

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    byteport_error_t *error = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    volatile char *block = (volatile char *)malloc(8);
    CHECK(byteport_reading_set_number(reading, "", 1.0, &error) == BYTEPORT_ERROR_INVALID_NAME);
    byteport_reading_free(reading);
    block[equal(what, "overflow") ? 8 : 0] = 1;
    free((void *)block);
    if (equal(what, "use")) {
        byteport_error_free(error);
        return byteport_error_http_status(error) == 77;
    }
    if (equal(what, "leak")) {
        error = NULL;
    }
    byteport_error_free(error);
    return 0;
}
