/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores what other devices measured before, as a gateway does: a line of the input is a time, a device, a field and a value.
 *
 *     cc -std=c99 import.c -lbyteport -o import
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./import < FILE
 *
 * For example:     2015-05-01T02:00:00 cart-1 speed 12.5
 *                  2015-05-01T02:00:01 cart-1 state waits at the gate
 *
 * A value that is a number is stored as one, everything else as text. It ends at the first line that cannot be stored.
 * Exit status: 0 all were stored, 1 not, 2 wrong use.
 */
#include "example.h"

static int set_value(byteport_reading_t *reading, const char *field, const char *value, byteport_error_t **error)
{
    char *end = NULL;
    double number = strtod(value, &end);
    if (end != value && *end == '\0') {
        return byteport_reading_set_number(reading, field, number, error) == BYTEPORT_OK;
    }
    return byteport_reading_set_text(reading, field, value, error) == BYTEPORT_OK;
}

static int store_line(const byteport_client_t *client, byteport_reading_t *reading, const char *line, byteport_error_t **error)
{
    char when[40], device[64], field[64];
    int64_t time = 0;
    int rest = 0;
    if (sscanf(line, "%39s %63s %63s %n", when, device, field, &rest) != 3 || line[rest] == '\0') {
        fputs("import: a line needs a time, a device, a field and a value\n", stderr);
        return 0;
    }
    return byteport_timestamp_parse(when, &time, error) == BYTEPORT_OK &&
           byteport_reading_restart(reading, error) == BYTEPORT_OK &&
           byteport_reading_set_timestamp(reading, time, error) == BYTEPORT_OK &&
           byteport_reading_set_device(reading, device, error) == BYTEPORT_OK &&
           set_value(reading, field, line + rest, error) && byteport_client_store(client, reading, error) == BYTEPORT_OK;
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc != 1 || !has_device_settings()) {
        fputs("usage: import < FILE, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    char line[1024];
    unsigned long stored = 0;
    byteport_error_t *error = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_reading_t *reading = byteport_reading_new();
    int done = client != NULL;
    while (done && read_line(line, sizeof line, stdin)) {
        done = store_line(client, reading, line, &error);
        stored += done ? 1 : 0;
    }
    printf("%lu stored\n", stored);
    byteport_reading_free(reading);
    return finish("import", done, client, error);
}
