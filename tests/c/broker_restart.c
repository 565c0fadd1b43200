/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * A broker that is killed and started again while numbers are stored: each of them arrives. It prints `half` when half of them
 * were handed to the client; whoever reads that kills the broker.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "broker.h"

#include <time.h>

enum { COUNT = 2000 };

/* A client that gets everything that is stored; what comes while it is away waits for it. */
static byteport_broker_t *open_reader(void)
{
    byteport_broker_options_t *options = broker_options("restart-reader");
    DONE(byteport_broker_options_add_destination(options, store_destination(), &error));
    return open_with(options);
}

static uint64_t connections(const byteport_broker_t *broker)
{
    byteport_broker_stats_t *stats = broker_stats(broker);
    const uint64_t count = byteport_broker_stats_connections(stats);
    byteport_broker_stats_free(stats);
    return count;
}

/* However fast the numbers are stored, and however late the broker is killed: the last one is for the new connection. */
static void wait_for_another_connection(const byteport_broker_t *broker)
{
    const struct timespec moment = {0, 10000000};
    for (int looks = 0; looks < LONG / 10 && connections(broker) < 2; looks++) {
        nanosleep(&moment, NULL);
    }
}

static void store_numbers(const char *device)
{
    size_t missing = 77;
    byteport_broker_t *broker = open_broker(device);
    for (int i = 0; i < COUNT && checks_failed == 0; i++) {
        if (i == COUNT - 1) {
            wait_for_another_connection(broker);
        }
        byteport_reading_t *reading = numbered(i);
        DONE(byteport_broker_post_reading(broker, reading, &error));
        byteport_reading_free(reading);
        if (i == COUNT / 2) {
            puts("half");
            fflush(stdout);
        }
    }
    DONE(byteport_broker_flush(broker, LONG, &missing, &error));
    CHECK(missing == 0);
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_published(stats) == COUNT && byteport_broker_stats_refused(stats) == 0);
    byteport_broker_stats_free(stats);
    CHECK(connections(broker) > 1);
    close_broker(broker);
}

/* Each number came at least once: what was not confirmed is sent again, and storing it twice is storing it once. */
static void read_numbers(const char *device)
{
    static char seen[COUNT];
    byteport_broker_t *reader = open_reader();
    for (int missing = COUNT; missing > 0 && checks_failed == 0;) {
        byteport_delivery_t *delivery = next_of(reader, device);
        const int64_t number = number_of(byteport_delivery_message(delivery, 0));
        if (CHECK(number >= 0 && number < COUNT)) {
            missing -= seen[number] == 0;
            seen[number] = 1;
        }
        take(reader, delivery);
    }
    close_broker(reader);
}

int main(void)
{
    const char *device = setting("BYTEPORT_DEVICE");
    byteport_broker_t *reader = open_reader();
    DONE(byteport_broker_subscribe(reader, store_destination(), &error));
    close_broker(reader);
    store_numbers(device);
    read_numbers(device);
    return check_end("broker_restart");
}
