/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * An outbox whose key is changed while it is open, as when it was revoked: what the service refuses waits for the new one.
 *
 *     cc -std=c99 outbox_keys.c -lbyteport -o outbox_keys
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./outbox_keys FILE < commands
 *
 * Commands, one on each line:  put NUMBER           hands a reading in
 *                              key KEY              stores with this key from now on
 *                              legacy KEY           stores many readings in one call, with the namespace's legacy key
 *                              resume               tries again at once, not when it is its time
 *                              flush MILLISECONDS   waits until everything is delivered, and tells what still waits
 *
 * With BYTEPORT_LEGACY_KEY it begins with that one. Exit status: 0 done, 1 not, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

static int put(const byteport_outbox_t *outbox, const char *number, byteport_error_t **error)
{
    byteport_reading_t *reading = byteport_reading_new();
    int done = byteport_reading_use_server_time(reading, error) == BYTEPORT_OK && /* the time at which it is put in */
               byteport_reading_set_number(reading, "value", strtod(number, NULL), error) == BYTEPORT_OK &&
               byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, error) == BYTEPORT_OK;
    byteport_reading_free(reading);
    return done;
}

static int flush(const byteport_outbox_t *outbox, const char *milliseconds, byteport_error_t **error)
{
    uint64_t kept = 0, patience = 0;
    if (!read_number(milliseconds, &patience) || patience > UINT32_MAX ||
        byteport_outbox_flush(outbox, (uint32_t)patience, NULL, &kept, error) != BYTEPORT_OK) {
        return 0;
    }
    printf("%" PRIu64 " wait\n", kept);
    return fflush(stdout) == 0;
}

static int obey(const byteport_outbox_t *outbox, const char *command, const char *value, byteport_error_t **error)
{
    if (strcmp(command, "put") == 0) {
        return put(outbox, value, error);
    } else if (strcmp(command, "key") == 0) {
        return byteport_outbox_set_key(outbox, value, error) == BYTEPORT_OK;
    } else if (strcmp(command, "legacy") == 0) {
        return byteport_outbox_set_legacy_key(outbox, value, error) == BYTEPORT_OK;
    } else if (strcmp(command, "resume") == 0) {
        return byteport_outbox_resume(outbox, error) == BYTEPORT_OK;
    }
    return strcmp(command, "flush") == 0 && flush(outbox, value, error);
}

static int set_up(byteport_outbox_options_t *options, byteport_error_t **error)
{
    const char *key = getenv("BYTEPORT_LEGACY_KEY");
    return key == NULL || byteport_outbox_options_set_legacy_key(options, key, error) == BYTEPORT_OK;
}

int main(int argc, char **argv)
{
    if (argc != 2 || !has_device_settings()) {
        fputs("usage: outbox_keys FILE < commands, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    char line[256], command[16] = "";
    int value = 0;
    uint64_t lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    int done = client != NULL && set_up(options, &error) &&
               byteport_outbox_open(client, argv[1], options, &outbox, &error) == BYTEPORT_OK;
    while (done && read_line(line, sizeof line, stdin)) {
        done = sscanf(line, "%15s %n", command, &value) == 1 && obey(outbox, command, line + value, &error);
    }
    done = done && byteport_outbox_close(outbox, 0, NULL, NULL, &lost, &error) == BYTEPORT_OK && lost == 0;
    byteport_outbox_free(outbox);
    byteport_outbox_options_free(options);
    return finish("outbox_keys", done, client, error);
}
