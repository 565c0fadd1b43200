/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Four threads share one client, while the log callback is replaced under them again and again. Everything that was stored
 * is there afterwards; each callback's userdata is freed exactly once, and never used after.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "check.h"

#include <pthread.h>

enum { THREADS = 4, READINGS = 25, CALLBACKS = 200 };

static const int64_t start = INT64_C(1430438400000000);

struct worker {
    pthread_t thread;
    const byteport_client_t *client;
    int number, stored;
};

static void *store_readings(void *argument)
{
    struct worker *worker = (struct worker *)argument;
    byteport_reading_t *reading = byteport_reading_new();
    for (int i = 0; i < READINGS; i++) {
        int64_t time = start + (i * THREADS + worker->number) * INT64_C(1000000);
        byteport_error_t *error = NULL;
        if (byteport_reading_restart(reading, &error) == BYTEPORT_OK &&
            byteport_reading_set_timestamp(reading, time, &error) == BYTEPORT_OK &&
            byteport_reading_set_integer(reading, "shared", i * THREADS + worker->number, &error) == BYTEPORT_OK &&
            byteport_client_store(worker->client, reading, &error) == BYTEPORT_OK) {
            worker->stored++;
        } else {
            fprintf(stderr, "thread %d: %s\n", worker->number, byteport_error_message(error));
            byteport_error_free(error);
        }
    }
    byteport_reading_free(reading);
    return NULL;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long messages;
static int freed_sum;

struct listener {
    const byteport_client_t *client;
    int freed;
};

/* Uses the library from inside: the messages of that call must not come back here. */
static void listen(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    struct listener *listener = (struct listener *)userdata;
    (void)level, (void)target, (void)message;
    byteport_status_t status = byteport_client_heartbeat(listener->client, NULL, NULL);
    pthread_mutex_lock(&lock);
    checks_failed += status != BYTEPORT_OK;
    messages++;
    checks_failed += listener->freed;
    pthread_mutex_unlock(&lock);
}

static void end_listener(void *userdata)
{
    struct listener *listener = (struct listener *)userdata;
    pthread_mutex_lock(&lock);
    checks_failed += listener->freed;
    listener->freed = 1;
    freed_sum++;
    pthread_mutex_unlock(&lock);
    free(listener);
}

static void replace_callback(const byteport_client_t *client)
{
    struct listener *listener = (struct listener *)calloc(1, sizeof *listener);
    listener->client = client;
    byteport_status_t status = byteport_log_set(BYTEPORT_LOG_DEBUG, listen, listener, end_listener, NULL);
    pthread_mutex_lock(&lock);
    CHECK(status == BYTEPORT_OK);
    pthread_mutex_unlock(&lock);
}

static void check_stored(const byteport_client_t *client)
{
    byteport_series_t *series = NULL;
    CHECK(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), NULL) == BYTEPORT_OK);
    CHECK(byteport_client_read_series(client, NULL, NULL, "shared", start, start + THREADS * READINGS * INT64_C(1000000),
                                      &series, NULL) == BYTEPORT_OK);
    const double *numbers = byteport_series_numbers(series);
    if (CHECK(byteport_series_length(series) == THREADS * READINGS && numbers != NULL)) {
        for (int i = 0; i < THREADS * READINGS; i++) {
            CHECK((int)numbers[i] == i);
        }
    }
    byteport_series_free(series);
}

int main(void)
{
    struct worker workers[THREADS];
    byteport_client_t *client = new_client(setting("BYTEPORT_HOST"), setting("BYTEPORT_NAMESPACE"),
                                           setting("BYTEPORT_KEY"), setting("BYTEPORT_DEVICE"), BYTEPORT_METHOD_POST);
    replace_callback(client);
    for (int i = 0; i < THREADS; i++) {
        workers[i].client = client;
        workers[i].number = i;
        workers[i].stored = 0;
        CHECK(pthread_create(&workers[i].thread, NULL, store_readings, &workers[i]) == 0);
    }
    for (int i = 1; i < CALLBACKS; i++) {
        replace_callback(client);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
        CHECK(workers[i].stored == READINGS);
    }
    CHECK(byteport_log_set(BYTEPORT_LOG_OFF, NULL, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(freed_sum == CALLBACKS && messages > 0);
    check_stored(client);
    byteport_client_free(client);
    return check_end("threads");
}
