/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Cuts a range of a field into hours, days, weeks or months, and prints how far the change in each is from the typical one.
 *
 *     cc -std=c99 typical.c -lbyteport -o typical
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./typical NAMESPACE DEVICE FIELD FROM TO GROUPING
 *
 * FROM and TO are ISO 8601; GROUPING is hourly, daily, weekly or monthly. Exit status: 0 printed, 1 not printed, 2 wrong use.
 */
#include "example.h"

/* The number of a grouping, or -1. */
static int32_t grouping(const char *name)
{
    static const char *const names[] = {"hourly", "daily", "weekly", "monthly"};
    static const int32_t numbers[] = {BYTEPORT_GROUPING_HOURLY, BYTEPORT_GROUPING_DAILY, BYTEPORT_GROUPING_WEEKLY,
                                      BYTEPORT_GROUPING_MONTHLY};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return numbers[i];
        }
    }
    return -1; /* which the library refuses */
}

/* The change is compared, not the values; the number of values in a group says nothing of it and is left out. */
static int set_up(byteport_typical_t *typical, char **argv, byteport_error_t **error)
{
    int64_t from = BYTEPORT_TIME_OPEN, to = BYTEPORT_TIME_OPEN;
    return byteport_timestamp_parse(argv[4], &from, error) == BYTEPORT_OK &&
           byteport_timestamp_parse(argv[5], &to, error) == BYTEPORT_OK &&
           byteport_typical_set_range(typical, from, to, error) == BYTEPORT_OK &&
           byteport_typical_set_grouping(typical, grouping(argv[6]), error) == BYTEPORT_OK &&
           byteport_typical_set_diff(typical, true, error) == BYTEPORT_OK &&
           byteport_typical_set_descriptions(typical, true, error) == BYTEPORT_OK &&
           byteport_typical_exclude(typical, "count", error) == BYTEPORT_OK;
}

int main(int argc, char **argv)
{
    if (argc != 7 || !has_settings()) {
        fputs("usage: typical NAMESPACE DEVICE FIELD FROM TO GROUPING\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_result_t *answer = NULL;
    byteport_client_t *client = NULL;
    byteport_typical_t *typical = byteport_typical_new();
    int done = set_up(typical, argv, &error) && (client = log_in(&error)) != NULL &&
               print_answer("distances",
                            byteport_client_distance_to_typical(client, argv[1], argv[2], argv[3], typical, &answer, &error),
                            &answer);
    byteport_typical_free(typical);
    return finish("typical", done, client, error);
}
