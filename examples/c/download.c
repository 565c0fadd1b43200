/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Loads a stored object, decoded and decompressed: to a file, or with "-" to standard output.
 *
 *     cc -std=c99 download.c -lbyteport -o download
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./download NAMESPACE DEVICE FIELD REFERENCE FILE|-
 *
 * REFERENCE is the `r` of a point in the service's answer; byteport-server takes `latest`, too.
 * Exit status: 0 loaded, 1 not loaded, 2 wrong use.
 */
#include <inttypes.h>
#include "example.h"

/* A line that is written over again; it would also be the place to stop. */
static int show(uint64_t so_far, uint64_t total, void *userdata)
{
    FILE *file = (FILE *)userdata;
    if (total == BYTEPORT_SIZE_UNKNOWN) {
        fprintf(file, "\r%" PRIu64 " bytes", so_far);
    } else {
        fprintf(file, "\r%" PRIu64 " of %" PRIu64 " bytes", so_far, total);
    }
    return 0;
}

static int load(const byteport_client_t *client, byteport_download_t *download, const char *to, byteport_error_t **error)
{
    if (strcmp(to, "-") == 0) {
        return byteport_client_download_to_fd(client, download, 1, error) == BYTEPORT_OK;
    }
    return byteport_download_set_progress(download, show, stderr, NULL, error) == BYTEPORT_OK &&
           byteport_client_download_to_path(client, download, to, error) == BYTEPORT_OK &&
           fputc('\n', stderr) != EOF;
}

int main(int argc, char **argv)
{
    if (argc != 6 || !has_settings()) {
        fputs("usage: download NAMESPACE DEVICE FIELD REFERENCE FILE|-\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_download_t *download = byteport_download_new();
    byteport_client_t *client = log_in(&error);
    int done = client != NULL &&
               byteport_download_set_value(download, argv[1], argv[2], argv[3], argv[4], &error) == BYTEPORT_OK &&
               load(client, download, argv[5], &error);
    if (done) {
        const char *name = byteport_download_file_name(download);
        fprintf(stderr, "%" PRIu64 " bytes, proposed name %s\n", byteport_download_bytes(download),
                name != NULL ? name : "none");
    }
    byteport_download_free(download);
    return finish("download", done, client, error);
}
