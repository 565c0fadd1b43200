/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints a time in each of its forms: microseconds, as it goes over the wire, and ISO 8601. Needs no service.
 *
 *     cc -std=c99 times.c -lbyteport -o times
 *     ./times [TIME]
 *
 * TIME is ISO 8601, such as 2015-05-01T02:00:00+02:00, or UNIX seconds, such as 1430438400.5; without one it is now.
 * Exit status: 0 printed, 1 not a time, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

static int parse(const char *text, int64_t *time, byteport_error_t **error)
{
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end != text && *end == '\0') {
        return byteport_timestamp_from_seconds(seconds, time, error) == BYTEPORT_OK;
    }
    return byteport_timestamp_parse(text, time, error) == BYTEPORT_OK;
}

static int print(int64_t time, byteport_error_t **error)
{
    char wire[BYTEPORT_TIMESTAMP_SIZE], iso8601[BYTEPORT_TIMESTAMP_SIZE];
    if (byteport_timestamp_format(time, wire, sizeof wire, error) != BYTEPORT_OK ||
        byteport_timestamp_format_iso8601(time, iso8601, sizeof iso8601, error) != BYTEPORT_OK) {
        return 0;
    }
    printf("%" PRId64 "\t%s\t%s\n", time, wire, iso8601);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        fputs("usage: times [TIME]\n", stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    int64_t time = byteport_timestamp_now();
    int done = (argc < 2 || parse(argv[1], &time, &error)) && print(time, &error);
    return finish("times", done, NULL, error);
}
