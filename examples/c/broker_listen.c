/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * One loop for everything: prints each message that comes for the device, or to a topic or destination, until the input ends,
 * all on one thread. The client's descriptor tells when there is something to print.
 *
 *     cc -std=c99 broker_listen.c -lbyteport -o broker_listen
 *     BYTEPORT_BROKER=... (and the other variables) ./broker_listen [DESTINATION]
 *
 * Exit status: 0 the input has ended, 1 a failure, 2 wrong use.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "example.h"

#include <sys/select.h>
#include <unistd.h>

/* Called by byteport_broker_service() alone, so on the thread of main(). What cannot be printed comes again. */
static int32_t print_message(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    FILE *file = (FILE *)userdata;
    const char *uid = byteport_message_uid(message);
    size_t length = 0;
    const uint8_t *body = byteport_message_body(message, &length);
    fprintf(file, "%s\t", uid != NULL ? uid : byteport_delivery_destination(delivery));
    fwrite(body, 1, length, file);
    fputc('\n', file);
    return fflush(file) == 0 ? BYTEPORT_VERDICT_TAKEN : BYTEPORT_VERDICT_REFUSED;
}

/* Whether the input goes on; what it says is ignored. */
static int has_input(void)
{
    char ignored[256];
    return read(STDIN_FILENO, ignored, sizeof ignored) > 0;
}

static int loop(const byteport_broker_t *broker, byteport_error_t **error)
{
    const int messages = byteport_broker_fd(broker);
    int more = 1;
    while (more > 0) {
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(STDIN_FILENO, &readable);
        FD_SET(messages, &readable);
        if (select(messages + 1, &readable, NULL, NULL, NULL) < 0) {
            return 0;
        }
        if (FD_ISSET(messages, &readable)) {
            more = byteport_broker_service(broker, print_message, stdout, NULL, error) == BYTEPORT_OK ? more : -1;
        }
        if (more > 0 && FD_ISSET(STDIN_FILENO, &readable)) {
            more = has_input();
        }
    }
    return more == 0;
}

int main(int argc, char **argv)
{
    if (argc > 2 || !has_broker_settings()) {
        fputs("usage: broker_listen [DESTINATION], " BROKER_SETTINGS, stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_broker_t *broker = broker_client(&error);
    int done = broker != NULL && byteport_broker_subscribe(broker, argc == 2 ? argv[1] : NULL, &error) == BYTEPORT_OK;
    if (done) {
        puts("listening");
        fflush(stdout);
        done = loop(broker, &error) && byteport_broker_close(broker, 10000, NULL, &error) == BYTEPORT_OK;
    }
    byteport_broker_free(broker);
    return finish("broker_listen", done, NULL, error);
}
