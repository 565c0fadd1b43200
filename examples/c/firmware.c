/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Fetches a device's new program into a folder, and prints its path; what a broken call left is gone on with.
 *
 *     cc -std=c99 firmware.c -lbyteport -o firmware
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./firmware NAMESPACE DEVICE FOLDER [VERSION]
 *
 * VERSION is the one that the device runs. Before a device runs what was fetched, let it check a signature of your own:
 * header and documentation say why. Exit status: 0 fetched or nothing to fetch, 1 not fetched, 2 wrong use.
 */
#include <inttypes.h>

#include "example.h"

static int show(uint64_t so_far, uint64_t total, void *userdata)
{
    fprintf((FILE *)userdata, "\r%" PRIu64 " of %" PRIu64 " bytes", so_far, total);
    return 0;
}

static void print_outcome(const byteport_firmware_t *firmware)
{
    const char *version = byteport_firmware_version(firmware), *path = byteport_firmware_path(firmware);
    version = version != NULL ? version : "without a number";
    switch (byteport_firmware_outcome(firmware)) {
    case BYTEPORT_FIRMWARE_FETCHED:
        fprintf(stderr, "\n%" PRIu64 " bytes came\n", byteport_firmware_received(firmware));
        printf("version %s is in %s\n", version, path);
        break;
    case BYTEPORT_FIRMWARE_UP_TO_DATE:
        printf("version %s is the newest, %s\n", version, path != NULL ? path : "and runs");
        break;
    default:
        printf("there is no firmware for this device\n");
    }
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc > 5 || !has_settings()) {
        fputs("usage: firmware NAMESPACE DEVICE FOLDER [VERSION]\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_firmware_t *firmware = byteport_firmware_new();
    byteport_client_t *client = log_in(&error);
    int done = client != NULL && byteport_firmware_set_device(firmware, argv[1], argv[2], &error) == BYTEPORT_OK &&
               byteport_firmware_set_folder(firmware, argv[3], &error) == BYTEPORT_OK &&
               byteport_firmware_set_current_version(firmware, argc == 5 ? argv[4] : NULL, &error) == BYTEPORT_OK &&
               byteport_firmware_set_progress(firmware, show, stderr, NULL, &error) == BYTEPORT_OK &&
               byteport_client_fetch_firmware(client, firmware, &error) == BYTEPORT_OK;
    if (done) {
        print_outcome(firmware);
    }
    byteport_firmware_free(firmware);
    return finish("firmware", done, client, error);
}
