/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What an outbox does: with a server that is there, gone, and refuses the key; with bad settings, bounds and files; and what
 * is left when its process is killed.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "outbox.h"

#include <math.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_LENGTH 4096

/* A server that is there: each level is kept, and told. */
static void delivered(const char *host)
{
    byteport_outbox_t *outbox = open_outbox(host, "here.outbox", NULL);
    CHECK(equal(byteport_outbox_path(outbox), "here.outbox"));
    CHECK(put(outbox, "here", 0, BYTEPORT_DURABILITY_MEMORY) >= BYTEPORT_DURABILITY_MEMORY);
    CHECK(put(outbox, "here", 1, BYTEPORT_DURABILITY_DISK) >= BYTEPORT_DURABILITY_MEMORY);
    CHECK(put(outbox, "here", 2, BYTEPORT_DURABILITY_SYNCED) >= BYTEPORT_DURABILITY_SYNCED);
    CHECK(put(outbox, "here", 3, BYTEPORT_DURABILITY_DELIVERED) == BYTEPORT_DURABILITY_DELIVERED);
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    DONE(byteport_outbox_wait_for(outbox, 1, BYTEPORT_DURABILITY_DELIVERED, LONG, &held, &error));
    CHECK(held == BYTEPORT_DURABILITY_DELIVERED);
    flush(outbox);
    account(outbox, 4, 4);
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_outbox_wait_for(outbox, 5, BYTEPORT_DURABILITY_DISK, 0, NULL, &error));
    byteport_outbox_stats_t *stats = stats_of(outbox);
    CHECK(byteport_outbox_stats_link(stats) == BYTEPORT_OUTBOX_LINK_UP);
    CHECK(byteport_outbox_stats_disk(stats) == BYTEPORT_OUTBOX_DISK_OK);
    CHECK(byteport_outbox_stats_calls(stats) > 0 && byteport_outbox_stats_last_sequence(stats) == 4);
    CHECK(byteport_outbox_stats_oldest_age_ms(stats) == -1 && equal(byteport_outbox_stats_last_error(stats), ""));
    CHECK(byteport_outbox_stats_accepted_rate(stats) > 0.0 && byteport_outbox_stats_disk_bytes(stats) > 0);
    const char *json = byteport_outbox_stats_json(stats), *text = byteport_outbox_stats_prometheus(stats);
    CHECK(json[0] == '{' && strstr(json, "\"accepted\":4") != NULL && json == byteport_outbox_stats_json(stats));
    CHECK(strstr(text, "{outbox=\"here.outbox\"") != NULL);
    byteport_outbox_stats_free(stats);
    close_outbox(outbox, 0);
    check_stored("here", 4);
}

/* A server that is gone: nothing is lost, and the next outbox on the file delivers it. */
static void gone(const char *host)
{
    byteport_durability_t held = BYTEPORT_DURABILITY_DELIVERED;
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), "gone.outbox", NULL);
    put(outbox, "gone", 0, BYTEPORT_DURABILITY_MEMORY);
    CHECK(put(outbox, "gone", 1, BYTEPORT_DURABILITY_SYNCED) == BYTEPORT_DURABILITY_SYNCED);
    byteport_reading_t *reading = numbered("gone", 2);
    DONE(byteport_outbox_enqueue_within(outbox, reading, BYTEPORT_DURABILITY_DELIVERED, 1, NULL, &held, &error));
    byteport_reading_free(reading);
    CHECK(held != BYTEPORT_DURABILITY_NONE && held != BYTEPORT_DURABILITY_DELIVERED); /* kept all the same */
    uint64_t taken = 77, left = 77;
    DONE(byteport_outbox_flush(outbox, 0, &taken, &left, &error));
    CHECK(taken == 0 && left == 3);
    account(outbox, 3, 0);
    close_outbox(outbox, 3);
    outbox = open_outbox(host, "gone.outbox", NULL);
    flush(outbox);
    account(outbox, 3, 3);
    close_outbox(outbox, 0);
    check_stored("gone", 3);
}

static void note_pause(const byteport_outbox_event_t *event, void *userdata)
{
    if (byteport_outbox_event_kind(event) == BYTEPORT_OUTBOX_EVENT_LINK) {
        *(byteport_outbox_link_t *)userdata = byteport_outbox_event_link(event);
    }
}

/* A key that is refused pauses the upload until there is a better one. */
static void paused(const char *host)
{
    byteport_outbox_link_t link = BYTEPORT_OUTBOX_LINK_UNKNOWN;
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, note_pause, &link, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    byteport_client_t *client = client_of(host, "a-wrong-key");
    byteport_outbox_t *outbox = NULL;
    DONE(byteport_outbox_open(client, "paused.outbox", options, &outbox, &error));
    put(outbox, "paused", 0, BYTEPORT_DURABILITY_DISK);
    while (link != BYTEPORT_OUTBOX_LINK_PAUSED && checks_failed == 0) {
        serve(outbox);
    }
    byteport_outbox_stats_t *stats = stats_of(outbox);
    CHECK(byteport_outbox_stats_queued(stats) == 1 && byteport_outbox_stats_quarantined(stats) == 0);
    CHECK(strlen(byteport_outbox_stats_last_error(stats)) > 0);
    CHECK(strstr(byteport_outbox_stats_last_error(stats), "a-wrong-key") == NULL);
    byteport_outbox_stats_free(stats);
    REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_outbox_set_key(outbox, "", &error));
    DONE(byteport_outbox_set_key(outbox, setting("BYTEPORT_KEY"), &error));
    flush(outbox);
    while (link != BYTEPORT_OUTBOX_LINK_UP && checks_failed == 0) {
        serve(outbox);
    }
    close_outbox(outbox, 0);
    byteport_outbox_options_free(options);
    byteport_client_free(client);
    check_stored("paused", 1);
}

#define BAD(setter, value)                                                                                             \
    do {                                                                                                               \
        byteport_outbox_t *outbox = NULL;                                                                              \
        byteport_outbox_options_t *options = byteport_outbox_options_new();                                            \
        DONE(byteport_outbox_options_set_##setter(options, value, &error));                                            \
        REFUSED(BYTEPORT_ERROR_INVALID_ARGUMENT, byteport_outbox_open(client, "bad.outbox", options, &outbox, &error)); \
        byteport_outbox_options_free(options);                                                                         \
        CHECK(outbox == NULL && access("bad.outbox", F_OK) != 0);                                                      \
    } while (0)

/* What open refuses: settings, paths, a client without a namespace's key, a file that is taken. */
static void bad_settings(const char *host)
{
    byteport_client_t *client = client_of(host, setting("BYTEPORT_KEY"));
    byteport_outbox_t *outbox = NULL, *second = NULL;
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    BAD(max_disk, 1);
    BAD(max_memory, 1);
    BAD(max_count, 0);
    BAD(max_age_ms, 0);
    BAD(commit_bytes, 0);
    BAD(connections, 0);
    BAD(connections, UINT32_MAX);
    BAD(max_rate, 0.0);
    BAD(max_rate, (double)NAN);
    BAD(service, true);
    const byteport_status_t bad = BYTEPORT_ERROR_INVALID_ARGUMENT;
    REFUSED(bad, byteport_outbox_options_set_when_full(options, 6, &error));
    REFUSED(bad, byteport_outbox_options_set_order(options, 0, &error));
    REFUSED(bad, byteport_outbox_options_set_legacy_key(options, NOT_UTF8, &error));
    REFUSED(bad, byteport_outbox_open(client, NOT_UTF8, options, &outbox, &error));
    REFUSED(bad, byteport_outbox_open(client, ".", options, &outbox, &error));
    DONE(byteport_outbox_open(client, "taken.outbox", options, &outbox, &error));
    REFUSED(BYTEPORT_ERROR_IN_USE, byteport_outbox_open(client, "./taken.outbox", options, &second, &error));
    REFUSED(bad, byteport_outbox_set_key(outbox, NOT_UTF8, &error));
    REFUSED(bad, byteport_outbox_set_legacy_key(outbox, NOT_UTF8, &error));
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_outbox_service(outbox, NULL, &error));
    CHECK(second == NULL);
    close_outbox(outbox, 0);
    DONE(byteport_outbox_open(client, "taken.outbox", options, &outbox, &error));
    close_outbox(outbox, 0);
    byteport_client_free(client);
    client = client_of(host, NULL);
    REFUSED(BYTEPORT_ERROR_NOT_CONFIGURED, byteport_outbox_open(client, "keyless.outbox", NULL, &second, &error));
    byteport_client_free(client);
    byteport_outbox_options_free(options);
}

/* Two readings fit: what becomes of the third is the caller's choice. */
static void bounds(int choice, byteport_status_t expected, byteport_durability_t least, uint64_t dropped)
{
    char path[32];
    snprintf(path, sizeof path, "bounds%d.outbox", choice);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_max_count(options, 2, &error));
    DONE(byteport_outbox_options_set_max_memory(options, 4096, &error));
    DONE(byteport_outbox_options_set_when_full(options, choice, &error));
    DONE(byteport_outbox_options_set_timeout_ms(options, 1, &error));
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), path, options);
    put(outbox, "bounds", 0, BYTEPORT_DURABILITY_DISK);
    put(outbox, "bounds", 1, BYTEPORT_DURABILITY_DISK);
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    byteport_error_t *error = NULL;
    byteport_reading_t *reading = numbered("bounds", 2);
    byteport_status_t status = byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, &held, &error);
    CHECK(status == expected && (error != NULL) == (expected != BYTEPORT_OK) && held == least);
    CHECK(error == NULL || byteport_error_is_retryable(error));
    byteport_error_free(error);
    char text[5000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    DONE(byteport_reading_set_text(reading, "long", text, &error));
    REFUSED(BYTEPORT_ERROR_TOO_LONG, byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_DISK, NULL, NULL, &error));
    byteport_outbox_stats_t *stats = stats_of(outbox);
    while (byteport_outbox_stats_queued(stats) > 2) { /* for a moment, where the oldest give way */
        byteport_outbox_stats_free(stats);
        stats = stats_of(outbox);
    }
    CHECK(byteport_outbox_stats_queued(stats) == 2 && byteport_outbox_stats_dropped(stats) == dropped);
    CHECK(byteport_outbox_stats_oldest_age_ms(stats) >= 0);
    byteport_outbox_stats_free(stats);
    byteport_reading_free(reading);
    close_outbox(outbox, 2);
    byteport_outbox_options_free(options);
}

static void note_moved(const byteport_outbox_event_t *event, void *userdata)
{
    if (byteport_outbox_event_kind(event) == BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE) {
        snprintf((char *)userdata, PATH_LENGTH, "%s", byteport_outbox_event_text(event));
        CHECK(byteport_outbox_event_saved(event) == 0);
    }
}

/* A file that is no outbox is moved aside, and the work goes on. */
static void damaged(const char *host)
{
    char moved[PATH_LENGTH] = "";
    FILE *file = fopen("damaged.outbox", "w");
    CHECK(file != NULL && fputs("this was an outbox once", file) >= 0 && fclose(file) == 0);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, note_moved, moved, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    byteport_outbox_t *outbox = open_outbox(host, "damaged.outbox", options);
    while (moved[0] == '\0' && checks_failed == 0) {
        serve(outbox);
    }
    CHECK(strstr(moved, "damaged.outbox.damaged-") != NULL && access(moved, F_OK) == 0);
    byteport_outbox_stats_t *stats = stats_of(outbox);
    CHECK(byteport_outbox_stats_moved_aside(stats) == 1);
    byteport_outbox_stats_free(stats);
    put(outbox, "damaged", 0, BYTEPORT_DURABILITY_SYNCED);
    flush(outbox);
    close_outbox(outbox, 0);
    byteport_outbox_options_free(options);
    check_stored("damaged", 1);
}

/* A process that is killed leaves what it forced onto the disk, and its lock to whoever comes next. */
static void killed(const char *host)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), "killed.outbox", NULL);
        for (int i = 0; i < 3; i++) {
            put(outbox, "killed", i, BYTEPORT_DURABILITY_SYNCED);
        }
        kill(getpid(), checks_failed == 0 ? SIGKILL : SIGTERM);
    }
    int status = 0;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    byteport_outbox_t *outbox = open_outbox(host, "killed.outbox", NULL);
    flush(outbox);
    account(outbox, 3, 3);
    close_outbox(outbox, 0);
    check_stored("killed", 3);
}

/* A closed outbox says so; its last accounting can be had. */
static void closed(void)
{
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_GONE"), "closed.outbox", NULL);
    byteport_reading_t *reading = numbered("closed", 0);
    put(outbox, "closed", 0, BYTEPORT_DURABILITY_MEMORY);
    DONE(byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error));
    const byteport_status_t no = BYTEPORT_ERROR_CLOSED;
    REFUSED(no, byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_MEMORY, NULL, NULL, &error));
    REFUSED(no, byteport_outbox_flush(outbox, 0, NULL, NULL, &error));
    uint64_t kept = 77;
    DONE(byteport_outbox_close(outbox, LONG, NULL, &kept, NULL, &error));
    CHECK(kept == 0);
    account(outbox, 1, 0);
    byteport_reading_free(reading);
    byteport_outbox_free(outbox);
}

/* Every message of the library: how many there were, and how many held a secret. */
struct journal {
    unsigned lines, secrets;
};

/* Called on the threads of the outboxes, too. */
static void take_message(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    struct journal *journal = (struct journal *)userdata;
    (void)level, (void)target;
    __atomic_fetch_add(&journal->lines, 1, __ATOMIC_RELAXED);
    if (strstr(message, setting("BYTEPORT_KEY")) != NULL || strstr(message, "a-wrong-key") != NULL) {
        __atomic_fetch_add(&journal->secrets, 1, __ATOMIC_RELAXED);
    }
}

int main(void)
{
    const char *host = setting("BYTEPORT_HOST");
    struct journal journal = {0, 0};
    killed(host); /* before this process has threads */
    DONE(byteport_log_set(BYTEPORT_LOG_DEBUG, take_message, &journal, NULL, &error));
    delivered(host);
    gone(host);
    paused(host);
    bad_settings(host);
    bounds(BYTEPORT_OUTBOX_DROP_OLDEST, BYTEPORT_OK, BYTEPORT_DURABILITY_MEMORY, 1);
    bounds(BYTEPORT_OUTBOX_DROP_NEWEST, BYTEPORT_OK, BYTEPORT_DURABILITY_NONE, 1);
    bounds(BYTEPORT_OUTBOX_REJECT, BYTEPORT_ERROR_FULL, BYTEPORT_DURABILITY_NONE, 0);
    bounds(BYTEPORT_OUTBOX_BLOCK, BYTEPORT_ERROR_FULL, BYTEPORT_DURABILITY_NONE, 0);
    damaged(host);
    closed();
    DONE(byteport_log_set(BYTEPORT_LOG_OFF, NULL, NULL, NULL, &error));
    CHECK(journal.lines > 0 && journal.secrets == 0);
    return check_end("outbox");
}
