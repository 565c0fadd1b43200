/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the test programs share: checks that count and go on, settings from the environment, clients.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <byteport.h>

static int checks_done;
static int checks_failed;

/* One check; a failed one is printed with its place, and the program goes on. */
#define CHECK(condition) check((condition) ? 1 : 0, __FILE__, __LINE__, #condition)

static inline int check(int holds, const char *file, int line, const char *what)
{
    checks_done++;
    if (!holds) {
        checks_failed++;
        fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    }
    return holds;
}

/* The last line of a program: its count, and its exit status. */
static inline int check_end(const char *name)
{
    printf("%s: %d checks, %d failed\n", name, checks_done, checks_failed);
    return checks_failed == 0 && checks_done > 0 ? 0 : 1;
}

static inline const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set: run this program by pytest\n", name);
        exit(2);
    }
    return value;
}

static inline int equal(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* A client of the host; key and device are left out where they are NULL. The method is a byteport_method_t. */
static inline byteport_client_t *new_client(const char *host, const char *name_space, const char *key, const char *device,
                                            int method)
{
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    CHECK(byteport_options_set_host(options, host, &error) == BYTEPORT_OK);
    CHECK(byteport_options_set_namespace(options, name_space, &error) == BYTEPORT_OK);
    CHECK(key == NULL || byteport_options_set_key(options, key, &error) == BYTEPORT_OK);
    CHECK(device == NULL || byteport_options_set_device(options, device, &error) == BYTEPORT_OK);
    CHECK(byteport_options_set_store_method(options, method, &error) == BYTEPORT_OK);
    CHECK(byteport_options_set_no_proxy(options, &error) == BYTEPORT_OK);
    CHECK(byteport_options_set_connect_timeout_ms(options, 10000, &error) == BYTEPORT_OK);
    CHECK(byteport_options_set_timeout_ms(options, 60000, &error) == BYTEPORT_OK);
    CHECK(byteport_client_new(options, &client, &error) == BYTEPORT_OK);
    CHECK(error == NULL && client != NULL);
    byteport_options_free(options);
    return client;
}

#endif
