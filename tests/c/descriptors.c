/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Every descriptor that the library opens is close-on-exec, looked at while each of its parts has some open; and a program that is
 * started meanwhile sees none of them.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "citizen.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 256 };

static int inherited[MOST];

/* Looks at all descriptors that were not there at first; gives their number. */
static int check_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < MOST; fd++) {
        const int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && !inherited[fd]) {
            count++;
            CHECK((flags & FD_CLOEXEC) != 0);
        }
    }
    return count;
}

struct seen {
    int calls, most;
};

/* In the midst of a download there are a socket, the folder, the image and its mark. */
static int look(uint64_t so_far, uint64_t total, void *userdata)
{
    struct seen *seen = (struct seen *)userdata;
    CHECK(so_far <= total);
    const int count = check_descriptors();
    seen->calls++;
    seen->most = count > seen->most ? count : seen->most;
    return 0;
}

static void download(struct seen *seen)
{
    byteport_client_t *client = client_of(setting("BYTEPORT_HOST"), NULL);
    byteport_download_t *load = byteport_download_new();
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    DONE(byteport_download_set_value(load, setting("BYTEPORT_NAMESPACE"), setting("BYTEPORT_DEVICE"), "object", "latest", &error));
    DONE(byteport_download_set_progress(load, look, seen, NULL, &error));
    DONE(byteport_client_download_to_path(client, load, "object.bin", &error));
    byteport_download_free(load);
    byteport_client_free(client);
}

static void ignore_event(const byteport_outbox_event_t *event, void *userdata)
{
    (void)userdata;
    CHECK(event != NULL);
}

/* What download() loads. */
static void store_object(const byteport_client_t *client)
{
    static uint8_t bytes[100000];
    byteport_reading_t *reading = byteport_reading_new();
    memset(bytes, 'x', sizeof bytes);
    DONE(byteport_reading_set_bytes(reading, "object", bytes, sizeof bytes, &error));
    DONE(byteport_client_store(client, reading, &error));
    byteport_reading_free(reading);
}

/* What a program that is started now has open, besides what this one was started with. */
static void check_a_started_program(const char *program)
{
    int status = 77;
    const pid_t child = fork();
    if (child == 0) {
        execl(program, program, "count", (char *)NULL);
        _exit(1);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* Only the three that every program has, and what the tests were run with, which is not the library's. */
static int count_as_started(void)
{
    const char *expected = getenv("DESCRIPTORS_AT_START");
    int count = 0;
    for (int fd = 0; fd < MOST; fd++) {
        count += fcntl(fd, F_GETFD) >= 0;
    }
    return expected != NULL && atoi(expected) == count ? 0 : 1;
}

int main(int argc, char **argv)
{
    char text[16];
    int at_start = 0;
    if (argc > 1 && equal(argv[1], "count")) {
        return count_as_started();
    }
    for (int fd = 0; fd < MOST; fd++) {
        inherited[fd] = fcntl(fd, F_GETFD) >= 0;
        at_start += inherited[fd];
    }
    snprintf(text, sizeof text, "%d", at_start);
    setenv("DESCRIPTORS_AT_START", text, 1);

    byteport_client_t *client = plain_client(), *secure = tls_client();
    store_object(client);
    store_number(secure, "open", 1);
    CHECK(check_descriptors() >= 2);
    byteport_outbox_options_t *options = byteport_outbox_options_new();
    DONE(byteport_outbox_options_set_callback(options, ignore_event, NULL, NULL, &error));
    DONE(byteport_outbox_options_set_service(options, true, &error));
    byteport_outbox_t *outbox = open_outbox(setting("BYTEPORT_HOST"), "open.outbox", options);
    byteport_outbox_options_free(options);
    put(outbox, "open", 2, BYTEPORT_DURABILITY_SYNCED);
    flush(outbox);
    byteport_broker_t *broker = mqtt_client();
    CHECK(byteport_broker_fd(broker) >= 0);
    const int open = check_descriptors();
    CHECK(open >= 8); /* two sockets, database, its log and index, lock, a socket, two for events, the broker's */
    struct seen loading = {0, 0}, fetching = {0, 0};
    download(&loading);
    use_firmware(look, &fetching);
    CHECK(loading.calls > 0 && loading.most > open && fetching.calls > 0 && fetching.most > open);
    check_a_started_program(argv[0]);

    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    byteport_broker_free(broker);
    close_outbox(outbox, 0);
    byteport_client_free(client);
    byteport_client_free(secure);
    return check_end("descriptors");
}
