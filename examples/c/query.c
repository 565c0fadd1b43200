/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Asks for the last minutes of a field, as they are or as the service works them up, and prints what kind of values they are,
 * how many, and the last one.
 *
 *     cc -std=c99 query.c -lbyteport -o query
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./query NAMESPACE DEVICE FIELD MINUTES [OPERATION [FACTOR]]
 *
 * OPERATION is none, diff (the slope), smooth_diff or cum_sum (the running sum); the values are multiplied by FACTOR.
 * Exit status: 0 read, 1 not read, 2 wrong use.
 */
#include "example.h"

/* The number of an operation, or -1. */
static int32_t operation(const char *name)
{
    static const char *const names[] = {"none", "diff", "smooth_diff", "cum_sum"};
    static const int32_t numbers[] = {BYTEPORT_OPERATION_NONE, BYTEPORT_OPERATION_DIFF, BYTEPORT_OPERATION_SMOOTH_DIFF,
                                      BYTEPORT_OPERATION_CUM_SUM};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return numbers[i];
        }
    }
    return -1; /* which the library refuses */
}

static byteport_query_t *make_query(int argc, char **argv, byteport_error_t **error)
{
    uint64_t minutes = 0;
    byteport_query_t *query = byteport_query_new();
    if (read_number(argv[4], &minutes) && minutes <= UINT32_MAX &&
        byteport_query_set_last_minutes(query, (uint32_t)minutes, error) == BYTEPORT_OK &&
        (argc < 6 || byteport_query_set_operation(query, operation(argv[5]), error) == BYTEPORT_OK) &&
        (argc < 7 || byteport_query_set_scale(query, strtod(argv[6], NULL), error) == BYTEPORT_OK)) {
        return query;
    }
    byteport_query_free(query);
    return NULL;
}

static void print(const byteport_series_t *series)
{
    const size_t length = byteport_series_length(series);
    switch (byteport_series_kind(series)) {
    case BYTEPORT_SERIES_NUMBERS:
        printf("%zu numbers", length);
        if (length > 0) {
            printf(", the last %g", byteport_series_numbers(series)[length - 1]);
        }
        break;
    case BYTEPORT_SERIES_TEXTS:
        printf("%zu texts, the last %s", length, byteport_series_text(series, length - 1, NULL));
        break;
    default: /* what a later library may add */
        printf("%zu values", length);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 7 || !has_settings()) {
        fputs("usage: query NAMESPACE DEVICE FIELD MINUTES [OPERATION [FACTOR]]\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_series_t *series = NULL;
    byteport_query_t *query = make_query(argc, argv, &error);
    int done = query != NULL && (client = log_in(&error)) != NULL &&
               byteport_client_query_series(client, argv[1], argv[2], argv[3], query, &series, &error) == BYTEPORT_OK;
    if (done) {
        print(series);
    }
    byteport_series_free(series);
    byteport_query_free(query);
    return finish("query", done, client, error);
}
