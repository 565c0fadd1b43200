/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Prints what a field holds by days, its latest value, and how far each of the last days is from the typical one.
 *
 *     cc -std=c99 statistics.c -lbyteport -o statistics
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./statistics NAMESPACE DEVICE FIELD DAYS
 *
 * The reference `latest` is byteport-server's. Exit status: 0 printed, 1 not printed, 2 wrong use.
 */
#include "example.h"

static int print_distances(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    byteport_typical_t *typical = byteport_typical_new();
    uint32_t minutes = (uint32_t)strtoul(argv[4], NULL, 10) * 24 * 60;
    int done = byteport_typical_set_last_minutes(typical, minutes, error) == BYTEPORT_OK &&
               byteport_typical_set_grouping(typical, BYTEPORT_GROUPING_DAILY, error) == BYTEPORT_OK &&
               byteport_typical_set_by_distance(typical, true, error) == BYTEPORT_OK &&
               byteport_typical_exclude(typical, "count", error) == BYTEPORT_OK &&
               print_answer("distances",
                            byteport_client_distance_to_typical(client, argv[1], argv[2], argv[3], typical, &answer, error),
                            &answer);
    byteport_typical_free(typical);
    return done;
}

static int print_field(const byteport_client_t *client, char **argv, byteport_error_t **error)
{
    byteport_result_t *answer = NULL;
    return print_answer("statistics",
                        byteport_client_statistics(client, argv[1], argv[2], argv[3], false, &answer, error), &answer) &&
           print_answer("value", byteport_client_value(client, argv[1], argv[2], argv[3], "latest", &answer, error),
                        &answer);
}

int main(int argc, char **argv)
{
    if (argc != 5 || !has_settings()) {
        fputs("usage: statistics NAMESPACE DEVICE FIELD DAYS\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    int done = client != NULL && print_field(client, argv, &error) && print_distances(client, argv, &error);
    return finish("statistics", done, client, error);
}
