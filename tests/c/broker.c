/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What a broker's client does: storing one reading and many, publishing with and without waiting, messages and what the broker
 * is told of them; with bad arguments, settings, logins and hosts.
 */
#include "broker.h"

/* One reading and what came of it. */
static void stored(const byteport_broker_t *broker, const char *device)
{
    byteport_reading_t *reading = numbered(5);
    DONE(byteport_broker_store(broker, reading, &error));
    byteport_reading_free(reading);
    byteport_delivery_t *delivery = next_of(broker, device);
    const byteport_message_t *message = byteport_delivery_message(delivery, 0);
    CHECK(byteport_delivery_message_count(delivery) == 1 && byteport_delivery_message(delivery, 1) == NULL);
    CHECK(has_text(message, "n=5;") && byteport_message_time(message) == start + 5);
    CHECK(equal(byteport_message_namespace(message), setting("BYTEPORT_NAMESPACE")));
    CHECK(byteport_message_age_us(message) > 1000000);
    CHECK(equal(byteport_delivery_destination(delivery), store_destination()));
    take(broker, delivery);
}

/* Many readings at once; a bad one keeps no other from being stored. */
static void stored_all(const byteport_broker_t *broker, const char *device)
{
    byteport_status_t statuses[3] = {BYTEPORT_ERROR_INTERNAL, BYTEPORT_ERROR_INTERNAL, BYTEPORT_ERROR_INTERNAL};
    byteport_reading_t *one = numbered(1), *bad = numbered(2), *two = numbered(2);
    DONE(byteport_reading_set_timestamp(bad, INT64_MAX, &error));
    DONE(byteport_reading_set_device(two, "child", &error));
    const byteport_reading_t *readings[3] = {one, bad, two};
    REFUSED(BYTEPORT_ERROR_INVALID_TIMESTAMP, byteport_broker_store_all(broker, readings, 3, statuses, &error));
    CHECK(statuses[0] == BYTEPORT_OK && statuses[1] == BYTEPORT_ERROR_INVALID_TIMESTAMP && statuses[2] == BYTEPORT_OK);
    byteport_delivery_t *delivery = next_of(broker, device);
    CHECK(byteport_delivery_message_count(delivery) == 2);
    CHECK(number_of(byteport_delivery_message(delivery, 0)) == 1 && number_of(byteport_delivery_message(delivery, 1)) == 2);
    CHECK(equal(byteport_message_uid(byteport_delivery_message(delivery, 1)), "child"));
    take(broker, delivery);
    const byteport_reading_t *good[2] = {one, two};
    DONE(byteport_broker_store_all(broker, good, 2, NULL, &error));
    take(broker, next_of(broker, device));
    DONE(byteport_broker_store_all(broker, NULL, 0, NULL, &error));
    byteport_reading_free(one);
    byteport_reading_free(bad);
    byteport_reading_free(two);
}

/* Without waiting for each: in order, and all of them by the flush. */
static void posted(const byteport_broker_t *broker, const char *device)
{
    enum { MANY = 300 };
    for (int i = 0; i < MANY; i++) {
        byteport_reading_t *reading = numbered(i);
        DONE(byteport_broker_post_reading(broker, reading, &error));
        byteport_reading_free(reading);
    }
    size_t missing = 77;
    DONE(byteport_broker_flush(broker, LONG, &missing, &error));
    CHECK(missing == 0);
    for (int i = 0; i < MANY && checks_failed == 0; i++) {
        byteport_delivery_t *delivery = next_of(broker, device);
        CHECK(number_of(byteport_delivery_message(delivery, 0)) == i);
        take(broker, delivery);
    }
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_published(stats) >= MANY && byteport_broker_stats_pending(stats) == 0);
    CHECK(byteport_broker_stats_refused(stats) == 0 && byteport_broker_stats_received(stats) >= MANY);
    CHECK(byteport_broker_stats_taken(stats) >= MANY && byteport_broker_stats_not_taken(stats) == 0);
    CHECK(byteport_broker_stats_state(stats) == BYTEPORT_BROKER_STATE_OPEN && byteport_broker_stats_connections(stats) == 1);
    CHECK(equal(byteport_broker_stats_last_error(stats), ""));
    byteport_broker_stats_free(stats);
}

/* A message is a list of packets, or anything else. */
static void received(const byteport_broker_t *broker, const char *device)
{
    char list[256];
    snprintf(list, sizeof list,
             "[{\"uid\":\"%s\",\"namespace\":\"ns\",\"data\":\"lights on\",\"timestamp\":\"%d.25\"},"
             "{\"uid\":\"child-1\",\"data\":\"h\303\266m\"}]",
             device, 1430438400);
    publish_text(broker, own_destination(device), list);
    byteport_delivery_t *delivery = next_delivery(broker);
    const byteport_message_t *on = byteport_delivery_message(delivery, 0), *child = byteport_delivery_message(delivery, 1);
    CHECK(byteport_delivery_message_count(delivery) == 2 && has_text(on, "lights on") && has_text(child, "h\303\266m"));
    CHECK(equal(byteport_message_uid(on), device) && equal(byteport_message_uid(child), "child-1"));
    CHECK(equal(byteport_message_namespace(on), "ns") && byteport_message_namespace(child) == NULL);
    CHECK(byteport_message_time(on) == start + 250000 && byteport_message_age_us(on) > 1000000);
    CHECK(byteport_message_time(child) == BYTEPORT_TIME_OPEN && byteport_message_age_us(child) == 0);
    size_t length = 77;
    CHECK(equal((const char *)byteport_delivery_body(delivery, &length), list) && length == strlen(list));
    CHECK(!byteport_delivery_is_redelivered(delivery));
    CHECK((byteport_delivery_header_count(delivery) > 0) == is_stomp());
    CHECK(byteport_delivery_header_name(delivery, byteport_delivery_header_count(delivery)) == NULL);
    CHECK(byteport_delivery_header_value(delivery, byteport_delivery_header_count(delivery)) == NULL);
    CHECK(!is_stomp() || (byteport_delivery_header_name(delivery, 0) != NULL && byteport_delivery_header_value(delivery, 0) != NULL));
    take(broker, delivery);
    const uint8_t bytes[4] = {0xff, 0, 'a', 0};
    DONE(byteport_broker_post(broker, own_destination(device), bytes, sizeof bytes, &error));
    delivery = next_delivery(broker);
    const uint8_t *body = byteport_message_body(byteport_delivery_message(delivery, 0), &length);
    CHECK(length == sizeof bytes && body != NULL && memcmp(body, bytes, sizeof bytes) == 0);
    CHECK(byteport_message_uid(byteport_delivery_message(delivery, 0)) == NULL);
    take(broker, delivery);
}

/* What is refused comes again, with the broker's word that it did. */
static void refused_once(const byteport_broker_t *broker, const char *device)
{
    publish_text(broker, own_destination(device), "again");
    byteport_delivery_t *delivery = next_delivery(broker);
    CHECK(!byteport_delivery_is_redelivered(delivery));
    DONE(byteport_broker_settle(broker, delivery, BYTEPORT_VERDICT_REFUSED, &error));
    byteport_delivery_free(delivery);
    delivery = next_delivery(broker);
    CHECK(has_text(byteport_delivery_message(delivery, 0), "again") && byteport_delivery_is_redelivered(delivery));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_broker_settle(broker, delivery, 0, &error));
    take(broker, delivery);
    DONE(byteport_broker_receive(broker, 0, &delivery, &error));
    CHECK(delivery == NULL);
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_not_taken(stats) == 1);
    byteport_broker_stats_free(stats);
}

/* Messages that are too old, or of a time to come, are counted alone. */
static void sifted(const char *device)
{
    byteport_broker_options_t *options = broker_options(device);
    DONE(byteport_broker_options_set_max_age_ms(options, 1000000, &error));
    DONE(byteport_broker_options_set_max_ahead_ms(options, 1000000, &error));
    byteport_broker_t *broker = open_with(options);
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    publish_text(broker, own_destination(device), "{\"uid\":\"d\",\"data\":\"old\",\"timestamp\":1430438400}");
    publish_text(broker, own_destination(device), "{\"uid\":\"d\",\"data\":\"ahead\",\"timestamp\":99999999999}");
    publish_text(broker, own_destination(device), "{\"uid\":\"d\",\"data\":\"now\"}");
    byteport_delivery_t *delivery = next_delivery(broker);
    CHECK(has_text(byteport_delivery_message(delivery, 0), "now"));
    take(broker, delivery);
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_stale(stats) == 1 && byteport_broker_stats_ahead(stats) == 1);
    CHECK(byteport_broker_stats_received(stats) == 3);
    byteport_broker_stats_free(stats);
    close_broker(broker);
}

static void bad_arguments(const byteport_broker_t *broker)
{
    const byteport_status_t bad = BYTEPORT_ERROR_INVALID_ARGUMENT;
    const uint8_t byte = 1;
    REFUSED(bad, byteport_broker_publish(broker, NOT_UTF8, &byte, 1, &error));
    REFUSED(bad, byteport_broker_post(broker, NOT_UTF8, &byte, 1, &error));
    REFUSED(bad, byteport_broker_publish(broker, "", &byte, 1, &error));
    REFUSED(bad, byteport_broker_post(broker, "d", &byte, SIZE_MAX, &error));
    REFUSED(bad, byteport_broker_subscribe(broker, NOT_UTF8, &error));
    REFUSED(bad, byteport_broker_subscribe(broker, "", &error));
}

#define BAD(expected, setter, ...)                                                                                     \
    do {                                                                                                               \
        byteport_broker_t *none = NULL;                                                                                \
        byteport_broker_options_t *options = broker_options("dev");                                                    \
        DONE(byteport_broker_options_##setter(options, __VA_ARGS__, &error));                                          \
        REFUSED(expected, byteport_broker_open(options, &none, &error));                                               \
        CHECK(none == NULL);                                                                                           \
        byteport_broker_options_free(options);                                                                         \
    } while (0)

/* What open refuses, and the setters. */
static void bad_settings(void)
{
    const byteport_status_t bad = BYTEPORT_ERROR_INVALID_ARGUMENT;
    byteport_broker_options_t *options = NULL;
    BAD(bad, set_host, "http://h");
    BAD(bad, set_host, "user:pw@h");
    BAD(BYTEPORT_ERROR_INVALID_NAME, set_namespace, "a b");
    BAD(BYTEPORT_ERROR_INVALID_NAME, set_device, "");
    BAD(BYTEPORT_ERROR_NOT_CONFIGURED, set_login, "", "x");
    BAD(bad, set_login, "a\nb", "x");
    BAD(bad, set_vhost, "");
    BAD(bad, set_client_id, "a\tb");
    BAD(bad, set_keep_alive_ms, UINT32_MAX);
    BAD(bad, set_timeout_ms, 0);
    BAD(bad, set_connect_timeout_ms, 0);
    BAD(bad, set_max_message, 0);
    BAD(bad, set_max_in_flight, 0);
    BAD(bad, set_max_in_flight, 65536);
    BAD(bad, set_prefetch, 0);
    BAD(bad, add_destination, "");
    REFUSED(bad, byteport_broker_options_new(0, &options, &error));
    REFUSED(bad, byteport_broker_options_new(3, &options, &error));
    REFUSED(bad, byteport_broker_options_from_url("http://h", &options, &error));
    REFUSED(bad, byteport_broker_options_from_url(NOT_UTF8, &options, &error));
    CHECK(options == NULL);
    DONE(byteport_broker_options_new(BYTEPORT_PROTOCOL_STOMP, &options, &error));
    REFUSED(bad, byteport_broker_options_set_channel(options, 0, &error));
    REFUSED(bad, byteport_broker_options_set_proxy(options, "ftp://h", &error));
    REFUSED(bad, byteport_broker_options_set_login(options, "a", NOT_UTF8, &error));
    DONE(byteport_broker_options_set_login(options, "a", "b", &error));
    DONE(byteport_broker_options_set_will(options, "gone", NULL, 0, false, &error));
    byteport_broker_t *none = NULL;
    REFUSED(bad, byteport_broker_open(options, &none, &error)); /* STOMP has no last will */
    CHECK(none == NULL);
    byteport_broker_options_free(options);
}

/* A broker that does not let us in says so at once; nothing waits for its time-out. */
static void not_let_in(byteport_broker_options_t *options, byteport_status_t expected)
{
    byteport_broker_t *broker = NULL;
    DONE(byteport_broker_open(options, &broker, &error));
    byteport_broker_options_free(options);
    REFUSED(expected, byteport_broker_wait_open(broker, LONG, &error));
    REFUSED(expected, byteport_broker_publish(broker, "d", NULL, 0, &error));
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_connections(stats) == 0 && byteport_broker_stats_published(stats) == 0);
    CHECK(strlen(byteport_broker_stats_last_error(stats)) > 0);
    CHECK(strstr(byteport_broker_stats_last_error(stats), setting("BYTEPORT_KEY")) == NULL);
    byteport_broker_stats_free(stats);
    close_broker(broker);
}

static void no_way_in(void)
{
    byteport_broker_options_t *options = broker_options("dev");
    DONE(byteport_broker_options_set_login(options, setting("BYTEPORT_BROKER_LOGIN"), "wrong", &error));
    not_let_in(options, BYTEPORT_ERROR_LOGIN_FAILED);
    options = broker_options("dev");
    DONE(byteport_broker_options_set_vhost(options, "no_such_garage", &error));
    not_let_in(options, BYTEPORT_ERROR_LOGIN_FAILED);
    options = broker_options("dev");
    DONE(byteport_broker_options_set_ca_file(options, "no-such-file.pem", &error));
    not_let_in(options, BYTEPORT_ERROR_TLS);
}

/* A host that does not answer is tried again; who waits hears why. */
static void gone(void)
{
    byteport_broker_t *broker = NULL;
    byteport_broker_options_t *options = broker_options("dev");
    char host[64];
    snprintf(host, sizeof host, "%s%s", is_stomp() ? "stomp://" : "mqtt://", setting("BYTEPORT_GONE"));
    DONE(byteport_broker_options_set_host(options, host, &error));
    DONE(byteport_broker_options_set_timeout_ms(options, 200, &error));
    DONE(byteport_broker_open(options, &broker, &error));
    byteport_broker_options_free(options);
    while (byteport_broker_wait_open(broker, 200, NULL) == BYTEPORT_ERROR_TIMEOUT) { /* not even tried yet */
    }
    REFUSED(BYTEPORT_ERROR_CONNECT, byteport_broker_wait_open(broker, 1, &error));
    REFUSED(BYTEPORT_ERROR_TIMEOUT, byteport_broker_publish(broker, "d", NULL, 0, &error));
    DONE(byteport_broker_post(broker, "d", NULL, 0, &error));
    size_t missing = 77;
    DONE(byteport_broker_flush(broker, 0, &missing, &error));
    CHECK(missing == 1);
    missing = 77;
    DONE(byteport_broker_close(broker, 0, &missing, &error));
    CHECK(missing == 1);
    byteport_broker_free(broker);
}

static void closed(byteport_broker_t *broker)
{
    const byteport_status_t no = BYTEPORT_ERROR_CLOSED;
    byteport_status_t answer = BYTEPORT_OK;
    byteport_reading_t *reading = numbered(1);
    const byteport_reading_t *readings[1] = {reading};
    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    REFUSED(no, byteport_broker_store(broker, reading, &error));
    REFUSED(no, byteport_broker_post_reading(broker, reading, &error));
    REFUSED(no, byteport_broker_store_all(broker, readings, 1, &answer, &error));
    CHECK(answer == no);
    REFUSED(no, byteport_broker_publish(broker, "d", NULL, 0, &error));
    REFUSED(no, byteport_broker_post(broker, "d", NULL, 0, &error));
    REFUSED(no, byteport_broker_subscribe(broker, "d", &error));
    REFUSED(no, byteport_broker_wait_open(broker, 0, &error));
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_state(stats) == BYTEPORT_BROKER_STATE_CLOSED);
    byteport_broker_stats_free(stats);
    DONE(byteport_broker_close(broker, 0, NULL, &error));
    byteport_reading_free(reading);
    byteport_broker_free(broker);
}

/* Without a device there is nothing to store to, nor to listen to. */
static void no_device(void)
{
    byteport_delivery_t *delivery = NULL;
    byteport_reading_t *reading = numbered(1);
    byteport_broker_options_t *options = broker_options(NULL);
    DONE(byteport_broker_options_set_clean_session(options, true, &error));
    byteport_broker_t *broker = open_with(options);
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_broker_store(broker, reading, &error));
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_broker_receive(broker, 0, &delivery, &error));
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_broker_subscribe(broker, NULL, &error));
    byteport_reading_free(reading);
    close_broker(broker);
}

int main(void)
{
    const char *device = setting("BYTEPORT_DEVICE");
    byteport_broker_t *broker = open_broker(device);
    DONE(byteport_broker_subscribe(broker, store_destination(), &error));
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    stored(broker, device);
    stored_all(broker, device);
    posted(broker, device);
    received(broker, device);
    refused_once(broker, device);
    bad_arguments(broker);
    closed(broker);
    sifted(device);
    no_device();
    bad_settings();
    no_way_in();
    gone();
    return check_end("broker");
}
