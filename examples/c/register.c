/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Registers a device, prints the answer with its access key, and describes it; or registers several.
 *
 *     cc -std=c99 register.c -lbyteport -o register
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./register NAMESPACE DEVICE_TYPE_ID UID DESCRIPTION
 *
 * With an empty DESCRIPTION nothing is described, and UID may be several, as cart-1,cart-2 or cart10-19.
 * Exit status: 0 registered, 1 not registered or not described, 2 wrong use.
 */
#include "example.h"

static int register_devices(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    byteport_registration_t *registration = byteport_registration_new();
    int done =
        byteport_registration_set_device_type(registration, strtoll(argv[2], NULL, 10), error) == BYTEPORT_OK &&
        byteport_registration_set_uids(registration, argv[3], argv[4][0] == '\0', error) == BYTEPORT_OK &&
        byteport_registration_set_active(registration, true, error) == BYTEPORT_OK &&
        byteport_registration_set_code_length(registration, 8, error) == BYTEPORT_OK &&
        print_answer("registered", byteport_client_register(client, argv[1], registration, &answer, error), &answer);
    byteport_registration_free(registration);
    return done;
}

static int describe(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    const char *const names[] = {"description", "timeout_limit", "offline_alarm"};
    const char *const values[] = {argv[4], "3600", "True"};
    byteport_status_t status = byteport_client_configure(client, argv[1], argv[3], names, values,
                                                         sizeof names / sizeof names[0], &answer, error);
    return print_answer("configured", status, &answer);
}

int main(int argc, char **argv)
{
    if (argc != 5 || !has_settings()) {
        fputs("usage: register NAMESPACE DEVICE_TYPE_ID UID DESCRIPTION\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    int done = client != NULL && register_devices(client, argv, &error) &&
               (argv[4][0] == '\0' || describe(client, argv, &error));
    return finish("register", done, client, error);
}
