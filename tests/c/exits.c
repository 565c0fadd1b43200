/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * exit() at every bad moment, each in a child of its own: with everything open, inside each kind of callback, while other threads
 * are inside calls. The program ends at once, with the status that it gave, and what was safe on the disk is still there.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "citizen.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS = 7, THREADS = 8, KEPT = 5 };

static void leave(void)
{
    exit(checks_failed == 0 ? STATUS : 1);
}

static void with_everything_open(void)
{
    byteport_client_t *client = plain_client(), *secure = tls_client();
    store_number(client, "left", 1);
    store_number(secure, "left", 2);
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), "left.outbox", NULL);
    for (int i = 0; i < KEPT; i++) {
        put(outbox, "left", i, BYTEPORT_DURABILITY_SYNCED);
    }
    mqtt_client();
    leave();
}

/* A child of the child goes on with the clients that it inherited, is refused the rest, and leaves by exit() as well. */
static void in_a_forked_child(void)
{
    int status = 0;
    byteport_client_t *client = plain_client(), *secure = tls_client();
    store_number(client, "left", 5);
    store_number(secure, "left", 6);
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "forked.outbox", NULL);
    byteport_broker_t *broker = mqtt_client();
    byteport_reading_t *reading = numbered("left", 7);
#ifdef __SANITIZE_ADDRESS__
    sleep(1); /* its allocator does not survive a fork in the midst of another thread's allocation */
#endif
    const pid_t child = fork();
    if (child == 0) {
        store_number(client, "left", 8);
        store_number(secure, "left", 9);
        REFUSED(BYTEPORT_ERROR_FORKED, byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_MEMORY, NULL, NULL, &error));
        REFUSED(BYTEPORT_ERROR_FORKED, byteport_broker_store(broker, reading, &error));
        leave();
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == STATUS);
    store_number(client, "left", 10);
    store_number(secure, "left", 11);
    put(outbox, "left", 12, BYTEPORT_DURABILITY_DISK);
    flush(outbox);
    DONE(byteport_broker_store(broker, reading, &error));
    leave();
}

static void leave_on_event(const byteport_outbox_event_t *event, void *userdata)
{
    (void)userdata;
    CHECK(event != NULL);
    leave();
}

/* The callback comes on a thread of the library's. */
static void in_an_outbox_callback(void)
{
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, leave_on_event, NULL, NULL, &error));
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "called.outbox", options);
    put(outbox, "left", 3, BYTEPORT_DURABILITY_DISK);
    for (;;) {
        pause();
    }
}

static int32_t leave_on_message(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    (void)userdata;
    CHECK(message != NULL && delivery != NULL);
    leave();
    return BYTEPORT_VERDICT_TAKEN;
}

static void in_a_message_callback(void)
{
    char destination[256];
    byteport_broker_t *broker = mqtt_client();
    snprintf(destination, sizeof destination, "%s.%s", setting("BYTEPORT_BROKER_NAMESPACE"), setting("BYTEPORT_DEVICE"));
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    DONE(byteport_broker_listen(broker, leave_on_message, NULL, NULL, &error));
    DONE(byteport_broker_publish(broker, destination, (const uint8_t *)"go", 2, &error));
    for (;;) {
        pause();
    }
}

static int leave_on_progress(uint64_t so_far, uint64_t total, void *userdata)
{
    (void)userdata;
    CHECK(so_far <= total);
    leave();
    return 0;
}

static void in_a_progress_callback(void)
{
    use_firmware(leave_on_progress, NULL);
}

static void leave_on_log(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    (void)userdata;
    CHECK(level != BYTEPORT_LOG_OFF && target != NULL && message != NULL);
    leave();
}

static void in_a_log_callback(void)
{
    DONE(byteport_log_set(BYTEPORT_LOG_DEBUG, leave_on_log, NULL, NULL, &error));
    use_client(plain_client());
}

static void *store_for_ever(void *argument)
{
    byteport_reading_t *reading = numbered("left", 4);
    for (;;) {
        const int is_stored = byteport_client_store((const byteport_client_t *)argument, reading, NULL) == BYTEPORT_OK;
        __atomic_fetch_add(&checks_done, is_stored, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

static void while_threads_are_in_calls(void)
{
    pthread_t thread;
    byteport_client_t *client = plain_client(), *secure = tls_client();
    const int before = checks_done;
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&thread, NULL, store_for_ever, i % 2 ? secure : client) == 0);
    }
    while (__atomic_load_n(&checks_done, __ATOMIC_SEQ_CST) < before + 5 * THREADS) {
        sched_yield();
    }
    leave();
}

static void (*const ways[])(void) = {with_everything_open,   in_a_forked_child, in_an_outbox_callback,     in_a_message_callback,
                                     in_a_progress_callback, in_a_log_callback, while_threads_are_in_calls};

int main(void)
{
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int status = 0;
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            alarm(LONG / 1000); /* in place of hanging for ever */
            ways[i]();
            _exit(1); /* nobody has left */
        }
        CHECK(child > 0 && waitpid(child, &status, 0) == child);
        if (!CHECK(WIFEXITED(status) && WEXITSTATUS(status) == STATUS)) {
            fprintf(stderr, "  way %d: wait status %d\n", (int)i, status);
        }
    }
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "left.outbox", NULL);
    account(outbox, KEPT, 0);
    flush(outbox);
    close_outbox(outbox, 0);
    return check_end("exits");
}
