/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Publishes each line of its input to an MQTT topic or STOMP destination: many at once, or with `each` one after the other, which
 * tells for each what the broker says.
 *
 *     cc -std=c99 broker_publish.c -lbyteport -o broker_publish
 *     BYTEPORT_BROKER=... (and the other variables) ./broker_publish DESTINATION [each] < lines
 *
 * Exit status: 0 the broker has all, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

/* Returns when the broker has the line. */
static int publish(const byteport_broker_t *broker, const char *destination, const char *line, byteport_error_t **error)
{
    if (byteport_broker_publish(broker, destination, (const uint8_t *)line, strlen(line), error) != BYTEPORT_OK) {
        return 0;
    }
    printf("confirmed: %s\n", line);
    return 1;
}

/* Returns when the line is on its way, or waits for that. */
static int post(const byteport_broker_t *broker, const char *destination, const char *line, byteport_error_t **error)
{
    return byteport_broker_post(broker, destination, (const uint8_t *)line, strlen(line), error) == BYTEPORT_OK;
}

/* What was posted has no error of its own: the broker's answers are counted. */
static int none_refused(const byteport_broker_t *broker, byteport_error_t **error)
{
    byteport_broker_stats_t *stats = NULL;
    if (byteport_broker_stats(broker, &stats, error) != BYTEPORT_OK) {
        return 0;
    }
    const uint64_t refused = byteport_broker_stats_refused(stats), pending = byteport_broker_stats_pending(stats);
    printf("%" PRIu64 " published, %" PRIu64 " refused, %" PRIu64 " without an answer, by %" PRIu64 " connections\n",
           byteport_broker_stats_published(stats), refused, pending, byteport_broker_stats_connections(stats));
    if (byteport_broker_stats_state(stats) != BYTEPORT_BROKER_STATE_OPEN) {
        printf("not connected: %s\n", byteport_broker_stats_last_error(stats));
    }
    byteport_broker_stats_free(stats);
    return refused == 0 && pending == 0;
}

int main(int argc, char **argv)
{
    const int each = argc == 3 && strcmp(argv[2], "each") == 0;
    if (argc < 2 || argc > 3 || (argc == 3 && !each) || !has_broker_settings()) {
        fputs("usage: broker_publish DESTINATION [each] < lines, " BROKER_SETTINGS, stderr);
        return 2;
    }
    char line[4096];
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = broker_client(&error);
    int done = broker != NULL;
    while (done && read_line(line, sizeof line, stdin)) {
        done = each ? publish(broker, argv[1], line, &error) : post(broker, argv[1], line, &error);
    }
    done = done && byteport_broker_flush(broker, 30000, NULL, &error) == BYTEPORT_OK && none_refused(broker, &error) &&
           byteport_broker_close(broker, 10000, NULL, &error) == BYTEPORT_OK;
    byteport_broker_free(broker);
    return finish("broker_publish", done, NULL, error);
}
