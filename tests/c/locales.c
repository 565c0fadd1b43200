/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Numbers, times, names and files under a locale, which is the argument. What goes out is compared by the tests; here, what
 * comes back, and that the locale is in force: its decimal point is a comma.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "citizen.h"

#include <ctype.h>
#include <locale.h>

/* Takes an outbox's readings, and gives the statistics as text. */
static void check_outbox(const char *path)
{
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), path, NULL);
    byteport_reading_t *reading = numbered("queued", 1);
    DONE(byteport_reading_set_number(reading, "I", -1234567.25, &error));
    DONE(byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_SYNCED, NULL, NULL, &error));
    byteport_reading_free(reading);
    flush(outbox);
    byteport_outbox_stats_t *stats = stats_of(outbox);
    CHECK(strstr(byteport_outbox_stats_json(stats), "\"delivered\":1") != NULL);
    CHECK(strstr(byteport_outbox_stats_prometheus(stats), "byteport_outbox_accepted_total") != NULL);
    byteport_outbox_stats_free(stats);
    close_outbox(outbox, 0);
}

static void check_what_comes_back(void)
{
    byteport_series_t *series = NULL;
    byteport_client_t *client = plain_client();
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    DONE(byteport_client_read_series(client, NULL, NULL, "I", start, start + 1000, &series, &error));
    const double *numbers = byteport_series_numbers(series);
    CHECK(byteport_series_length(series) == 1 && numbers != NULL && numbers[0] == -1234567.25);
    byteport_series_free(series);
    byteport_client_free(client);
}

/* To the server that records: numbers of every kind, times, texts whose letters a locale might turn into others. */
static void store_all_kinds(void)
{
    byteport_client_t *client = new_client(setting("BYTEPORT_PLAIN"), "ns", setting("BYTEPORT_KEY"), "TITLE", BYTEPORT_METHOD_POST);
    byteport_reading_t *reading = numbered("integer", -1234567);
    DONE(byteport_reading_set_number(reading, "half", 0.5, &error));
    DONE(byteport_reading_set_number(reading, "large", 1234567.875, &error));
    DONE(byteport_reading_set_number(reading, "tiny", -2.5e-300, &error));
    DONE(byteport_reading_set_text(reading, "TITLE", "I i \xc4\xb0 \xc4\xb1 1,5", &error));
    DONE(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
    byteport_client_free(client);
}

static void check_times(void)
{
    int64_t time = 0;
    char text[BYTEPORT_TIMESTAMP_SIZE] = "";
    DONE(byteport_timestamp_parse("2015-05-01T00:00:00.25Z", &time, &error));
    CHECK(time == start + 250000);
    DONE(byteport_timestamp_format(start + 250000, text, sizeof text, &error));
    CHECK(equal(text, "1430438400.250000") || equal(text, "1430438400.25"));
    REFUSED(BYTEPORT_ERROR_INVALID_TIMESTAMP, byteport_timestamp_parse("2015-05-01T00:00:00,x", &time, &error));
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "C";
    CHECK(setlocale(LC_ALL, name) != NULL);
    CHECK(equal(localeconv()->decimal_point, equal(name, "C") ? "." : ","));
    store_all_kinds();
    check_times();
    check_outbox(name);
    check_what_comes_back();
    CHECK(equal(setlocale(LC_ALL, NULL), name));
    return check_end("locales");
}
