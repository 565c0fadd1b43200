/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Publishes N small payloads by MQTT at QoS 1, up to WINDOW of them unacknowledged, and waits until all are acknowledged.
 * usage: broker_byteport HOST:PORT USER PASSWORD N WINDOW */
#define _POSIX_C_SOURCE 200809L
#include <byteport.h>

#include "measure.h"

static byteport_error_t *error;

static void check(byteport_status_t status) {
    if (status == BYTEPORT_OK) return;
    fprintf(stderr, "broker_byteport: %s\n", byteport_error_message(error));
    exit(1);
}

static byteport_broker_t *connect_to(char **argv) {
    byteport_broker_options_t *options = NULL;
    byteport_broker_t *broker = NULL;
    check(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, &options, &error));
    check(byteport_broker_options_set_host(options, argv[1], &error));
    check(byteport_broker_options_set_vhost(options, "/", &error));
    check(byteport_broker_options_set_login(options, argv[2], argv[3], &error));
    check(byteport_broker_options_set_clean_session(options, 1, &error));
    check(byteport_broker_options_set_max_in_flight(options, (size_t)strtol(argv[5], NULL, 10), &error));
    check(byteport_broker_open(options, &broker, &error));
    check(byteport_broker_wait_open(broker, 30000, &error));
    byteport_broker_options_free(options);
    return broker;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    long calls = strtol(argv[4], NULL, 10);
    byteport_broker_t *broker = connect_to(argv);
    size_t missing = 0;
    struct measure start = measure_now();
    for (long i = 1; i <= calls; i++) {
        char payload[64];
        int length = snprintf(payload, sizeof payload, "number=%ld;temp=20.25;state=rolling;", i);
        check(byteport_broker_post(broker, "bench", (const uint8_t *)payload, (size_t)length, &error));
    }
    check(byteport_broker_flush(broker, 60000, &missing, &error));
    if (missing) return 1;
    measure_print(start, calls);
    check(byteport_broker_close(broker, 1000, NULL, &error));
    byteport_broker_free(broker);
    return 0;
}
