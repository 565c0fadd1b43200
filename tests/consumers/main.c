/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What every project here builds, beside main.cpp: stores a reading, and reads an error.
 *
 *     main HOST NAMESPACE KEY DEVICE VALUE
 *
 * Exit status: 0 stored, and the error was the one expected; 1 not.
 */
#include <byteport.h>
#include <stdio.h>
#include <stdlib.h>

#if BYTEPORT_VERSION_MAJOR != 0
#error "this program was written for version 0"
#endif

static byteport_client_t *client_of(char **arguments, byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int made = byteport_options_set_host(options, arguments[0], error) == BYTEPORT_OK &&
               byteport_options_set_namespace(options, arguments[1], error) == BYTEPORT_OK &&
               byteport_options_set_key(options, arguments[2], error) == BYTEPORT_OK &&
               byteport_options_set_device(options, arguments[3], error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    return made ? client : NULL;
}

/* Whether a name that breaks the rules is refused with a text that names it. */
static int refuses_a_bad_name(byteport_reading_t *reading)
{
    byteport_error_t *error = NULL;
    byteport_status_t status = byteport_reading_set_number(reading, "not a name", 1.0, &error);
    int refused = status == BYTEPORT_ERROR_INVALID_NAME && byteport_error_status(error) == status;
    printf("refused: %s\n", byteport_error_message(error));
    byteport_error_free(error);
    return refused;
}

int main(int count, char **arguments)
{
    if (count != 6) {
        fprintf(stderr, "usage: %s HOST NAMESPACE KEY DEVICE VALUE\n", arguments[0]);
        return 1;
    }
    byteport_error_t *error = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    byteport_client_t *client = client_of(arguments + 1, &error);
    int refused = refuses_a_bad_name(reading);
    int stored = client != NULL &&
                 byteport_reading_set_number(reading, "consumed", strtod(arguments[5], NULL), &error) == BYTEPORT_OK &&
                 byteport_client_store(client, reading, &error) == BYTEPORT_OK;
    if (!stored) {
        fprintf(stderr, "%s\n", byteport_error_message(error));
    }
    byteport_error_free(error);
    byteport_client_free(client);
    byteport_reading_free(reading);
    return refused && stored ? 0 : 1;
}
