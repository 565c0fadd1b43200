/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores each number of its input by an outbox, and prints its accounting: as words, as JSON, or as Prometheus reads it.
 *
 *     cc -std=c99 outbox_statistics.c -lbyteport -o outbox_statistics
 *     BYTEPORT_HOST=... (and the other variables) ./outbox_statistics FILE words|json|prometheus [MILLISECONDS] < numbers
 *
 * It waits for what can be delivered, so many milliseconds unless it is 0. Exit status: 0 printed, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

static int put_all(const byteport_outbox_t *outbox, byteport_error_t **error)
{
    int done = 1;
    double value;
    while (done && scanf("%lf", &value) == 1) {
        byteport_reading_t *reading = byteport_reading_new(); /* stamped now */
        done = byteport_reading_set_number(reading, "value", value, error) == BYTEPORT_OK &&
               byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_SYNCED, NULL, NULL, error) == BYTEPORT_OK;
        byteport_reading_free(reading);
    }
    return done;
}

/* At every moment: accepted = delivered + queued + quarantined + dropped. */
static void print_readings(const byteport_outbox_stats_t *stats)
{
    printf("accepted %" PRIu64 ", of which\n", byteport_outbox_stats_accepted(stats));
    printf("  delivered %" PRIu64 "\n", byteport_outbox_stats_delivered(stats));
    printf("  queued %" PRIu64 ", %" PRIu64 " in memory only\n", byteport_outbox_stats_queued(stats),
           byteport_outbox_stats_queued_in_memory(stats));
    printf("  quarantined %" PRIu64 "\n", byteport_outbox_stats_quarantined(stats));
    printf("  dropped %" PRIu64 ", %" PRIu64 " for want of room, %" PRIu64 " too old\n", byteport_outbox_stats_dropped(stats),
           byteport_outbox_stats_dropped_for(stats, BYTEPORT_OUTBOX_REASON_FULL),
           byteport_outbox_stats_dropped_for(stats, BYTEPORT_OUTBOX_REASON_AGE));
    printf("the newest is %" PRIu64 "; up to %" PRIu64 " in the file, up to %" PRIu64 " on the disk\n",
           byteport_outbox_stats_last_sequence(stats), byteport_outbox_stats_committed_sequence(stats),
           byteport_outbox_stats_synced_sequence(stats));
    if (byteport_outbox_stats_oldest_age_ms(stats) >= 0) {
        printf("the oldest waits for %" PRId64 " ms\n", byteport_outbox_stats_oldest_age_ms(stats));
    }
    printf("per second: %.1f in, %.1f out\n", byteport_outbox_stats_accepted_rate(stats),
           byteport_outbox_stats_delivered_rate(stats));
}

static void print_state(const byteport_outbox_stats_t *stats)
{
    printf("service %s, %" PRIu64 " calls done, %" PRIu64 " made again\n",
           byteport_outbox_stats_link(stats) == BYTEPORT_OUTBOX_LINK_UP ? "up" : "not up", byteport_outbox_stats_calls(stats),
           byteport_outbox_stats_retries(stats));
    printf("file %s, %" PRIu64 " bytes, %" PRIu64 " bytes in memory, %" PRIu64 " damaged files moved aside\n",
           byteport_outbox_stats_disk(stats) == BYTEPORT_OUTBOX_DISK_OK ? "fine" : "full or broken",
           byteport_outbox_stats_disk_bytes(stats), byteport_outbox_stats_memory_bytes(stats),
           byteport_outbox_stats_moved_aside(stats));
    if (byteport_outbox_stats_last_error(stats)[0] != '\0') {
        printf("last error: %s\n", byteport_outbox_stats_last_error(stats));
    }
}

static int print(const byteport_outbox_t *outbox, const char *form, byteport_error_t **error)
{
    byteport_outbox_stats_t *stats = NULL;
    if (byteport_outbox_stats(outbox, &stats, error) != BYTEPORT_OK) {
        return 0;
    }
    if (strcmp(form, "json") == 0) {
        puts(byteport_outbox_stats_json(stats));
    } else if (strcmp(form, "prometheus") == 0) {
        fputs(byteport_outbox_stats_prometheus(stats), stdout);
    } else {
        print_readings(stats);
        print_state(stats);
    }
    byteport_outbox_stats_free(stats);
    return 1;
}

int main(int argc, char **argv)
{
    uint64_t patience = 10000;
    if (argc < 3 || argc > 4 || (argc == 4 && !read_number(argv[3], &patience)) || patience > UINT32_MAX ||
        !has_device_settings()) {
        fputs("usage: outbox_statistics FILE words|json|prometheus [MILLISECONDS] < numbers, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    int done = client != NULL && byteport_outbox_open(client, argv[1], NULL, &outbox, &error) == BYTEPORT_OK &&
               put_all(outbox, &error) &&
               byteport_outbox_flush(outbox, (uint32_t)patience, NULL, NULL, &error) == BYTEPORT_OK &&
               print(outbox, argv[2], &error) && byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error) == BYTEPORT_OK;
    byteport_outbox_free(outbox);
    return finish("outbox_statistics", done, client, error);
}
