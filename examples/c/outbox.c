/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Stores each number of its input, now or when the service can be reached again: ./outbox FILE [MILLISECONDS] < numbers
 * Exit status: 0 all are safe, 1 not, 2 wrong use. Build: cc -std=c99 outbox.c -lbyteport -o outbox
 */
#include "example.h"

#include <inttypes.h>

int main(int argc, char **argv)
{
    uint64_t patience = 10000; /* for what can be delivered now, unless told; the rest is in the file for the next run */
    if (argc < 2 || argc > 3 || (argc == 3 && !read_number(argv[2], &patience)) || patience > UINT32_MAX ||
        !has_device_settings()) {
        fputs("usage: outbox FILE [MILLISECONDS], " DEVICE_SETTINGS, stderr);
        return 2;
    }
    double value;
    uint64_t delivered = 0, kept = 0, lost = 0;
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = device_client(&error);
    byteport_reading_t *reading = byteport_reading_new();
    /* The server's time is, in an outbox, the time at which a reading is put in. */
    int done = client != NULL && byteport_reading_use_server_time(reading, &error) == BYTEPORT_OK &&
               byteport_outbox_open(client, argv[1], NULL, &outbox, &error) == BYTEPORT_OK;
    while (done && scanf("%lf", &value) == 1) {
        done = byteport_reading_set_number(reading, "value", value, &error) == BYTEPORT_OK &&
               byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, &error) == BYTEPORT_OK;
    }
    done = done && byteport_outbox_close(outbox, (uint32_t)patience, &delivered, &kept, &lost, &error) == BYTEPORT_OK;
    printf("%" PRIu64 " delivered, %" PRIu64 " kept, %" PRIu64 " lost\n", delivered, kept, lost);
    byteport_outbox_free(outbox);
    byteport_reading_free(reading);
    return finish("outbox", done && lost == 0, client, error);
}
