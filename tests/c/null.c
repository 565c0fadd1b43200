/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * NULL in every pointer argument of every function: an error or the documented nothing, and never a crash. A test holds
 * this file, manage_null.c, outbox_null.c and broker_null.c against the header, argument by argument.
 */
#include "null.h"

static void errors(void)
{
    CHECK(byteport_error_status(NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    CHECK(byteport_error_phase(NULL) == BYTEPORT_PHASE_CHECK);
    CHECK(byteport_error_http_status(NULL) == 0);
    CHECK(byteport_error_message(NULL) == NULL);
    CHECK(byteport_error_cause_count(NULL) == 0);
    CHECK(byteport_error_cause(NULL, 0) == NULL);
    CHECK(!byteport_error_is_retryable(NULL));
    byteport_error_free(NULL);
}

static void timestamps(void)
{
    int64_t out = 77;
    char buffer[BYTEPORT_TIMESTAMP_SIZE] = "untouched";
    REFUSED(byteport_timestamp_from_seconds(1.0, NULL, &error));
    CHECK(byteport_timestamp_from_seconds(1.0, NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_timestamp_parse(NULL, &out, &error));
    REFUSED(byteport_timestamp_parse("2015-05-01", NULL, &error));
    CHECK(byteport_timestamp_parse(NULL, &out, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_timestamp_format(1, NULL, sizeof buffer, &error));
    CHECK(byteport_timestamp_format(1, buffer, 1, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_timestamp_format_iso8601(1, NULL, sizeof buffer, &error));
    CHECK(byteport_timestamp_format_iso8601(1, buffer, 1, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    CHECK(out == 77 && equal(buffer, "untouched"));
}

static void options(void)
{
    byteport_options_t *o = byteport_options_new();
    REFUSED(byteport_options_set_host(NULL, "x", &error));
    REFUSED(byteport_options_set_host(o, NULL, &error));
    CHECK(byteport_options_set_host(o, "x", NULL) == BYTEPORT_OK);
    REFUSED(byteport_options_set_https(NULL, true, &error));
    CHECK(byteport_options_set_https(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_options_set_namespace(NULL, "x", &error));
    REFUSED(byteport_options_set_namespace(o, NULL, &error));
    CHECK(byteport_options_set_namespace(o, "-", NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_options_set_key(NULL, "x", &error));
    REFUSED(byteport_options_set_key(o, NULL, &error));
    CHECK(byteport_options_set_key(o, "", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_device(NULL, "x", &error));
    REFUSED(byteport_options_set_device(o, NULL, &error));
    CHECK(byteport_options_set_device(o, "", NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_options_set_proxy(NULL, "http://x", &error));
    REFUSED(byteport_options_set_proxy(o, NULL, &error));
    CHECK(byteport_options_set_proxy(o, "ftp://x", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_no_proxy(NULL, &error));
    CHECK(byteport_options_set_no_proxy(o, NULL) == BYTEPORT_OK);
    REFUSED(byteport_options_set_connect_timeout_ms(NULL, 1, &error));
    CHECK(byteport_options_set_connect_timeout_ms(o, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_timeout_ms(NULL, 1, &error));
    CHECK(byteport_options_set_timeout_ms(o, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_max_answer(NULL, 1, &error));
    CHECK(byteport_options_set_max_answer(o, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_ca_file(NULL, "x", &error));
    REFUSED(byteport_options_set_ca_file(o, NULL, &error));
    CHECK(byteport_options_set_ca_file(o, "", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_client_cert(NULL, "x", &error));
    REFUSED(byteport_options_set_client_cert(o, NULL, &error));
    CHECK(byteport_options_set_client_cert(o, "", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_options_set_store_method(NULL, BYTEPORT_METHOD_GET, &error));
    CHECK(byteport_options_set_store_method(o, 77, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    byteport_options_free(o);
    byteport_options_free(NULL);
}

static void readings(void)
{
    byteport_reading_t *r = byteport_reading_new();
    const uint8_t data[] = {1};
    REFUSED(byteport_reading_set_device(NULL, "x", &error));
    REFUSED(byteport_reading_set_device(r, NULL, &error));
    CHECK(byteport_reading_set_device(r, "", NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_reading_set_timestamp(NULL, 1, &error));
    CHECK(byteport_reading_set_timestamp(r, BYTEPORT_TIME_OPEN, NULL) == BYTEPORT_ERROR_INVALID_TIMESTAMP);
    REFUSED(byteport_reading_use_server_time(NULL, &error));
    CHECK(byteport_reading_use_server_time(r, NULL) == BYTEPORT_OK);
    REFUSED(byteport_reading_set_number(NULL, "x", 1.0, &error));
    REFUSED(byteport_reading_set_number(r, NULL, 1.0, &error));
    CHECK(byteport_reading_set_number(r, "", 1.0, NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_reading_set_integer(NULL, "x", 1, &error));
    REFUSED(byteport_reading_set_integer(r, NULL, 1, &error));
    CHECK(byteport_reading_set_integer(r, "", 1, NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_reading_set_text(NULL, "x", "y", &error));
    REFUSED(byteport_reading_set_text(r, NULL, "y", &error));
    REFUSED(byteport_reading_set_text(r, "x", NULL, &error));
    CHECK(byteport_reading_set_text(r, "", "y", NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_reading_set_bytes(NULL, "x", data, 1, &error));
    REFUSED(byteport_reading_set_bytes(r, NULL, data, 1, &error));
    REFUSED(byteport_reading_set_bytes(r, "x", NULL, 1, &error));
    CHECK(byteport_reading_set_bytes(r, "x", NULL, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_reading_restart(NULL, &error));
    CHECK(byteport_reading_restart(r, NULL) == BYTEPORT_OK);
    byteport_reading_free(r);
    byteport_reading_free(NULL);
}

/* No reading or call here gets as far as the network: the host is one where nobody may come. */
static void clients(void)
{
    byteport_options_t *o = byteport_options_new();
    byteport_reading_t *r = byteport_reading_new();
    byteport_client_t *made = NULL;
    byteport_series_t *s = NULL;
    byteport_client_t *c = new_client(setting("BYTEPORT_TRAP"), "ns", NULL, NULL, BYTEPORT_METHOD_POST);
    REFUSED(byteport_client_new(NULL, &made, &error));
    REFUSED(byteport_client_new(o, NULL, &error));
    CHECK(byteport_client_new(NULL, NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_client_store(NULL, r, &error));
    REFUSED(byteport_client_store(c, NULL, &error));
    CHECK(byteport_client_store(c, r, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED);
    REFUSED(byteport_client_heartbeat(NULL, "x", &error));
    CHECK(byteport_client_heartbeat(c, NULL, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED);
    REFUSED(byteport_client_log(NULL, BYTEPORT_LOG_INFO, "m", "x", &error));
    REFUSED(byteport_client_log(c, BYTEPORT_LOG_INFO, NULL, "x", &error));
    CHECK(byteport_client_log(c, BYTEPORT_LOG_INFO, "m", NULL, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED);
    CHECK(byteport_client_log(c, BYTEPORT_LOG_OFF, "m", NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_client_login(NULL, "u", "p", &error));
    REFUSED(byteport_client_login(c, NULL, "p", &error));
    REFUSED(byteport_client_login(c, "u", NULL, &error));
    CHECK(byteport_client_login(c, NULL, NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_client_logout(NULL, &error));
    CHECK(byteport_client_logout(NULL, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_client_read_series(NULL, "n", "d", "f", 0, 1, &s, &error));
    REFUSED(byteport_client_read_series(c, "n", "d", NULL, 0, 1, &s, &error));
    REFUSED(byteport_client_read_series(c, "n", "d", "f", 0, 1, NULL, &error));
    CHECK(byteport_client_read_series(c, NULL, NULL, "f", 0, 1, &s, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED);
    CHECK(made == NULL && s == NULL);
    byteport_client_free(c);
    byteport_client_free(NULL);
    byteport_reading_free(r);
    byteport_options_free(o);
}

static void series(void)
{
    size_t length = 77;
    CHECK(byteport_series_length(NULL) == 0);
    CHECK(byteport_series_kind(NULL) == BYTEPORT_SERIES_NONE);
    CHECK(byteport_series_times(NULL) == NULL);
    CHECK(byteport_series_numbers(NULL) == NULL);
    CHECK(byteport_series_text(NULL, 0, &length) == NULL && length == 77);
    CHECK(byteport_series_text(NULL, 0, NULL) == NULL);
    byteport_series_free(NULL);
}

static void ignore(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    (void)level, (void)target, (void)message, (void)userdata;
}

static void log_callback(void)
{
    byteport_error_t *error = NULL;
    unsigned freed = 0;
    CHECK(byteport_log_set(77, ignore, &freed, count_free, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    CHECK(freed == 0); /* a call that failed takes nothing over */
    CHECK(byteport_log_set(BYTEPORT_LOG_DEBUG, ignore, NULL, NULL, &error) == BYTEPORT_OK);
    CHECK(byteport_log_set(BYTEPORT_LOG_DEBUG, NULL, &freed, count_free, &error) == BYTEPORT_OK);
    CHECK(freed == 1); /* no callback: the userdata is freed at once */
    CHECK(error == NULL);
}

/* These take no pointer. */
static void no_pointers(void)
{
    char expected[64];
    snprintf(expected, sizeof expected, "%d.%d.%d", BYTEPORT_VERSION_MAJOR, BYTEPORT_VERSION_MINOR, BYTEPORT_VERSION_PATCH);
    CHECK(equal(byteport_version(), expected));
    CHECK(byteport_abi_version() == BYTEPORT_ABI_VERSION);
    for (int feature = BYTEPORT_FEATURE_TLS; feature <= BYTEPORT_FEATURE_STOMP; feature++) {
        CHECK(byteport_has_feature(feature));
    }
    CHECK(!byteport_has_feature(0) && !byteport_has_feature(INT32_MAX));
    CHECK(equal(byteport_status_text(BYTEPORT_OK), "success"));
    CHECK(equal(byteport_status_text(BYTEPORT_ERROR_FORBIDDEN), "forbidden"));
    CHECK(equal(byteport_status_text(-1), "unknown"));
    CHECK(equal(byteport_status_text(INT32_MAX), "unknown"));
    CHECK(equal(byteport_phase_text(BYTEPORT_PHASE_CONNECT), "connect"));
    CHECK(equal(byteport_phase_text(77), "unknown"));
    CHECK(byteport_timestamp_now() > INT64_C(1700000000000000));
}

int main(void)
{
    no_pointers();
    errors();
    timestamps();
    options();
    readings();
    clients();
    series();
    log_callback();
    return check_end("null");
}
