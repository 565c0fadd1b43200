/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Makes a broker's client from a file with a setting on each line, its name and its value, and looks whether the broker lets it in.
 *
 *     cc -std=c99 broker_settings.c -lbyteport -o broker_settings
 *     ./broker_settings mqtt|stomp FILE
 *
 * For example:     host broker.example.org
 *                  login joe PASSWORD
 *                  will cart-44/state gone
 *                  keep_alive_ms 30000
 *
 * Exit status: 0 it was let in, 1 not, 2 wrong use.
 */
#include "example.h"

static byteport_status_t set_login(byteport_broker_options_t *options, const char *value, byteport_error_t **error)
{
    char login[128], password[128];
    if (sscanf(value, "%127s %127s", login, password) != 2) {
        return UNKNOWN_SETTING;
    }
    return byteport_broker_options_set_login(options, login, password, error);
}

/* What the broker tells others when this client is gone without a farewell; kept for those who ask later. */
static byteport_status_t set_will(byteport_broker_options_t *options, const char *value, byteport_error_t **error)
{
    char topic[128];
    int text = 0;
    if (sscanf(value, "%127s %n", topic, &text) != 1) {
        return UNKNOWN_SETTING;
    }
    const uint8_t *data = (const uint8_t *)value + text;
    return byteport_broker_options_set_will(options, topic, data, strlen(value + text), true, error);
}

static byteport_status_t set_text(byteport_broker_options_t *options, const char *name, const char *value,
                                  byteport_error_t **error)
{
    if (strcmp(name, "host") == 0) {
        return byteport_broker_options_set_host(options, value, error);
    } else if (strcmp(name, "namespace") == 0) {
        return byteport_broker_options_set_namespace(options, value, error);
    } else if (strcmp(name, "device") == 0) {
        return byteport_broker_options_set_device(options, value, error);
    } else if (strcmp(name, "vhost") == 0) {
        return byteport_broker_options_set_vhost(options, value, error);
    } else if (strcmp(name, "client_id") == 0) {
        return byteport_broker_options_set_client_id(options, value, error);
    } else if (strcmp(name, "destination") == 0) { /* may be there several times */
        return byteport_broker_options_add_destination(options, value, error);
    } else if (strcmp(name, "proxy") == 0) {
        return byteport_broker_options_set_proxy(options, value, error);
    } else if (strcmp(name, "ca_file") == 0) {
        return byteport_broker_options_set_ca_file(options, value, error);
    } else if (strcmp(name, "client_cert") == 0) {
        return byteport_broker_options_set_client_cert(options, value, error);
    } else if (strcmp(name, "login") == 0) {
        return set_login(options, value, error);
    }
    return strcmp(name, "will") == 0 ? set_will(options, value, error) : UNKNOWN_SETTING;
}

static byteport_status_t set_switch(byteport_broker_options_t *options, const char *name, uint64_t value,
                                    byteport_error_t **error)
{
    if (strcmp(name, "tls") == 0) {
        return byteport_broker_options_set_tls(options, value != 0, error);
    } else if (strcmp(name, "clean_session") == 0) {
        return byteport_broker_options_set_clean_session(options, value != 0, error);
    } else if (strcmp(name, "confirm") == 0) {
        return byteport_broker_options_set_confirm(options, value != 0, error);
    } else if (strcmp(name, "reconnect") == 0) {
        return byteport_broker_options_set_reconnect(options, value != 0, error);
    } else if (strcmp(name, "queue") == 0) { /* a STOMP queue, which waits for a listener, not a topic */
        return byteport_broker_options_set_channel(options, value != 0 ? BYTEPORT_CHANNEL_QUEUE : BYTEPORT_CHANNEL_TOPIC, error);
    }
    return UNKNOWN_SETTING;
}

static byteport_status_t set_number(byteport_broker_options_t *options, const char *name, uint64_t value,
                                    byteport_error_t **error)
{
    if (strcmp(name, "connect_timeout_ms") == 0) {
        return byteport_broker_options_set_connect_timeout_ms(options, (uint32_t)value, error);
    } else if (strcmp(name, "timeout_ms") == 0) {
        return byteport_broker_options_set_timeout_ms(options, (uint32_t)value, error);
    } else if (strcmp(name, "keep_alive_ms") == 0) {
        return byteport_broker_options_set_keep_alive_ms(options, (uint32_t)value, error);
    } else if (strcmp(name, "max_message") == 0) {
        return byteport_broker_options_set_max_message(options, (size_t)value, error);
    } else if (strcmp(name, "max_list") == 0) {
        return byteport_broker_options_set_max_list(options, (size_t)value, error);
    } else if (strcmp(name, "max_in_flight") == 0) {
        return byteport_broker_options_set_max_in_flight(options, (size_t)value, error);
    } else if (strcmp(name, "prefetch") == 0) {
        return byteport_broker_options_set_prefetch(options, (size_t)value, error);
    } else if (strcmp(name, "max_age_ms") == 0) {
        return byteport_broker_options_set_max_age_ms(options, value, error);
    } else if (strcmp(name, "max_ahead_ms") == 0) {
        return byteport_broker_options_set_max_ahead_ms(options, value, error);
    }
    return set_switch(options, name, value, error);
}

static byteport_status_t set(void *options, const char *name, const char *value, byteport_error_t **error)
{
    uint64_t number = 0;
    byteport_status_t status = set_text((byteport_broker_options_t *)options, name, value, error);
    if (status == UNKNOWN_SETTING && read_number(value, &number) && number <= UINT32_MAX) {
        status = set_number((byteport_broker_options_t *)options, name, number, error);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3 || (strcmp(argv[1], "mqtt") != 0 && strcmp(argv[1], "stomp") != 0)) {
        fputs("usage: broker_settings mqtt|stomp FILE\n", stderr);
        return 2;
    }
    const int32_t protocol = strcmp(argv[1], "mqtt") == 0 ? BYTEPORT_PROTOCOL_MQTT : BYTEPORT_PROTOCOL_STOMP;
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = NULL;
    byteport_broker_options_t *options = NULL;
    int done = byteport_broker_options_new(protocol, &options, &error) == BYTEPORT_OK &&
               read_settings(argv[2], set, options, &error) && byteport_broker_open(options, &broker, &error) == BYTEPORT_OK &&
               byteport_broker_wait_open(broker, 30000, &error) == BYTEPORT_OK && puts("let in") != EOF &&
               byteport_broker_close(broker, 10000, NULL, &error) == BYTEPORT_OK;
    byteport_broker_options_free(options);
    byteport_broker_free(broker);
    return finish("broker_settings", done, NULL, error);
}
