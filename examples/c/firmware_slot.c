/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Fetches a device's new program where there is little room for it: nothing that is larger than the slot in the flash, and
 * nothing that cannot be checked.
 *
 *     cc -std=c99 firmware_slot.c -lbyteport -o firmware_slot
 *     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./firmware_slot NAMESPACE DEVICE FOLDER BYTES [PREFIX]
 *
 * PREFIX is the path under which the server has its images, unless that is /media/. Before a device runs what was fetched, let
 * it check a signature of your own. Exit status: 0 fetched or nothing to fetch, 1 not fetched, 2 wrong use.
 */
#include "example.h"

int main(int argc, char **argv)
{
    uint64_t slot = 0;
    if (argc < 5 || argc > 6 || !read_number(argv[4], &slot) || !has_settings()) {
        fputs("usage: firmware_slot NAMESPACE DEVICE FOLDER BYTES [PREFIX]\n" EXAMPLE_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = log_in(&error);
    byteport_firmware_t *firmware = byteport_firmware_new();
    int done = client != NULL && byteport_firmware_set_device(firmware, argv[1], argv[2], &error) == BYTEPORT_OK &&
               byteport_firmware_set_folder(firmware, argv[3], &error) == BYTEPORT_OK &&
               byteport_firmware_set_max_size(firmware, slot, &error) == BYTEPORT_OK &&
               byteport_firmware_set_allow_unchecked(firmware, false, &error) == BYTEPORT_OK &&
               (argc < 6 || byteport_firmware_set_media_prefix(firmware, argv[5], &error) == BYTEPORT_OK) &&
               byteport_client_fetch_firmware(client, firmware, &error) == BYTEPORT_OK;
    if (done && byteport_firmware_outcome(firmware) != BYTEPORT_FIRMWARE_NONE_OFFERED) {
        printf("%s\n", byteport_firmware_path(firmware));
    } else if (error != NULL && byteport_error_status(error) == BYTEPORT_ERROR_ANSWER_TOO_LARGE) {
        fputs("firmware_slot: the image is larger than the slot\n", stderr);
    }
    byteport_firmware_free(firmware);
    return finish("firmware_slot", done, client, error);
}
