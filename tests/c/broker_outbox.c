/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * An outbox that uploads through a broker: no key is needed, a refused login pauses the upload, another one goes on with it, and
 * what was handed in is in the queue, in its order.
 */
#include "broker.h"

enum { COUNT = 20 };

/* A client of the same device, without a key: only its names count. */
static byteport_client_t *nameless_client(void)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    DONE(byteport_options_set_host(options, setting("BYTEPORT_GONE"), &error));
    DONE(byteport_options_set_namespace(options, setting("BYTEPORT_NAMESPACE"), &error));
    DONE(byteport_options_set_device(options, setting("BYTEPORT_DEVICE"), &error));
    DONE(byteport_client_new(options, &client, &error));
    byteport_options_free(options);
    return client;
}

static byteport_outbox_t *open_outbox(const char *password)
{
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = nameless_client();
    byteport_broker_options_t *broker = broker_options(NULL);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_outbox_open(client, "broker.outbox", options, &outbox, &error));
    DONE(byteport_broker_options_set_login(broker, setting("BYTEPORT_BROKER_LOGIN"), password, &error));
    DONE(byteport_outbox_options_set_broker(options, broker, &error));
    byteport_broker_options_free(broker);
    DONE(byteport_outbox_open(client, "broker.outbox", options, &outbox, &error));
    byteport_outbox_options_free(options);
    byteport_client_free(client);
    return outbox;
}

static void put(byteport_outbox_t *outbox, int64_t number)
{
    byteport_reading_t *reading = numbered(number);
    DONE(byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, &error));
    byteport_reading_free(reading);
}

static void wait_until_paused(const byteport_outbox_t *outbox)
{
    int paused = 0;
    while (!paused) {
        byteport_outbox_stats_t *stats = NULL;
        DONE(byteport_outbox_stats(outbox, &stats, &error));
        paused = byteport_outbox_stats_link(stats) == BYTEPORT_OUTBOX_LINK_PAUSED;
        byteport_outbox_stats_free(stats);
        poll(NULL, 0, 10);
    }
}

int main(void)
{
    const char *device = setting("BYTEPORT_DEVICE");
    byteport_broker_t *service = open_broker("queue-reader");
    DONE(byteport_broker_subscribe(service, store_destination(), &error));
    byteport_outbox_t *outbox = open_outbox("wrong");
    for (int64_t number = 0; number < COUNT; number++) {
        put(outbox, number);
    }
    wait_until_paused(outbox);
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_outbox_set_login(outbox, NOT_UTF8, "x", &error));
    DONE(byteport_outbox_set_login(outbox, setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_KEY"), &error));
    uint64_t delivered = 77, kept = 77, lost = 77;
    DONE(byteport_outbox_close(outbox, LONG, &delivered, &kept, &lost, &error));
    CHECK(delivered == COUNT && kept == 0 && lost == 0);
    byteport_outbox_free(outbox);
    int64_t expected = 0;
    while (expected < COUNT && checks_failed == 0) {
        byteport_delivery_t *delivery = next_of(service, device);
        for (size_t i = 0; i < byteport_delivery_message_count(delivery); i++) {
            CHECK(number_of(byteport_delivery_message(delivery, i)) == expected);
            expected++;
        }
        take(service, delivery);
    }
    close_broker(service);
    return check_end("broker_outbox");
}
