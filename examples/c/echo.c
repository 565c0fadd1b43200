/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Looks whether the service answers, and prints what it gives back of what was sent. Needs neither login nor key.
 *
 *     cc -std=c99 echo.c -lbyteport -o echo
 *     BYTEPORT_HOST=... ./echo NAME=VALUE...
 *
 * Exit status: 0 it answers, 1 not, 2 wrong use.
 */
#include "example.h"

enum { MOST = 8 };

/* A client without login, or NULL. */
static byteport_client_t *anonymous(byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = byteport_options_set_host(options, getenv("BYTEPORT_HOST"), error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    return done ? client : NULL;
}

/* Cuts each argument at its first `=`. */
static int split(int count, char **arguments, const char **names, const char **values)
{
    for (int i = 0; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (value == NULL) {
            return 0;
        }
        *value = '\0';
        names[i] = arguments[i];
        values[i] = value + 1;
    }
    return 1;
}

int main(int argc, char **argv)
{
    const char *names[MOST], *values[MOST];
    int count = argc - 1;
    if (count < 1 || count > MOST || getenv("BYTEPORT_HOST") == NULL || !split(count, argv + 1, names, values)) {
        fputs("usage: echo NAME=VALUE..., up to 8, with BYTEPORT_HOST set\n", stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_result_t *answer = NULL;
    byteport_client_t *client = anonymous(&error);
    int done = client != NULL && byteport_client_echo(client, names, values, (size_t)count, &answer, &error) == BYTEPORT_OK;
    if (done) {
        fwrite(byteport_result_json(answer), 1, byteport_result_length(answer), stdout);
        putchar('\n');
    }
    byteport_result_free(answer);
    return finish("echo", done, client, error);
}
