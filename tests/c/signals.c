/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The library leaves alone what belongs to the whole process: signal handlers, the signal mask, the alternate stack, the folder,
 * the locale, the environment. Its threads take no signal. A connection that the other side has broken raises no SIGPIPE, and
 * that this would end the program is seen from a child that writes to the same server by itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif

#include "citizen.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <locale.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* What is done at a signal, without the bytes that the C library leaves as they happen to be. */
struct action {
    void (*handler)(int);
    int flags;
    unsigned char mask[65];
};

struct state {
    struct action actions[65];
    sigset_t mask;
    stack_t stack;
    mode_t umask;
    char folder[4096], locale[256];
    size_t variables;
};

static void look(struct state *state)
{
    memset(state, 0, sizeof *state);
    for (int number = 1; number <= 64; number++) {
        struct sigaction found;
        struct action *action = &state->actions[number];
        if (sigaction(number, NULL, &found) == 0) { /* two are the C library's own */
            action->handler = found.sa_handler;
            action->flags = found.sa_flags;
            for (int other = 1; other <= 64; other++) {
                action->mask[other] = sigismember(&found.sa_mask, other) == 1;
            }
        }
    }
    pthread_sigmask(SIG_SETMASK, NULL, &state->mask);
    sigaltstack(NULL, &state->stack);
    state->umask = umask(0);
    umask(state->umask);
    CHECK(getcwd(state->folder, sizeof state->folder) != NULL);
    snprintf(state->locale, sizeof state->locale, "%s", setlocale(LC_ALL, NULL));
    for (char **variable = environ; *variable != NULL; variable++) {
        state->variables = state->variables * 31 + strlen(*variable);
    }
}

static int lookups, unguarded;

/* In place of the C library's: looks whether signals are blocked where the library calls it, which is a thread of its own. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    typedef int (*function)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    function real;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    lookups++;
    unguarded += !sigismember(&mask, SIGINT) || !sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGALRM);
    return real(node, service, hints, found);
}

/* Takes connections, and breaks each as soon as something comes: one by a reset, the next by closing what is not read. */
static void *break_all(void *argument)
{
    const int listener = *(const int *)argument;
    for (int round = 0;; round++) {
        const int connection = accept(listener, NULL, NULL);
        if (connection < 0) {
            return NULL;
        }
        char byte;
        const struct linger at_once = {round % 2, 0};
        if (recv(connection, &byte, 1, 0) == 1 && round % 2 == 0) {
            shutdown(connection, SHUT_WR); /* so that it has ended in good order when it breaks */
        }
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(connection);
    }
}

static int start_breaker(pthread_t *thread, int *listener, char *address, size_t size)
{
    struct sockaddr_in place;
    socklen_t length = sizeof place;
    memset(&place, 0, sizeof place);
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *listener = socket(AF_INET, SOCK_STREAM, 0);
    if (!CHECK(*listener >= 0 && bind(*listener, (const struct sockaddr *)&place, sizeof place) == 0 &&
               listen(*listener, 16) == 0 && getsockname(*listener, (struct sockaddr *)&place, &length) == 0)) {
        return 0;
    }
    snprintf(address, size, "127.0.0.1:%d", ntohs(place.sin_port));
    return CHECK(pthread_create(thread, NULL, break_all, listener) == 0) ? ntohs(place.sin_port) : 0;
}

/* A child that writes as nobody should: it must end by SIGPIPE. */
static void check_that_it_is_deadly(int port)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        struct sockaddr_in place;
        memset(&place, 0, sizeof place);
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        place.sin_port = htons((uint16_t)port);
        for (int i = 0; i < 1000; i++) {
            const int connection = socket(AF_INET, SOCK_STREAM, 0);
            if (connect(connection, (const struct sockaddr *)&place, sizeof place) == 0) {
                static const char bytes[65536] = "";
                for (int j = 0, failed = 0; j < 64 && failed < 3; j++) {
                    failed += write(connection, bytes, sizeof bytes) < 0;
                }
            }
            close(connection);
        }
        _exit(0);
    }
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
}

static void store_broken(const char *host, bool https, const byteport_reading_t *reading)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    DONE(byteport_options_set_host(options, host, &error));
    DONE(byteport_options_set_https(options, https, &error));
    DONE(byteport_options_set_namespace(options, "ns", &error));
    DONE(byteport_options_set_key(options, "k", &error));
    DONE(byteport_options_set_device(options, "dev", &error));
    DONE(byteport_options_set_no_proxy(options, &error));
    DONE(byteport_client_new(options, &client, &error));
    byteport_options_free(options);
    for (int i = 0; i < 4; i++) {
        REFUSED(BYTEPORT_ERROR_DISCONNECTED, byteport_client_store(client, reading, &error));
    }
    byteport_client_free(client);
}

static void write_to_the_broken(const char *host)
{
    static const uint8_t bytes[1000000] = {0};
    byteport_reading_t *reading = byteport_reading_new();
    DONE(byteport_reading_set_bytes(reading, "blob", bytes, sizeof bytes, &error));
    store_broken(host, false, reading);
    store_broken(host, true, reading);
    byteport_reading_free(reading);
    byteport_outbox_t *outbox = open_outbox(host, "broken.outbox", NULL);
    put(outbox, "lost", 1, BYTEPORT_DURABILITY_DISK);
    uint64_t kept = 0;
    DONE(byteport_outbox_flush(outbox, 300, NULL, &kept, &error));
    CHECK(kept == 1);
    close_outbox(outbox, 1);
    char url[64];
    byteport_broker_options_t *options = NULL;
    byteport_broker_t *broker = NULL;
    snprintf(url, sizeof url, "mqtt://%s", host);
    DONE(byteport_broker_options_from_url(url, &options, &error));
    DONE(byteport_broker_options_set_login(options, "l", "p", &error));
    DONE(byteport_broker_options_set_namespace(options, "ns", &error));
    DONE(byteport_broker_options_set_device(options, "dev", &error));
    DONE(byteport_broker_open(options, &broker, &error));
    CHECK(byteport_broker_wait_open(broker, 500, NULL) != BYTEPORT_OK);
    DONE(byteport_broker_close(broker, LONG, NULL, &error));
    byteport_broker_free(broker);
    byteport_broker_options_free(options);
}

int main(void)
{
    struct state *states = (struct state *)calloc(2, sizeof *states);
    char host[32] = "";
    int listener = -1;
    pthread_t breaker;
    look(&states[0]);
    CHECK(states[0].actions[SIGPIPE].handler == SIG_DFL);
    use_everything();
    const int port = start_breaker(&breaker, &listener, host, sizeof host);
    check_that_it_is_deadly(port);
    write_to_the_broken(host);
    look(&states[1]);
    CHECK(memcmp(states[0].actions, states[1].actions, sizeof states[0].actions) == 0);
    CHECK(memcmp(&states[0].mask, &states[1].mask, sizeof states[0].mask) == 0);
    CHECK(memcmp(&states[0].stack, &states[1].stack, sizeof states[0].stack) == 0);
    CHECK(states[0].umask == states[1].umask && states[0].variables == states[1].variables);
    CHECK(equal(states[0].folder, states[1].folder) && equal(states[0].locale, states[1].locale));
    CHECK(lookups > 0 && unguarded == 0);
    free(states);
    shutdown(listener, SHUT_RDWR);
    pthread_join(breaker, NULL);
    close(listener);
    return check_end("signals");
}
