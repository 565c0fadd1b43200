/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores what a gateway has collected of several devices, up to a hundred lines `DEVICE FIELD NUMBER`, in one list through a
 * broker, tells what came of each, and then stores how many there were as a reading of its own.
 *
 *     cc -std=c99 broker_list.c -lbyteport -o broker_list
 *     BYTEPORT_BROKER=... (and the other variables) ./broker_list < lines
 *
 * Exit status: 0 the broker has all, 1 not, 2 wrong use.
 */
#include "example.h"

enum { MOST = 100 };

/* A reading of a line, or NULL with the reason in `error`, if it has one. */
static byteport_reading_t *parse(const char *line, byteport_error_t **error)
{
    char device[64], field[64];
    double value;
    byteport_reading_t *reading = byteport_reading_new(); /* stamped now */
    if (sscanf(line, "%63s %63s %lf", device, field, &value) == 3 &&
        byteport_reading_set_device(reading, device, error) == BYTEPORT_OK &&
        byteport_reading_set_number(reading, field, value, error) == BYTEPORT_OK) {
        return reading;
    }
    byteport_reading_free(reading);
    return NULL;
}

/* One that is refused keeps no other from being stored. */
static int store_all(const byteport_broker_t *broker, const byteport_reading_t *const *readings, size_t count,
                     byteport_error_t **error)
{
    byteport_status_t statuses[MOST];
    byteport_status_t status = byteport_broker_store_all(broker, readings, count, statuses, error);
    for (size_t i = 0; i < count; i++) {
        printf("line %zu: %s\n", i + 1, byteport_status_text(statuses[i]));
    }
    return status == BYTEPORT_OK;
}

static int store_count(const byteport_broker_t *broker, size_t count, byteport_error_t **error)
{
    byteport_reading_t *reading = byteport_reading_new();
    int done = byteport_reading_set_integer(reading, "collected", (int64_t)count, error) == BYTEPORT_OK &&
               byteport_broker_store(broker, reading, error) == BYTEPORT_OK;
    byteport_reading_free(reading);
    return done;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc != 1 || !has_broker_settings()) {
        fputs("usage: broker_list < lines, " BROKER_SETTINGS, stderr);
        return 2;
    }
    char line[256];
    size_t count = 0;
    byteport_reading_t *readings[MOST];
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = broker_client(&error);
    int done = broker != NULL;
    while (done && count < MOST && read_line(line, sizeof line, stdin)) {
        readings[count] = parse(line, &error);
        done = readings[count] != NULL;
        count += done ? 1 : 0;
    }
    done = done && store_all(broker, (const byteport_reading_t *const *)readings, count, &error) &&
           store_count(broker, count, &error) && byteport_broker_close(broker, 30000, NULL, &error) == BYTEPORT_OK;
    while (count > 0) {
        byteport_reading_free(readings[--count]);
    }
    byteport_broker_free(broker);
    return finish("broker_list", done, NULL, error);
}
