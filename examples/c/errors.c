/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores a number, says all that is known of each failure, and tries again where that can help, later and later.
 *
 *     cc -std=c99 errors.c -lbyteport -o errors
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./errors NUMBER [TRIES]
 *
 * An outbox does this by itself, and keeps what it could not store: see outbox.c.
 * Exit status: 0 stored, 1 not stored, 2 wrong use.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* nanosleep */
#endif

#include <time.h>

#include "example.h"

static void tell(const byteport_error_t *error)
{
    fprintf(stderr, "status %d: %s\n", (int)byteport_error_status(error), byteport_status_text(byteport_error_status(error)));
    fprintf(stderr, "phase %s\n", byteport_phase_text(byteport_error_phase(error)));
    if (byteport_error_http_status(error) != 0) {
        fprintf(stderr, "HTTP status %d\n", (int)byteport_error_http_status(error));
    }
    for (size_t i = 0; i < byteport_error_cause_count(error); i++) {
        fprintf(stderr, "because: %s\n", byteport_error_cause(error, i));
    }
    if (byteport_error_phase(error) <= BYTEPORT_PHASE_TLS) {
        fputs("the service has seen nothing of it\n", stderr);
    }
}

/* Milliseconds; a signal may cut it short. */
static void pause_for(long milliseconds)
{
    struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&span, NULL);
}

/* The reading keeps its time, so storing it twice is storing it once. */
static int store(const byteport_client_t *client, const byteport_reading_t *reading, long tries, byteport_error_t **error)
{
    for (long pause = 100; byteport_client_store(client, reading, error) != BYTEPORT_OK; pause *= 2) {
        tell(*error);
        tries--;
        if (tries <= 0 || !byteport_error_is_retryable(*error)) {
            return 0;
        }
        byteport_error_free(*error);
        *error = NULL;
        pause_for(pause);
    }
    return 1;
}

int main(int argc, char **argv)
{
    if (argc < 2 || argc > 3 || !has_device_settings()) {
        fputs("usage: errors NUMBER [TRIES], " DEVICE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    byteport_client_t *client = device_client(&error);
    int done = client != NULL &&
               byteport_reading_set_number(reading, "value", strtod(argv[1], NULL), &error) == BYTEPORT_OK &&
               store(client, reading, argc == 3 ? strtol(argv[2], NULL, 10) : 3, &error);
    byteport_reading_free(reading);
    return finish("errors", done, client, error);
}
