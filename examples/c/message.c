/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Sends a message to a device and prints its last ten messages; or sets a field of it.
 *
 *     cc -std=c99 message.c -lbyteport -o message
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./message NAMESPACE DEVICE send MESSAGE
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./message NAMESPACE DEVICE set PATH VALUE
 *
 * A path names what is to be set, such as "Lights.Front". Exit status: 0 done, 1 not done, 2 wrong use.
 */
#include "example.h"

static int send_message(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    return print_answer("sent", byteport_client_send_message(client, argv[1], argv[2], argv[4], &answer, error), &answer) &&
           print_answer("messages", byteport_client_messages(client, argv[1], argv[2], 0, 9, &answer, error), &answer);
}

static int set_field(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    const char *const names[] = {argv[4]}, *const values[] = {argv[5]};
    return print_answer("set", byteport_client_set_fields(client, argv[1], argv[2], names, values, 1, &answer, error),
                        &answer);
}

int main(int argc, char **argv)
{
    int sends = argc == 5 && strcmp(argv[3], "send") == 0, sets = argc == 6 && strcmp(argv[3], "set") == 0;
    if (!(sends || sets) || !has_settings()) {
        fputs("usage: message NAMESPACE DEVICE send MESSAGE | message NAMESPACE DEVICE set PATH VALUE\n" EXAMPLE_SETTINGS,
              stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    int done = client != NULL && (sends ? send_message(client, argv, &error) : set_field(client, argv, &error));
    return finish("message", done, client, error);
}
