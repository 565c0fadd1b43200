/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints a series, a line for each point: the time in UTC, a tab, the value. A text's control characters and backslashes are
 * printed as \xHH, so that a line stays a line.
 *
 *     cc -std=c99 read.c -lbyteport -o read
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./read NAMESPACE DEVICE FIELD [FROM [TO]]
 *
 * FROM and TO are ISO 8601, such as 2015-05-01T02:00:00; no zone means UTC.
 * Exit status: 0 read, 1 not read, 2 wrong use.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <byteport.h>

static void print_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < ' ' || byte == 0x7f || byte == '\\') {
            printf("\\x%02x", byte);
        } else {
            putchar(byte);
        }
    }
}

static void print_series(const byteport_series_t *series)
{
    const int64_t *times = byteport_series_times(series);
    const double *numbers = byteport_series_numbers(series);
    for (size_t i = 0; i < byteport_series_length(series); i++) {
        char time[BYTEPORT_TIMESTAMP_SIZE] = "";
        if (byteport_timestamp_format_iso8601(times[i], time, sizeof time, NULL) == BYTEPORT_OK) {
            printf("%s\t", time);
        } else {
            printf("%" PRId64 "\t", times[i]); /* no year of the calendar */
        }
        if (numbers != NULL) {
            printf("%.17g", numbers[i]);
        } else {
            size_t length = 0;
            const char *text = byteport_series_text(series, i, &length);
            print_text(text, length);
        }
        putchar('\n');
    }
}

static int usage(void)
{
    fputs("usage: read NAMESPACE DEVICE FIELD [FROM [TO]]\n"
          "with BYTEPORT_HOST, BYTEPORT_USER and BYTEPORT_PASSWORD set\n",
          stderr);
    return 2;
}

int main(int argc, char **argv)
{
    const char *host = getenv("BYTEPORT_HOST");
    const char *user = getenv("BYTEPORT_USER");
    const char *password = getenv("BYTEPORT_PASSWORD");
    if (argc < 4 || argc > 6 || host == NULL || user == NULL || password == NULL) {
        return usage();
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_series_t *series = NULL;
    byteport_options_t *options = byteport_options_new();
    int64_t from = BYTEPORT_TIME_OPEN, to = BYTEPORT_TIME_OPEN;
    int done = (argc < 5 || byteport_timestamp_parse(argv[4], &from, &error) == BYTEPORT_OK) &&
               (argc < 6 || byteport_timestamp_parse(argv[5], &to, &error) == BYTEPORT_OK) &&
               byteport_options_set_host(options, host, &error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, &error) == BYTEPORT_OK &&
               byteport_client_login(client, user, password, &error) == BYTEPORT_OK &&
               byteport_client_read_series(client, argv[1], argv[2], argv[3], from, to, &series, &error) ==
                   BYTEPORT_OK;
    if (done) {
        print_series(series);
        done = byteport_client_logout(client, &error) == BYTEPORT_OK;
    }
    if (!done) {
        fprintf(stderr, "read: %s\n", byteport_error_message(error));
    }
    byteport_error_free(error);
    byteport_series_free(series);
    byteport_client_free(client);
    byteport_options_free(options);
    return done && fflush(stdout) == 0 ? 0 : 1;
}
