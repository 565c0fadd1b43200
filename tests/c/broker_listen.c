/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The two ways to be handed messages: on the library's thread, and on this one, when a descriptor says so. A userdata is freed
 * once, when nobody can use it any more.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "broker.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What a callback has seen, under a lock: it is called on any thread. */
struct witness {
    pthread_mutex_t lock;
    pthread_cond_t change;
    const byteport_broker_t *broker;
    pthread_t thread;
    int taken, refused, on_other_threads, freed;
    char texts[64];
};

static struct witness new_witness(void)
{
    struct witness witness;
    memset(&witness, 0, sizeof witness);
    pthread_mutex_init(&witness.lock, NULL);
    pthread_cond_init(&witness.change, NULL);
    witness.thread = pthread_self();
    return witness;
}

/* Notes a message; the first `again` is refused, and what its delivery holds behind it is not handed on. */
static int32_t note(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    pthread_mutex_lock(&witness->lock);
    CHECK(byteport_delivery_message_count(delivery) > 0 && byteport_delivery_destination(delivery) != NULL);
    witness->on_other_threads += !pthread_equal(pthread_self(), witness->thread);
    int32_t verdict = BYTEPORT_VERDICT_TAKEN;
    if (has_text(message, "again") && witness->refused == 0) {
        verdict = 77; /* which is no verdict, and so a refusal */
        witness->refused++;
    } else {
        const char *body = (const char *)byteport_message_body(message, NULL);
        const size_t length = strlen(witness->texts);
        snprintf(witness->texts + length, sizeof witness->texts - length, "%.1s", body);
        witness->taken++;
    }
    pthread_cond_broadcast(&witness->change);
    pthread_mutex_unlock(&witness->lock);
    return verdict;
}

static void end_witness(void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    pthread_mutex_lock(&witness->lock);
    witness->freed++;
    pthread_cond_broadcast(&witness->change);
    pthread_mutex_unlock(&witness->lock);
}

/* Waits, under its lock, until the witness has seen more. */
static int wait_for_more(struct witness *witness)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += LONG / 1000;
    return CHECK(pthread_cond_timedwait(&witness->change, &witness->lock, &end) == 0);
}

static void publish_list(const byteport_broker_t *broker, const char *destination)
{
    publish_text(broker, destination,
                 "[{\"uid\":\"d\",\"data\":\"1\"},{\"uid\":\"d\",\"data\":\"again\"},{\"uid\":\"d\",\"data\":\"2\"}]");
}

/* Waits until the broker was told that a delivery is taken, which is after the callback has returned. */
static void wait_until_taken(const byteport_broker_t *broker)
{
    const struct timespec moment = {0, 1000000};
    for (uint64_t taken = 0; taken == 0;) {
        nanosleep(&moment, NULL);
        byteport_broker_stats_t *stats = broker_stats(broker);
        taken = byteport_broker_stats_taken(stats);
        byteport_broker_stats_free(stats);
    }
}

/* On the library's thread. What was refused comes again as a whole; the userdata is freed when the client ends. */
static void on_their_thread(const char *device)
{
    struct witness witness = new_witness();
    byteport_broker_t *broker = open_broker(device);
    DONE(byteport_broker_listen(broker, note, &witness, end_witness, &error));
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_broker_listen(broker, note, &witness, end_witness, &error));
    CHECK(witness.freed == 0); /* it stayed the caller's */
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    /* With the callback held up: MQTT would publish it again on the new connection that a refusal brings, if the broker had not
     * confirmed it by then. */
    pthread_mutex_lock(&witness.lock);
    publish_list(broker, own_destination(device));
    while (witness.taken < 4 && wait_for_more(&witness)) {
    }
    CHECK(equal(witness.texts, "11a2") && witness.refused == 1 && witness.on_other_threads == 5 && witness.freed == 0);
    pthread_mutex_unlock(&witness.lock);
    wait_until_taken(broker);
    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    pthread_mutex_lock(&witness.lock);
    while (witness.freed == 0 && wait_for_more(&witness)) {
    }
    CHECK(witness.freed == 1);
    pthread_mutex_unlock(&witness.lock);
    byteport_broker_free(broker);
    CHECK(witness.freed == 1);
}

/* Where the call fails, the userdata stays the caller's. */
static void not_listening(void)
{
    struct witness witness = new_witness();
    byteport_broker_options_t *options = broker_options(NULL);
    DONE(byteport_broker_options_set_clean_session(options, true, &error));
    byteport_broker_t *broker = open_with(options);
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_broker_listen(broker, note, &witness, end_witness, &error));
    CHECK(witness.freed == 0);
    close_broker(broker);
    CHECK(witness.freed == 0);
}

static void wait_readable(const byteport_broker_t *broker)
{
    struct pollfd due = {byteport_broker_fd(broker), POLLIN, 0};
    CHECK(poll(&due, 1, LONG) == 1 && due.revents == POLLIN);
}

/* On this thread alone, when it asks. */
static void on_this_thread(const char *device)
{
    struct witness witness = new_witness();
    byteport_broker_t *broker = open_broker(device);
    const int descriptor = byteport_broker_fd(broker);
    struct pollfd due = {descriptor, POLLIN, 0};
    size_t handled = 77;
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    DONE(byteport_broker_service(broker, note, &witness, &handled, &error));
    CHECK(handled == 0 && descriptor >= 0 && poll(&due, 1, 0) == 0);
    publish_list(broker, own_destination(device));
    while (witness.taken < 4 && checks_failed == 0) {
        wait_readable(broker);
        DONE(byteport_broker_service(broker, note, &witness, &handled, &error));
        CHECK(handled >= 1); /* what was refused may come again within one call */
    }
    CHECK(equal(witness.texts, "11a2") && witness.refused == 1 && witness.on_other_threads == 0);
    CHECK(byteport_broker_fd(broker) == descriptor && poll(&due, 1, 0) == 0);
    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    wait_readable(broker); /* whoever waits for messages sees that none will come */
    REFUSED(BYTEPORT_ERROR_CLOSED, byteport_broker_service(broker, note, &witness, &handled, &error));
    byteport_broker_free(broker);
}

/* From inside: an answer, statistics; and a service inside a service does nothing. */
static int32_t answer(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    size_t handled = 77;
    (void)delivery;
    DONE(byteport_broker_service(witness->broker, answer, userdata, &handled, &error));
    CHECK(handled == 0);
    byteport_broker_stats_free(broker_stats(witness->broker));
    if (has_text(message, "question")) {
        publish_text(witness->broker, own_destination(setting("BYTEPORT_DEVICE")), "answer");
    }
    witness->taken++;
    return BYTEPORT_VERDICT_TAKEN;
}

static void from_inside(const char *device)
{
    struct witness witness = new_witness();
    byteport_broker_t *broker = open_broker(device);
    witness.broker = broker;
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    publish_text(broker, own_destination(device), "question");
    while (witness.taken < 2 && checks_failed == 0) {
        wait_readable(broker);
        DONE(byteport_broker_service(broker, answer, &witness, NULL, &error));
    }
    close_broker(broker);
}

/* A client that is freed without being closed ends all the same, and then frees the userdata. */
static void freed_while_alive(const char *device)
{
    struct witness witness = new_witness();
    byteport_broker_t *broker = open_broker(device);
    DONE(byteport_broker_listen(broker, note, &witness, end_witness, &error));
    byteport_broker_free(broker);
    pthread_mutex_lock(&witness.lock);
    while (witness.freed == 0 && wait_for_more(&witness)) {
    }
    CHECK(witness.freed == 1);
    pthread_mutex_unlock(&witness.lock);
}

/* Signals are the program's own: no thread of a client takes one. */
static void signals(const char *device)
{
    struct witness witness = new_witness();
    sigset_t set, before, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    byteport_broker_t *broker = open_broker(device);
    DONE(byteport_broker_listen(broker, note, &witness, NULL, &error));
    pthread_sigmask(SIG_BLOCK, &set, &before);
    kill(getpid(), SIGUSR1); /* deadly, unless it is blocked in every thread */
    int taken = 0;
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1);
    CHECK(sigwait(&set, &taken) == 0 && taken == SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close_broker(broker);
}

int main(void)
{
    const char *device = setting("BYTEPORT_DEVICE");
    on_their_thread(device);
    not_listening();
    on_this_thread(device);
    from_inside(device);
    freed_while_alive(device);
    signals(device);
    return check_end("broker_listen");
}
