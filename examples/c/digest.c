/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Works on a stored object while it comes in, in memory that does not grow with it: prints its length and its CRC-32.
 *
 *     cc -std=c99 digest.c -lbyteport -o digest
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./digest NAMESPACE DEVICE FIELD REFERENCE MAX_BYTES
 *
 * REFERENCE is the `r` of a point in the service's answer; byteport-server takes `latest`, too. The object is decompressed here,
 * and given up where it has more than MAX_BYTES. Exit status: 0 printed, 1 not loaded, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

/* Goes on with the checksum of zlib, gzip and PNG; returns 0: go on with the download. */
static int add(const uint8_t *data, size_t length, void *userdata)
{
    uint32_t *sum = (uint32_t *)userdata, crc = ~*sum;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc & 1 ? crc >> 1 ^ UINT32_C(0xedb88320) : crc >> 1;
        }
    }
    *sum = ~crc;
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t limit = 0;
    if (argc != 6 || !read_number(argv[5], &limit) || !has_settings()) {
        fputs("usage: digest NAMESPACE DEVICE FIELD REFERENCE MAX_BYTES\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    uint32_t sum = 0;
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    byteport_download_t *download = byteport_download_new();
    int done = client != NULL &&
               byteport_download_set_value(download, argv[1], argv[2], argv[3], argv[4], &error) == BYTEPORT_OK &&
               byteport_download_set_unpack(download, BYTEPORT_UNPACK_HERE, &error) == BYTEPORT_OK &&
               byteport_download_set_limit(download, limit, &error) == BYTEPORT_OK &&
               byteport_client_download_to_callback(client, download, add, &sum, &error) == BYTEPORT_OK;
    if (done) {
        printf("%" PRIu64 " bytes, CRC-32 %08" PRIx32 "\n", byteport_download_bytes(download), sum);
    }
    byteport_download_free(download);
    return finish("digest", done, client, error);
}
