/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Puts a new device in the place of a broken one: registers its UID once more, with the new serial number. It prints the
 * answer, in which the new access key is; what was stored stays.
 *
 *     cc -std=c99 replace.c -lbyteport -o replace
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./replace NAMESPACE DEVICE_TYPE_ID UID SERIAL
 *
 * Exit status: 0 registered, 1 not registered, 2 wrong use.
 */
#include "example.h"

static byteport_registration_t *registration_for(char **argv, byteport_error_t **error)
{
    byteport_registration_t *registration = byteport_registration_new();
    if (byteport_registration_set_device_type(registration, strtoll(argv[2], NULL, 10), error) == BYTEPORT_OK &&
        byteport_registration_set_uids(registration, argv[3], false, error) == BYTEPORT_OK &&
        byteport_registration_set_serial(registration, argv[4], error) == BYTEPORT_OK &&
        byteport_registration_set_force(registration, true, error) == BYTEPORT_OK && /* though the UID is registered */
        byteport_registration_set_active(registration, true, error) == BYTEPORT_OK) {
        return registration;
    }
    byteport_registration_free(registration);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 5 || !has_settings()) {
        fputs("usage: replace NAMESPACE DEVICE_TYPE_ID UID SERIAL\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_result_t *answer = NULL;
    byteport_client_t *client = NULL;
    byteport_registration_t *registration = registration_for(argv, &error);
    int done = registration != NULL && (client = log_in(&error)) != NULL &&
               print_answer("registered", byteport_client_register(client, argv[1], registration, &answer, &error), &answer);
    byteport_registration_free(registration);
    return finish("replace", done, client, error);
}
