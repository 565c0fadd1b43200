/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * An outbox as a small board would have it, with a flash card that is to last and a clock without a battery. Each number of the
 * input is handed in without waiting; an alarm, a number behind a `!`, is on the card before anything else is done.
 *
 *     cc -std=c99 outbox_board.c -lbyteport -o outbox_board
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./outbox_board FILE < numbers
 *
 * Exit status: 0 all are safe, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

/* For an outbox that is opened where nobody can repair it. What is not said here is left at its default. */
static int set_up(byteport_outbox_options_t *options, byteport_error_t **error)
{
    const uint64_t week_ms = UINT64_C(7) * 24 * 3600 * 1000;
    int64_t built = 0;
    return byteport_timestamp_parse("2025-01-01", &built, error) == BYTEPORT_OK &&
           /* bounds: 4 MiB of the card, 64 KiB of memory; what is older than a week is of no use */
           byteport_outbox_options_set_max_disk(options, 4 << 20, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_max_memory(options, 64 << 10, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_max_count(options, 50000, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_max_age_ms(options, week_ms, error) == BYTEPORT_OK &&
           /* full: rather a coarse picture of all the time than a fine one of its end */
           byteport_outbox_options_set_when_full(options, BYTEPORT_OUTBOX_THIN_OUT, error) == BYTEPORT_OK &&
           /* wear: one write in ten seconds, or when 16 KiB have come; forced onto the card once a minute */
           byteport_outbox_options_set_commit_interval_ms(options, 10000, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_commit_bytes(options, 16 << 10, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_sync_interval_ms(options, 60000, error) == BYTEPORT_OK &&
           /* network: after an outage the present first, on one connection, and not all at once */
           byteport_outbox_options_set_order(options, BYTEPORT_OUTBOX_NEWEST_FIRST, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_connections(options, 1, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_max_rate(options, 50.0, error) == BYTEPORT_OK &&
           byteport_outbox_options_set_timeout_ms(options, 5000, error) == BYTEPORT_OK &&
           /* clock: before this program was built it cannot be right */
           byteport_outbox_options_set_clock_floor(options, built, error) == BYTEPORT_OK;
}

static int put(const byteport_outbox_t *outbox, const char *line, uint64_t *sequence, byteport_error_t **error)
{
    const int alarm = line[0] == '!';
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    byteport_reading_t *reading = byteport_reading_new();
    int done = byteport_reading_use_server_time(reading, error) == BYTEPORT_OK && /* the time at which it is put in */
               byteport_reading_set_number(reading, "value", strtod(line + alarm, NULL), error) == BYTEPORT_OK &&
               byteport_outbox_enqueue_within(outbox, reading, alarm ? BYTEPORT_DURABILITY_SYNCED : BYTEPORT_DURABILITY_DISK,
                                              alarm ? 30000 : 0, sequence, &held, error) == BYTEPORT_OK;
    if (done && alarm) {
        printf("alarm %" PRIu64 " is %s\n", *sequence, held >= BYTEPORT_DURABILITY_SYNCED ? "safe" : "kept, the card fails");
    }
    byteport_reading_free(reading);
    return done;
}

/* Before the power is switched off: whether everything up to a reading is on the card. */
static int make_safe(const byteport_outbox_t *outbox, uint64_t sequence, byteport_error_t **error)
{
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    int done = sequence == 0 || (byteport_outbox_wait_for(outbox, sequence, BYTEPORT_DURABILITY_SYNCED, 120000, &held,
                                                          error) == BYTEPORT_OK &&
                                 held >= BYTEPORT_DURABILITY_SYNCED);
    printf("%s: %" PRIu64 " readings are %s\n", byteport_outbox_path(outbox), sequence, done ? "safe" : "not safe");
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !has_device_settings()) {
        fputs("usage: outbox_board FILE < numbers, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    char line[64];
    uint64_t sequence = 0, lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    int done = client != NULL && set_up(options, &error) &&
               byteport_outbox_open(client, argv[1], options, &outbox, &error) == BYTEPORT_OK;
    while (done && read_line(line, sizeof line, stdin)) {
        done = put(outbox, line, &sequence, &error);
    }
    done = done && make_safe(outbox, sequence, &error) &&
           byteport_outbox_close(outbox, 0, NULL, NULL, &lost, &error) == BYTEPORT_OK && lost == 0;
    byteport_outbox_free(outbox);
    byteport_outbox_options_free(options);
    return finish("outbox_board", done, client, error);
}
