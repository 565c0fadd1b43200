/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores this machine's load average once.
 *
 *     cc -std=c99 store.c -lbyteport -o store
 *     BYTEPORT_HOST=127.0.0.1:8000 BYTEPORT_NAMESPACE=my_garage BYTEPORT_KEY=... BYTEPORT_DEVICE=box-1 ./store
 *
 * Exit status: 0 stored, 1 not stored, 2 a setting is missing.
 */
#include <stdio.h>
#include <stdlib.h>

#include <byteport.h>

static int load_average(double *load)
{
    FILE *file = fopen("/proc/loadavg", "r");
    int found = file != NULL && fscanf(file, "%lf", load) == 1;
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

int main(void)
{
    const char *host = getenv("BYTEPORT_HOST");
    const char *name_space = getenv("BYTEPORT_NAMESPACE");
    const char *key = getenv("BYTEPORT_KEY");
    const char *device = getenv("BYTEPORT_DEVICE");
    if (host == NULL || name_space == NULL || key == NULL || device == NULL) {
        fputs("store: set BYTEPORT_HOST, BYTEPORT_NAMESPACE, BYTEPORT_KEY and BYTEPORT_DEVICE\n", stderr);
        return 2;
    }
    double load;
    if (!load_average(&load)) {
        fputs("store: /proc/loadavg cannot be read\n", stderr);
        return 1;
    }

    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    byteport_options_t *options = byteport_options_new();
    /* Each step is taken only if the one before it succeeded. */
    int stored = byteport_options_set_host(options, host, &error) == BYTEPORT_OK &&
                 byteport_options_set_namespace(options, name_space, &error) == BYTEPORT_OK &&
                 byteport_options_set_key(options, key, &error) == BYTEPORT_OK &&
                 byteport_options_set_device(options, device, &error) == BYTEPORT_OK &&
                 byteport_client_new(options, &client, &error) == BYTEPORT_OK &&
                 byteport_reading_set_number(reading, "load1", load, &error) == BYTEPORT_OK &&
                 byteport_client_store(client, reading, &error) == BYTEPORT_OK;
    if (!stored) {
        fprintf(stderr, "store: %s\n", byteport_error_message(error));
    }
    byteport_error_free(error);
    byteport_client_free(client);
    byteport_options_free(options);
    byteport_reading_free(reading);
    return stored ? 0 : 1;
}
