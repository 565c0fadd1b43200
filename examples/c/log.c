/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Two kinds of log: the service's, to which this program stores a message at each of the four levels, and the library's own
 * messages, which this program prints to standard error.
 *
 *     cc -std=c99 log.c -lbyteport -o log
 *     BYTEPORT_HOST=... BYTEPORT_NAMESPACE=... BYTEPORT_KEY=... BYTEPORT_DEVICE=... ./log MESSAGE
 *
 * Exit status: 0 stored, 1 not stored, 2 wrong use.
 */
#include <stdio.h>
#include <stdlib.h>

#include <byteport.h>

/* What the callback works with: where to print to, and how many lines it has printed. */
struct printer {
    FILE *file;
    unsigned long lines;
};

/* This program has one thread, so nothing needs to be locked here. */
static void print_message(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    static const char *const names[] = {"off", "error", "warn", "info", "debug"};
    struct printer *printer = (struct printer *)userdata;
    fprintf(printer->file, "%s %s: %s\n", level <= BYTEPORT_LOG_DEBUG ? names[level] : "?", target, message);
    printer->lines++;
}

static void end_printer(void *userdata)
{
    struct printer *printer = (struct printer *)userdata;
    fprintf(printer->file, "%lu messages\n", printer->lines);
    free(printer);
}

static int start_printer(FILE *file, byteport_error_t **error)
{
    struct printer *printer = (struct printer *)malloc(sizeof *printer);
    if (printer == NULL) {
        return 0;
    }
    printer->file = file;
    printer->lines = 0;
    if (byteport_log_set(BYTEPORT_LOG_DEBUG, print_message, printer, end_printer, error) != BYTEPORT_OK) {
        free(printer); /* it was not taken over */
        return 0;
    }
    return 1;
}

static int store_messages(const byteport_client_t *client, const char *message, byteport_error_t **error)
{
    return byteport_client_log(client, BYTEPORT_LOG_DEBUG, message, NULL, error) == BYTEPORT_OK &&
           byteport_client_log(client, BYTEPORT_LOG_INFO, message, NULL, error) == BYTEPORT_OK &&
           byteport_client_log(client, BYTEPORT_LOG_WARN, message, NULL, error) == BYTEPORT_OK &&
           byteport_client_log(client, BYTEPORT_LOG_ERROR, message, NULL, error) == BYTEPORT_OK;
}

int main(int argc, char **argv)
{
    const char *host = getenv("BYTEPORT_HOST");
    const char *name_space = getenv("BYTEPORT_NAMESPACE");
    const char *key = getenv("BYTEPORT_KEY");
    const char *device = getenv("BYTEPORT_DEVICE");
    if (argc != 2 || host == NULL || name_space == NULL || key == NULL || device == NULL) {
        fputs("usage: log MESSAGE, with BYTEPORT_HOST, _NAMESPACE, _KEY and _DEVICE set\n", stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int stored = start_printer(stderr, &error) &&
                 byteport_options_set_host(options, host, &error) == BYTEPORT_OK &&
                 byteport_options_set_namespace(options, name_space, &error) == BYTEPORT_OK &&
                 byteport_options_set_key(options, key, &error) == BYTEPORT_OK &&
                 byteport_options_set_device(options, device, &error) == BYTEPORT_OK &&
                 byteport_client_new(options, &client, &error) == BYTEPORT_OK &&
                 store_messages(client, argv[1], &error);
    if (!stored) {
        fprintf(stderr, "log: %s\n", error != NULL ? byteport_error_message(error) : "out of memory");
    }
    byteport_error_free(error);
    byteport_client_free(client);
    byteport_options_free(options);
    /* frees the printer */
    int stopped = byteport_log_set(BYTEPORT_LOG_OFF, NULL, NULL, NULL, NULL) == BYTEPORT_OK;
    return stored && stopped ? 0 : 1;
}
