/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Writes each message that comes for the device to a file, on the library's own thread, while this one does something else: here
 * it waits for the end of its input. Then it prints what came.
 *
 *     cc -std=c99 broker_handler.c -lbyteport -o broker_handler
 *     BYTEPORT_BROKER=... (and the other variables) ./broker_handler FILE
 *
 * Messages that are older than an hour are not handed on. Exit status: 0 done, 1 a failure, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

/* Calls come one after the other, and nobody else uses the file, so nothing is locked. What cannot be written comes again. */
static int32_t write_message(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    FILE *file = (FILE *)userdata;
    size_t length = 0;
    const uint8_t *body = byteport_message_body(message, &length);
    (void)delivery;
    int written = fwrite(body, 1, length, file) == length && fputc('\n', file) != EOF && fflush(file) == 0;
    return written ? BYTEPORT_VERDICT_TAKEN : BYTEPORT_VERDICT_REFUSED;
}

static void end_file(void *userdata)
{
    fclose((FILE *)userdata);
}

static byteport_broker_t *open_broker(byteport_error_t **error)
{
    byteport_broker_t *broker = NULL;
    byteport_broker_options_t *options = broker_options(error);
    int done = options != NULL && byteport_broker_options_set_max_age_ms(options, 3600000, error) == BYTEPORT_OK &&
               byteport_broker_open(options, &broker, error) == BYTEPORT_OK;
    byteport_broker_options_free(options);
    return done ? broker : NULL;
}

/* The file is the client's from then on, if this succeeds. */
static int listen_into(const byteport_broker_t *broker, const char *path, byteport_error_t **error)
{
    FILE *file = fopen(path, "a");
    if (file == NULL) {
        fprintf(stderr, "broker_handler: %s cannot be written\n", path);
        return 0;
    }
    if (byteport_broker_subscribe(broker, NULL, error) != BYTEPORT_OK ||
        byteport_broker_listen(broker, write_message, file, end_file, error) != BYTEPORT_OK) {
        fclose(file); /* it was not taken over */
        return 0;
    }
    puts("listening");
    return fflush(stdout) == 0;
}

/* A closed client gives its last. */
static int print_statistics(const byteport_broker_t *broker, byteport_error_t **error)
{
    byteport_broker_stats_t *stats = NULL;
    if (byteport_broker_stats(broker, &stats, error) != BYTEPORT_OK) {
        return 0;
    }
    printf("%" PRIu64 " messages: %" PRIu64 " too old, %" PRIu64 " from the future\n", byteport_broker_stats_received(stats),
           byteport_broker_stats_stale(stats), byteport_broker_stats_ahead(stats));
    printf("%" PRIu64 " deliveries taken, %" PRIu64 " refused\n", byteport_broker_stats_taken(stats),
           byteport_broker_stats_not_taken(stats));
    byteport_broker_stats_free(stats);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !has_broker_settings()) {
        fputs("usage: broker_handler FILE, " BROKER_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = open_broker(&error);
    int done = broker != NULL && byteport_broker_wait_open(broker, 30000, &error) == BYTEPORT_OK &&
               listen_into(broker, argv[1], &error);
    while (done && getchar() != EOF) {
    }
    /* Waits for the call that runs, if any, so that nothing that the callback uses is freed under it. */
    done = done && byteport_broker_close(broker, 10000, NULL, &error) == BYTEPORT_OK && print_statistics(broker, &error);
    byteport_broker_free(broker);
    return finish("broker_handler", done, NULL, error);
}
