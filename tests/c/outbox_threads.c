/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Four threads put readings into one outbox, at every durability, while this one asks for statistics and another takes the
 * events. Every number of a reading is given once, every reading arrives once, and the accounting holds at every moment.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "outbox.h"

#include <pthread.h>

enum { THREADS = 4, READINGS = 50, ALL = THREADS * READINGS };

struct worker {
    pthread_t thread;
    const byteport_outbox_t *outbox;
    int number, accepted;
    uint64_t sum;
};

static int failed;

static void *put_readings(void *argument)
{
    struct worker *worker = (struct worker *)argument;
    byteport_reading_t *reading = byteport_reading_new();
    for (int i = 0; i < READINGS; i++) {
        const int number = i * THREADS + worker->number;
        const int durability = i % 10 == 9 ? BYTEPORT_DURABILITY_DELIVERED : 1 + i % 3;
        byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
        byteport_error_t *error = NULL;
        uint64_t sequence = 0;
        if (byteport_reading_set_timestamp(reading, start + number, &error) == BYTEPORT_OK &&
            byteport_reading_set_integer(reading, "shared", number, &error) == BYTEPORT_OK &&
            byteport_outbox_enqueue_within(worker->outbox, reading, durability, LONG, &sequence, &held, &error) == BYTEPORT_OK) {
            worker->accepted += held >= durability || durability == BYTEPORT_DURABILITY_DISK;
            worker->sum += sequence;
        } else {
            fprintf(stderr, "thread %d: %s\n", worker->number, byteport_error_message(error));
            byteport_error_free(error);
            __atomic_store_n(&failed, 1, __ATOMIC_RELAXED);
        }
    }
    byteport_reading_free(reading);
    return NULL;
}

struct tally {
    uint64_t delivered, sum;
};

static void count_delivered(const byteport_outbox_event_t *event, void *userdata)
{
    struct tally *tally = (struct tally *)userdata;
    size_t count = 0;
    const uint64_t *sequences = byteport_outbox_event_sequences(event, &count);
    for (size_t i = 0; i < count; i++) {
        tally->sum += sequences[i];
    }
    tally->delivered += count;
}

struct server {
    pthread_t thread;
    const byteport_outbox_t *outbox;
    struct tally *tally;
    int failed;
};

/* Takes the events until all are delivered; the lock of the checks is not needed, for it makes none. */
static void *take_events(void *argument)
{
    struct server *server = (struct server *)argument;
    struct pollfd due = {byteport_outbox_fd(server->outbox), POLLIN, 0};
    while (server->tally->delivered < ALL && !server->failed && !__atomic_load_n(&failed, __ATOMIC_RELAXED)) {
        server->failed = poll(&due, 1, LONG) != 1 || byteport_outbox_service(server->outbox, NULL, NULL) != BYTEPORT_OK;
    }
    return NULL;
}

int main(void)
{
    struct worker workers[THREADS];
    struct tally tally = {0, 0};
    struct server server;
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, count_delivered, &tally, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    DONE(byteport_outbox_options_set_connections(options, 3, &error));
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "threads.outbox", options);
    byteport_outbox_options_free(options);
    for (int i = 0; i < THREADS; i++) {
        struct worker worker = {0, outbox, i, 0, 0};
        workers[i] = worker;
        CHECK(pthread_create(&workers[i].thread, NULL, put_readings, &workers[i]) == 0);
    }
    server.outbox = outbox, server.tally = &tally, server.failed = 0;
    CHECK(pthread_create(&server.thread, NULL, take_events, &server) == 0);
    uint64_t accepted = 0, sum = 0;
    while (accepted < ALL && !__atomic_load_n(&failed, __ATOMIC_RELAXED)) {
        byteport_outbox_stats_t *stats = stats_of(outbox); /* checks that the sum holds */
        CHECK(byteport_outbox_stats_accepted(stats) >= accepted);
        accepted = byteport_outbox_stats_accepted(stats);
        byteport_outbox_stats_free(stats);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
        CHECK(workers[i].accepted == READINGS);
        sum += workers[i].sum;
    }
    CHECK(sum == (uint64_t)ALL * (ALL + 1) / 2);
    flush(outbox);
    CHECK(pthread_join(server.thread, NULL) == 0 && !server.failed);
    CHECK(tally.delivered == ALL && tally.sum == sum && byteport_outbox_lost_events(outbox) == 0);
    account(outbox, ALL, ALL);
    close_outbox(outbox, 0);
    check_stored("shared", ALL);
    return check_end("outbox_threads");
}
