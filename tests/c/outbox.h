/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the tests of the outbox share: clients, readings with a number, the accounting, reading back. Every wait is for
 * something that comes; its bound is only there for the day on which it does not.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include "outcome.h"

#include <poll.h>

/* Milliseconds after which a test gives up. */
enum { LONG = 120000 };

static const int64_t start = INT64_C(1430438400000000);

static inline byteport_client_t *client_of(const char *host, const char *key)
{
    return new_client(host, setting("BYTEPORT_NAMESPACE"), key, setting("BYTEPORT_DEVICE"), BYTEPORT_METHOD_POST);
}

/* An outbox to a host, with the settings or NULL; the client is freed at once. */
static inline byteport_outbox_t *open_outbox(const char *host, const char *path, const byteport_outbox_options_t *options)
{
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = client_of(host, setting("BYTEPORT_KEY"));
    DONE(byteport_outbox_open(client, path, options, &outbox, &error));
    byteport_client_free(client);
    return outbox;
}

static inline void close_outbox(byteport_outbox_t *outbox, uint64_t expected)
{
    uint64_t kept = 77, lost = 77;
    DONE(byteport_outbox_close(outbox, 0, NULL, &kept, &lost, &error));
    CHECK(kept == expected && lost == 0);
    byteport_outbox_free(outbox);
}

/* The number n, measured n microseconds after a certain time. */
static inline byteport_reading_t *numbered(const char *field, int64_t number)
{
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_timestamp(reading, start + number, &error));
    DONE(byteport_reading_set_integer(reading, field, number, &error));
    return reading;
}

/* Puts a number into an outbox, and says how safe it is. */
static inline byteport_durability_t put(byteport_outbox_t *outbox, const char *field, int64_t number, int durability)
{
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    uint64_t sequence = 0;
    byteport_reading_t *reading = numbered(field, number);
    DONE(byteport_outbox_enqueue_within(outbox, reading, durability, LONG, &sequence, &held, &error));
    CHECK(sequence > 0);
    byteport_reading_free(reading);
    return held;
}

/* Waits until everything is delivered. */
static inline void flush(byteport_outbox_t *outbox)
{
    uint64_t kept = 77;
    DONE(byteport_outbox_flush(outbox, LONG, NULL, &kept, &error));
    CHECK(kept == 0);
}

static inline byteport_outbox_stats_t *stats_of(const byteport_outbox_t *outbox)
{
    byteport_outbox_stats_t *stats = NULL;
    DONE(byteport_outbox_stats(outbox, &stats, &error));
    CHECK(byteport_outbox_stats_accepted(stats) ==
          byteport_outbox_stats_delivered(stats) + byteport_outbox_stats_queued(stats) +
              byteport_outbox_stats_quarantined(stats) + byteport_outbox_stats_dropped(stats));
    return stats;
}

/* The accounting's sum holds, and two of its parts are what they should be. */
static inline void account(const byteport_outbox_t *outbox, uint64_t accepted, uint64_t delivered)
{
    byteport_outbox_stats_t *stats = stats_of(outbox);
    CHECK(byteport_outbox_stats_accepted(stats) == accepted);
    CHECK(byteport_outbox_stats_delivered(stats) == delivered);
    byteport_outbox_stats_free(stats);
}

/* The server has the numbers from 0 to below the count, each once. */
static inline void check_stored(const char *field, size_t count)
{
    byteport_series_t *series = NULL;
    byteport_client_t *client = client_of(setting("BYTEPORT_HOST"), NULL);
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    DONE(byteport_client_read_series(client, NULL, NULL, field, start, start + 1000000, &series, &error));
    const int64_t *times = byteport_series_times(series);
    const double *numbers = byteport_series_numbers(series);
    if (CHECK(byteport_series_length(series) == count && numbers != NULL)) {
        for (size_t i = 0; i < count; i++) {
            CHECK(numbers[i] == (double)i && times[i] == start + (int64_t)i);
        }
    }
    byteport_series_free(series);
    byteport_client_free(client);
}

/* Waits until events are due, and runs the callback for them on this thread. */
static inline void serve(const byteport_outbox_t *outbox)
{
    struct pollfd due = {byteport_outbox_fd(outbox), POLLIN, 0};
    CHECK(poll(&due, 1, LONG) == 1 && due.revents == POLLIN);
    DONE(byteport_outbox_service(outbox, NULL, &error));
}

#endif
