/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores one number: store HOST NAMESPACE KEY DEVICE FIELD VALUE. Exit status: 0 stored, 1 not stored.
 */
#include <stdio.h>
#include <stdlib.h>

#include <byteport.h>

int main(int argc, char **argv)
{
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    byteport_options_t *options = byteport_options_new();
    int stored = argc == 7 && byteport_options_set_host(options, argv[1], &error) == BYTEPORT_OK &&
                 byteport_options_set_namespace(options, argv[2], &error) == BYTEPORT_OK &&
                 byteport_options_set_key(options, argv[3], &error) == BYTEPORT_OK &&
                 byteport_options_set_device(options, argv[4], &error) == BYTEPORT_OK &&
                 byteport_client_new(options, &client, &error) == BYTEPORT_OK &&
                 byteport_reading_set_number(reading, argv[5], strtod(argv[6], NULL), &error) == BYTEPORT_OK &&
                 byteport_client_store(client, reading, &error) == BYTEPORT_OK;
    if (!stored) {
        fprintf(stderr, "store: %s\n", error != NULL ? byteport_error_message(error) : "six arguments");
    }
    byteport_error_free(error);
    byteport_client_free(client);
    byteport_options_free(options);
    byteport_reading_free(reading);
    return stored ? 0 : 1;
}
