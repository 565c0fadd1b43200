/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The two ways to hear of events: on the library's threads, and on this one. A userdata is freed once, when nobody can use
 * it any more; a program may end inside a callback.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "outbox.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the callbacks have seen, under a lock: they are called on any thread. */
struct witness {
    pthread_mutex_t lock;
    pthread_cond_t change;
    const byteport_outbox_t *outbox;
    pthread_t thread;
    uint64_t delivered, sum;
    int on_other_threads, freed, added;
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

static void note(const byteport_outbox_event_t *event, void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    pthread_mutex_lock(&witness->lock);
    witness->on_other_threads += !pthread_equal(pthread_self(), witness->thread);
    if (byteport_outbox_event_kind(event) == BYTEPORT_OUTBOX_EVENT_DELIVERED) {
        size_t count = 0;
        const uint64_t *sequences = byteport_outbox_event_sequences(event, &count);
        for (size_t i = 0; i < count; i++) {
            witness->sum += sequences[i];
        }
        witness->delivered += byteport_outbox_event_count(event);
    }
    pthread_cond_broadcast(&witness->change);
    pthread_mutex_unlock(&witness->lock);
}

static void end_witness(void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    pthread_mutex_lock(&witness->lock);
    witness->freed++;
    pthread_cond_broadcast(&witness->change);
    pthread_mutex_unlock(&witness->lock);
}

static byteport_outbox_options_t *options_for(struct witness *witness, bool service)
{
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, note, witness, end_witness, &error));
    DONE(byteport_outbox_options_set_service(options, service, &error));
    return options;
}

/* Waits, under its lock, until the witness has seen more. */
static int wait_for_more(struct witness *witness)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += LONG / 1000;
    return CHECK(pthread_cond_timedwait(&witness->change, &witness->lock, &end) == 0);
}

static void wait_until_freed(struct witness *witness)
{
    pthread_mutex_lock(&witness->lock);
    while (witness->freed == 0 && wait_for_more(witness)) {
    }
    CHECK(witness->freed == 1);
    pthread_mutex_unlock(&witness->lock);
}

/* On the library's threads; two outboxes share the callback, and the settings are freed first. */
static void on_their_threads(const char *host)
{
    struct witness witness = new_witness();
    byteport_outbox_options_t *options = options_for(&witness, false);
    byteport_outbox_t *one = open_outbox(host, "events1.outbox", options);
    byteport_outbox_t *two = open_outbox(host, "events2.outbox", options);
    byteport_outbox_options_free(options);
    CHECK(byteport_outbox_fd(one) == -1);
    put(one, "one", 0, BYTEPORT_DURABILITY_MEMORY);
    put(one, "one", 1, BYTEPORT_DURABILITY_MEMORY);
    put(two, "two", 0, BYTEPORT_DURABILITY_MEMORY);
    pthread_mutex_lock(&witness.lock);
    while (witness.delivered < 3 && wait_for_more(&witness)) {
    }
    CHECK(witness.sum == 1 + 2 + 1 && witness.on_other_threads > 0 && witness.freed == 0);
    pthread_mutex_unlock(&witness.lock);
    close_outbox(one, 0);
    CHECK(witness.freed == 0);
    close_outbox(two, 0);
    wait_until_freed(&witness);
}

/* On this thread alone, when it asks; the userdata is freed here, too. */
static void on_this_thread(const char *host)
{
    struct witness witness = new_witness();
    byteport_outbox_options_t *options = options_for(&witness, true);
    byteport_outbox_t *outbox = open_outbox(host, "service.outbox", options);
    const int descriptor = byteport_outbox_fd(outbox);
    put(outbox, "service", 0, BYTEPORT_DURABILITY_DELIVERED);
    CHECK(witness.delivered == 0);
    while (witness.delivered < 1 && checks_failed == 0) {
        serve(outbox);
    }
    put(outbox, "service", 1, BYTEPORT_DURABILITY_DELIVERED);
    DONE(byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error));
    CHECK(byteport_outbox_fd(outbox) == descriptor && witness.delivered == 1);
    while (witness.delivered < 2 && checks_failed == 0) {
        serve(outbox); /* on a closed outbox, too */
    }
    size_t told = 77;
    struct pollfd due = {descriptor, POLLIN, 0};
    DONE(byteport_outbox_service(outbox, NULL, &error));
    CHECK(poll(&due, 1, 0) == 0);
    DONE(byteport_outbox_service(outbox, &told, &error));
    CHECK(told == 0 && witness.on_other_threads == 0 && byteport_outbox_lost_events(outbox) == 0);
    byteport_outbox_options_free(options);
    CHECK(witness.freed == 0);
    byteport_outbox_free(outbox);
    CHECK(witness.freed == 1);
}

/* From inside: a reading more, statistics, another key; and a service inside a service does nothing. */
static void use_inside(const byteport_outbox_event_t *event, void *userdata)
{
    struct witness *witness = (struct witness *)userdata;
    if (byteport_outbox_event_kind(event) != BYTEPORT_OUTBOX_EVENT_DELIVERED) {
        return;
    }
    size_t told = 77;
    CHECK(byteport_outbox_service(witness->outbox, &told, NULL) == BYTEPORT_OK && told == 0);
    byteport_outbox_stats_free(stats_of(witness->outbox));
    DONE(byteport_outbox_set_key(witness->outbox, setting("BYTEPORT_KEY"), &error));
    if (witness->added < 3) {
        byteport_reading_t *reading = numbered("inside", ++witness->added);
        DONE(byteport_outbox_enqueue(witness->outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, &error));
        byteport_reading_free(reading);
    }
    witness->delivered += byteport_outbox_event_count(event);
}

static void from_inside(const char *host)
{
    struct witness witness = new_witness();
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, use_inside, &witness, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    byteport_outbox_t *outbox = open_outbox(host, "inside.outbox", options);
    witness.outbox = outbox;
    put(outbox, "inside", 0, BYTEPORT_DURABILITY_DISK);
    while (witness.delivered < 4 && checks_failed == 0) {
        serve(outbox);
    }
    close_outbox(outbox, 0);
    byteport_outbox_options_free(options);
    check_stored("inside", 4);
}

/* An outbox that is freed without being closed still writes what it has; then its userdata is freed, and its file is free. */
static void freed_while_alive(const char *host)
{
    struct witness witness = new_witness();
    byteport_outbox_options_t *options = options_for(&witness, false);
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), "alive.outbox", options);
    byteport_outbox_options_free(options);
    put(outbox, "alive", 0, BYTEPORT_DURABILITY_MEMORY);
    put(outbox, "alive", 1, BYTEPORT_DURABILITY_MEMORY);
    byteport_outbox_free(outbox);
    wait_until_freed(&witness);
    outbox = open_outbox(host, "alive.outbox", NULL);
    flush(outbox);
    close_outbox(outbox, 0);
    check_stored("alive", 2);
}

static void leave(const byteport_outbox_event_t *event, void *userdata)
{
    (void)userdata;
    if (byteport_outbox_event_kind(event) == BYTEPORT_OUTBOX_EVENT_DELIVERED) {
        exit(7);
    }
}

/* A program that ends inside a callback ends. It is a child, made before this process has other threads. */
static void end_inside(const char *host, bool service)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(LONG / 1000);
        byteport_outbox_options_t *options = byteport_outbox_options_new();
        DONE(byteport_outbox_options_set_callback(options, leave, NULL, NULL, &error));
        DONE(byteport_outbox_options_set_service(options, service, &error));
        byteport_outbox_t *outbox = open_outbox(host, service ? "exit1.outbox" : "exit2.outbox", options);
        byteport_outbox_options_free(options);
        put(outbox, "exit", 0, BYTEPORT_DURABILITY_DISK);
        while (service && checks_failed == 0) {
            serve(outbox);
        }
        for (;;) {
            pause();
        }
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

/* Signals are the program's own: no thread of an outbox takes one. */
static void signals(const char *host)
{
    sigset_t set, before, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    byteport_outbox_t *outbox = open_outbox(host, "signals.outbox", NULL);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    put(outbox, "signals", 0, BYTEPORT_DURABILITY_DELIVERED); /* every thread runs */
    kill(getpid(), SIGUSR1);                                 /* deadly, unless it is blocked in every thread */
    int taken = 0;
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1);
    CHECK(sigwait(&set, &taken) == 0 && taken == SIGUSR1);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close_outbox(outbox, 0);
}

int main(void)
{
    const char *host = setting("BYTEPORT_HOST");
    end_inside(host, false);
    end_inside(host, true);
    on_their_threads(host);
    on_this_thread(host);
    from_inside(host);
    freed_while_alive(host);
    signals(host);
    return check_end("outbox_events");
}
