/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * An outbox stays with the process that opened it: the child's calls say so, freeing does nothing, and the child opens one of
 * its own. The parent goes on, and nothing is sent twice.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "outbox.h"

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BEFORE = 20, AFTER = 40 };

static int told;

static void count_event(const byteport_outbox_event_t *event, void *userdata)
{
    (void)event;
    (*(int *)userdata)++;
}

static void refuse_all(byteport_outbox_t *outbox)
{
    const byteport_status_t no = BYTEPORT_ERROR_FORKED;
    byteport_outbox_stats_t *stats = NULL;
    byteport_reading_t *reading = numbered("forked", 0);
    REFUSED(no, byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_MEMORY, NULL, NULL, &error));
    REFUSED(no, byteport_outbox_enqueue_within(outbox, reading, BYTEPORT_DURABILITY_DISK, 0, NULL, NULL, &error));
    REFUSED(no, byteport_outbox_wait_for(outbox, 1, BYTEPORT_DURABILITY_DISK, 0, NULL, &error));
    REFUSED(no, byteport_outbox_flush(outbox, 0, NULL, NULL, &error));
    REFUSED(no, byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error));
    REFUSED(no, byteport_outbox_set_key(outbox, "k", &error));
    REFUSED(no, byteport_outbox_set_legacy_key(outbox, "k", &error));
    REFUSED(no, byteport_outbox_set_login(outbox, "l", "p", &error));
    REFUSED(no, byteport_outbox_resume(outbox, &error));
    REFUSED(no, byteport_outbox_stats(outbox, &stats, &error));
    REFUSED(no, byteport_outbox_service(outbox, NULL, &error));
    CHECK(byteport_outbox_fd(outbox) == -1 && byteport_outbox_lost_events(outbox) == 0 && stats == NULL);
    CHECK(equal(byteport_outbox_path(outbox), "fork.outbox"));
    byteport_reading_free(reading);
}

static int child(byteport_outbox_t *inherited, const char *host)
{
    const int told_before = told;
    refuse_all(inherited);
    byteport_outbox_free(inherited);
    CHECK(told == told_before);
    byteport_outbox_t *own = NULL;
    byteport_client_t *client = client_of(host, setting("BYTEPORT_KEY"));
    REFUSED(BYTEPORT_ERROR_IN_USE, byteport_outbox_open(client, "fork.outbox", NULL, &own, &error));
    byteport_client_free(client);
    own = open_outbox(host, "child.outbox", NULL);
    for (int i = 0; i < AFTER; i++) {
        put(own, "child", i, BYTEPORT_DURABILITY_DISK);
    }
    flush(own);
    account(own, AFTER, AFTER);
    close_outbox(own, 0);
    return checks_failed == 0 ? 0 : 1;
}

int main(void)
{
    const char *host = setting("BYTEPORT_HOST");
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, count_event, &told, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    byteport_outbox_t *outbox = open_outbox(host, "fork.outbox", options);
    byteport_outbox_options_free(options);
    for (int i = 0; i < BEFORE; i++) {
        put(outbox, "parent", i, BYTEPORT_DURABILITY_DISK);
    }
#ifdef __SANITIZE_ADDRESS__
    /* The sanitizer's own allocator does not survive a fork in the midst of another thread's allocation. */
    const struct timespec quiet = {0, 300000000};
    flush(outbox);
    nanosleep(&quiet, NULL);
#endif
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        fflush(NULL);
        _exit(child(outbox, host));
    }
    for (int i = BEFORE; i < AFTER; i++) {
        put(outbox, "parent", i, BYTEPORT_DURABILITY_DISK);
    }
    int status = 77;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
    flush(outbox);
    account(outbox, AFTER, AFTER);
    serve(outbox);
    CHECK(told > 0);
    close_outbox(outbox, 0);
    check_stored("parent", AFTER);
    check_stored("child", AFTER);
    return check_end("outbox_fork");
}
