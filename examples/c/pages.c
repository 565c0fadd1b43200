/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Walks a range of a field, however long, with a page of it in memory at a time; prints how many points, numbers among them
 * and pages there are, and the numbers' mean.
 *
 *     cc -std=c99 pages.c -lbyteport -o pages
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./pages NAMESPACE DEVICE FIELD FROM [TO]
 *
 * FROM and TO are ISO 8601, such as 2015-05-01T02:00:00; no zone means UTC; without TO it is now.
 * Exit status: 0 read, 1 not read, 2 wrong use.
 */
#include "example.h"

struct total {
    size_t points, numbers, pages;
    double sum;
};

static void add(struct total *total, const byteport_series_t *series)
{
    const double *numbers = byteport_series_numbers(series);
    size_t length = byteport_series_length(series);
    total->pages++;
    total->points += length;
    for (size_t i = 0; numbers != NULL && i < length; i++) {
        if (numbers[i] == numbers[i]) { /* NaN: a time without a value */
            total->numbers++;
            total->sum += numbers[i];
        }
    }
}

static int walk(byteport_series_pages_t *pages, struct total *total, byteport_error_t **error)
{
    for (;;) {
        byteport_series_t *series = NULL;
        if (byteport_series_pages_next(pages, &series, error) != BYTEPORT_OK) {
            char time[BYTEPORT_TIMESTAMP_SIZE];
            int64_t rest = byteport_series_pages_rest(pages);
            if (byteport_timestamp_format_iso8601(rest, time, sizeof time, NULL) == BYTEPORT_OK) {
                fprintf(stderr, "pages: %zu points were read; what is missing begins at %s\n", total->points, time);
            }
            return 0;
        }
        if (series == NULL) {
            return 1;
        }
        add(total, series);
        byteport_series_free(series);
    }
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 6 || !has_settings()) {
        fputs("usage: pages NAMESPACE DEVICE FIELD FROM [TO]\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_series_pages_t *pages = NULL;
    struct total total = {0, 0, 0, 0.0};
    int64_t from = BYTEPORT_TIME_OPEN, to = BYTEPORT_TIME_OPEN;
    byteport_query_t *query = byteport_query_new();
    byteport_client_t *client = NULL;
    int done = byteport_timestamp_parse(argv[4], &from, &error) == BYTEPORT_OK &&
               (argc < 6 || byteport_timestamp_parse(argv[5], &to, &error) == BYTEPORT_OK) &&
               byteport_query_set_range(query, from, to, &error) == BYTEPORT_OK && (client = log_in(&error)) != NULL &&
               byteport_client_series_pages(client, argv[1], argv[2], argv[3], query, &pages, &error) == BYTEPORT_OK &&
               walk(pages, &total, &error);
    if (done) {
        printf("%zu points, %zu numbers, %zu pages, mean %.17g\n", total.points, total.numbers, total.pages,
               total.numbers > 0 ? total.sum / (double)total.numbers : 0.0);
    }
    byteport_series_pages_free(pages);
    byteport_query_free(query);
    return finish("pages", done, client, error);
}
