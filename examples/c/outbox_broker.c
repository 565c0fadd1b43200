/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores each number of its input by an outbox that uploads through a broker, by MQTT or STOMP. A line `login NAME PASSWORD`
 * changes the login, as when the broker refuses the old one; what it refused is uploaded then.
 *
 *     cc -std=c99 outbox_broker.c -lbyteport -o outbox_broker
 *     BYTEPORT_BROKER=... (and the other variables) ./outbox_broker FILE < lines
 *
 * Exit status: 0 the broker has all, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

/* Settings of an outbox that has the environment's broker between. */
static byteport_outbox_options_t *through_broker(byteport_error_t **error)
{
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    byteport_broker_options_t *broker = broker_options(error);
    if (broker == NULL || byteport_outbox_options_set_broker(options, broker, error) != BYTEPORT_OK) {
        byteport_outbox_options_free(options);
        options = NULL;
    }
    byteport_broker_options_free(broker); /* the outbox's settings have a copy */
    return options;
}

/* A client of the service: through a broker it needs neither key nor host, only what readings are stored to. */
static byteport_client_t *names_only(byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = byteport_options_set_namespace(options, getenv("BYTEPORT_NAMESPACE"), error) == BYTEPORT_OK &&
               byteport_options_set_device(options, getenv("BYTEPORT_DEVICE"), error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    return done ? client : NULL;
}

static int obey(const byteport_outbox_t *outbox, const char *line, byteport_error_t **error)
{
    char login[128], password[128];
    if (sscanf(line, "login %127s %127s", login, password) == 2) {
        return byteport_outbox_set_login(outbox, login, password, error) == BYTEPORT_OK;
    }
    byteport_reading_t *reading = byteport_reading_new(); /* stamped now */
    int done = byteport_reading_set_number(reading, "value", strtod(line, NULL), error) == BYTEPORT_OK &&
               byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, error) == BYTEPORT_OK;
    byteport_reading_free(reading);
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !has_broker_settings()) {
        fputs("usage: outbox_broker FILE < lines, " BROKER_SETTINGS, stderr);
        return 2;
    }
    char line[320];
    uint64_t kept = 0, lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = names_only(&error);
    byteport_outbox_options_t *options = client != NULL ? through_broker(&error) : NULL;
    int done = options != NULL && byteport_outbox_open(client, argv[1], options, &outbox, &error) == BYTEPORT_OK;
    while (done && read_line(line, sizeof line, stdin)) {
        done = obey(outbox, line, &error);
    }
    done = done && byteport_outbox_close(outbox, 60000, NULL, &kept, &lost, &error) == BYTEPORT_OK;
    printf("%" PRIu64 " kept, %" PRIu64 " lost\n", kept, lost);
    byteport_outbox_free(outbox);
    byteport_outbox_options_free(options);
    return finish("outbox_broker", done && kept == 0 && lost == 0, client, error);
}
