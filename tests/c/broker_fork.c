/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * A broker's client stays with the process that opened it: the child's calls say so, freeing does nothing, and the child opens
 * one of its own. The parent goes on.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "broker.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int called;

static int32_t count_call(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    CHECK(message != NULL && delivery != NULL);
    (*(int *)userdata)++;
    return BYTEPORT_VERDICT_TAKEN;
}

static void refuse_all(const byteport_broker_t *broker, const byteport_delivery_t *delivery)
{
    const byteport_status_t no = BYTEPORT_ERROR_FORKED;
    byteport_status_t answer = BYTEPORT_OK;
    byteport_broker_stats_t *stats = NULL;
    byteport_delivery_t *none = NULL;
    byteport_reading_t *reading = numbered(1);
    const byteport_reading_t *readings[1] = {reading};
    REFUSED(no, byteport_broker_wait_open(broker, 0, &error));
    REFUSED(no, byteport_broker_store(broker, reading, &error));
    REFUSED(no, byteport_broker_post_reading(broker, reading, &error));
    REFUSED(no, byteport_broker_store_all(broker, readings, 1, &answer, &error));
    REFUSED(no, byteport_broker_publish(broker, "d", NULL, 0, &error));
    REFUSED(no, byteport_broker_post(broker, "d", NULL, 0, &error));
    REFUSED(no, byteport_broker_flush(broker, 0, NULL, &error));
    REFUSED(no, byteport_broker_subscribe(broker, "d", &error));
    REFUSED(no, byteport_broker_receive(broker, 0, &none, &error));
    REFUSED(no, byteport_broker_settle(broker, delivery, BYTEPORT_VERDICT_TAKEN, &error));
    REFUSED(no, byteport_broker_listen(broker, count_call, &called, NULL, &error));
    REFUSED(no, byteport_broker_service(broker, count_call, &called, NULL, &error));
    REFUSED(no, byteport_broker_stats(broker, &stats, &error));
    REFUSED(no, byteport_broker_close(broker, 0, NULL, &error));
    CHECK(answer == no && stats == NULL && none == NULL && called == 0 && byteport_broker_fd(broker) == -1);
    byteport_reading_free(reading);
}

static int child(byteport_broker_t *inherited, byteport_delivery_t *delivery)
{
    refuse_all(inherited, delivery);
    byteport_broker_free(inherited);
    byteport_delivery_free(delivery);
    byteport_broker_t *own = open_broker("forked-child");
    byteport_reading_t *reading = numbered(2);
    DONE(byteport_broker_store(own, reading, &error));
    byteport_reading_free(reading);
    close_broker(own);
    return checks_failed == 0 ? 0 : 1;
}

int main(void)
{
    const char *device = setting("BYTEPORT_DEVICE");
    byteport_broker_t *broker = open_broker(device);
    DONE(byteport_broker_subscribe(broker, NULL, &error));
    publish_text(broker, own_destination(device), "before");
    byteport_delivery_t *delivery = next_delivery(broker);
#ifdef __SANITIZE_ADDRESS__
    /* The sanitizer's own allocator does not survive a fork in the midst of another thread's allocation. */
    const struct timespec quiet = {0, 300000000};
    nanosleep(&quiet, NULL);
#endif
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        fflush(NULL);
        _exit(child(broker, delivery));
    }
    take(broker, delivery);
    publish_text(broker, own_destination(device), "after");
    int status = 77;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    delivery = next_delivery(broker);
    CHECK(has_text(byteport_delivery_message(delivery, 0), "after"));
    take(broker, delivery);
    byteport_broker_stats_t *stats = broker_stats(broker);
    CHECK(byteport_broker_stats_connections(stats) == 1); /* the child left it alone */
    byteport_broker_stats_free(stats);
    close_broker(broker);
    return check_end("broker_fork");
}
