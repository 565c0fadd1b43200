/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The calls that manage and those that read by a query, against a real server: what is refused before anything is sent, what
 * comes as JSON text, and series in pages. The namespace holds the type with id 1 and the device SEEDED, see conftest.py.
 */
#include "outcome.h"

#include <math.h>

#define SEEDED "seeded-1"
#define BAD BYTEPORT_ERROR_INVALID_ARGUMENT

/* Every text argument; the client's host is one where nobody may come. */
static void invalid_utf8(const byteport_client_t *trap)
{
    byteport_result_t *r = NULL;
    const char *const bad[] = {NOT_UTF8}, *const good[] = {"alias"};
    REFUSED(BAD, byteport_client_echo(trap, bad, good, 1, &r, &error));
    REFUSED(BAD, byteport_client_echo(trap, good, bad, 1, &r, &error));
    REFUSED(BAD, byteport_client_namespaces(trap, NOT_UTF8, &r, &error));
    REFUSED(BAD, byteport_client_activity(trap, NOT_UTF8, &r, &error));
    REFUSED(BAD, byteport_client_devices(trap, NOT_UTF8, NULL, 0, &r, &error));
    REFUSED(BAD, byteport_client_devices(trap, "ns", NOT_UTF8, 0, &r, &error));
    REFUSED(BAD, byteport_client_search_guids(trap, NOT_UTF8, 1, &r, &error));
    REFUSED(BAD, byteport_client_search_devices(trap, NOT_UTF8, 1, &r, &error));
    REFUSED(BAD, byteport_client_device_types(trap, NOT_UTF8, 1, 0, &r, &error));
    REFUSED(BAD, byteport_client_firmwares(trap, NOT_UTF8, 1, 1, &r, &error));
    REFUSED(BAD, byteport_client_field_definitions(trap, NOT_UTF8, 1, 1, &r, &error));
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, good, bad, 1, &r, &error));
    REFUSED(BAD, byteport_client_set_fields(trap, NULL, NOT_UTF8, good, good, 1, &r, &error));
    REFUSED(BAD, byteport_client_send_message(trap, NULL, NULL, NOT_UTF8, &r, &error));
    REFUSED(BAD, byteport_client_messages(trap, NOT_UTF8, NULL, 0, 1, &r, &error));
    REFUSED(BAD, byteport_client_value(trap, NULL, NULL, "f", NOT_UTF8, &r, &error));
    REFUSED(BAD, byteport_client_statistics(trap, NULL, NULL, NOT_UTF8, false, &r, &error));
    CHECK(r == NULL);
}

/* Numbers, names and settings that no call takes. */
static void bad_arguments(const byteport_client_t *trap)
{
    byteport_result_t *r = NULL;
    const char *const names[] = {"alias", "lat"}, *const values[] = {"x", "91"}, *const empty[] = {"", ""};
    REFUSED(BAD, byteport_client_devices(trap, NULL, NULL, 4, &r, &error));
    REFUSED(BAD, byteport_client_devices(trap, NULL, NULL, -2, &r, &error));
    REFUSED(BAD, byteport_client_device_types(trap, NULL, 1, 3, &r, &error));
    REFUSED(BAD, byteport_client_device_types(trap, NULL, 1, INT32_MAX, &r, &error));
    REFUSED(BAD, byteport_client_messages(trap, NULL, NULL, -2, 0, &r, &error));
    REFUSED(BAD, byteport_client_messages(trap, NULL, NULL, 0, INT64_MAX, &r, &error));
    REFUSED(BAD, byteport_client_send_message(trap, NULL, NULL, "", &r, &error));
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, names, values, 2, &r, &error)); /* 91 degrees north */
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, values, names, 1, &r, &error)); /* no such setting */
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, names, values, 0, &r, &error));
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, names, values, SIZE_MAX, &r, &error));
    REFUSED(BAD, byteport_client_configure(trap, NULL, NULL, names, values, SIZE_MAX / sizeof names[0], &r, &error));
    REFUSED(BAD, byteport_client_set_fields(trap, NULL, NULL, names, values, SIZE_MAX, &r, &error));
    REFUSED(BAD, byteport_client_set_fields(trap, NULL, NULL, names, values, 0, &r, &error));
    REFUSED(BAD, byteport_client_set_fields(trap, NULL, NULL, empty, values, 1, &r, &error));
    REFUSED(BAD, byteport_client_echo(trap, names, values, SIZE_MAX, &r, &error));
    REFUSED(BAD, byteport_client_value(trap, NULL, NULL, "f", "../x", &r, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_value(trap, NULL, NULL, "a b", "1", &r, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_activity(trap, "../x", &r, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_statistics(trap, NULL, NULL, "a/b", false, &r, &error));
    CHECK(r == NULL);
}

static void bad_registrations(const byteport_client_t *trap)
{
    byteport_result_t *r = NULL;
    byteport_registration_t *registration = byteport_registration_new();
    REFUSED(BAD, byteport_client_register(trap, NULL, registration, &r, &error)); /* of no type */
    DONE(byteport_registration_set_device_type(registration, 1, &error));
    REFUSED(BAD, byteport_client_register(trap, NULL, registration, &r, &error)); /* of no device */
    REFUSED(BAD, byteport_registration_set_uids(registration, NOT_UTF8, true, &error));
    REFUSED(BAD, byteport_registration_set_serial(registration, NOT_UTF8, &error));
    DONE(byteport_registration_set_uids(registration, "cart-1,cart-2", true, &error));
    DONE(byteport_registration_set_serial(registration, "77", &error));
    REFUSED(BAD, byteport_client_register(trap, NULL, registration, &r, &error)); /* one number for several */
    CHECK(r == NULL);
    byteport_registration_free(registration);
}

static void bad_queries(const byteport_client_t *trap)
{
    byteport_result_t *r = NULL;
    byteport_series_t *series = NULL;
    byteport_series_pages_t *pages = NULL;
    byteport_query_t *query = byteport_query_new();
    byteport_typical_t *typical = byteport_typical_new();
    REFUSED(BAD, byteport_query_set_last_minutes(query, 0, &error));
    REFUSED(BAD, byteport_query_set_scale(query, (double)NAN, &error));
    REFUSED(BAD, byteport_query_set_scale(query, (double)INFINITY, &error));
    REFUSED(BAD, byteport_query_set_operation(query, 4, &error));
    REFUSED(BAD, byteport_query_set_operation(query, -1, &error));
    REFUSED(BAD, byteport_client_series_pages(trap, NULL, NULL, "f", query, &pages, &error)); /* without a beginning */
    DONE(byteport_query_set_range(query, 0, BYTEPORT_TIME_OPEN, &error));
    DONE(byteport_query_set_operation(query, BYTEPORT_OPERATION_CUM_SUM, &error));
    REFUSED(BAD, byteport_client_series_pages(trap, NULL, NULL, "f", query, &pages, &error)); /* a sum has no pages */
    DONE(byteport_query_set_range(query, INT64_MAX, INT64_MAX, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_TIMESTAMP,
            byteport_client_query_series(trap, NULL, NULL, "f", query, &series, &error));
    REFUSED(BAD, byteport_typical_set_last_minutes(typical, 0, &error));
    REFUSED(BAD, byteport_typical_set_grouping(typical, 77, &error));
    REFUSED(BAD, byteport_typical_exclude(typical, "median", &error));
    REFUSED(BAD, byteport_typical_exclude(typical, NOT_UTF8, &error));
    DONE(byteport_typical_set_range(typical, INT64_MIN + 1, 0, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_TIMESTAMP,
            byteport_client_distance_to_typical(trap, NULL, NULL, "f", typical, &r, &error));
    CHECK(series == NULL && pages == NULL && r == NULL);
    byteport_typical_free(typical);
    byteport_query_free(query);
}

/* An answer came, holds a text, and ends where its length says; then it is freed. */
static void answered(byteport_status_t status, byteport_error_t *error, byteport_result_t **result, const char *text, int line)
{
    const char *json = byteport_result_json(*result);
    if (!check(status == BYTEPORT_OK && json != NULL && strstr(json, text) != NULL, __FILE__, line, text)) {
        fprintf(stderr, "  %s\n", json != NULL ? json : byteport_error_message(error));
    }
    check(json != NULL && strlen(json) == byteport_result_length(*result), __FILE__, line, "the length");
    byteport_error_free(error);
    byteport_result_free(*result);
    *result = NULL;
}

#define ANSWERED(text, call)                                                                                           \
    do {                                                                                                               \
        byteport_result_t *r = NULL;                                                                                   \
        byteport_error_t *error = NULL;                                                                                \
        byteport_status_t status = (call);                                                                             \
        answered(status, error, &r, (text), __LINE__);                                                                 \
    } while (0)

static void asked(const byteport_client_t *c)
{
    const char *const names[] = {"test", "a&b"}, *const values[] = {"hello", "\xc3\xa5=\"1\""};
    ANSWERED("hello", byteport_client_echo(c, names, values, 2, &r, &error));
    ANSWERED("{", byteport_client_echo(c, NULL, NULL, 0, &r, &error));
    ANSWERED("", byteport_client_session(c, &r, &error));
    ANSWERED("test_garage", byteport_client_namespaces(c, NULL, &r, &error));
    ANSWERED("write_key", byteport_client_namespaces(c, "test_garage", &r, &error));
    ANSWERED("registered_devices", byteport_client_activity(c, NULL, &r, &error));
    ANSWERED(SEEDED, byteport_client_devices(c, NULL, NULL, BYTEPORT_UNSET, &r, &error));
    ANSWERED("thermometer", byteport_client_devices(c, NULL, "seeded*", 2, &r, &error));
    ANSWERED("test_garage." SEEDED, byteport_client_search_guids(c, SEEDED ".", 1, &r, &error));
    ANSWERED("\"uid\"", byteport_client_search_devices(c, "test_garage." SEEDED, 10, &r, &error));
    ANSWERED("thermometer", byteport_client_device_types(c, NULL, BYTEPORT_UNSET, BYTEPORT_UNSET, &r, &error));
    ANSWERED("md5_digest", byteport_client_firmwares(c, NULL, 1, BYTEPORT_UNSET, &r, &error));
    ANSWERED("temperature", byteport_client_field_definitions(c, NULL, 1, BYTEPORT_UNSET, &r, &error));
}

static void changed(const byteport_client_t *c, const char *uid)
{
    byteport_result_t *r = NULL;
    const char *const names[] = {"alias", "lat", "active"}, *const values[] = {"cart \xc3\xa5", "55.5", "True"};
    const char *const paths[] = {"Lights.Front"}, *const on[] = {"on & <off>"};
    byteport_registration_t *registration = byteport_registration_new();
    DONE(byteport_registration_set_uids(registration, uid, false, &error));
    DONE(byteport_registration_set_device_type(registration, 1, &error));
    DONE(byteport_registration_set_code_length(registration, 12, &error));
    DONE(byteport_registration_set_active(registration, true, &error));
    DONE(byteport_registration_set_serial(registration, "77", &error));
    ANSWERED("access_key", byteport_client_register(c, NULL, registration, &r, &error));
    REFUSED(BYTEPORT_ERROR_NOT_ALLOWED, byteport_client_register(c, NULL, registration, &r, &error)); /* it is there */
    DONE(byteport_registration_set_force(registration, true, &error));
    ANSWERED("access_key", byteport_client_register(c, NULL, registration, &r, &error));
    byteport_registration_free(registration);
    ANSWERED("55.5", byteport_client_configure(c, NULL, uid, names, values, 3, &r, &error));
    ANSWERED("hello", byteport_client_send_message(c, NULL, uid, "hello", &r, &error));
    ANSWERED("hello", byteport_client_messages(c, NULL, uid, BYTEPORT_UNSET, BYTEPORT_UNSET, &r, &error));
    ANSWERED("Lights.Front", byteport_client_set_fields(c, NULL, uid, paths, on, 1, &r, &error));
    CHECK(r == NULL);
}

/* What another user has, and what nobody has, are the same no. */
static void forbidden(const byteport_client_t *c)
{
    byteport_result_t *r = NULL;
    REFUSED(BYTEPORT_ERROR_FORBIDDEN, byteport_client_devices(c, "other_garage", NULL, 1, &r, &error));
    REFUSED(BYTEPORT_ERROR_FORBIDDEN, byteport_client_devices(c, "no_garage", NULL, 1, &r, &error));
    REFUSED(BYTEPORT_ERROR_FORBIDDEN, byteport_client_messages(c, "other_garage", "cart-1", 0, 1, &r, &error));
    CHECK(r == NULL);
}

#define POINTS 48
#define HOUR INT64_C(3600000000)
#define START INT64_C(1430438400000000)

/* A point each hour of two days: 0, 1, 2, ... */
static void store_points(const byteport_client_t *client)
{
    byteport_reading_t *reading = byteport_reading_new();
    for (int i = 0; i < POINTS; i++) {
        DONE(byteport_reading_restart(reading, &error));
        DONE(byteport_reading_set_timestamp(reading, START + i * HOUR, &error));
        DONE(byteport_reading_set_number(reading, "count", i, &error));
        DONE(byteport_reading_set_text(reading, "word", i % 2 == 0 ? "even" : "odd", &error));
        DONE(byteport_client_store(client, reading, &error));
    }
    byteport_reading_free(reading);
}

static void described(const byteport_client_t *c)
{
    byteport_typical_t *typical = byteport_typical_new();
    DONE(byteport_typical_set_range(typical, START, START + POINTS * HOUR, &error));
    DONE(byteport_typical_set_grouping(typical, BYTEPORT_GROUPING_DAILY, &error));
    DONE(byteport_typical_set_by_distance(typical, true, &error));
    DONE(byteport_typical_set_diff(typical, false, &error));
    DONE(byteport_typical_set_descriptions(typical, true, &error));
    DONE(byteport_typical_exclude(typical, "count", &error));
    ANSWERED("T_med", byteport_client_distance_to_typical(c, NULL, NULL, "count", typical, &r, &error));
    byteport_typical_free(typical);
    ANSWERED("daily_activity", byteport_client_statistics(c, NULL, NULL, "count", true, &r, &error));
    ANSWERED("47", byteport_client_value(c, NULL, NULL, "count", "latest", &r, &error));
}

static void queried(const byteport_client_t *client)
{
    byteport_series_t *series = NULL;
    byteport_query_t *query = byteport_query_new();
    DONE(byteport_query_set_range(query, START, START + POINTS * HOUR, &error));
    DONE(byteport_query_set_scale(query, 2.0, &error));
    DONE(byteport_client_query_series(client, NULL, NULL, "count", query, &series, &error));
    const double *numbers = byteport_series_numbers(series);
    CHECK(byteport_series_length(series) == POINTS && numbers != NULL && numbers[POINTS - 1] == 2.0 * (POINTS - 1));
    byteport_series_free(series);
    series = NULL;
    DONE(byteport_query_set_scale(query, 1.0, &error));
    DONE(byteport_query_set_operation(query, BYTEPORT_OPERATION_CUM_SUM, &error));
    DONE(byteport_client_query_series(client, NULL, NULL, "count", query, &series, &error));
    numbers = byteport_series_numbers(series);
    CHECK(byteport_series_length(series) == POINTS && numbers != NULL && numbers[POINTS - 1] == POINTS * (POINTS - 1) / 2);
    byteport_series_free(series);
    series = NULL;
    DONE(byteport_query_set_operation(query, BYTEPORT_OPERATION_NONE, &error));
    DONE(byteport_query_set_last_minutes(query, 60, &error));
    DONE(byteport_client_query_series(client, NULL, NULL, "count", query, &series, &error));
    CHECK(byteport_series_length(series) == 0);
    byteport_series_free(series);
    byteport_query_free(query);
}

/* Reads a field to its end by pages, and gives the number of points; each page holds some, later than those before. */
static size_t count_points(byteport_series_pages_t *pages, byteport_series_kind_t kind)
{
    size_t count = 0;
    int64_t last = INT64_MIN;
    for (;;) {
        byteport_series_t *series = NULL;
        DONE(byteport_series_pages_next(pages, &series, &error));
        size_t length = byteport_series_length(series);
        if (series == NULL) {
            return count;
        }
        const int64_t *times = byteport_series_times(series);
        CHECK(length > 0 && times[0] > last && byteport_series_kind(series) == kind);
        last = length > 0 ? times[length - 1] : INT64_MAX;
        count += length;
        byteport_series_free(series);
    }
}

/* Frees the client first: its pages live on. */
static void paged(byteport_client_t *client)
{
    byteport_series_pages_t *numbers = NULL, *texts = NULL, *nothing = NULL;
    byteport_query_t *query = byteport_query_new();
    DONE(byteport_query_set_range(query, START, START + POINTS * HOUR, &error));
    DONE(byteport_client_series_pages(client, NULL, NULL, "count", query, &numbers, &error));
    DONE(byteport_client_series_pages(client, NULL, NULL, "word", query, &texts, &error));
    DONE(byteport_query_set_range(query, START + 1, START, &error));
    DONE(byteport_client_series_pages(client, NULL, NULL, "count", query, &nothing, &error));
    byteport_query_free(query);
    byteport_client_free(client);
    CHECK(byteport_series_pages_rest(numbers) == START);
    CHECK(count_points(numbers, BYTEPORT_SERIES_NUMBERS) == POINTS);
    CHECK(byteport_series_pages_rest(numbers) == BYTEPORT_TIME_OPEN);
    CHECK(count_points(texts, BYTEPORT_SERIES_TEXTS) == POINTS);
    CHECK(count_points(nothing, BYTEPORT_SERIES_NONE) == 0);
    byteport_series_pages_free(numbers);
    byteport_series_pages_free(texts);
    byteport_series_pages_free(nothing);
}

/* After an error there are no more pages, and what is left is told. */
static void pages_that_break(const byteport_client_t *gone)
{
    byteport_series_t *series = NULL;
    byteport_series_pages_t *pages = NULL;
    byteport_query_t *query = byteport_query_new();
    DONE(byteport_query_set_range(query, START, BYTEPORT_TIME_OPEN, &error));
    DONE(byteport_client_series_pages(gone, NULL, NULL, "count", query, &pages, &error));
    REFUSED(BYTEPORT_ERROR_CONNECT, byteport_series_pages_next(pages, &series, &error));
    CHECK(series == NULL && byteport_series_pages_rest(pages) == START);
    DONE(byteport_series_pages_next(pages, &series, &error));
    CHECK(series == NULL);
    byteport_series_pages_free(pages);
    byteport_query_free(query);
}

int main(void)
{
    const char *host = setting("BYTEPORT_HOST"), *name_space = setting("BYTEPORT_NAMESPACE");
    const char *key = setting("BYTEPORT_KEY"), *device = setting("BYTEPORT_DEVICE");
    byteport_client_t *trap = new_client(setting("BYTEPORT_TRAP"), name_space, key, device, BYTEPORT_METHOD_POST);
    invalid_utf8(trap);
    bad_arguments(trap);
    bad_registrations(trap);
    bad_queries(trap);
    byteport_client_free(trap);
    byteport_client_t *gone = new_client(setting("BYTEPORT_GONE"), name_space, key, device, BYTEPORT_METHOD_POST);
    pages_that_break(gone);
    byteport_client_free(gone);

    byteport_client_t *client = new_client(host, name_space, key, device, BYTEPORT_METHOD_POST);
    byteport_result_t *result = NULL;
    REFUSED(BYTEPORT_ERROR_FORBIDDEN, byteport_client_namespaces(client, NULL, &result, &error)); /* not logged in */
    CHECK(result == NULL);
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    char fresh[40];
    snprintf(fresh, sizeof fresh, "%.20s-new", device);
    asked(client);
    changed(client, fresh);
    forbidden(client);
    store_points(client);
    described(client);
    queried(client);
    paged(client);
    return check_end("answers");
}
