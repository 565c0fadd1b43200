/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * NULL in every pointer argument of every function of a broker's client, as null.c does it for the others.
 */
#include "null.h"

static unsigned freed;

static int32_t refuse(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    CHECK(message == NULL && delivery == NULL && userdata == NULL); /* it is never called */
    return BYTEPORT_VERDICT_REFUSED;
}

static void texts(void)
{
    byteport_broker_options_t *o = NULL;
    REFUSED(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, NULL, &error));
    CHECK(byteport_broker_options_new(7, &o, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_options_from_url(NULL, &o, &error));
    REFUSED(byteport_broker_options_from_url("mqtt://h", NULL, &error));
    CHECK(byteport_broker_options_from_url("ftp://h", &o, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT && o == NULL);
    CHECK(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, &o, NULL) == BYTEPORT_OK && o != NULL);
    REFUSED(byteport_broker_options_set_host(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_host(o, NULL, &error));
    CHECK(byteport_broker_options_set_host(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_namespace(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_namespace(o, NULL, &error));
    CHECK(byteport_broker_options_set_namespace(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_device(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_device(o, NULL, &error));
    CHECK(byteport_broker_options_set_device(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_login(NULL, "x", "y", &error));
    REFUSED(byteport_broker_options_set_login(o, NULL, "y", &error));
    REFUSED(byteport_broker_options_set_login(o, "x", NULL, &error));
    CHECK(byteport_broker_options_set_login(o, "x", "y", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_vhost(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_vhost(o, NULL, &error));
    CHECK(byteport_broker_options_set_vhost(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_client_id(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_client_id(o, NULL, &error));
    CHECK(byteport_broker_options_set_client_id(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_add_destination(NULL, "x", &error));
    REFUSED(byteport_broker_options_add_destination(o, NULL, &error));
    CHECK(byteport_broker_options_add_destination(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_proxy(NULL, "http://x", &error));
    REFUSED(byteport_broker_options_set_proxy(o, NULL, &error));
    CHECK(byteport_broker_options_set_proxy(o, "ftp://x", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_options_set_ca_file(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_ca_file(o, NULL, &error));
    CHECK(byteport_broker_options_set_ca_file(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_client_cert(NULL, "x", &error));
    REFUSED(byteport_broker_options_set_client_cert(o, NULL, &error));
    CHECK(byteport_broker_options_set_client_cert(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_will(NULL, "x", (const uint8_t *)"y", 1, true, &error));
    REFUSED(byteport_broker_options_set_will(o, NULL, (const uint8_t *)"y", 1, true, &error));
    REFUSED(byteport_broker_options_set_will(o, "x", NULL, 1, true, &error));
    CHECK(byteport_broker_options_set_will(o, "x", NULL, 0, true, NULL) == BYTEPORT_OK);
    byteport_broker_options_free(o);
    byteport_broker_options_free(NULL);
}

static void numbers_and_choices(void)
{
    byteport_broker_options_t *o = NULL;
    CHECK(byteport_broker_options_from_url("stomp://h", &o, NULL) == BYTEPORT_OK && o != NULL);
    REFUSED(byteport_broker_options_set_tls(NULL, true, &error));
    CHECK(byteport_broker_options_set_tls(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_clean_session(NULL, true, &error));
    CHECK(byteport_broker_options_set_clean_session(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_confirm(NULL, true, &error));
    CHECK(byteport_broker_options_set_confirm(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_reconnect(NULL, true, &error));
    CHECK(byteport_broker_options_set_reconnect(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_channel(NULL, BYTEPORT_CHANNEL_QUEUE, &error));
    CHECK(byteport_broker_options_set_channel(o, 3, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_options_set_keep_alive_ms(NULL, 1, &error));
    CHECK(byteport_broker_options_set_keep_alive_ms(o, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_connect_timeout_ms(NULL, 1, &error));
    CHECK(byteport_broker_options_set_connect_timeout_ms(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_timeout_ms(NULL, 1, &error));
    CHECK(byteport_broker_options_set_timeout_ms(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_max_message(NULL, 1, &error));
    CHECK(byteport_broker_options_set_max_message(o, SIZE_MAX, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_max_list(NULL, 1, &error));
    CHECK(byteport_broker_options_set_max_list(o, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_max_in_flight(NULL, 1, &error));
    CHECK(byteport_broker_options_set_max_in_flight(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_prefetch(NULL, 1, &error));
    CHECK(byteport_broker_options_set_prefetch(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_max_age_ms(NULL, 1, &error));
    CHECK(byteport_broker_options_set_max_age_ms(o, UINT64_MAX, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_options_set_max_ahead_ms(NULL, 1, &error));
    CHECK(byteport_broker_options_set_max_ahead_ms(o, 0, NULL) == BYTEPORT_OK);
    byteport_broker_options_free(o);
}

static void nothing(void)
{
    size_t length = 77;
    CHECK(byteport_delivery_destination(NULL) == NULL && !byteport_delivery_is_redelivered(NULL));
    CHECK(byteport_delivery_body(NULL, &length) == NULL && length == 0);
    CHECK(byteport_delivery_body(NULL, NULL) == NULL);
    CHECK(byteport_delivery_header_count(NULL) == 0);
    CHECK(byteport_delivery_header_name(NULL, 0) == NULL && byteport_delivery_header_value(NULL, 0) == NULL);
    CHECK(byteport_delivery_message_count(NULL) == 0 && byteport_delivery_message(NULL, 0) == NULL);
    byteport_delivery_free(NULL);
    length = 77;
    CHECK(byteport_message_namespace(NULL) == NULL && byteport_message_uid(NULL) == NULL);
    CHECK(byteport_message_body(NULL, &length) == NULL && length == 0);
    CHECK(byteport_message_body(NULL, NULL) == NULL);
    CHECK(byteport_message_time(NULL) == BYTEPORT_TIME_OPEN && byteport_message_age_us(NULL) == 0);
    CHECK(byteport_broker_stats_state(NULL) == BYTEPORT_BROKER_STATE_NONE);
    CHECK(byteport_broker_stats_published(NULL) == 0 && byteport_broker_stats_refused(NULL) == 0);
    CHECK(byteport_broker_stats_pending(NULL) == 0 && byteport_broker_stats_received(NULL) == 0);
    CHECK(byteport_broker_stats_stale(NULL) == 0 && byteport_broker_stats_ahead(NULL) == 0);
    CHECK(byteport_broker_stats_taken(NULL) == 0 && byteport_broker_stats_not_taken(NULL) == 0);
    CHECK(byteport_broker_stats_connections(NULL) == 0 && byteport_broker_stats_last_error(NULL) == NULL);
    byteport_broker_stats_free(NULL);
    CHECK(byteport_broker_fd(NULL) == -1);
    byteport_broker_free(NULL);
}

/* A client whose broker is gone. */
static byteport_broker_t *open_gone(void)
{
    byteport_broker_t *b = NULL;
    byteport_broker_options_t *o = NULL;
    CHECK(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, &o, NULL) == BYTEPORT_OK);
    CHECK(byteport_broker_options_set_host(o, setting("BYTEPORT_GONE"), NULL) == BYTEPORT_OK);
    CHECK(byteport_broker_options_set_namespace(o, "ns", NULL) == BYTEPORT_OK);
    CHECK(byteport_broker_options_set_device(o, "dev", NULL) == BYTEPORT_OK);
    CHECK(byteport_broker_open(o, &b, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED && b == NULL);
    CHECK(byteport_broker_options_set_login(o, "x", "y", NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_open(NULL, &b, &error));
    REFUSED(byteport_broker_open(o, NULL, &error));
    CHECK(byteport_broker_open(o, &b, NULL) == BYTEPORT_OK && b != NULL);
    byteport_broker_options_free(o);
    return b;
}

static void publishing(const byteport_broker_t *b)
{
    size_t n = 77;
    byteport_status_t status = BYTEPORT_ERROR_INTERNAL;
    byteport_reading_t *r = byteport_reading_new();
    const byteport_reading_t *one[1] = {r}, *none[1] = {NULL};
    REFUSED(byteport_broker_wait_open(NULL, 0, &error));
    CHECK(byteport_broker_wait_open(b, 0, NULL) != BYTEPORT_OK);
    REFUSED(byteport_broker_publish(NULL, "d", (const uint8_t *)"x", 1, &error));
    REFUSED(byteport_broker_publish(b, NULL, (const uint8_t *)"x", 1, &error));
    REFUSED(byteport_broker_publish(b, "d", NULL, 1, &error));
    CHECK(byteport_broker_publish(b, "", NULL, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_post(NULL, "d", (const uint8_t *)"x", 1, &error));
    REFUSED(byteport_broker_post(b, NULL, (const uint8_t *)"x", 1, &error));
    REFUSED(byteport_broker_post(b, "d", NULL, 1, &error));
    CHECK(byteport_broker_post(b, "d", NULL, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_store(NULL, r, &error));
    REFUSED(byteport_broker_store(b, NULL, &error));
    CHECK(byteport_broker_store(b, NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_post_reading(NULL, r, &error));
    REFUSED(byteport_broker_post_reading(b, NULL, &error));
    CHECK(byteport_broker_post_reading(b, r, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_store_all(NULL, one, 1, &status, &error));
    REFUSED(byteport_broker_store_all(b, NULL, 1, &status, &error));
    REFUSED(byteport_broker_store_all(b, none, 1, &status, &error));
    CHECK(status == BYTEPORT_ERROR_INTERNAL);
    CHECK(byteport_broker_store_all(b, NULL, 0, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_flush(NULL, 0, &n, &error));
    CHECK(n == 77 && byteport_broker_flush(b, 0, NULL, NULL) == BYTEPORT_OK);
    byteport_reading_free(r);
}

static void receiving(const byteport_broker_t *b)
{
    size_t n = 77;
    byteport_delivery_t *delivery = NULL;
    byteport_broker_stats_t *stats = NULL;
    REFUSED(byteport_broker_subscribe(NULL, "d", &error));
    CHECK(byteport_broker_subscribe(NULL, NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_receive(NULL, 0, &delivery, &error));
    REFUSED(byteport_broker_receive(b, 0, NULL, &error));
    CHECK(byteport_broker_receive(b, 0, &delivery, NULL) == BYTEPORT_OK && delivery == NULL);
    REFUSED(byteport_broker_settle(NULL, delivery, BYTEPORT_VERDICT_TAKEN, &error));
    REFUSED(byteport_broker_settle(b, NULL, BYTEPORT_VERDICT_TAKEN, &error));
    CHECK(byteport_broker_settle(b, NULL, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_broker_service(NULL, refuse, NULL, &n, &error));
    REFUSED(byteport_broker_service(b, NULL, NULL, &n, &error));
    CHECK(n == 77 && byteport_broker_service(b, refuse, NULL, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_listen(NULL, refuse, &freed, count_free, &error));
    REFUSED(byteport_broker_listen(b, NULL, &freed, count_free, &error));
    CHECK(freed == 0 && byteport_broker_listen(b, refuse, NULL, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_broker_stats(NULL, &stats, &error));
    REFUSED(byteport_broker_stats(b, NULL, &error));
    CHECK(stats == NULL && byteport_broker_stats(b, &stats, NULL) == BYTEPORT_OK && stats != NULL);
    CHECK(byteport_broker_stats_pending(stats) == 2);
    byteport_broker_stats_free(stats);
}

int main(void)
{
    size_t n = 77;
    texts();
    numbers_and_choices();
    nothing();
    byteport_broker_t *b = open_gone();
    publishing(b);
    receiving(b);
    REFUSED(byteport_broker_close(NULL, 0, &n, &error));
    CHECK(n == 77 && byteport_broker_close(b, 0, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_broker_publish(b, "d", NULL, 0, NULL) == BYTEPORT_ERROR_CLOSED);
    CHECK(byteport_broker_subscribe(b, NULL, NULL) == BYTEPORT_ERROR_CLOSED);
    byteport_broker_free(b);
    return check_end("broker_null");
}
