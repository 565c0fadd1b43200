/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores a file, such as a picture, as an object, with its name and its size in fields beside it; download.c loads it.
 *
 *     cc -std=c99 upload.c -lbyteport -o upload
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./upload FIELD FILE
 *
 * Exit status: 0 stored, 1 not stored, 2 wrong use.
 */
#include "example.h"

enum { MOST = 16 * 1024 * 1024 };

/* The whole file, for the caller to free; NULL where it cannot be read or is too long. */
static uint8_t *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = (uint8_t *)malloc(MOST + 1);
    *length = file != NULL && data != NULL ? fread(data, 1, MOST + 1, file) : 0;
    int whole = file != NULL && data != NULL && !ferror(file) && *length <= MOST;
    if (file != NULL) {
        fclose(file);
    }
    if (!whole) {
        fprintf(stderr, "upload: %s cannot be read, or is longer than %d bytes\n", path, MOST);
        free(data);
        return NULL;
    }
    return data;
}

static int fill(byteport_reading_t *reading, const char *field, const char *path, byteport_error_t **error)
{
    char name_field[64], size_field[64];
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t length = 0;
    uint8_t *data = read_file(path, &length);
    snprintf(name_field, sizeof name_field, "%s_name", field);
    snprintf(size_field, sizeof size_field, "%s_size", field);
    int done = data != NULL && byteport_reading_set_bytes(reading, field, data, length, error) == BYTEPORT_OK &&
               byteport_reading_set_text(reading, name_field, name, error) == BYTEPORT_OK &&
               byteport_reading_set_integer(reading, size_field, (int64_t)length, error) == BYTEPORT_OK;
    free(data); /* the reading has a copy */
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 3 || !has_device_settings()) {
        fputs("usage: upload FIELD FILE, " DEVICE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_reading_t *reading = byteport_reading_new();
    int done = client != NULL && fill(reading, argv[1], argv[2], &error) &&
               byteport_client_store(client, reading, &error) == BYTEPORT_OK;
    byteport_reading_free(reading);
    return finish("upload", done, client, error);
}
