/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the tests of a broker's client share: clients, readings, what comes back. BYTEPORT_KEY is the password here, so that
 * outcome.h looks for it in every error. Every wait is for something that comes; its bound is only there for the day on which it
 * does not.
 */
#ifndef BROKER_H
#define BROKER_H

#include "outcome.h"

#include <poll.h>

/* Milliseconds after which a test gives up. */
enum { LONG = 120000 };

static const int64_t start = INT64_C(1430438400000000);

static inline int is_stomp(void)
{
    return strncmp(setting("BYTEPORT_BROKER"), "stomp", 5) == 0;
}

static inline const char *store_destination(void)
{
    return is_stomp() ? "/queue/simple_string_dev_message" : "simple_string_dev_message";
}

/* Where a device's messages arrive. The text is good until the next call. */
static inline const char *own_destination(const char *device)
{
    static char text[256];
    snprintf(text, sizeof text, "%s%s.%s", is_stomp() ? "/topic/device_messages_" : "", setting("BYTEPORT_NAMESPACE"), device);
    return text;
}

/* Settings for the broker of the environment; without a device where it is NULL. */
static inline byteport_broker_options_t *broker_options(const char *device)
{
    byteport_broker_options_t *options = NULL;
    DONE(byteport_broker_options_from_url(setting("BYTEPORT_BROKER"), &options, &error));
    DONE(byteport_broker_options_set_ca_file(options, setting("BYTEPORT_BROKER_CA"), &error));
    DONE(byteport_broker_options_set_login(options, setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_KEY"), &error));
    DONE(byteport_broker_options_set_namespace(options, setting("BYTEPORT_NAMESPACE"), &error));
    DONE(byteport_broker_options_set_timeout_ms(options, LONG, &error));
    if (device != NULL) {
        DONE(byteport_broker_options_set_device(options, device, &error));
    }
    return options;
}

/* A client with these settings, which are freed, that the broker has let in. */
static inline byteport_broker_t *open_with(byteport_broker_options_t *options)
{
    byteport_broker_t *broker = NULL;
    DONE(byteport_broker_open(options, &broker, &error));
    byteport_broker_options_free(options);
    DONE(byteport_broker_wait_open(broker, LONG, &error));
    return broker;
}

static inline byteport_broker_t *open_broker(const char *device)
{
    return open_with(broker_options(device));
}

static inline void close_broker(byteport_broker_t *broker)
{
    size_t missing = 77;
    DONE(byteport_broker_close(broker, LONG, &missing, &error));
    CHECK(missing == 0);
    byteport_broker_free(broker);
}

/* The number n, measured n microseconds after a certain time. */
static inline byteport_reading_t *numbered(int64_t number)
{
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_timestamp(reading, start + number, &error));
    DONE(byteport_reading_set_integer(reading, "n", number, &error));
    return reading;
}

static inline void publish_text(const byteport_broker_t *broker, const char *destination, const char *text)
{
    DONE(byteport_broker_publish(broker, destination, (const uint8_t *)text, strlen(text), &error));
}

/* The next delivery; there must be one. */
static inline byteport_delivery_t *next_delivery(const byteport_broker_t *broker)
{
    byteport_delivery_t *delivery = NULL;
    DONE(byteport_broker_receive(broker, LONG, &delivery, &error));
    CHECK(delivery != NULL && byteport_delivery_message_count(delivery) > 0);
    return delivery;
}

/* Takes a delivery and frees it. */
static inline void take(const byteport_broker_t *broker, byteport_delivery_t *delivery)
{
    DONE(byteport_broker_settle(broker, delivery, BYTEPORT_VERDICT_TAKEN, &error));
    byteport_delivery_free(delivery);
}

/* The next delivery that is of the device of this test: a queue may still hold another's. */
static inline byteport_delivery_t *next_of(const byteport_broker_t *broker, const char *device)
{
    for (;;) {
        byteport_delivery_t *delivery = next_delivery(broker);
        const char *uid = byteport_message_uid(byteport_delivery_message(delivery, 0));
        if (delivery == NULL || equal(uid, device)) {
            return delivery;
        }
        take(broker, delivery);
    }
}

static inline int has_text(const byteport_message_t *message, const char *text)
{
    size_t length = 77;
    const uint8_t *body = byteport_message_body(message, &length);
    return body != NULL && length == strlen(text) && memcmp(body, text, length + 1) == 0;
}

/* The number of one message of a reading that was stored, checked against its time; -1 for another message. */
static inline int64_t number_of(const byteport_message_t *message)
{
    long long number = -1;
    const char *body = (const char *)byteport_message_body(message, NULL);
    if (body == NULL || sscanf(body, "n=%lld;", &number) != 1 || byteport_message_time(message) != start + number) {
        return -1;
    }
    return number;
}

static inline byteport_broker_stats_t *broker_stats(const byteport_broker_t *broker)
{
    byteport_broker_stats_t *stats = NULL;
    DONE(byteport_broker_stats(broker, &stats, &error));
    return stats;
}

#endif
