/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the calls do: vectors, bad input, a real server. vectors.h is made from tests/vectors by vectors.py.
 */
#include "outcome.h"
#include "vectors.h"

#include <math.h>

static void names(void)
{
    byteport_options_t *options = byteport_options_new();
    byteport_reading_t *reading = byteport_reading_new();
    CHECK(NAME_CASES > 0);
    for (size_t i = 0; i < NAME_CASES; i++) {
        const char *name = name_cases[i].name;
        byteport_status_t expected = name_cases[i].ok ? BYTEPORT_OK : BYTEPORT_ERROR_INVALID_NAME;
        CHECK(byteport_options_set_namespace(options, name, NULL) == expected);
        CHECK(byteport_options_set_device(options, name, NULL) == expected);
        CHECK(byteport_reading_set_device(reading, name, NULL) == expected);
        CHECK(byteport_reading_set_number(reading, name, 1.0, NULL) == expected);
        CHECK(byteport_reading_set_integer(reading, name, 1, NULL) == expected);
        CHECK(byteport_reading_set_text(reading, name, "x", NULL) == expected);
        CHECK(byteport_reading_set_bytes(reading, name, (const uint8_t *)"x", 1, NULL) == expected);
    }
    byteport_reading_free(reading);
    byteport_options_free(options);
}

static void timestamps(void)
{
    CHECK(TIMESTAMP_CASES > 0);
    for (size_t i = 0; i < TIMESTAMP_CASES; i++) {
        char text[BYTEPORT_TIMESTAMP_SIZE] = "untouched";
        int64_t time = 77;
        byteport_error_t *error = NULL;
        byteport_status_t status = timestamp_cases[i].iso8601 != NULL
                                       ? byteport_timestamp_parse(timestamp_cases[i].iso8601, &time, &error)
                                       : byteport_timestamp_from_seconds(timestamp_cases[i].seconds, &time, &error);
        if (timestamp_cases[i].wire == NULL) {
            CHECK(error != NULL && strstr(byteport_error_message(error), timestamp_cases[i].error) != NULL);
            refused(status, BYTEPORT_ERROR_INVALID_TIMESTAMP, error, __FILE__, __LINE__);
            CHECK(time == 77);
            continue;
        }
        CHECK(status == BYTEPORT_OK && error == NULL);
        DONE(byteport_timestamp_format(time, text, sizeof text, &error));
        CHECK(equal(text, timestamp_cases[i].wire));
    }
    char text[27] = "untouched";
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_timestamp_format_iso8601(0, text, 26, &error));
    CHECK(equal(text, "untouched"));
    DONE(byteport_timestamp_format_iso8601(0, text, 27, &error));
    CHECK(equal(text, "1970-01-01T00:00:00.000000"));
}

/* Every text argument; the client's host is one where nobody may come. */
static void invalid_utf8(const byteport_client_t *trap)
{
    byteport_options_t *options = byteport_options_new();
    byteport_reading_t *reading = byteport_reading_new();
    byteport_series_t *series = NULL;
    int64_t time = 77;
    const byteport_status_t bad = BYTEPORT_ERROR_INVALID_ARGUMENT;
    REFUSED(bad, byteport_options_set_host(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_namespace(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_key(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_device(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_proxy(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_ca_file(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_options_set_client_cert(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_reading_set_device(reading, NOT_UTF8, &error));
    REFUSED(bad, byteport_reading_set_number(reading, NOT_UTF8, 1.0, &error));
    REFUSED(bad, byteport_reading_set_integer(reading, NOT_UTF8, 1, &error));
    REFUSED(bad, byteport_reading_set_text(reading, NOT_UTF8, "x", &error));
    REFUSED(bad, byteport_reading_set_text(reading, "x", NOT_UTF8, &error));
    REFUSED(bad, byteport_reading_set_bytes(reading, NOT_UTF8, (const uint8_t *)"x", 1, &error));
    REFUSED(bad, byteport_timestamp_parse(NOT_UTF8, &time, &error));
    REFUSED(bad, byteport_client_heartbeat(trap, NOT_UTF8, &error));
    REFUSED(bad, byteport_client_log(trap, BYTEPORT_LOG_INFO, NOT_UTF8, NULL, &error));
    REFUSED(bad, byteport_client_log(trap, BYTEPORT_LOG_INFO, "x", NOT_UTF8, &error));
    REFUSED(bad, byteport_client_login(trap, NOT_UTF8, "x", &error));
    REFUSED(bad, byteport_client_login(trap, "x", NOT_UTF8, &error));
    REFUSED(bad, byteport_client_read_series(trap, NOT_UTF8, "d", "f", 0, 1, &series, &error));
    REFUSED(bad, byteport_client_read_series(trap, "n", NOT_UTF8, "f", 0, 1, &series, &error));
    REFUSED(bad, byteport_client_read_series(trap, "n", "d", NOT_UTF8, 0, 1, &series, &error));
    CHECK(series == NULL && time == 77);
    byteport_reading_free(reading);
    byteport_options_free(options);
}

static void bad_settings(void)
{
    byteport_options_t *options = byteport_options_new();
    byteport_client_t *client = NULL;
    DONE(byteport_options_set_host(options, "ftp://example.org", &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_client_new(options, &client, &error));
    CHECK(client == NULL);
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_options_set_store_method(options, -1, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_options_set_proxy(options, "gopher://x", &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_options_set_timeout_ms(options, 0, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_options_set_max_answer(options, 0, &error));
    byteport_options_free(options);
}

/* Values and calls that are refused before anything is sent. */
static void bad_values(const byteport_client_t *trap)
{
    byteport_reading_t *reading = byteport_reading_new();
    byteport_series_t *series = NULL;
    REFUSED(BYTEPORT_ERROR_INVALID_VALUE, byteport_reading_set_number(reading, "x", (double)NAN, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_VALUE, byteport_reading_set_number(reading, "x", (double)INFINITY, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_VALUE, byteport_reading_set_number(reading, "x", -(double)INFINITY, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_TIMESTAMP, byteport_reading_set_timestamp(reading, BYTEPORT_TIME_OPEN, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_heartbeat(trap, "a b", &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_log(trap, BYTEPORT_LOG_INFO, "m", "a b", &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_client_log(trap, BYTEPORT_LOG_OFF, "m", NULL, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_client_log(trap, 77, "m", NULL, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_NAME, byteport_client_read_series(trap, "ns", "d", "a b", 0, 1, &series, &error));
    char text[2049];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    DONE(byteport_reading_set_text(reading, "x", text, &error));
    REFUSED(BYTEPORT_ERROR_TOO_LONG, byteport_client_store(trap, reading, &error)); /* the trap's client stores by GET */
    CHECK(series == NULL);
    byteport_reading_free(reading);
}

/* What the server says no to, and a server that is gone. */
static void refusals(const char *host, const char *name_space, const char *key, const char *gone)
{
    byteport_reading_t *reading = byteport_reading_new();
    byteport_error_t *error = NULL;
    byteport_client_t *client = new_client(host, name_space, "a-wrong-key", "dev-1", BYTEPORT_METHOD_POST);
    byteport_status_t status = byteport_client_store(client, reading, &error);
    CHECK(byteport_error_http_status(error) == 403 && byteport_error_phase(error) == BYTEPORT_PHASE_STATUS);
    CHECK(!byteport_error_is_retryable(error));
    CHECK(error != NULL && strstr(byteport_error_message(error), "a-wrong-key") == NULL);
    refused(status, BYTEPORT_ERROR_FORBIDDEN, error, __FILE__, __LINE__);
    REFUSED(BYTEPORT_ERROR_LOGIN_FAILED, byteport_client_login(client, setting("BYTEPORT_USER"), "wrong", &error));
    byteport_client_free(client);

    client = new_client(host, "no_such_namespace", key, "dev-1", BYTEPORT_METHOD_POST);
    error = NULL;
    status = byteport_client_store(client, reading, &error);
    CHECK(byteport_error_http_status(error) == 404);
    refused(status, BYTEPORT_ERROR_NOT_FOUND, error, __FILE__, __LINE__);
    byteport_client_free(client);

    client = new_client(gone, name_space, key, "dev-1", BYTEPORT_METHOD_POST);
    error = NULL;
    status = byteport_client_store(client, reading, &error);
    CHECK(byteport_error_is_retryable(error) && byteport_error_http_status(error) == 0);
    CHECK(byteport_error_phase(error) == BYTEPORT_PHASE_CONNECT && byteport_error_cause_count(error) > 0);
    refused(status, BYTEPORT_ERROR_CONNECT, error, __FILE__, __LINE__);
    byteport_client_free(client);
    byteport_reading_free(reading);
}

#define ROUNDS 3

static byteport_series_t *read_field(const byteport_client_t *client, const char *field, int64_t from, int64_t to)
{
    byteport_series_t *series = NULL;
    DONE(byteport_client_read_series(client, NULL, NULL, field, from, to, &series, &error));
    CHECK(byteport_series_length(series) == ROUNDS);
    return series;
}

static void check_text(const byteport_series_t *series, size_t index, const char *expected)
{
    size_t length = 77;
    CHECK(byteport_series_kind(series) == BYTEPORT_SERIES_TEXTS && byteport_series_numbers(series) == NULL);
    CHECK(equal(byteport_series_text(series, index, &length), expected) && length == strlen(expected));
    CHECK(equal(byteport_series_text(series, index, NULL), expected));
    length = 77;
    CHECK(byteport_series_text(series, ROUNDS, &length) == NULL && length == 77);
}

/* Numbers, texts and bytes, stored and read back; the device is this run's own. */
static void there_and_back(const char *host, const char *name_space, const char *key, const char *device, int method)
{
    static const double numbers[ROUNDS] = {12.5, -1e-300, 0.1};
    static const int64_t integers[ROUNDS] = {0, -7, INT64_C(1) << 52};
    static const char *const texts[ROUNDS] = {"rolling", "a=b&c;\"d\"+%20\n\\", "\xc3\xa5\xf0\x9f\x9a\x97"};
    static const uint8_t data[] = {0, 16, 255, 0};
    const int64_t start = INT64_C(1430438400012345), step = 1500000;
    byteport_client_t *client = new_client(host, name_space, key, device, method);
    byteport_reading_t *reading = byteport_reading_new();
    for (int i = 0; i < ROUNDS; i++) {
        DONE(byteport_reading_restart(reading, &error));
        DONE(byteport_reading_set_timestamp(reading, start + i * step, &error));
        DONE(byteport_reading_set_number(reading, "number", numbers[i], &error));
        DONE(byteport_reading_set_integer(reading, "integer", integers[i], &error));
        DONE(byteport_reading_set_text(reading, "text", texts[i], &error));
        DONE(byteport_reading_set_bytes(reading, "bytes", data, sizeof data, &error));
        DONE(byteport_client_store(client, reading, &error));
        DONE(byteport_client_store(client, reading, &error)); /* the same again is one */
    }
    byteport_reading_free(reading);
    DONE(byteport_client_heartbeat(client, NULL, &error));
    DONE(byteport_client_log(client, BYTEPORT_LOG_WARN, "brake pads are worn", NULL, &error));

    const int64_t end = start + (ROUNDS - 1) * step;
    byteport_series_t *series = NULL;
    REFUSED(BYTEPORT_ERROR_FORBIDDEN, byteport_client_read_series(client, NULL, NULL, "text", start, end, &series, &error));
    CHECK(series == NULL);
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    series = read_field(client, "number", start, end);
    CHECK(byteport_series_kind(series) == BYTEPORT_SERIES_NUMBERS && byteport_series_text(series, 0, NULL) == NULL);
    const int64_t *times = byteport_series_times(series);
    const double *values = byteport_series_numbers(series);
    for (int i = 0; i < ROUNDS && byteport_series_length(series) == ROUNDS && values != NULL; i++) {
        CHECK(times[i] == start + i * step && memcmp(&values[i], &numbers[i], sizeof values[i]) == 0);
    }
    byteport_series_free(series);
    series = read_field(client, "integer", start, end);
    values = byteport_series_numbers(series);
    for (int i = 0; i < ROUNDS && byteport_series_length(series) == ROUNDS && values != NULL; i++) {
        CHECK((int64_t)values[i] == integers[i]);
    }
    byteport_series_free(series);
    series = read_field(client, "text", start, end);
    for (size_t i = 0; i < ROUNDS; i++) {
        check_text(series, i, texts[i]);
    }
    byteport_series_free(series);
    series = read_field(client, "bytes", start, end);
    check_text(series, 0, "ABD/AA==");
    byteport_series_free(series);
    series = NULL;
    DONE(byteport_client_read_series(client, name_space, device, "warn", byteport_timestamp_now() - INT64_C(3600000000),
                                     BYTEPORT_TIME_OPEN, &series, &error));
    CHECK(byteport_series_length(series) == 1);
    CHECK(equal(byteport_series_text(series, 0, NULL), "brake pads are worn"));
    byteport_series_free(series);
    DONE(byteport_client_logout(client, &error));
    byteport_client_free(client);
}

/* Every message of the library: how many there were, how many held a secret or came from elsewhere. */
struct journal {
    unsigned lines, secrets, foreign;
    int freed;
};

static void take_message(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    struct journal *journal = (struct journal *)userdata;
    journal->lines++;
    journal->foreign += strncmp(target, "byteport", 8) != 0 || level < BYTEPORT_LOG_ERROR || level > BYTEPORT_LOG_DEBUG;
    journal->secrets += strstr(message, setting("BYTEPORT_KEY")) != NULL ||
                        strstr(message, setting("BYTEPORT_PASSWORD")) != NULL || strstr(message, "a-wrong-key") != NULL;
}

static void end_journal(void *userdata)
{
    ((struct journal *)userdata)->freed++;
}

int main(void)
{
    const char *host = setting("BYTEPORT_HOST"), *name_space = setting("BYTEPORT_NAMESPACE");
    const char *key = setting("BYTEPORT_KEY"), *device = setting("BYTEPORT_DEVICE");
    struct journal journal = {0, 0, 0, 0};
    DONE(byteport_log_set(BYTEPORT_LOG_DEBUG, take_message, &journal, end_journal, &error));

    byteport_client_t *trap = new_client(setting("BYTEPORT_TRAP"), name_space, key, device, BYTEPORT_METHOD_GET);
    names();
    timestamps();
    invalid_utf8(trap);
    bad_settings();
    bad_values(trap);
    byteport_client_free(trap);

    refusals(host, name_space, key, setting("BYTEPORT_GONE"));
    char by_get[40];
    snprintf(by_get, sizeof by_get, "%.20s-get", device);
    there_and_back(host, name_space, key, device, BYTEPORT_METHOD_POST);
    there_and_back(host, name_space, key, by_get, BYTEPORT_METHOD_GET);

    DONE(byteport_log_set(BYTEPORT_LOG_OFF, NULL, NULL, NULL, &error));
    CHECK(journal.lines > 0 && journal.secrets == 0 && journal.foreign == 0 && journal.freed == 1);
    return check_end("behaviour");
}
