/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores each number of its input by an outbox that holds a few readings only, and keeps a journal of what became of each. The
 * library calls the function that writes it, on a thread of its own, and closes it when nobody can call any more.
 *
 *     cc -std=c99 outbox_journal.c -lbyteport -o outbox_journal
 *     BYTEPORT_HOST=... (and the other variables) ./outbox_journal FILE JOURNAL COUNT [MILLISECONDS] < numbers
 *
 * COUNT is how many readings may wait. Exit status: 0 all are delivered, kept or in the journal, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

static void write_sequences(FILE *journal, const char *what, const byteport_outbox_event_t *event)
{
    size_t count = 0;
    const uint64_t *numbers = byteport_outbox_event_sequences(event, &count);
    for (size_t i = 0; i < count; i++) {
        fprintf(journal, "%s %" PRIu64 " %s\n", what, numbers[i], byteport_outbox_event_text(event));
    }
}

/* Calls come one after the other, so nothing needs to be locked. Only this function uses the journal. */
static void note(const byteport_outbox_event_t *event, void *userdata)
{
    FILE *journal = (FILE *)userdata;
    const char *text = byteport_outbox_event_text(event);
    const uint64_t count = byteport_outbox_event_count(event);
    switch (byteport_outbox_event_kind(event)) {
    case BYTEPORT_OUTBOX_EVENT_DELIVERED:
        write_sequences(journal, "delivered", event);
        break;
    case BYTEPORT_OUTBOX_EVENT_QUARANTINED:
        write_sequences(journal, "refused", event);
        break;
    case BYTEPORT_OUTBOX_EVENT_DROPPED:
        fprintf(journal, "dropped %" PRIu64 ", reason %d: %s\n", count, (int)byteport_outbox_event_reason(event), text);
        break;
    case BYTEPORT_OUTBOX_EVENT_LINK:
        fprintf(journal, "service %s%s\n", text,
                byteport_outbox_event_link(event) == BYTEPORT_OUTBOX_LINK_PAUSED ? ": a new key is needed" : "");
        break;
    case BYTEPORT_OUTBOX_EVENT_DISK:
        fprintf(journal, "file %s%s\n", text,
                byteport_outbox_event_disk(event) == BYTEPORT_OUTBOX_DISK_BROKEN ? ": memory serves meanwhile" : "");
        break;
    case BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE:
        fprintf(journal, "damaged file, now %s: %" PRIu64 " saved, %" PRIu64 " lost\n", text, byteport_outbox_event_saved(event),
                count);
        break;
    default: /* what a later library may add */
        fprintf(journal, "%s\n", text);
    }
    fflush(journal);
}

static void end_journal(void *userdata)
{
    fclose((FILE *)userdata);
}

/* Settings with a journal, which is theirs from then on. */
static int set_up(byteport_outbox_options_t *options, const char *path, const char *count, byteport_error_t **error)
{
    uint64_t most = 0;
    FILE *journal = read_number(count, &most) ? fopen(path, "a") : NULL;
    if (journal == NULL) {
        fprintf(stderr, "outbox_journal: %s cannot be written, or %s is no number\n", path, count);
        return 0;
    }
    if (byteport_outbox_options_set_callback(options, note, journal, end_journal, error) != BYTEPORT_OK) {
        fclose(journal); /* it was not taken over */
        return 0;
    }
    return byteport_outbox_options_set_max_count(options, most, error) == BYTEPORT_OK;
}

int main(int argc, char **argv)
{
    uint64_t patience = 10000;
    if (argc < 4 || argc > 5 || (argc == 5 && !read_number(argv[4], &patience)) || patience > UINT32_MAX ||
        !has_device_settings()) {
        fputs("usage: outbox_journal FILE JOURNAL COUNT [MILLISECONDS] < numbers, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    double value;
    uint64_t lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_reading_t *reading = byteport_reading_new();
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    int done = client != NULL && set_up(options, argv[2], argv[3], &error) &&
               byteport_reading_use_server_time(reading, &error) == BYTEPORT_OK && /* the time at which it is put in */
               byteport_outbox_open(client, argv[1], options, &outbox, &error) == BYTEPORT_OK;
    byteport_outbox_options_free(options); /* the outbox has a copy, and the journal */
    while (done && scanf("%lf", &value) == 1) {
        done = byteport_reading_set_number(reading, "value", value, &error) == BYTEPORT_OK &&
               byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, &error) == BYTEPORT_OK;
    }
    done = done && byteport_outbox_close(outbox, (uint32_t)patience, NULL, NULL, &lost, &error) == BYTEPORT_OK && lost == 0;
    byteport_outbox_free(outbox);
    byteport_reading_free(reading);
    return finish("outbox_journal", done, client, error);
}
