/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What waits for nothing takes nothing: a client has no thread, an outbox with nothing in it wakes no thread up, and after
 * all is closed no thread is left.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "outbox.h"

#include "../../bench/tasks.h"

#include <time.h>

/* Seconds in which an idle outbox must not wake up, and how many times it may take to come to rest. */
enum { REST = 3, TRIES = 40 };

static long threads(void)
{
    long count = 0;
    waits_of_others(&count);
    return count;
}

static void pause_for(time_t seconds)
{
    struct timespec left = {seconds, 0};
    while (nanosleep(&left, &left) != 0) {}
}

static byteport_reading_t *a_number(void)
{
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_integer(reading, "idle", 1, &error));
    return reading;
}

static void a_client_has_no_thread(void)
{
    byteport_client_t *client = client_of(setting("BYTEPORT_HOST"), setting("BYTEPORT_KEY"));
    byteport_reading_t *reading = a_number();
    CHECK(threads() == 1);
    DONE(byteport_client_store(client, reading, &error));
    CHECK(threads() == 1); /* the connection is kept by nobody's thread */
    byteport_reading_free(reading);
    byteport_client_free(client);
}

/* Whether no thread of the library's was woken while this one slept. */
static int rests(void)
{
    long count = 0, before = waits_of_others(&count);
    pause_for(REST);
    return waits_of_others(&count) == before && count > 1;
}

static void an_empty_outbox_rests(void)
{
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "idle.db", NULL);
    byteport_reading_t *reading = a_number();
    DONE(byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DELIVERED, NULL, NULL, &error));
    int rested = 0;
    for (int i = 0; i < TRIES && !rested; i++) rested = rests();
    CHECK(rested);
    byteport_reading_free(reading);
    close_outbox(outbox, 0);
    CHECK(threads() == 1);
}

int main(void)
{
    a_client_has_no_thread();
    an_empty_outbox_rests();
    return check_end("idle");
}
