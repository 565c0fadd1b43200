/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Waits for messages, prints each with all that is known of it, and tells the broker that it was handled. One that cannot be
 * printed comes again.
 *
 *     cc -std=c99 broker_receive.c -lbyteport -o broker_receive
 *     BYTEPORT_BROKER=... (and the other variables) ./broker_receive DELIVERIES SECONDS [DESTINATION]
 *
 * It ends after so many deliveries, or when none has come for so many seconds; without a DESTINATION, the device's own messages
 * are waited for. Exit status: 0 all came, 1 not, 2 wrong use.
 */
#include "example.h"

static void print_message(const byteport_message_t *message)
{
    const char *name_space = byteport_message_namespace(message), *uid = byteport_message_uid(message);
    char time[BYTEPORT_TIMESTAMP_SIZE];
    size_t length = 0;
    const uint8_t *body = byteport_message_body(message, &length);
    /* A message without a time has BYTEPORT_TIME_OPEN, which is none. */
    int is_timed = byteport_timestamp_format_iso8601(byteport_message_time(message), time, sizeof time, NULL) == BYTEPORT_OK;
    printf("%s.%s at %s, %.0f s old: ", name_space != NULL ? name_space : "?", uid != NULL ? uid : "?", is_timed ? time : "?",
           (double)byteport_message_age_us(message) / 1e6);
    fwrite(body, 1, length, stdout);
    putchar('\n');
}

static int print_delivery(const byteport_delivery_t *delivery)
{
    size_t length = 0;
    byteport_delivery_body(delivery, &length);
    printf("%zu bytes from %s%s\n", length, byteport_delivery_destination(delivery),
           byteport_delivery_is_redelivered(delivery) ? ", again" : "");
    for (size_t i = 0; i < byteport_delivery_header_count(delivery); i++) { /* STOMP alone has them */
        printf("  %s: %s\n", byteport_delivery_header_name(delivery, i), byteport_delivery_header_value(delivery, i));
    }
    for (size_t i = 0; i < byteport_delivery_message_count(delivery); i++) {
        print_message(byteport_delivery_message(delivery, i));
    }
    return fflush(stdout) == 0;
}

/* One delivery: taken when it is printed. */
static int receive(const byteport_broker_t *broker, uint32_t patience_ms, byteport_error_t **error)
{
    byteport_delivery_t *delivery = NULL;
    if (byteport_broker_receive(broker, patience_ms, &delivery, error) != BYTEPORT_OK) {
        return 0;
    }
    if (delivery == NULL) {
        fputs("broker_receive: nothing came\n", stderr);
        return 0;
    }
    int printed = print_delivery(delivery);
    int told = byteport_broker_settle(broker, delivery, printed ? BYTEPORT_VERDICT_TAKEN : BYTEPORT_VERDICT_REFUSED, error) ==
               BYTEPORT_OK;
    byteport_delivery_free(delivery);
    return printed && told;
}

int main(int argc, char **argv)
{
    uint64_t count = 0, seconds = 0;
    if (argc < 3 || argc > 4 || !read_number(argv[1], &count) || !read_number(argv[2], &seconds) || seconds > 3600 ||
        !has_broker_settings()) {
        fputs("usage: broker_receive DELIVERIES SECONDS [DESTINATION], " BROKER_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = broker_client(&error);
    int done = broker != NULL && byteport_broker_subscribe(broker, argc == 4 ? argv[3] : NULL, &error) == BYTEPORT_OK;
    if (done) {
        puts("listening");
        done = fflush(stdout) == 0;
    }
    for (uint64_t i = 0; done && i < count; i++) {
        done = receive(broker, (uint32_t)seconds * 1000, &error);
    }
    done = done && byteport_broker_close(broker, 10000, NULL, &error) == BYTEPORT_OK;
    byteport_broker_free(broker);
    return finish("broker_receive", done, NULL, error);
}
