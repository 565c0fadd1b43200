/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * A process at its limit of descriptors, and one at its limit of memory: every limit from one at which nothing works to the first
 * at which all does. Each use, in a process of its own, succeeds or is told an error; none ends the program.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "citizen.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a use came to, which is also the exit status of its process. */
enum outcome { USED = 0, REFUSED_IT = 3, WRONG = 4 };

static int told(byteport_status_t status, byteport_error_t *error)
{
    const char *message = byteport_error_message(error);
    const int fine = status == BYTEPORT_OK ? error == NULL : message != NULL && message[0] != '\0';
    byteport_error_free(error);
    if (!fine) {
        return WRONG;
    }
    return status == BYTEPORT_OK ? USED : REFUSED_IT;
}

static int store_by(byteport_client_t *client)
{
    byteport_error_t *error = NULL;
    byteport_reading_t *reading = byteport_reading_new();
    byteport_status_t status = byteport_reading_set_number(reading, "limited", 1.5, &error);
    if (status == BYTEPORT_OK) {
        status = byteport_client_store(client, reading, &error);
    }
    const int outcome = told(status, error);
    byteport_reading_free(reading);
    byteport_client_free(client);
    return outcome;
}

static byteport_client_t *client_by(const char *host, bool https)
{
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    if (byteport_options_set_host(options, host, &error) == BYTEPORT_OK &&
        byteport_options_set_https(options, https, &error) == BYTEPORT_OK &&
        (!https || byteport_options_set_ca_file(options, setting("BYTEPORT_CA"), &error) == BYTEPORT_OK) &&
        byteport_options_set_namespace(options, setting("BYTEPORT_NAMESPACE"), &error) == BYTEPORT_OK &&
        byteport_options_set_key(options, setting("BYTEPORT_KEY"), &error) == BYTEPORT_OK &&
        byteport_options_set_device(options, setting("BYTEPORT_DEVICE"), &error) == BYTEPORT_OK &&
        byteport_options_set_no_proxy(options, &error) == BYTEPORT_OK &&
        byteport_client_new(options, &client, &error) != BYTEPORT_OK) {
        client = NULL;
    }
    byteport_options_free(options);
    byteport_error_free(error);
    return client;
}

static int use_plain(void)
{
    byteport_client_t *client = client_by(setting("BYTEPORT_HOST"), false);
    return client == NULL ? REFUSED_IT : store_by(client);
}

static int use_name(void)
{
    byteport_client_t *client = client_by(by_name(setting("BYTEPORT_HOST")), false);
    return client == NULL ? REFUSED_IT : store_by(client);
}

static int use_tls(void)
{
    byteport_client_t *client = client_by(setting("BYTEPORT_TLS"), true);
    return client == NULL ? REFUSED_IT : store_by(client);
}

static int use_an_outbox(void)
{
    byteport_error_t *error = NULL;
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = client_by(setting("BYTEPORT_HOST"), false);
    byteport_reading_t *reading = byteport_reading_new();
    byteport_durability_t held = BYTEPORT_DURABILITY_NONE;
    byteport_status_t status = byteport_reading_set_number(reading, "limited", 1.5, &error);
    if (client == NULL) {
        byteport_reading_free(reading);
        byteport_error_free(error);
        return REFUSED_IT;
    }
    if (status == BYTEPORT_OK) {
        status = byteport_outbox_open(client, "limited.outbox", NULL, &outbox, &error);
    }
    if (status == BYTEPORT_OK) {
        status = byteport_outbox_enqueue_within(outbox, reading, BYTEPORT_DURABILITY_SYNCED, 500, NULL, &held, &error);
    }
    int outcome = told(status, error);
    if (outbox != NULL) {
        error = NULL;
        const int closed = told(byteport_outbox_close(outbox, 0, NULL, NULL, NULL, &error), error);
        outcome = outcome == USED && closed == USED && held < BYTEPORT_DURABILITY_SYNCED ? REFUSED_IT : outcome;
        outcome = outcome == USED ? closed : outcome;
    }
    byteport_outbox_free(outbox);
    byteport_client_free(client);
    byteport_reading_free(reading);
    return outcome;
}

static int use_a_broker(void)
{
    byteport_error_t *error = NULL;
    byteport_broker_options_t *options = NULL;
    byteport_broker_t *broker = NULL;
    const char *password = setting("BYTEPORT_BROKER_PASSWORD");
    byteport_status_t status = byteport_broker_options_from_url(setting("BYTEPORT_BROKER"), &options, &error);
    if (status == BYTEPORT_OK &&
        (status = byteport_broker_options_set_ca_file(options, setting("BYTEPORT_BROKER_CA"), &error)) == BYTEPORT_OK &&
        (status = byteport_broker_options_set_login(options, setting("BYTEPORT_BROKER_LOGIN"), password, &error)) == BYTEPORT_OK &&
        (status = byteport_broker_options_set_namespace(options, setting("BYTEPORT_BROKER_NAMESPACE"), &error)) == BYTEPORT_OK &&
        (status = byteport_broker_options_set_device(options, setting("BYTEPORT_DEVICE"), &error)) == BYTEPORT_OK &&
        (status = byteport_broker_open(options, &broker, &error)) == BYTEPORT_OK) {
        status = byteport_broker_wait_open(broker, 1000, &error);
    }
    byteport_broker_options_free(options);
    byteport_broker_free(broker);
    return told(status, error);
}

static int use_fetching(void)
{
    byteport_error_t *error = NULL;
    byteport_client_t *client = client_by(setting("BYTEPORT_HOST"), false);
    byteport_firmware_t *firmware = byteport_firmware_new();
    byteport_status_t status = byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error);
    if (status == BYTEPORT_OK &&
        (status = byteport_firmware_set_device(firmware, setting("BYTEPORT_NAMESPACE"), "seeded-1", &error)) == BYTEPORT_OK &&
        (status = byteport_firmware_set_folder(firmware, ".", &error)) == BYTEPORT_OK) {
        status = byteport_client_fetch_firmware(client, firmware, &error);
    }
    byteport_firmware_free(firmware);
    byteport_client_free(client);
    return told(status, error);
}

struct use {
    const char *name;
    int (*function)(void);
};

static const struct use uses[] = {{"plain", use_plain},         {"name", use_name},       {"tls", use_tls},
                                  {"outbox", use_an_outbox},    {"broker", use_a_broker}, {"firmware", use_fetching}};

static void set_limit(int resource, rlim_t most)
{
    struct rlimit limit;
    getrlimit(resource, &limit);
    limit.rlim_cur = most;
    setrlimit(resource, &limit);
}

/* Runs a use in a process with a limit; what it came to. */
static int within(int resource, rlim_t most, const struct use *use)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        alarm(LONG / 1000);
        set_limit(resource, most);
        _exit(use->function());
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (!CHECK(WIFEXITED(status) && (WEXITSTATUS(status) == USED || WEXITSTATUS(status) == REFUSED_IT))) {
        fprintf(stderr, "  %s within %llu: wait status %d\n", use->name, (unsigned long long)most, status);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : WRONG;
}

/* Raises a limit by steps until a use succeeds, which it must; says how many times it was refused before. */
static int raise_limit(int resource, rlim_t first, rlim_t step, int most_steps, const struct use *use)
{
    int refused = 0, outcome = REFUSED_IT;
    for (int i = 0; i < most_steps && outcome != USED; i++) {
        outcome = within(resource, first + step * (rlim_t)i, use);
        refused += outcome == REFUSED_IT;
    }
    if (!CHECK(outcome == USED)) {
        fprintf(stderr, "  %s: refused %d times\n", use->name, refused);
    }
    return refused;
}

/* Takes all memory that there is, down to the smallest piece; gives it as a list. */
static void *take_all(void)
{
    void *all = NULL;
    for (size_t size = 65536; size >= sizeof all; size /= 2) {
        for (void **piece = (void **)malloc(size); piece != NULL; piece = (void **)malloc(size)) {
            *piece = all;
            all = piece;
        }
    }
    return all;
}

static void give_back(void *all)
{
    while (all != NULL) {
        void *next = *(void **)all;
        free(all);
        all = next;
    }
}

/* With no memory left at all, what is asked for is done from the reserve or refused, closing works, and all is well again later. */
static int starve(void)
{
    const int failed_before = checks_failed;
    int refused = 0;
    byteport_client_t *client = plain_client();
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "starved.outbox", NULL);
    byteport_reading_t *reading = numbered("starved", 1);
    store_number(client, "starved", 0);
    put(outbox, "starved", 2, BYTEPORT_DURABILITY_SYNCED);
    flush(outbox);
    set_limit(RLIMIT_AS, (rlim_t)status_number("VmSize:") * 1024);
    void *all = take_all();
    for (int i = 0; i < 100; i++) {
        byteport_error_t *error = NULL;
        byteport_status_t status = byteport_client_store(client, reading, &error);
        status = status == BYTEPORT_OK ? byteport_outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_MEMORY, NULL, NULL, &error) : status;
        CHECK(status == BYTEPORT_OK || byteport_error_message(error) != NULL);
        refused += status == BYTEPORT_ERROR_OUT_OF_MEMORY && byteport_error_status(error) == status;
        byteport_error_free(error);
    }
    const byteport_status_t closed = byteport_outbox_close(outbox, 0, NULL, NULL, NULL, NULL);
    give_back(all);
    CHECK(all != NULL && refused > 0 && closed == BYTEPORT_OK);
    byteport_outbox_free(outbox);
    store_number(client, "starved", 3);
    byteport_reading_free(reading);
    byteport_client_free(client);
    return checks_failed == failed_before ? USED : WRONG;
}

int main(void)
{
    static const struct use starving = {"starve", starve};
    const rlim_t size = (rlim_t)status_number("VmSize:") * 1024, unlimited = RLIM_INFINITY;
    const rlim_t descriptors = (rlim_t)open_descriptors();
    int short_of_memory = 0;
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        CHECK(raise_limit(RLIMIT_NOFILE, descriptors, 1, 64, &uses[i]) > 0);
        short_of_memory += raise_limit(RLIMIT_AS, size, 65536, 1024, &uses[i]);
    }
    CHECK(short_of_memory > 0); /* some do with what a new process has to spare, and the reserve */
    CHECK(within(RLIMIT_AS, unlimited, &starving) == USED);
    return check_end("limits");
}
