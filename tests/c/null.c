/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * NULL in every pointer argument of every function: an error or the documented nothing, and never a crash. A test holds
 * this file, outbox_null.c and broker_null.c against the header, argument by argument.
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

#define BAD BYTEPORT_ERROR_INVALID_ARGUMENT
#define LACKING BYTEPORT_ERROR_NOT_CONFIGURED

static void results(void)
{
    CHECK(byteport_result_json(NULL) == NULL);
    CHECK(byteport_result_length(NULL) == 0);
    byteport_result_free(NULL);
}

/* Calls whose answers are JSON text; the client has a namespace and no device. */
static void answers(const byteport_client_t *c)
{
    const char *const good[] = {"alias"}, *const bad[] = {NULL};
    byteport_result_t *r = NULL;
    REFUSED(byteport_client_echo(NULL, good, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, NULL, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, NULL, 1, &r, &error));
    REFUSED(byteport_client_echo(c, bad, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, bad, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, good, 1, NULL, &error));
    CHECK(byteport_client_echo(c, bad, bad, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_session(NULL, &r, &error));
    REFUSED(byteport_client_session(c, NULL, &error));
    CHECK(byteport_client_session(NULL, NULL, NULL) == BAD);
    REFUSED(byteport_client_namespaces(NULL, NULL, &r, &error));
    REFUSED(byteport_client_namespaces(c, NULL, NULL, &error));
    CHECK(byteport_client_namespaces(c, NULL, NULL, NULL) == BAD);
    REFUSED(byteport_client_activity(NULL, NULL, &r, &error));
    REFUSED(byteport_client_activity(c, NULL, NULL, &error));
    CHECK(byteport_client_activity(c, "a b", &r, NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_client_devices(NULL, NULL, NULL, 1, &r, &error));
    REFUSED(byteport_client_devices(c, NULL, NULL, 1, NULL, &error));
    CHECK(byteport_client_devices(c, NULL, NULL, 77, &r, NULL) == BAD);
    REFUSED(byteport_client_search_guids(NULL, "t", 1, &r, &error));
    REFUSED(byteport_client_search_guids(c, NULL, 1, &r, &error));
    REFUSED(byteport_client_search_guids(c, "t", 1, NULL, &error));
    CHECK(byteport_client_search_guids(c, NULL, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_search_devices(NULL, "t", 1, &r, &error));
    REFUSED(byteport_client_search_devices(c, NULL, 1, &r, &error));
    REFUSED(byteport_client_search_devices(c, "t", 1, NULL, &error));
    CHECK(byteport_client_search_devices(c, NULL, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_configure(NULL, NULL, "d", good, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", NULL, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", good, NULL, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", bad, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", good, good, 1, NULL, &error));
    CHECK(byteport_client_configure(c, NULL, NULL, good, good, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_set_fields(NULL, NULL, "d", good, good, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", NULL, good, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", good, NULL, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", good, good, 1, NULL, &error));
    CHECK(byteport_client_set_fields(c, NULL, NULL, good, good, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_device_types(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_device_types(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_device_types(c, NULL, INT64_MAX, 77, &r, NULL) == BAD);
    REFUSED(byteport_client_firmwares(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_firmwares(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_firmwares(c, NULL, 1, 1, NULL, NULL) == BAD);
    REFUSED(byteport_client_field_definitions(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_field_definitions(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_field_definitions(c, NULL, 1, 1, NULL, NULL) == BAD);
    REFUSED(byteport_client_send_message(NULL, NULL, "d", "t", &r, &error));
    REFUSED(byteport_client_send_message(c, NULL, "d", NULL, &r, &error));
    REFUSED(byteport_client_send_message(c, NULL, "d", "t", NULL, &error));
    CHECK(byteport_client_send_message(c, NULL, NULL, "t", &r, NULL) == LACKING);
    REFUSED(byteport_client_messages(NULL, NULL, "d", 0, 1, &r, &error));
    REFUSED(byteport_client_messages(c, NULL, "d", 0, 1, NULL, &error));
    CHECK(byteport_client_messages(c, NULL, NULL, 0, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_value(NULL, NULL, "d", "f", "1", &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", NULL, "1", &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", "f", NULL, &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", "f", "1", NULL, &error));
    CHECK(byteport_client_value(c, NULL, NULL, "f", "1", &r, NULL) == LACKING);
    REFUSED(byteport_client_statistics(NULL, NULL, "d", "f", true, &r, &error));
    REFUSED(byteport_client_statistics(c, NULL, "d", NULL, true, &r, &error));
    REFUSED(byteport_client_statistics(c, NULL, "d", "f", true, NULL, &error));
    CHECK(byteport_client_statistics(c, NULL, NULL, "f", true, &r, NULL) == LACKING);
    CHECK(r == NULL);
}

static void registrations(const byteport_client_t *c)
{
    byteport_result_t *result = NULL;
    byteport_registration_t *r = byteport_registration_new();
    REFUSED(byteport_registration_set_uids(NULL, "x", false, &error));
    REFUSED(byteport_registration_set_uids(r, NULL, false, &error));
    CHECK(byteport_registration_set_uids(r, "x", false, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_device_type(NULL, 1, &error));
    CHECK(byteport_client_register(c, NULL, r, &result, NULL) == BAD); /* of no type */
    CHECK(byteport_registration_set_device_type(r, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_force(NULL, true, &error));
    CHECK(byteport_registration_set_force(r, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_active(NULL, true, &error));
    CHECK(byteport_registration_set_active(r, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_code_length(NULL, 8, &error));
    CHECK(byteport_registration_set_code_length(r, 8, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_serial(NULL, "7", &error));
    REFUSED(byteport_registration_set_serial(r, NULL, &error));
    CHECK(byteport_registration_set_serial(r, "7", NULL) == BYTEPORT_OK);
    REFUSED(byteport_client_register(NULL, NULL, r, &result, &error));
    REFUSED(byteport_client_register(c, NULL, NULL, &result, &error));
    REFUSED(byteport_client_register(c, NULL, r, NULL, &error));
    CHECK(result == NULL);
    byteport_registration_free(r);
    byteport_registration_free(NULL);
}

static void queries(const byteport_client_t *c)
{
    byteport_series_t *s = NULL;
    byteport_series_pages_t *p = NULL;
    byteport_query_t *q = byteport_query_new();
    REFUSED(byteport_query_set_range(NULL, 0, 1, &error));
    REFUSED(byteport_query_set_last_minutes(NULL, 1, &error));
    CHECK(byteport_query_set_last_minutes(q, 0, NULL) == BAD);
    REFUSED(byteport_query_set_scale(NULL, 1.0, &error));
    CHECK(byteport_query_set_scale(q, 1.0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_query_set_operation(NULL, BYTEPORT_OPERATION_DIFF, &error));
    CHECK(byteport_query_set_operation(q, 77, NULL) == BAD);
    REFUSED(byteport_client_query_series(NULL, NULL, "d", "f", q, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", NULL, q, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", "f", NULL, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", "f", q, NULL, &error));
    CHECK(byteport_client_query_series(c, NULL, NULL, "f", q, &s, NULL) == LACKING);
    REFUSED(byteport_client_series_pages(NULL, NULL, "d", "f", q, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", NULL, q, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", "f", NULL, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", "f", q, NULL, &error));
    CHECK(byteport_client_series_pages(c, NULL, NULL, "f", q, &p, NULL) == LACKING);
    CHECK(byteport_query_set_range(q, 0, 1, NULL) == BYTEPORT_OK && p == NULL);
    CHECK(byteport_client_series_pages(c, NULL, "d", "f", q, &p, NULL) == BYTEPORT_OK);
    REFUSED(byteport_series_pages_next(NULL, &s, &error));
    REFUSED(byteport_series_pages_next(p, NULL, &error));
    CHECK(byteport_series_pages_next(NULL, &s, NULL) == BAD && s == NULL);
    CHECK(byteport_series_pages_rest(NULL) == BYTEPORT_TIME_OPEN);
    byteport_series_pages_free(p);
    byteport_series_pages_free(NULL);
    byteport_query_free(q);
    byteport_query_free(NULL);
}

static void typical(const byteport_client_t *c)
{
    byteport_result_t *r = NULL;
    byteport_typical_t *t = byteport_typical_new();
    REFUSED(byteport_typical_set_range(NULL, 0, 1, &error));
    CHECK(byteport_typical_set_range(t, 0, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_last_minutes(NULL, 1, &error));
    CHECK(byteport_typical_set_last_minutes(t, 0, NULL) == BAD);
    REFUSED(byteport_typical_set_grouping(NULL, BYTEPORT_GROUPING_DAILY, &error));
    CHECK(byteport_typical_set_grouping(t, 77, NULL) == BAD);
    REFUSED(byteport_typical_set_by_distance(NULL, true, &error));
    CHECK(byteport_typical_set_by_distance(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_diff(NULL, true, &error));
    CHECK(byteport_typical_set_diff(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_descriptions(NULL, true, &error));
    CHECK(byteport_typical_set_descriptions(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_exclude(NULL, "std", &error));
    REFUSED(byteport_typical_exclude(t, NULL, &error));
    CHECK(byteport_typical_exclude(t, "x", NULL) == BAD);
    REFUSED(byteport_client_distance_to_typical(NULL, NULL, "d", "f", t, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", NULL, t, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", "f", NULL, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", "f", t, NULL, &error));
    CHECK(byteport_client_distance_to_typical(c, NULL, NULL, "f", t, &r, NULL) == LACKING && r == NULL);
    byteport_typical_free(t);
    byteport_typical_free(NULL);
}

static int freed;

static void count_free(void *userdata)
{
    (void)userdata;
    freed++;
}

static void ignore(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    (void)level, (void)target, (void)message, (void)userdata;
}

static void log_callback(void)
{
    byteport_error_t *error = NULL;
    freed = 0;
    CHECK(byteport_log_set(77, ignore, NULL, count_free, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    CHECK(freed == 0); /* a call that failed takes nothing over */
    CHECK(byteport_log_set(BYTEPORT_LOG_DEBUG, ignore, NULL, NULL, &error) == BYTEPORT_OK);
    CHECK(byteport_log_set(BYTEPORT_LOG_DEBUG, NULL, &freed, count_free, &error) == BYTEPORT_OK);
    CHECK(freed == 1); /* no callback: the userdata is freed at once */
    CHECK(error == NULL);
}

static int take(const uint8_t *data, size_t length, void *userdata)
{
    (void)data, (void)length, (void)userdata;
    return 0;
}

static int tell(uint64_t so_far, uint64_t total, void *userdata)
{
    (void)so_far, (void)total, (void)userdata;
    return 0;
}

static void downloads(const byteport_client_t *c)
{
    byteport_download_t *d = byteport_download_new();
    freed = 0;
    REFUSED(byteport_download_set_value(NULL, NULL, NULL, "f", "1", &error));
    REFUSED(byteport_download_set_value(d, NULL, NULL, NULL, "1", &error));
    REFUSED(byteport_download_set_value(d, NULL, NULL, "f", NULL, &error));
    CHECK(byteport_download_set_value(d, NULL, NULL, "f", "1", NULL) == BYTEPORT_OK);
    REFUSED(byteport_download_set_unpack(NULL, BYTEPORT_UNPACK_HERE, &error));
    CHECK(byteport_download_set_unpack(d, 77, NULL) == BAD);
    REFUSED(byteport_download_set_limit(NULL, 1, &error));
    CHECK(byteport_download_set_limit(d, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_download_set_progress(NULL, tell, NULL, count_free, &error));
    CHECK(freed == 0); /* a call that failed takes nothing over */
    CHECK(byteport_download_set_progress(d, tell, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_download_set_progress(d, NULL, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    REFUSED(byteport_client_download_to_fd(NULL, d, 1, &error));
    REFUSED(byteport_client_download_to_fd(c, NULL, 1, &error));
    CHECK(byteport_client_download_to_fd(c, d, 1, NULL) == LACKING);
    REFUSED(byteport_client_download_to_path(NULL, d, "x", &error));
    REFUSED(byteport_client_download_to_path(c, NULL, "x", &error));
    CHECK(byteport_client_download_to_path(c, d, NULL, NULL) == LACKING);
    REFUSED(byteport_client_download_to_callback(NULL, d, take, NULL, &error));
    REFUSED(byteport_client_download_to_callback(c, NULL, take, NULL, &error));
    CHECK(byteport_client_download_to_callback(c, d, take, NULL, NULL) == LACKING);
    CHECK(byteport_download_set_value(d, NULL, "d", "f", "1", NULL) == BYTEPORT_OK);
    REFUSED(byteport_client_download_to_path(c, d, NULL, &error));
    REFUSED(byteport_client_download_to_callback(c, d, NULL, NULL, &error));
    CHECK(byteport_download_bytes(NULL) == 0 && byteport_download_file_name(NULL) == NULL);
    CHECK(byteport_download_bytes(d) == 0 && byteport_download_file_name(d) == NULL);
    byteport_download_free(d);
    byteport_download_free(NULL);
}

static void firmware(const byteport_client_t *c)
{
    byteport_firmware_t *f = byteport_firmware_new();
    freed = 0;
    REFUSED(byteport_firmware_set_device(NULL, NULL, NULL, &error));
    CHECK(byteport_firmware_set_device(f, NULL, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_folder(NULL, ".", &error));
    REFUSED(byteport_firmware_set_folder(f, NULL, &error));
    CHECK(byteport_firmware_set_folder(f, ".", NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_media_prefix(NULL, "/media/", &error));
    REFUSED(byteport_firmware_set_media_prefix(f, NULL, &error));
    CHECK(byteport_firmware_set_media_prefix(f, "/media/", NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_current_version(NULL, "1", &error));
    CHECK(byteport_firmware_set_current_version(f, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_max_size(NULL, 1, &error));
    CHECK(byteport_firmware_set_max_size(f, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_allow_unchecked(NULL, true, &error));
    CHECK(byteport_firmware_set_allow_unchecked(f, false, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_progress(NULL, tell, NULL, count_free, &error));
    CHECK(freed == 0);
    CHECK(byteport_firmware_set_progress(f, tell, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_firmware_set_progress(f, NULL, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    REFUSED(byteport_client_fetch_firmware(NULL, f, &error));
    REFUSED(byteport_client_fetch_firmware(c, NULL, &error));
    CHECK(byteport_client_fetch_firmware(c, f, NULL) == LACKING);
    CHECK(byteport_firmware_outcome(NULL) == BYTEPORT_FIRMWARE_NOT_ASKED);
    CHECK(byteport_firmware_outcome(f) == BYTEPORT_FIRMWARE_NOT_ASKED);
    CHECK(byteport_firmware_version(NULL) == NULL && byteport_firmware_version(f) == NULL);
    CHECK(byteport_firmware_path(NULL) == NULL && byteport_firmware_path(f) == NULL);
    CHECK(byteport_firmware_received(NULL) == 0 && byteport_firmware_received(f) == 0);
    byteport_firmware_free(f);
    byteport_firmware_free(NULL);
}

/* What may be left out is, in calls to a host that cannot be reached. */
static void left_out(void)
{
    const char *const good[] = {"alias"};
    byteport_result_t *r = NULL;
    byteport_registration_t *one = byteport_registration_new();
    byteport_client_t *c = new_client(setting("BYTEPORT_GONE"), "ns", NULL, "dev", BYTEPORT_METHOD_POST);
    CHECK(byteport_registration_set_uids(one, "x", false, NULL) == BYTEPORT_OK);
    CHECK(byteport_registration_set_device_type(one, 1, NULL) == BYTEPORT_OK);
    CHECK(byteport_client_echo(c, NULL, NULL, 0, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_namespaces(c, NULL, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_activity(c, NULL, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_devices(c, NULL, NULL, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_configure(c, NULL, NULL, good, good, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_set_fields(c, NULL, NULL, good, good, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_device_types(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_firmwares(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_field_definitions(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_register(c, NULL, one, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(r == NULL);
    byteport_client_free(c);
    byteport_registration_free(one);
}

/* The calls that manage, query and load. */
static void management(void)
{
    byteport_client_t *c = new_client(setting("BYTEPORT_TRAP"), "ns", NULL, NULL, BYTEPORT_METHOD_POST);
    results();
    answers(c);
    registrations(c);
    queries(c);
    typical(c);
    downloads(c);
    firmware(c);
    byteport_client_free(c);
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
    management();
    left_out();
    log_callback();
    return check_end("null");
}
