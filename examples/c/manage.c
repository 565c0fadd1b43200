/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints what the service says of a namespace: a line for each call, its name, a tab, and the JSON text of the answer. Keys of
 * the API are in it: do not show it around.
 *
 *     cc -std=c99 manage.c -lbyteport -o manage
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./manage NAMESPACE [DEVICE_TYPE_ID]
 *
 * Exit status: 0 printed, 1 not printed, 2 wrong use.
 */
#include "example.h"

static int print_namespace(const byteport_client_t *client, const char *name, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    return print_answer("namespace", byteport_client_namespaces(client, name, &answer, error), &answer) &&
           print_answer("activity", byteport_client_activity(client, name, &answer, error), &answer) &&
           print_answer("devices", byteport_client_devices(client, name, NULL, 2, &answer, error), &answer) &&
           print_answer("types",
                        byteport_client_device_types(client, name, BYTEPORT_UNSET, BYTEPORT_UNSET, &answer, error),
                        &answer) &&
           print_answer("found", byteport_client_search_guids(client, name, 10, &answer, error), &answer);
}

/* Who is asking, and the devices of that name in all namespaces that they may see. */
static int print_search(const byteport_client_t *client, const char *term, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    return print_answer("session", byteport_client_session(client, &answer, error), &answer) &&
           print_answer("matches", byteport_client_search_devices(client, term, 10, &answer, error), &answer);
}

static int print_type(const byteport_client_t *client, const char *name, int64_t type, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    return print_answer("fields",
                        byteport_client_field_definitions(client, name, type, BYTEPORT_UNSET, &answer, error), &answer) &&
           print_answer("firmwares", byteport_client_firmwares(client, name, type, BYTEPORT_UNSET, &answer, error),
                        &answer);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3 || !has_settings()) {
        fputs("usage: manage NAMESPACE [DEVICE_TYPE_ID]\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    int done = client != NULL && print_namespace(client, argv[1], &error) && print_search(client, argv[1], &error) &&
               (argc < 3 || print_type(client, argv[1], strtoll(argv[2], NULL, 10), &error));
    return finish("manage", done, client, error);
}
