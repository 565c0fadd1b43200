/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * 1,000 clients, 100 outboxes and 50 clients of a broker, each opened, used and closed: afterwards the process has the memory, the
 * threads and the descriptors that it had after the first few.
 *
 * An argument divides the numbers and leaves the memory out, for valgrind and AddressSanitizer: they keep freed memory aside, and
 * find by themselves what is not freed.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "citizen.h"

#include <malloc.h>
#include <time.h>

/* Kilobytes; of 1,000 clients that each forget 1 KiB there would be twice as many. */
enum { GROWTH = 512 };

struct state {
    long resident, threads;
    int descriptors;
};

static struct state look(void)
{
    struct state state;
    const struct timespec moment = {0, 10000000};
    for (int i = 0; i < 1000 && status_number("Threads:") > 1; i++) {
        nanosleep(&moment, NULL); /* freeing does not wait for threads that end */
    }
    malloc_trim(0);
    state.resident = status_number("VmRSS:");
    state.threads = status_number("Threads:");
    state.descriptors = open_descriptors();
    return state;
}

static void one_client(int number)
{
    byteport_client_t *client = number % 10 == 0 ? tls_client() : plain_client();
    store_number(client, "many", number);
    byteport_client_free(client);
}

static void one_outbox(int number)
{
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "many.outbox", NULL);
    put(outbox, "many", number, BYTEPORT_DURABILITY_DISK);
    if (number % 2 == 0) {
        flush(outbox);
    }
    DONE(byteport_outbox_close(outbox, LONG, NULL, NULL, NULL, &error));
    byteport_outbox_free(outbox);
}

static void one_broker(int number)
{
    byteport_broker_t *broker = mqtt_client();
    byteport_reading_t *reading = numbered("many", number);
    DONE(byteport_broker_store(broker, reading, &error));
    byteport_reading_free(reading);
    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    byteport_broker_free(broker);
}

/* Fails and is thrown away: errors must not stay either. */
static void one_failure(int number)
{
    byteport_client_t *client = client_of(setting("BYTEPORT_GONE"), setting("BYTEPORT_KEY"));
    byteport_reading_t *reading = numbered("many", number);
    REFUSED(BYTEPORT_ERROR_CONNECT, byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
    byteport_client_free(client);
}

static void repeat(const char *what, void (*one)(int), int count, int part)
{
    for (int i = 0; i < count / 10 / part; i++) {
        one(i);
    }
    const struct state before = look();
    for (int i = 0; i < count / part; i++) {
        one(i);
    }
    const struct state after = look();
    CHECK(after.descriptors == before.descriptors && after.threads == before.threads && after.threads == 1);
    if (part == 1 && !CHECK(after.resident - before.resident < GROWTH)) {
        fprintf(stderr, "  %s: from %ld to %ld KiB\n", what, before.resident, after.resident);
    }
}

int main(int argc, char **argv)
{
    const int part = argc > 1 ? atoi(argv[1]) : 1;
    repeat("clients", one_client, 1000, part);
    repeat("failures", one_failure, 1000, part);
    repeat("outboxes", one_outbox, 100, part);
    repeat("brokers", one_broker, 50, part);
    return check_end("many");
}
