/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores N small readings through libbyteport over one kept connection.
 * usage: store_byteport HOST:PORT N */
#define _POSIX_C_SOURCE 200809L
#include <byteport.h>

#include "measure.h"

static int store(byteport_client_t *client, byteport_reading_t *reading, long i) {
    return byteport_reading_restart(reading, NULL) == BYTEPORT_OK &&
           byteport_reading_set_timestamp(reading, 1410613385000000 + i, NULL) == BYTEPORT_OK &&
           byteport_reading_set_integer(reading, "number", i, NULL) == BYTEPORT_OK &&
           byteport_reading_set_number(reading, "temp", 20.25, NULL) == BYTEPORT_OK &&
           byteport_reading_set_text(reading, "state", "rolling", NULL) == BYTEPORT_OK &&
           byteport_client_store(client, reading, NULL) == BYTEPORT_OK;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    long calls = strtol(argv[2], NULL, 10);
    byteport_options_t *options = byteport_options_new();
    byteport_client_t *client = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    if (byteport_options_set_host(options, argv[1], NULL) != BYTEPORT_OK ||
        byteport_options_set_namespace(options, "myownspace", NULL) != BYTEPORT_OK ||
        byteport_options_set_key(options, "f00b4s3cretk3y", NULL) != BYTEPORT_OK ||
        byteport_options_set_device(options, "barDev1", NULL) != BYTEPORT_OK ||
        byteport_client_new(options, &client, NULL) != BYTEPORT_OK || !store(client, reading, 0)) {
        return 1;
    }
    struct measure start = measure_now();
    for (long i = 1; i <= calls; i++) {
        if (!store(client, reading, i)) return 1;
    }
    measure_print(start, calls);
    byteport_reading_free(reading);
    byteport_client_free(client);
    byteport_options_free(options);
    return 0;
}
