/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Reads this machine's load averages, memory and network counters once a second and stores each round as one reading.
 *
 *     cc -std=c99 machine.c -lbyteport -o machine
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./machine [-v] [SECONDS]
 *
 * Runs for 10 seconds unless told otherwise. Prints nothing but errors; with -v a line for each reading. A round that cannot
 * be stored is reported and left out; the next one is tried all the same.
 *
 * Exit status: 0 every round was stored, 1 at least one was not, 2 wrong use.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* clock_nanosleep */
#endif

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <byteport.h>

struct machine {
    double load1, load5, load15;
    int64_t mem_total_bytes, mem_used_bytes;
    int64_t net_rx_bytes, net_tx_bytes;
};

static int read_load(struct machine *now)
{
    FILE *file = fopen("/proc/loadavg", "r");
    if (file == NULL) {
        return 0;
    }
    int found = fscanf(file, "%lf %lf %lf", &now->load1, &now->load5, &now->load15);
    fclose(file);
    return found == 3;
}

static int read_memory(struct machine *now)
{
    FILE *file = fopen("/proc/meminfo", "r");
    if (file == NULL) {
        return 0;
    }
    char line[256];
    int64_t total = -1, available = -1, kib;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "MemTotal: %" SCNd64, &kib) == 1) {
            total = kib * 1024;
        } else if (sscanf(line, "MemAvailable: %" SCNd64, &kib) == 1) {
            available = kib * 1024;
        }
    }
    fclose(file);
    now->mem_total_bytes = total;
    now->mem_used_bytes = total - available;
    return total >= 0 && available >= 0;
}

/* Adds up every interface but the loopback one. */
static int read_network(struct machine *now)
{
    FILE *file = fopen("/proc/net/dev", "r");
    if (file == NULL) {
        return 0;
    }
    char line[512], name[64];
    now->net_rx_bytes = 0;
    now->net_tx_bytes = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        int64_t received, sent;
        const char *counters = strchr(line, ':');
        if (counters == NULL || sscanf(line, " %63[^:]", name) != 1 || strcmp(name, "lo") == 0) {
            continue; /* one of the two lines of headings, or the loopback interface */
        }
        if (sscanf(counters + 1, "%" SCNd64 " %*s %*s %*s %*s %*s %*s %*s %" SCNd64, &received, &sent) == 2) {
            now->net_rx_bytes += received;
            now->net_tx_bytes += sent;
        }
    }
    fclose(file);
    return 1;
}

static int fill(byteport_reading_t *reading, const struct machine *now, byteport_error_t **error)
{
    return byteport_reading_restart(reading, error) == BYTEPORT_OK &&
           byteport_reading_set_number(reading, "load1", now->load1, error) == BYTEPORT_OK &&
           byteport_reading_set_number(reading, "load5", now->load5, error) == BYTEPORT_OK &&
           byteport_reading_set_number(reading, "load15", now->load15, error) == BYTEPORT_OK &&
           byteport_reading_set_integer(reading, "mem_total_bytes", now->mem_total_bytes, error) == BYTEPORT_OK &&
           byteport_reading_set_integer(reading, "mem_used_bytes", now->mem_used_bytes, error) == BYTEPORT_OK &&
           byteport_reading_set_integer(reading, "net_rx_bytes", now->net_rx_bytes, error) == BYTEPORT_OK &&
           byteport_reading_set_integer(reading, "net_tx_bytes", now->net_tx_bytes, error) == BYTEPORT_OK;
}

/* Prints the error and frees it. */
static void report(byteport_error_t *error)
{
    fprintf(stderr, "machine: %s\n", byteport_error_message(error));
    byteport_error_free(error);
}

static int store_round(const byteport_client_t *client, byteport_reading_t *reading, int verbose)
{
    struct machine now;
    byteport_error_t *error = NULL;
    if (!read_load(&now) || !read_memory(&now) || !read_network(&now)) {
        fputs("machine: /proc cannot be read\n", stderr);
        return 0;
    }
    if (!fill(reading, &now, &error) || byteport_client_store(client, reading, &error) != BYTEPORT_OK) {
        report(error);
        return 0;
    }
    if (verbose) {
        printf("load %.2f, memory %" PRId64 " MB, received %" PRId64 " B, sent %" PRId64 " B\n", now.load1,
               now.mem_used_bytes / 1000000, now.net_rx_bytes, now.net_tx_bytes);
        fflush(stdout);
    }
    return 1;
}

/* A setting of the environment, or the end of the program. */
static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "machine: set %s\n", name);
        exit(2);
    }
    return value;
}

static byteport_client_t *new_client(void)
{
    const char *host = setting("BYTEPORT_HOST"), *name_space = setting("BYTEPORT_NAMESPACE");
    const char *key = setting("BYTEPORT_KEY"), *device = setting("BYTEPORT_DEVICE");
    byteport_client_t *client = NULL;
    byteport_error_t *error = NULL;
    byteport_options_t *options = byteport_options_new();
    if (byteport_options_set_host(options, host, &error) != BYTEPORT_OK ||
        byteport_options_set_namespace(options, name_space, &error) != BYTEPORT_OK ||
        byteport_options_set_key(options, key, &error) != BYTEPORT_OK ||
        byteport_options_set_device(options, device, &error) != BYTEPORT_OK ||
        byteport_client_new(options, &client, &error) != BYTEPORT_OK) {
        report(error);
    }
    byteport_options_free(options);
    return client;
}

/* Sleeps until the next whole second since the start, so that rounds do not drift. */
static void sleep_until(struct timespec *next)
{
    next->tv_sec += 1;
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, next, NULL) == EINTR) {
    }
}

static int parse_seconds(const char *text, long *seconds)
{
    char *end;
    errno = 0;
    *seconds = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *seconds > 0;
}

int main(int argc, char **argv)
{
    int verbose = 0, failed = 0;
    long seconds = 10;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0) {
            verbose = 1;
        } else if (!parse_seconds(argv[i], &seconds)) {
            fputs("usage: machine [-v] [SECONDS]\n", stderr);
            return 2;
        }
    }
    byteport_client_t *client = new_client();
    if (client == NULL) {
        return 2;
    }
    byteport_reading_t *reading = byteport_reading_new();
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long round = 0; round < seconds; round++) {
        failed |= !store_round(client, reading, verbose);
        if (round + 1 < seconds) {
            sleep_until(&next);
        }
    }
    byteport_reading_free(reading);
    byteport_client_free(client);
    return failed ? 1 : 0;
}
