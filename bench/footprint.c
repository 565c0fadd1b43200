/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Uses one part of the library once, leaves it idle, and prints what that takes as one line of JSON.
 * usage: footprint SECONDS nothing
 *        footprint SECONDS client HOST CA_FILE           a reading was stored, its connection is kept; CA_FILE may be ""
 *        footprint SECONDS outbox HOST CA_FILE FILE      a reading was delivered, nothing waits
 *        footprint SECONDS mqtt HOST LOGIN PASSWORD      a message was acknowledged, the connection is up
 * Compiled with BYTEPORT_WITHOUT_OUTBOX and BYTEPORT_WITHOUT_BROKER for libraries that lack them. */
#define _POSIX_C_SOURCE 200809L
#include <byteport.h>

#include "measure.h"
#include "tasks.h"

static byteport_error_t *error;

static void check(byteport_status_t status) {
    if (status == BYTEPORT_OK) return;
    fprintf(stderr, "footprint: %s\n", byteport_error_message(error));
    exit(1);
}

static void pause_for(long seconds) {
    struct timespec left = {seconds, 0};
    while (nanosleep(&left, &left) != 0) {}
}

static void leave_idle(long seconds) {
    long threads = 0;
    pause_for(70); /* what is still to be done is done: an outbox writes its totals once a minute */
    long before = waits_of_others(&threads);
    pause_for(seconds);
    long waits = waits_of_others(&threads) - before;
    printf("{\"threads\": %ld, \"idle_kib\": %ld, \"peak_kib\": %ld, \"wakes_per_hour\": %ld}\n", threads,
           number_in("/proc/self/status", "VmRSS:"), measure_peak_kib(), waits * 3600 / seconds);
}

static byteport_reading_t *measure_a_reading(void) {
    byteport_reading_t *reading = byteport_reading_new();
    check(byteport_reading_set_integer(reading, "number", 1, &error));
    check(byteport_reading_set_number(reading, "temp", 20.25, &error));
    return reading;
}

static byteport_client_t *connect_to(const char *host, const char *ca_file) {
    byteport_options_t *options = byteport_options_new();
    byteport_client_t *client = NULL;
    check(byteport_options_set_host(options, host, &error));
    check(byteport_options_set_namespace(options, "myownspace", &error));
    check(byteport_options_set_key(options, "f00b4s3cretk3y", &error));
    check(byteport_options_set_device(options, "barDev1", &error));
    check(byteport_options_set_no_proxy(options, &error));
    if (*ca_file) check(byteport_options_set_ca_file(options, ca_file, &error));
    check(byteport_client_new(options, &client, &error));
    byteport_options_free(options);
    return client;
}

static void with_client(long seconds, char **argument) {
    byteport_client_t *client = connect_to(argument[0], argument[1]);
    byteport_reading_t *reading = measure_a_reading();
    check(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
    leave_idle(seconds);
    byteport_client_free(client);
}

#ifndef BYTEPORT_WITHOUT_OUTBOX
static void with_outbox(long seconds, char **argument) {
    byteport_client_t *client = connect_to(argument[0], argument[1]);
    byteport_outbox_t *outbox = NULL;
    byteport_reading_t *reading = measure_a_reading();
    check(byteport_outbox_open(client, argument[2], NULL, &outbox, &error));
    check(byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DELIVERED, NULL, NULL, &error));
    byteport_reading_free(reading);
    byteport_client_free(client);
    leave_idle(seconds);
    check(byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error));
    byteport_outbox_free(outbox);
}
#endif

#ifndef BYTEPORT_WITHOUT_BROKER
static void with_mqtt(long seconds, char **argument) {
    byteport_broker_options_t *options = NULL;
    byteport_broker_t *broker = NULL;
    check(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, &options, &error));
    byteport_reading_t *reading = measure_a_reading();
    check(byteport_broker_options_set_host(options, argument[0], &error));
    check(byteport_broker_options_set_namespace(options, "myownspace", &error));
    check(byteport_broker_options_set_device(options, "barDev1", &error));
    check(byteport_broker_options_set_login(options, argument[1], argument[2], &error));
    check(byteport_broker_options_set_vhost(options, "/", &error));
    check(byteport_broker_open(options, &broker, &error));
    check(byteport_broker_store(broker, reading, &error));
    byteport_reading_free(reading);
    byteport_broker_options_free(options);
    leave_idle(seconds);
    check(byteport_broker_close(broker, 0, NULL, &error));
    byteport_broker_free(broker);
}
#endif

int main(int argc, char **argv) {
    if (argc < 3) return 2;
    long seconds = strtol(argv[1], NULL, 10);
    const char *part = argv[2];
    if (strcmp(part, "nothing") == 0 && argc == 3) leave_idle(seconds);
    else if (strcmp(part, "client") == 0 && argc == 5) with_client(seconds, argv + 3);
#ifndef BYTEPORT_WITHOUT_OUTBOX
    else if (strcmp(part, "outbox") == 0 && argc == 6) with_outbox(seconds, argv + 3);
#endif
#ifndef BYTEPORT_WITHOUT_BROKER
    else if (strcmp(part, "mqtt") == 0 && argc == 6) with_mqtt(seconds, argv + 3);
#endif
    else return 2;
    return 0;
}
