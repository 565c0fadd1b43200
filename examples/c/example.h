/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the examples that read and manage share: a client that is logged in, and printing an answer.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include <byteport.h>

#define EXAMPLE_SETTINGS "with BYTEPORT_HOST, BYTEPORT_USER and BYTEPORT_PASSWORD set\n"

/* Whether everything that log_in() needs is in the environment. */
static inline int has_settings(void)
{
    return getenv("BYTEPORT_HOST") != NULL && getenv("BYTEPORT_USER") != NULL && getenv("BYTEPORT_PASSWORD") != NULL;
}

/* A client that is logged in, or NULL with the reason in `error`. */
static inline byteport_client_t *log_in(byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = byteport_options_set_host(options, getenv("BYTEPORT_HOST"), error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    if (done && byteport_client_login(client, getenv("BYTEPORT_USER"), getenv("BYTEPORT_PASSWORD"), error) == BYTEPORT_OK) {
        return client;
    }
    byteport_client_free(client);
    return NULL;
}

/* Prints an answer behind a word, if there is one, and frees it. */
static inline int print_answer(const char *what, byteport_status_t status, byteport_result_t **answer)
{
    if (status != BYTEPORT_OK) {
        return 0;
    }
    printf("%s\t%s\n", what, byteport_result_json(*answer));
    byteport_result_free(*answer);
    *answer = NULL;
    return 1;
}

/* The end of a program: says what failed, frees, and gives the exit status. */
static inline int finish(const char *name, int done, byteport_client_t *client, byteport_error_t *error)
{
    if (!done) {
        fprintf(stderr, "%s: %s\n", name, error != NULL ? byteport_error_message(error) : "failed");
    }
    byteport_error_free(error);
    byteport_client_free(client);
    return done && fflush(stdout) == 0 ? 0 : 1;
}

#endif
