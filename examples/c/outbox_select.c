/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * One loop for everything: stores each number of its input by an outbox, and prints what becomes of it, all on one thread. The
 * outbox's descriptor tells when there is something to print. Ends when the input has ended and everything is delivered, or
 * nothing has happened for so many milliseconds (10,000 unless told).
 *
 *     cc -std=c99 outbox_select.c -lbyteport -o outbox_select
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./outbox_select FILE [MILLISECONDS]
 *
 * Exit status: 0 all are safe, 1 not, 2 wrong use.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "example.h"

#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* Called by byteport_outbox_service() alone, so on the thread of main(). */
static void print_event(const byteport_outbox_event_t *event, void *userdata)
{
    FILE *file = (FILE *)userdata;
    const char *text = byteport_outbox_event_text(event);
    const uint64_t count = byteport_outbox_event_count(event);
    switch (byteport_outbox_event_kind(event)) {
    case BYTEPORT_OUTBOX_EVENT_DELIVERED:
        fprintf(file, "%" PRIu64 " delivered\n", count);
        break;
    case BYTEPORT_OUTBOX_EVENT_DROPPED:
        fprintf(file, "%" PRIu64 " dropped: %s\n", count, text);
        break;
    case BYTEPORT_OUTBOX_EVENT_QUARANTINED:
        fprintf(file, "refused by the service: %s\n", text);
        break;
    case BYTEPORT_OUTBOX_EVENT_LINK:
        fprintf(file, "service: %s\n", text);
        break;
    case BYTEPORT_OUTBOX_EVENT_DISK:
        fprintf(file, "disk: %s\n", text);
        break;
    default: /* what a later library may add */
        fprintf(file, "%s\n", text);
    }
    fflush(file);
}

static int put_line(const byteport_outbox_t *outbox, byteport_reading_t *reading, const char *line, byteport_error_t **error)
{
    return byteport_reading_set_number(reading, "value", strtod(line, NULL), error) == BYTEPORT_OK &&
           byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, error) == BYTEPORT_OK;
}

/* Puts in the whole lines of what has come; returns 1, 0 at the end of the input, or -1 after an error. */
static int read_input(const byteport_outbox_t *outbox, byteport_reading_t *reading, byteport_error_t **error)
{
    static char line[64];
    static size_t length;
    char letter;
    ssize_t count;
    while ((count = read(STDIN_FILENO, &letter, 1)) == 1 && letter != '\n') {
        if (length < sizeof line - 1) {
            line[length++] = letter;
        }
    }
    line[length] = '\0';
    if (length > 0 && !put_line(outbox, reading, line, error)) {
        return -1;
    }
    length = 0;
    return count == 1;
}

static uint64_t queued(const byteport_outbox_t *outbox)
{
    byteport_outbox_stats_t *stats = NULL;
    uint64_t queued = 0;
    if (byteport_outbox_stats(outbox, &stats, NULL) == BYTEPORT_OK) {
        queued = byteport_outbox_stats_queued(stats);
    }
    byteport_outbox_stats_free(stats);
    return queued;
}

/* Waits for input and events alike; a descriptor of -1 is not looked at. */
static int loop(const byteport_outbox_t *outbox, int patience, byteport_error_t **error)
{
    int due = 1;
    struct pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {byteport_outbox_fd(outbox), POLLIN, 0}};
    byteport_reading_t *reading = byteport_reading_new();
    /* The server's time is, in an outbox, the time at which a reading is put in. */
    int more = byteport_reading_use_server_time(reading, error) == BYTEPORT_OK ? 1 : -1;
    while (more >= 0 && due > 0 && (more > 0 || queued(outbox) > 0)) {
        due = poll(sources, 2, more > 0 ? -1 : patience);
        if (due > 0 && sources[0].revents != 0) {
            more = read_input(outbox, reading, error);
            sources[0].fd = more > 0 ? STDIN_FILENO : -1;
        }
        if (due > 0 && sources[1].revents != 0) {
            more = byteport_outbox_service(outbox, NULL, error) == BYTEPORT_OK ? more : -1;
        }
    }
    byteport_reading_free(reading);
    return more >= 0 && due >= 0;
}

int main(int argc, char **argv)
{
    uint64_t patience = 10000;
    if (argc < 2 || argc > 3 || (argc == 3 && !read_number(argv[2], &patience)) || patience > INT_MAX || !has_device_settings()) {
        fputs("usage: outbox_select FILE [MILLISECONDS], " DEVICE_SETTINGS, stderr);
        return 2;
    }
    uint64_t kept = 0, lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    int done = client != NULL &&
               byteport_outbox_options_set_callback(options, print_event, stdout, NULL, &error) == BYTEPORT_OK &&
               byteport_outbox_options_set_service(options, true, &error) == BYTEPORT_OK &&
               byteport_outbox_open(client, argv[1], options, &outbox, &error) == BYTEPORT_OK &&
               loop(outbox, (int)patience, &error) &&
               byteport_outbox_close(outbox, 0, NULL, &kept, &lost, &error) == BYTEPORT_OK &&
               byteport_outbox_service(outbox, NULL, &error) == BYTEPORT_OK && lost == 0;
    if (done) {
        if (byteport_outbox_lost_events(outbox) > 0) { /* this program was too slow for them; the statistics know of all */
            fprintf(stderr, "%" PRIu64 " events were not told\n", byteport_outbox_lost_events(outbox));
        }
        printf("%" PRIu64 " kept\n", kept);
    }
    byteport_outbox_free(outbox);
    byteport_outbox_options_free(options);
    return finish("outbox_select", done, client, error);
}
