/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores each number of its input through a broker, by MQTT or STOMP, and waits until the broker has them all:
 * ./broker_store < numbers. Exit status: 0 the broker has all, 1 not, 2 wrong use.
 * Build: cc -std=c99 broker_store.c -lbyteport -o broker_store
 */
#include "example.h"

static int post(const byteport_broker_t *broker, double value, byteport_error_t **error)
{
    byteport_reading_t *reading = byteport_reading_new(); /* stamped now */
    int done = byteport_reading_set_number(reading, "value", value, error) == BYTEPORT_OK &&
               byteport_broker_post_reading(broker, reading, error) == BYTEPORT_OK;
    byteport_reading_free(reading);
    return done;
}

/* How many publications the broker has. */
static unsigned long published(const byteport_broker_t *broker)
{
    byteport_broker_stats_t *stats = NULL;
    unsigned long count = 0;
    if (byteport_broker_stats(broker, &stats, NULL) == BYTEPORT_OK) {
        count = (unsigned long)byteport_broker_stats_published(stats);
    }
    byteport_broker_stats_free(stats);
    return count;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc != 1 || !has_broker_settings()) {
        fputs("usage: broker_store, " BROKER_SETTINGS, stderr);
        return 2;
    }
    double value;
    unsigned long count = 0;
    size_t missing = 0;
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = broker_client(&error);
    int done = broker != NULL;
    while (done && scanf("%lf", &value) == 1) {
        done = post(broker, value, &error); /* does not wait for the broker's answer */
        count++;
    }
    done = done && byteport_broker_close(broker, 30000, &missing, &error) == BYTEPORT_OK; /* does */
    if (broker != NULL) {
        printf("%lu stored\n", published(broker));
        done = done && published(broker) == count;
    }
    byteport_broker_free(broker);
    return finish("broker_store", done, NULL, error);
}
