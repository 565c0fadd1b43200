/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Hands small readings to an outbox, and prints one JSON object. Nothing may be dropped.
 * usage: outbox fill  HOST:PORT FILE COUNT PER_SECOND   then waits until all are on the disk; PER_SECOND 0: as fast as it goes
 *        outbox calls HOST:PORT FILE COUNT PER_SECOND   the time of each call
 *        outbox drain HOST:PORT FILE COUNT CONNECTIONS [LEGACY_KEY]   then waits until the service has them all */
#define _POSIX_C_SOURCE 200809L
#include <byteport.h>

#include "measure.h"

enum { DEVICES = 64 };

static byteport_outbox_t *outbox;
static byteport_reading_t *reading;
static byteport_error_t *error;

static void check(byteport_status_t status) {
    if (status == BYTEPORT_OK) return;
    fprintf(stderr, "outbox: %s\n", byteport_error_message(error));
    exit(1);
}

static byteport_client_t *connect_to(const char *host) {
    byteport_options_t *options = byteport_options_new();
    byteport_client_t *client = NULL;
    check(byteport_options_set_host(options, host, &error));
    check(byteport_options_set_namespace(options, "myownspace", &error));
    check(byteport_options_set_key(options, "f00b4s3cretk3y", &error));
    check(byteport_options_set_device(options, "barDev1", &error));
    check(byteport_client_new(options, &client, &error));
    byteport_options_free(options);
    return client;
}

static void open_outbox(byteport_client_t *client, const char *path, long connections, const char *legacy_key) {
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    check(byteport_outbox_options_set_max_disk(options, 1LL << 30, &error));
    check(byteport_outbox_options_set_connections(options, (uint32_t)connections, &error));
    if (legacy_key) check(byteport_outbox_options_set_legacy_key(options, legacy_key, &error));
    check(byteport_outbox_open(client, path, options, &outbox, &error));
    byteport_outbox_options_free(options);
}

/* What bench/outbox_sqlite.c writes: three fields, with the time of now. */
static void measure_a_reading(long i) {
    check(byteport_reading_restart(reading, &error));
    check(byteport_reading_set_integer(reading, "number", i, &error));
    check(byteport_reading_set_number(reading, "temp", 20.25, &error));
    check(byteport_reading_set_text(reading, "state", "rolling", &error));
}

static uint64_t enqueue(void) {
    uint64_t sequence = 0;
    check(byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, &sequence, NULL, &error));
    return sequence;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Sleeps a millisecond whenever there is nothing to do yet; as a program does that measures now and then. */
static void wait_until_due(double start, long i, double per_second) {
    const struct timespec nap = {0, 1000000};
    while (per_second > 0 && seconds() < start + (double)i / per_second) nanosleep(&nap, NULL);
}

static long proc(const char *file, const char *name) {
    char line[128];
    long value = 0;
    FILE *status = fopen(file, "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
    }
    if (status) fclose(status);
    return value;
}

static byteport_outbox_stats_t *stats(void) {
    byteport_outbox_stats_t *now = NULL;
    check(byteport_outbox_stats(outbox, &now, &error));
    if (byteport_outbox_stats_dropped(now) > 0) {
        fprintf(stderr, "outbox: readings were dropped\n");
        exit(1);
    }
    return now;
}

static void fill(long count, double per_second) {
    long before = proc("/proc/self/status", "VmRSS:"), written = proc("/proc/self/io", "write_bytes:");
    uint64_t last = 0;
    struct measure begun = measure_now();
    double start = seconds();
    for (long i = 1; i <= count; i++) {
        wait_until_due(start, i, per_second);
        measure_a_reading(i);
        last = enqueue();
    }
    double enqueued = seconds();
    check(byteport_outbox_wait_for(outbox, last, BYTEPORT_DURABILITY_SYNCED, 60000, NULL, &error));
    struct measure ended = measure_now();
    written = proc("/proc/self/io", "write_bytes:") - written;
    byteport_outbox_stats_t *now = stats();
    printf("{\"enqueued\": %f, \"wall\": %f, \"cpu\": %f, \"grew_kib\": %ld, \"written\": %ld, \"queued\": %llu}\n",
           enqueued - start, ended.wall - begun.wall, ended.cpu - begun.cpu, measure_peak_kib() - before, written,
           (unsigned long long)byteport_outbox_stats_queued(now));
    byteport_outbox_stats_free(now);
}

static int ascending(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static void calls(long count, double per_second) {
    uint32_t *took = malloc((size_t)count * sizeof *took);
    if (!took) exit(1);
    memset(took, 1, (size_t)count * sizeof *took);
    double start = seconds();
    for (long i = 0; i < count; i++) {
        wait_until_due(start, i, per_second);
        measure_a_reading(i);
        double before = seconds();
        enqueue();
        took[i] = (uint32_t)((seconds() - before) * 1e9);
    }
    double all = seconds() - start;
    byteport_outbox_stats_t *now = stats();
    qsort(took, (size_t)count, sizeof *took, ascending);
    printf("{\"all\": %f, \"p50\": %u, \"p99\": %u, \"p999\": %u, \"most\": %u, \"delivered\": %llu}\n", all, took[count / 2],
           took[count - 1 - count / 100], took[count - 1 - count / 1000], took[count - 1],
           (unsigned long long)byteport_outbox_stats_delivered(now));
    byteport_outbox_stats_free(now);
    free(took);
}

static void drain(long count) {
    char device[24];
    double start = seconds();
    for (long i = 0; i < count; i++) {
        snprintf(device, sizeof device, "cart-%ld", i % DEVICES);
        measure_a_reading(i);
        check(byteport_reading_set_device(reading, device, &error));
        enqueue();
    }
    check(byteport_outbox_flush(outbox, 300000, NULL, NULL, &error));
    double all = seconds() - start;
    byteport_outbox_stats_t *now = stats();
    printf("{\"all\": %f, \"delivered\": %llu, \"calls\": %llu}\n", all,
           (unsigned long long)byteport_outbox_stats_delivered(now), (unsigned long long)byteport_outbox_stats_calls(now));
    byteport_outbox_stats_free(now);
}

int main(int argc, char **argv) {
    if (argc < 6) return 2;
    int is_drain = strcmp(argv[1], "drain") == 0;
    long count = strtol(argv[4], NULL, 10);
    byteport_client_t *client = connect_to(argv[2]);
    reading = byteport_reading_new();
    open_outbox(client, argv[3], is_drain ? strtol(argv[5], NULL, 10) : 1, argc > 6 ? argv[6] : NULL);
    if (is_drain) drain(count);
    else if (strcmp(argv[1], "fill") == 0) fill(count, strtod(argv[5], NULL));
    else calls(count, strtod(argv[5], NULL));
    byteport_outbox_free(outbox);
    byteport_reading_free(reading);
    byteport_client_free(client);
    return 0;
}
