/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * NULL in every pointer argument of what manages, queries and loads, as null.c has it for the rest.
 */
#include "null.h"

static unsigned freed;

#define BAD BYTEPORT_ERROR_INVALID_ARGUMENT
#define LACKING BYTEPORT_ERROR_NOT_CONFIGURED

static void results(void)
{
    CHECK(byteport_result_json(NULL) == NULL);
    CHECK(byteport_result_length(NULL) == 0);
    byteport_result_free(NULL);
}

/* Calls whose answers are JSON text; the client has a namespace and no device. */
static void answers(const byteport_client_t *c)
{
    const char *const good[] = {"alias"}, *const bad[] = {NULL};
    byteport_result_t *r = NULL;
    REFUSED(byteport_client_echo(NULL, good, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, NULL, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, NULL, 1, &r, &error));
    REFUSED(byteport_client_echo(c, bad, good, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, bad, 1, &r, &error));
    REFUSED(byteport_client_echo(c, good, good, 1, NULL, &error));
    CHECK(byteport_client_echo(c, bad, bad, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_session(NULL, &r, &error));
    REFUSED(byteport_client_session(c, NULL, &error));
    CHECK(byteport_client_session(NULL, NULL, NULL) == BAD);
    REFUSED(byteport_client_namespaces(NULL, NULL, &r, &error));
    REFUSED(byteport_client_namespaces(c, NULL, NULL, &error));
    CHECK(byteport_client_namespaces(c, NULL, NULL, NULL) == BAD);
    REFUSED(byteport_client_activity(NULL, NULL, &r, &error));
    REFUSED(byteport_client_activity(c, NULL, NULL, &error));
    CHECK(byteport_client_activity(c, "a b", &r, NULL) == BYTEPORT_ERROR_INVALID_NAME);
    REFUSED(byteport_client_devices(NULL, NULL, NULL, 1, &r, &error));
    REFUSED(byteport_client_devices(c, NULL, NULL, 1, NULL, &error));
    CHECK(byteport_client_devices(c, NULL, NULL, 77, &r, NULL) == BAD);
    REFUSED(byteport_client_search_guids(NULL, "t", 1, &r, &error));
    REFUSED(byteport_client_search_guids(c, NULL, 1, &r, &error));
    REFUSED(byteport_client_search_guids(c, "t", 1, NULL, &error));
    CHECK(byteport_client_search_guids(c, NULL, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_search_devices(NULL, "t", 1, &r, &error));
    REFUSED(byteport_client_search_devices(c, NULL, 1, &r, &error));
    REFUSED(byteport_client_search_devices(c, "t", 1, NULL, &error));
    CHECK(byteport_client_search_devices(c, NULL, 1, &r, NULL) == BAD);
    REFUSED(byteport_client_configure(NULL, NULL, "d", good, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", NULL, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", good, NULL, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", bad, good, 1, &r, &error));
    REFUSED(byteport_client_configure(c, NULL, "d", good, good, 1, NULL, &error));
    CHECK(byteport_client_configure(c, NULL, NULL, good, good, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_set_fields(NULL, NULL, "d", good, good, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", NULL, good, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", good, NULL, 1, &r, &error));
    REFUSED(byteport_client_set_fields(c, NULL, "d", good, good, 1, NULL, &error));
    CHECK(byteport_client_set_fields(c, NULL, NULL, good, good, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_device_types(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_device_types(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_device_types(c, NULL, INT64_MAX, 77, &r, NULL) == BAD);
    REFUSED(byteport_client_firmwares(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_firmwares(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_firmwares(c, NULL, 1, 1, NULL, NULL) == BAD);
    REFUSED(byteport_client_field_definitions(NULL, NULL, 1, 1, &r, &error));
    REFUSED(byteport_client_field_definitions(c, NULL, 1, 1, NULL, &error));
    CHECK(byteport_client_field_definitions(c, NULL, 1, 1, NULL, NULL) == BAD);
    REFUSED(byteport_client_send_message(NULL, NULL, "d", "t", &r, &error));
    REFUSED(byteport_client_send_message(c, NULL, "d", NULL, &r, &error));
    REFUSED(byteport_client_send_message(c, NULL, "d", "t", NULL, &error));
    CHECK(byteport_client_send_message(c, NULL, NULL, "t", &r, NULL) == LACKING);
    REFUSED(byteport_client_messages(NULL, NULL, "d", 0, 1, &r, &error));
    REFUSED(byteport_client_messages(c, NULL, "d", 0, 1, NULL, &error));
    CHECK(byteport_client_messages(c, NULL, NULL, 0, 1, &r, NULL) == LACKING);
    REFUSED(byteport_client_value(NULL, NULL, "d", "f", "1", &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", NULL, "1", &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", "f", NULL, &r, &error));
    REFUSED(byteport_client_value(c, NULL, "d", "f", "1", NULL, &error));
    CHECK(byteport_client_value(c, NULL, NULL, "f", "1", &r, NULL) == LACKING);
    REFUSED(byteport_client_statistics(NULL, NULL, "d", "f", true, &r, &error));
    REFUSED(byteport_client_statistics(c, NULL, "d", NULL, true, &r, &error));
    REFUSED(byteport_client_statistics(c, NULL, "d", "f", true, NULL, &error));
    CHECK(byteport_client_statistics(c, NULL, NULL, "f", true, &r, NULL) == LACKING);
    CHECK(r == NULL);
}

static void registrations(const byteport_client_t *c)
{
    byteport_result_t *result = NULL;
    byteport_registration_t *r = byteport_registration_new();
    REFUSED(byteport_registration_set_uids(NULL, "x", false, &error));
    REFUSED(byteport_registration_set_uids(r, NULL, false, &error));
    CHECK(byteport_registration_set_uids(r, "x", false, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_device_type(NULL, 1, &error));
    CHECK(byteport_client_register(c, NULL, r, &result, NULL) == BAD); /* of no type */
    CHECK(byteport_registration_set_device_type(r, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_force(NULL, true, &error));
    CHECK(byteport_registration_set_force(r, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_active(NULL, true, &error));
    CHECK(byteport_registration_set_active(r, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_code_length(NULL, 8, &error));
    CHECK(byteport_registration_set_code_length(r, 8, NULL) == BYTEPORT_OK);
    REFUSED(byteport_registration_set_serial(NULL, "7", &error));
    REFUSED(byteport_registration_set_serial(r, NULL, &error));
    CHECK(byteport_registration_set_serial(r, "7", NULL) == BYTEPORT_OK);
    REFUSED(byteport_client_register(NULL, NULL, r, &result, &error));
    REFUSED(byteport_client_register(c, NULL, NULL, &result, &error));
    REFUSED(byteport_client_register(c, NULL, r, NULL, &error));
    CHECK(result == NULL);
    byteport_registration_free(r);
    byteport_registration_free(NULL);
}

static void queries(const byteport_client_t *c)
{
    byteport_series_t *s = NULL;
    byteport_series_pages_t *p = NULL;
    byteport_query_t *q = byteport_query_new();
    REFUSED(byteport_query_set_range(NULL, 0, 1, &error));
    REFUSED(byteport_query_set_last_minutes(NULL, 1, &error));
    CHECK(byteport_query_set_last_minutes(q, 0, NULL) == BAD);
    REFUSED(byteport_query_set_scale(NULL, 1.0, &error));
    CHECK(byteport_query_set_scale(q, 1.0, NULL) == BYTEPORT_OK);
    REFUSED(byteport_query_set_operation(NULL, BYTEPORT_OPERATION_DIFF, &error));
    CHECK(byteport_query_set_operation(q, 77, NULL) == BAD);
    REFUSED(byteport_client_query_series(NULL, NULL, "d", "f", q, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", NULL, q, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", "f", NULL, &s, &error));
    REFUSED(byteport_client_query_series(c, NULL, "d", "f", q, NULL, &error));
    CHECK(byteport_client_query_series(c, NULL, NULL, "f", q, &s, NULL) == LACKING);
    REFUSED(byteport_client_series_pages(NULL, NULL, "d", "f", q, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", NULL, q, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", "f", NULL, &p, &error));
    REFUSED(byteport_client_series_pages(c, NULL, "d", "f", q, NULL, &error));
    CHECK(byteport_client_series_pages(c, NULL, NULL, "f", q, &p, NULL) == LACKING);
    CHECK(byteport_query_set_range(q, 0, 1, NULL) == BYTEPORT_OK && p == NULL);
    CHECK(byteport_client_series_pages(c, NULL, "d", "f", q, &p, NULL) == BYTEPORT_OK);
    REFUSED(byteport_series_pages_next(NULL, &s, &error));
    REFUSED(byteport_series_pages_next(p, NULL, &error));
    CHECK(byteport_series_pages_next(NULL, &s, NULL) == BAD && s == NULL);
    CHECK(byteport_series_pages_rest(NULL) == BYTEPORT_TIME_OPEN);
    byteport_series_pages_free(p);
    byteport_series_pages_free(NULL);
    byteport_query_free(q);
    byteport_query_free(NULL);
}

static void typical(const byteport_client_t *c)
{
    byteport_result_t *r = NULL;
    byteport_typical_t *t = byteport_typical_new();
    REFUSED(byteport_typical_set_range(NULL, 0, 1, &error));
    CHECK(byteport_typical_set_range(t, 0, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_last_minutes(NULL, 1, &error));
    CHECK(byteport_typical_set_last_minutes(t, 0, NULL) == BAD);
    REFUSED(byteport_typical_set_grouping(NULL, BYTEPORT_GROUPING_DAILY, &error));
    CHECK(byteport_typical_set_grouping(t, 77, NULL) == BAD);
    REFUSED(byteport_typical_set_by_distance(NULL, true, &error));
    CHECK(byteport_typical_set_by_distance(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_diff(NULL, true, &error));
    CHECK(byteport_typical_set_diff(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_set_descriptions(NULL, true, &error));
    CHECK(byteport_typical_set_descriptions(t, true, NULL) == BYTEPORT_OK);
    REFUSED(byteport_typical_exclude(NULL, "std", &error));
    REFUSED(byteport_typical_exclude(t, NULL, &error));
    CHECK(byteport_typical_exclude(t, "x", NULL) == BAD);
    REFUSED(byteport_client_distance_to_typical(NULL, NULL, "d", "f", t, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", NULL, t, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", "f", NULL, &r, &error));
    REFUSED(byteport_client_distance_to_typical(c, NULL, "d", "f", t, NULL, &error));
    CHECK(byteport_client_distance_to_typical(c, NULL, NULL, "f", t, &r, NULL) == LACKING && r == NULL);
    byteport_typical_free(t);
    byteport_typical_free(NULL);
}

static int take(const uint8_t *data, size_t length, void *userdata)
{
    (void)data, (void)length, (void)userdata;
    return 0;
}

static int tell(uint64_t so_far, uint64_t total, void *userdata)
{
    (void)so_far, (void)total, (void)userdata;
    return 0;
}

static void downloads(const byteport_client_t *c)
{
    byteport_download_t *d = byteport_download_new();
    freed = 0;
    REFUSED(byteport_download_set_value(NULL, NULL, NULL, "f", "1", &error));
    REFUSED(byteport_download_set_value(d, NULL, NULL, NULL, "1", &error));
    REFUSED(byteport_download_set_value(d, NULL, NULL, "f", NULL, &error));
    CHECK(byteport_download_set_value(d, NULL, NULL, "f", "1", NULL) == BYTEPORT_OK);
    REFUSED(byteport_download_set_unpack(NULL, BYTEPORT_UNPACK_HERE, &error));
    CHECK(byteport_download_set_unpack(d, 77, NULL) == BAD);
    REFUSED(byteport_download_set_limit(NULL, 1, &error));
    CHECK(byteport_download_set_limit(d, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_download_set_progress(NULL, tell, &freed, count_free, &error));
    CHECK(freed == 0); /* a call that failed takes nothing over */
    CHECK(byteport_download_set_progress(d, tell, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_download_set_progress(d, NULL, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    REFUSED(byteport_client_download_to_fd(NULL, d, 1, &error));
    REFUSED(byteport_client_download_to_fd(c, NULL, 1, &error));
    CHECK(byteport_client_download_to_fd(c, d, 1, NULL) == LACKING);
    REFUSED(byteport_client_download_to_path(NULL, d, "x", &error));
    REFUSED(byteport_client_download_to_path(c, NULL, "x", &error));
    CHECK(byteport_client_download_to_path(c, d, NULL, NULL) == LACKING);
    REFUSED(byteport_client_download_to_callback(NULL, d, take, NULL, &error));
    REFUSED(byteport_client_download_to_callback(c, NULL, take, NULL, &error));
    CHECK(byteport_client_download_to_callback(c, d, take, NULL, NULL) == LACKING);
    CHECK(byteport_download_set_value(d, NULL, "d", "f", "1", NULL) == BYTEPORT_OK);
    REFUSED(byteport_client_download_to_path(c, d, NULL, &error));
    REFUSED(byteport_client_download_to_callback(c, d, NULL, NULL, &error));
    CHECK(byteport_download_bytes(NULL) == 0 && byteport_download_file_name(NULL) == NULL);
    CHECK(byteport_download_bytes(d) == 0 && byteport_download_file_name(d) == NULL);
    byteport_download_free(d);
    byteport_download_free(NULL);
}

static void firmware(const byteport_client_t *c)
{
    byteport_firmware_t *f = byteport_firmware_new();
    freed = 0;
    REFUSED(byteport_firmware_set_device(NULL, NULL, NULL, &error));
    CHECK(byteport_firmware_set_device(f, NULL, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_folder(NULL, ".", &error));
    REFUSED(byteport_firmware_set_folder(f, NULL, &error));
    CHECK(byteport_firmware_set_folder(f, ".", NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_media_prefix(NULL, "/media/", &error));
    REFUSED(byteport_firmware_set_media_prefix(f, NULL, &error));
    CHECK(byteport_firmware_set_media_prefix(f, "/media/", NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_current_version(NULL, "1", &error));
    CHECK(byteport_firmware_set_current_version(f, NULL, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_max_size(NULL, 1, &error));
    CHECK(byteport_firmware_set_max_size(f, 1, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_allow_unchecked(NULL, true, &error));
    CHECK(byteport_firmware_set_allow_unchecked(f, false, NULL) == BYTEPORT_OK);
    REFUSED(byteport_firmware_set_progress(NULL, tell, &freed, count_free, &error));
    CHECK(freed == 0);
    CHECK(byteport_firmware_set_progress(f, tell, NULL, NULL, NULL) == BYTEPORT_OK);
    CHECK(byteport_firmware_set_progress(f, NULL, &freed, count_free, NULL) == BYTEPORT_OK && freed == 1);
    REFUSED(byteport_client_fetch_firmware(NULL, f, &error));
    REFUSED(byteport_client_fetch_firmware(c, NULL, &error));
    CHECK(byteport_client_fetch_firmware(c, f, NULL) == LACKING);
    CHECK(byteport_firmware_outcome(NULL) == BYTEPORT_FIRMWARE_NOT_ASKED);
    CHECK(byteport_firmware_outcome(f) == BYTEPORT_FIRMWARE_NOT_ASKED);
    CHECK(byteport_firmware_version(NULL) == NULL && byteport_firmware_version(f) == NULL);
    CHECK(byteport_firmware_path(NULL) == NULL && byteport_firmware_path(f) == NULL);
    CHECK(byteport_firmware_received(NULL) == 0 && byteport_firmware_received(f) == 0);
    byteport_firmware_free(f);
    byteport_firmware_free(NULL);
}

/* What may be left out is, in calls to a host that cannot be reached. */
static void left_out(void)
{
    const char *const good[] = {"alias"};
    byteport_result_t *r = NULL;
    byteport_registration_t *one = byteport_registration_new();
    byteport_client_t *c = new_client(setting("BYTEPORT_GONE"), "ns", NULL, "dev", BYTEPORT_METHOD_POST);
    CHECK(byteport_registration_set_uids(one, "x", false, NULL) == BYTEPORT_OK);
    CHECK(byteport_registration_set_device_type(one, 1, NULL) == BYTEPORT_OK);
    CHECK(byteport_client_echo(c, NULL, NULL, 0, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_namespaces(c, NULL, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_activity(c, NULL, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_devices(c, NULL, NULL, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_configure(c, NULL, NULL, good, good, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_set_fields(c, NULL, NULL, good, good, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_device_types(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_firmwares(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_field_definitions(c, NULL, 1, 1, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(byteport_client_register(c, NULL, one, &r, NULL) == BYTEPORT_ERROR_CONNECT);
    CHECK(r == NULL);
    byteport_client_free(c);
    byteport_registration_free(one);
}

int main(void)
{
    byteport_client_t *c = new_client(setting("BYTEPORT_TRAP"), "ns", NULL, NULL, BYTEPORT_METHOD_POST);
    results();
    answers(c);
    registrations(c);
    queries(c);
    typical(c);
    downloads(c);
    firmware(c);
    byteport_client_free(c);
    left_out();
    return check_end("manage_null");
}
