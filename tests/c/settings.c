/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the setters do. Part of it shows here; the rest is what came to the recording servers, at which the test looks
 * afterwards. Each call stores as a device of its own, so that the test knows it again.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "check.h"

#include <pthread.h>

/* The recording servers answer a read with that many bytes. */
enum { ANSWER_BYTES = 1000 };

static const int64_t moment = INT64_C(1430438400012345);

#define DONE(call)                                                                                                     \
    do {                                                                                                               \
        byteport_error_t *error = NULL;                                                                                \
        byteport_status_t status = (call);                                                                             \
        if (!CHECK(status == BYTEPORT_OK && error == NULL)) {                                                          \
            fprintf(stderr, "  %s\n", byteport_error_message(error));                                                  \
        }                                                                                                              \
        byteport_error_free(error);                                                                                    \
    } while (0)

#define FAILS(expected, in_phase, call)                                                                                \
    do {                                                                                                               \
        byteport_error_t *error = NULL;                                                                                \
        byteport_status_t status = (call);                                                                             \
        if (!CHECK(status == (expected) && byteport_error_phase(error) == (in_phase))) {                               \
            fprintf(stderr, "  %d, phase %d: %s\n", (int)status, (int)byteport_error_phase(error),                     \
                    error != NULL ? byteport_error_message(error) : "no error");                                       \
        }                                                                                                              \
        byteport_error_free(error);                                                                                    \
    } while (0)

/* Settings with what every store needs, the device left out. */
static byteport_options_t *new_options(const char *host)
{
    byteport_options_t *options = byteport_options_new();
    DONE(byteport_options_set_host(options, host, &error));
    DONE(byteport_options_set_namespace(options, "ns", &error));
    DONE(byteport_options_set_key(options, "a-key", &error));
    return options;
}

static byteport_client_t *client_of(const byteport_options_t *options)
{
    byteport_client_t *client = NULL;
    DONE(byteport_client_new(options, &client, &error));
    return client;
}

/* A reading of a known time, without fields. */
static byteport_reading_t *reading_of(const char *device)
{
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_device(reading, device, &error));
    DONE(byteport_reading_set_timestamp(reading, moment, &error));
    return reading;
}

/* Stores one reading by a new client, as this device. */
static byteport_status_t store_as(const byteport_options_t *options, const char *device, byteport_error_t **error)
{
    byteport_client_t *client = client_of(options);
    byteport_reading_t *reading = reading_of(device);
    byteport_status_t status = byteport_client_store(client, reading, error);
    byteport_reading_free(reading);
    byteport_client_free(client);
    return status;
}

static void devices_and_times(void)
{
    byteport_options_t *options = new_options(setting("BYTEPORT_PLAIN"));
    DONE(byteport_options_set_device(options, "dev-1", &error));
    byteport_client_t *client = client_of(options);
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_timestamp(reading, moment, &error));
    DONE(byteport_reading_set_integer(reading, "x", 1, &error));
    DONE(byteport_client_store(client, reading, &error)); /* the client's own device */
    DONE(byteport_reading_set_device(reading, "dev-2", &error));
    DONE(byteport_reading_set_integer(reading, "x", 2, &error));
    DONE(byteport_client_store(client, reading, &error));
    DONE(byteport_reading_use_server_time(reading, &error));
    DONE(byteport_reading_set_integer(reading, "x", 3, &error));
    DONE(byteport_client_store(client, reading, &error));
    DONE(byteport_reading_set_timestamp(reading, -1, &error));
    DONE(byteport_reading_set_integer(reading, "x", 4, &error));
    DONE(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
    byteport_client_free(client);
    byteport_options_free(options);
}

static void methods(void)
{
    byteport_options_t *options = new_options(setting("BYTEPORT_PLAIN"));
    const char *const names[] = {"by-get", "by-post"};
    const byteport_method_t wanted[] = {BYTEPORT_METHOD_GET, BYTEPORT_METHOD_POST};
    for (int i = 0; i < 2; i++) {
        DONE(byteport_options_set_store_method(options, wanted[i], &error));
        byteport_client_t *client = client_of(options);
        byteport_reading_t *reading = reading_of(names[i]);
        DONE(byteport_reading_set_integer(reading, "x", 1, &error));
        DONE(byteport_client_store(client, reading, &error));
        byteport_reading_free(reading);
        byteport_client_free(client);
    }
    byteport_options_free(options);
}

/* A loopback host is called by http unless told otherwise, and its certificate is good only where its CA is trusted. */
static void https_and_ca_file(void)
{
    byteport_options_t *options = new_options(setting("BYTEPORT_TLS"));
    DONE(byteport_options_set_https(options, true, &error));
    FAILS(BYTEPORT_ERROR_TLS, BYTEPORT_PHASE_TLS, store_as(options, "by-https", &error));
    DONE(byteport_options_set_ca_file(options, setting("BYTEPORT_CA"), &error));
    DONE(store_as(options, "by-https", &error));
    DONE(byteport_options_set_host(options, setting("BYTEPORT_PLAIN"), &error));
    DONE(byteport_options_set_https(options, false, &error));
    DONE(store_as(options, "by-http", &error));
    byteport_options_free(options);
}

/* Settings by which the given proxy is asked for a host; nobody can resolve that host's name. */
static byteport_options_t *new_proxied(const char *scheme, const char *host)
{
    char url[100];
    snprintf(url, sizeof url, "%s://%s", scheme, setting("BYTEPORT_PROXY"));
    byteport_options_t *options = new_options(host);
    DONE(byteport_options_set_https(options, false, &error)); /* such a host is called by https unless told otherwise */
    DONE(byteport_options_set_proxy(options, url, &error));
    return options;
}

/* The environment names another proxy for every host here. */
static void proxies(void)
{
    byteport_options_t *options = new_proxied("http", "device.invalid");
    DONE(store_as(options, "by-connect", &error));
    byteport_options_free(options);
    options = new_proxied("socks5", "device.invalid:8000");
    DONE(store_as(options, "by-socks5", &error));
    byteport_options_free(options);

    options = new_options(setting("BYTEPORT_DIRECT"));
    DONE(byteport_options_set_https(options, false, &error));
    DONE(store_as(options, "by-environment", &error));
    DONE(byteport_options_set_no_proxy(options, &error));
    DONE(store_as(options, "direct", &error));
    byteport_options_free(options);
}

static void answer_sizes(void)
{
    byteport_options_t *options = new_options(setting("BYTEPORT_PLAIN"));
    byteport_series_t *series = NULL;
    DONE(byteport_options_set_max_answer(options, 1, &error));
    DONE(store_as(options, "limited", &error)); /* what a store is answered with is of no interest */
    DONE(byteport_options_set_max_answer(options, ANSWER_BYTES - 1, &error));
    byteport_client_t *client = client_of(options);
    FAILS(BYTEPORT_ERROR_ANSWER_TOO_LARGE, BYTEPORT_PHASE_RECEIVE,
          byteport_client_read_series(client, NULL, "limited", "x", BYTEPORT_TIME_OPEN, BYTEPORT_TIME_OPEN, &series, &error));
    CHECK(series == NULL);
    byteport_client_free(client);
    DONE(byteport_options_set_max_answer(options, ANSWER_BYTES, &error));
    client = client_of(options);
    DONE(byteport_client_read_series(client, NULL, "limited", "x", BYTEPORT_TIME_OPEN, BYTEPORT_TIME_OPEN, &series, &error));
    CHECK(byteport_series_length(series) == 1);
    byteport_series_free(series);
    byteport_client_free(client);
    byteport_options_free(options);
}

struct patient {
    byteport_options_t *options;
    byteport_status_t status;
};

static void *wait_long(void *argument)
{
    struct patient *patient = (struct patient *)argument;
    patient->status = store_as(patient->options, "patient", NULL);
    return NULL;
}

/* A short time-out shows without a clock: a client with a long one calls first and is not answered before the hasty one has
 * given up. Were the two equally patient, the first to call would give up first. `options_for` gives settings with long
 * time-outs for a call that the server holds by that name, and `hurry` shortens the one that is tested. */
static void time_out(byteport_options_t *(*options_for)(const char *), void (*hurry)(byteport_options_t *), int phase)
{
    pthread_t thread;
    struct patient patient = {options_for("patient"), BYTEPORT_ERROR_INTERNAL};
    byteport_options_t *barrier = options_for("barrier"), *hasty = options_for("hasty"), *done = options_for("done");
    if (!CHECK(pthread_create(&thread, NULL, wait_long, &patient) == 0)) {
        return;
    }
    DONE(store_as(barrier, "barrier", &error)); /* answered as soon as the patient call has come */
    hurry(hasty);
    FAILS(BYTEPORT_ERROR_TIMEOUT, (byteport_phase_t)phase, store_as(hasty, "hasty", &error));
    DONE(store_as(done, "done", &error)); /* now the patient call is answered */
    CHECK(pthread_join(thread, NULL) == 0 && patient.status == BYTEPORT_OK);
    byteport_options_free(patient.options);
    byteport_options_free(barrier);
    byteport_options_free(hasty);
    byteport_options_free(done);
}

static byteport_options_t *direct(const char *name)
{
    byteport_options_t *options = new_options(setting("BYTEPORT_PLAIN"));
    (void)name; /* the device tells the server whose call it is */
    DONE(byteport_options_set_timeout_ms(options, 60000, &error));
    return options;
}

static void hurry_in_all(byteport_options_t *options)
{
    DONE(byteport_options_set_timeout_ms(options, 1000, &error));
}

/* A proxy that does not answer holds up the connecting; the host tells it whose call it is. */
static byteport_options_t *through_proxy(const char *name)
{
    char host[40];
    snprintf(host, sizeof host, "%s.invalid", name);
    byteport_options_t *options = new_proxied("http", host);
    DONE(byteport_options_set_connect_timeout_ms(options, 60000, &error));
    DONE(byteport_options_set_timeout_ms(options, 120000, &error));
    return options;
}

static void hurry_to_connect(byteport_options_t *options)
{
    DONE(byteport_options_set_connect_timeout_ms(options, 1000, &error));
}

int main(void)
{
    devices_and_times();
    methods();
    https_and_ca_file();
    proxies();
    answer_sizes();
    time_out(through_proxy, hurry_to_connect, BYTEPORT_PHASE_CONNECT);
    time_out(direct, hurry_in_all, BYTEPORT_PHASE_RECEIVE);
    return check_end("settings");
}
