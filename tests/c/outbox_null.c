/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * NULL in every pointer argument of every function of an outbox, as null.c does it for the others.
 */
#include "null.h"

static unsigned told, freed;

static void count_event(const byteport_outbox_event_t *event, void *userdata)
{
    CHECK(event != NULL && userdata == &freed);
    CHECK(byteport_outbox_event_kind(event) != BYTEPORT_OUTBOX_EVENT_NONE && byteport_outbox_event_text(event) != NULL);
    byteport_outbox_event_sequences(event, NULL);
    told++;
}

static void numbers_and_choices(void)
{
    byteport_outbox_options_t *o = byteport_outbox_options_new();
    REFUSED(byteport_outbox_options_set_max_disk(NULL, 1 << 20, &error));
    CHECK(byteport_outbox_options_set_max_disk(o, 1 << 20, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_max_memory(NULL, 1 << 20, &error));
    CHECK(byteport_outbox_options_set_max_memory(o, 1 << 20, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_max_count(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_max_count(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_max_age_ms(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_max_age_ms(o, UINT64_MAX, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_when_full(NULL, BYTEPORT_OUTBOX_REJECT, &error));
    CHECK(byteport_outbox_options_set_when_full(o, 0, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_outbox_options_set_timeout_ms(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_timeout_ms(o, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_commit_interval_ms(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_commit_interval_ms(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_commit_bytes(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_commit_bytes(o, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_sync_interval_ms(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_sync_interval_ms(o, 0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_connections(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_connections(o, 64, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_order(NULL, BYTEPORT_OUTBOX_NEWEST_FIRST, &error));
    CHECK(byteport_outbox_options_set_order(o, 3, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_outbox_options_set_max_rate(NULL, 1.0, &error));
    CHECK(byteport_outbox_options_set_max_rate(o, 1.0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_legacy_key(NULL, "x", &error));
    REFUSED(byteport_outbox_options_set_legacy_key(o, NULL, &error));
    CHECK(byteport_outbox_options_set_legacy_key(o, "", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    byteport_broker_options_t *broker = NULL;
    CHECK(byteport_broker_options_new(BYTEPORT_PROTOCOL_MQTT, &broker, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_options_set_broker(NULL, broker, &error));
    REFUSED(byteport_outbox_options_set_broker(o, NULL, &error));
    CHECK(byteport_outbox_options_set_broker(o, broker, NULL) == BYTEPORT_OK);
    byteport_broker_options_free(broker);
    REFUSED(byteport_outbox_options_set_clock_floor(NULL, 1, &error));
    CHECK(byteport_outbox_options_set_clock_floor(o, BYTEPORT_TIME_OPEN, NULL) == BYTEPORT_ERROR_INVALID_TIMESTAMP);
    REFUSED(byteport_outbox_options_set_service(NULL, true, &error));
    CHECK(byteport_outbox_options_set_service(o, false, NULL) == BYTEPORT_OK);
    byteport_outbox_options_free(o);
    byteport_outbox_options_free(NULL);
}

/* What is refused stays the caller's; what is taken is freed when it is replaced, without a callback at once. */
static void callbacks(void)
{
    byteport_outbox_options_t *o = byteport_outbox_options_new();
    REFUSED(byteport_outbox_options_set_callback(NULL, count_event, &freed, count_free, &error));
    CHECK(freed == 0);
    CHECK(byteport_outbox_options_set_callback(o, NULL, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    CHECK(byteport_outbox_options_set_callback(o, count_event, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_options_set_callback(o, count_event, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    CHECK(byteport_outbox_options_set_callback(o, NULL, NULL, NULL, NULL) == BYTEPORT_OK && freed == 2);
    byteport_outbox_options_free(o);
}

static void nothing(void)
{
    size_t count = 77;
    CHECK(byteport_outbox_event_kind(NULL) == BYTEPORT_OUTBOX_EVENT_NONE);
    CHECK(byteport_outbox_event_count(NULL) == 0 && byteport_outbox_event_saved(NULL) == 0);
    CHECK(byteport_outbox_event_sequences(NULL, &count) == NULL && count == 0);
    CHECK(byteport_outbox_event_sequences(NULL, NULL) == NULL);
    CHECK(byteport_outbox_event_reason(NULL) == BYTEPORT_OUTBOX_REASON_NONE);
    CHECK(byteport_outbox_event_link(NULL) == BYTEPORT_OUTBOX_LINK_UNKNOWN);
    CHECK(byteport_outbox_event_disk(NULL) == BYTEPORT_OUTBOX_DISK_NONE);
    CHECK(byteport_outbox_event_text(NULL) == NULL);
    CHECK(byteport_outbox_path(NULL) == NULL && byteport_outbox_fd(NULL) == -1);
    CHECK(byteport_outbox_lost_events(NULL) == 0);
    byteport_outbox_free(NULL);
}

static void no_statistics(void)
{
    CHECK(byteport_outbox_stats_accepted(NULL) == 0 && byteport_outbox_stats_delivered(NULL) == 0);
    CHECK(byteport_outbox_stats_queued(NULL) == 0 && byteport_outbox_stats_quarantined(NULL) == 0);
    CHECK(byteport_outbox_stats_dropped(NULL) == 0);
    CHECK(byteport_outbox_stats_dropped_for(NULL, BYTEPORT_OUTBOX_REASON_FULL) == 0);
    CHECK(byteport_outbox_stats_queued_in_memory(NULL) == 0 && byteport_outbox_stats_memory_bytes(NULL) == 0);
    CHECK(byteport_outbox_stats_disk_bytes(NULL) == 0 && byteport_outbox_stats_oldest_age_ms(NULL) == -1);
    CHECK(byteport_outbox_stats_accepted_rate(NULL) == 0.0 && byteport_outbox_stats_delivered_rate(NULL) == 0.0);
    CHECK(byteport_outbox_stats_retries(NULL) == 0 && byteport_outbox_stats_calls(NULL) == 0);
    CHECK(byteport_outbox_stats_link(NULL) == BYTEPORT_OUTBOX_LINK_UNKNOWN);
    CHECK(byteport_outbox_stats_disk(NULL) == BYTEPORT_OUTBOX_DISK_NONE);
    CHECK(byteport_outbox_stats_last_error(NULL) == NULL);
    CHECK(byteport_outbox_stats_committed_sequence(NULL) == 0 && byteport_outbox_stats_synced_sequence(NULL) == 0);
    CHECK(byteport_outbox_stats_last_sequence(NULL) == 0 && byteport_outbox_stats_moved_aside(NULL) == 0);
    CHECK(byteport_outbox_stats_json(NULL) == NULL && byteport_outbox_stats_prometheus(NULL) == NULL);
    byteport_outbox_stats_free(NULL);
}

/* What may be left out is, on an outbox whose service is gone. */
static byteport_outbox_t *open_gone(const byteport_client_t *c)
{
    byteport_outbox_t *b = NULL;
    byteport_outbox_options_t *o = byteport_outbox_options_new();
    CHECK(byteport_outbox_options_set_callback(o, count_event, &freed, count_free, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_options_set_service(o, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_outbox_open(NULL, "null.outbox", o, &b, &error));
    REFUSED(byteport_outbox_open(c, NULL, o, &b, &error));
    REFUSED(byteport_outbox_open(c, "null.outbox", o, NULL, &error));
    CHECK(byteport_outbox_open(c, "", o, &b, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT && b == NULL);
    CHECK(byteport_outbox_open(c, "null.outbox", o, &b, NULL) == BYTEPORT_OK && b != NULL);
    byteport_outbox_options_free(o);
    byteport_outbox_t *second = NULL;
    CHECK(byteport_outbox_open(c, "null2.outbox", NULL, &second, NULL) == BYTEPORT_OK && second != NULL);
    CHECK(byteport_outbox_fd(second) == -1);
    CHECK(byteport_outbox_service(second, NULL, NULL) == BYTEPORT_ERROR_NOT_CONFIGURED);
    byteport_outbox_free(second);
    return b;
}

static void calls(const byteport_outbox_t *b)
{
    const int level = BYTEPORT_DURABILITY_MEMORY;
    uint64_t n = 77;
    byteport_durability_t held = BYTEPORT_DURABILITY_SYNCED;
    byteport_outbox_stats_t *stats = NULL;
    byteport_reading_t *r = byteport_reading_new();
    REFUSED(byteport_outbox_enqueue(NULL, r, level, &n, &held, &error));
    REFUSED(byteport_outbox_enqueue(b, NULL, level, &n, &held, &error));
    CHECK(byteport_outbox_enqueue(b, r, BYTEPORT_DURABILITY_NONE, &n, &held, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_outbox_enqueue_within(NULL, r, level, 1, &n, &held, &error));
    REFUSED(byteport_outbox_enqueue_within(b, NULL, level, 1, &n, &held, &error));
    CHECK(byteport_outbox_enqueue_within(b, r, 77, 1, &n, &held, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_outbox_wait_for(NULL, 1, level, 1, &held, &error));
    CHECK(byteport_outbox_wait_for(b, 1, 77, 1, &held, NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    REFUSED(byteport_outbox_flush(NULL, 1, &n, &n, &error));
    REFUSED(byteport_outbox_close(NULL, 1, &n, &n, &n, &error));
    REFUSED(byteport_outbox_set_key(NULL, "x", &error));
    REFUSED(byteport_outbox_set_key(b, NULL, &error));
    REFUSED(byteport_outbox_set_legacy_key(NULL, "x", &error));
    REFUSED(byteport_outbox_set_legacy_key(b, NULL, &error));
    REFUSED(byteport_outbox_set_login(NULL, "x", "y", &error));
    REFUSED(byteport_outbox_set_login(b, NULL, "y", &error));
    REFUSED(byteport_outbox_set_login(b, "x", NULL, &error));
    CHECK(byteport_outbox_set_login(b, "x", "y", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT); /* there is no broker */
    REFUSED(byteport_outbox_resume(NULL, &error));
    REFUSED(byteport_outbox_stats(NULL, &stats, &error));
    REFUSED(byteport_outbox_stats(b, NULL, &error));
    REFUSED(byteport_outbox_service(NULL, NULL, &error));
    CHECK(n == 77 && held == BYTEPORT_DURABILITY_SYNCED && stats == NULL);
    CHECK(byteport_outbox_enqueue(b, r, level, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_enqueue_within(b, r, level, 0, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_wait_for(b, 1, level, 0, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_flush(b, 0, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_resume(b, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_stats(b, &stats, NULL) == BYTEPORT_OK && byteport_outbox_stats_accepted(stats) == 2);
    CHECK(byteport_outbox_stats_dropped_for(stats, 0) == 0 && byteport_outbox_stats_dropped_for(stats, -1) == 0);
    byteport_outbox_stats_free(stats);
    CHECK(byteport_outbox_close(b, 0, NULL, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_set_key(b, "x", NULL) == BYTEPORT_OK);
    CHECK(byteport_outbox_set_legacy_key(b, "", NULL) == BYTEPORT_ERROR_INVALID_ARGUMENT);
    CHECK(byteport_outbox_service(b, NULL, NULL) == BYTEPORT_OK);
    byteport_reading_free(r);
}

int main(void)
{
    numbers_and_choices();
    callbacks();
    nothing();
    no_statistics();
    byteport_client_t *c = new_client(setting("BYTEPORT_GONE"), "ns", "key", "dev", BYTEPORT_METHOD_POST);
    byteport_outbox_t *b = open_gone(c);
    byteport_client_free(c); /* the outbox has its own hold on it */
    calls(b);
    CHECK(freed == 2);
    byteport_outbox_free(b);
    CHECK(freed == 3); /* on this thread: the callback was never the library's */
    return check_end("outbox_null");
}
