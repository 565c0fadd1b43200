/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the examples share: a client that is logged in, that stores as a device, or that a broker has let in; reading lines,
 * numbers and files of settings; printing an answer.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <byteport.h>

#define EXAMPLE_SETTINGS "with BYTEPORT_HOST, BYTEPORT_USER and BYTEPORT_PASSWORD set\n"

/* Whether everything that log_in() needs is in the environment. */
static inline int has_settings(void)
{
    return getenv("BYTEPORT_HOST") != NULL && getenv("BYTEPORT_USER") != NULL && getenv("BYTEPORT_PASSWORD") != NULL;
}

/* A client that is logged in, or NULL with the reason in `error`. */
static inline byteport_client_t *log_in(byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = byteport_options_set_host(options, getenv("BYTEPORT_HOST"), error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    if (done && byteport_client_login(client, getenv("BYTEPORT_USER"), getenv("BYTEPORT_PASSWORD"), error) == BYTEPORT_OK) {
        return client;
    }
    byteport_client_free(client);
    return NULL;
}

#define DEVICE_SETTINGS "with BYTEPORT_HOST, BYTEPORT_NAMESPACE, BYTEPORT_KEY and BYTEPORT_DEVICE set\n"

/* Whether everything that device_client() needs is in the environment. */
static inline int has_device_settings(void)
{
    return getenv("BYTEPORT_HOST") != NULL && getenv("BYTEPORT_NAMESPACE") != NULL && getenv("BYTEPORT_KEY") != NULL &&
           getenv("BYTEPORT_DEVICE") != NULL;
}

/* A client that stores as a device, or NULL with the reason in `error`. */
static inline byteport_client_t *device_client(byteport_error_t **error)
{
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = byteport_options_set_host(options, getenv("BYTEPORT_HOST"), error) == BYTEPORT_OK &&
               byteport_options_set_namespace(options, getenv("BYTEPORT_NAMESPACE"), error) == BYTEPORT_OK &&
               byteport_options_set_key(options, getenv("BYTEPORT_KEY"), error) == BYTEPORT_OK &&
               byteport_options_set_device(options, getenv("BYTEPORT_DEVICE"), error) == BYTEPORT_OK &&
               byteport_client_new(options, &client, error) == BYTEPORT_OK;
    byteport_options_free(options);
    return done ? client : NULL;
}

#define BROKER_SETTINGS                                                                                                \
    "with BYTEPORT_BROKER (such as mqtts://HOST), BYTEPORT_BROKER_LOGIN, BYTEPORT_BROKER_PASSWORD, BYTEPORT_NAMESPACE\n"   \
    "and BYTEPORT_DEVICE set, and BYTEPORT_BROKER_CA where the broker's authority is not one of the system's\n"

/* Whether everything that broker_client() needs is in the environment. */
static inline int has_broker_settings(void)
{
    return getenv("BYTEPORT_BROKER") != NULL && getenv("BYTEPORT_BROKER_LOGIN") != NULL &&
           getenv("BYTEPORT_BROKER_PASSWORD") != NULL && getenv("BYTEPORT_NAMESPACE") != NULL &&
           getenv("BYTEPORT_DEVICE") != NULL;
}

/* The environment's settings for a broker, or NULL with the reason in `error`. */
static inline byteport_broker_options_t *broker_options(byteport_error_t **error)
{
    const char *ca = getenv("BYTEPORT_BROKER_CA"), *login = getenv("BYTEPORT_BROKER_LOGIN");
    byteport_broker_options_t *options = NULL;
    if (byteport_broker_options_from_url(getenv("BYTEPORT_BROKER"), &options, error) == BYTEPORT_OK &&
        byteport_broker_options_set_login(options, login, getenv("BYTEPORT_BROKER_PASSWORD"), error) == BYTEPORT_OK &&
        byteport_broker_options_set_namespace(options, getenv("BYTEPORT_NAMESPACE"), error) == BYTEPORT_OK &&
        byteport_broker_options_set_device(options, getenv("BYTEPORT_DEVICE"), error) == BYTEPORT_OK &&
        (ca == NULL || byteport_broker_options_set_ca_file(options, ca, error) == BYTEPORT_OK)) {
        return options;
    }
    byteport_broker_options_free(options);
    return NULL;
}

/* A client that a broker has let in as a device, or NULL with the reason in `error`. */
static inline byteport_broker_t *broker_client(byteport_error_t **error)
{
    byteport_broker_t *broker = NULL;
    byteport_broker_options_t *options = broker_options(error);
    int done = options != NULL && byteport_broker_open(options, &broker, error) == BYTEPORT_OK &&
               byteport_broker_wait_open(broker, 30000, error) == BYTEPORT_OK;
    byteport_broker_options_free(options);
    if (done) {
        return broker;
    }
    byteport_broker_free(broker);
    return NULL;
}

/* Reads a line without its end; 0 at the end of the input. What does not fit is the next line. */
static inline int read_line(char *line, size_t size, FILE *file)
{
    if (fgets(line, (int)size, file) == NULL) {
        return 0;
    }
    line[strcspn(line, "\n")] = '\0';
    return 1;
}

/* Whether a text is a whole number, which is put into `number`. */
static inline int read_number(const char *text, uint64_t *number)
{
    char *end = NULL;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

#define UNKNOWN_SETTING ((byteport_status_t)-1)

/* Sets one setting; UNKNOWN_SETTING where there is none of that name, or its value is no number where it has to be one. */
typedef byteport_status_t (*set_t)(void *options, const char *name, const char *value, byteport_error_t **error);

/* Sets what is in a file: a name and a value on each line; those that begin with # say nothing. Tells which line is wrong. */
static inline int read_settings(const char *path, set_t set, void *options, byteport_error_t **error)
{
    char line[512], name[64];
    int value = 0;
    byteport_status_t status = BYTEPORT_OK;
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "%s cannot be read\n", path);
        return 0;
    }
    for (int number = 1; status == BYTEPORT_OK && read_line(line, sizeof line, file); number++) {
        if (sscanf(line, " %63[^# \t] %n", name, &value) == 1) {
            status = set(options, name, line + value, error);
        }
        if (status != BYTEPORT_OK) { /* the value may be a secret */
            fprintf(stderr, "%s:%d: the setting %s is wrong\n", path, number, name);
        }
    }
    fclose(file);
    return status == BYTEPORT_OK;
}

/* Prints an answer behind a word, if there is one, and frees it. */
static inline int print_answer(const char *what, byteport_status_t status, byteport_result_t **answer)
{
    if (status != BYTEPORT_OK) {
        return 0;
    }
    printf("%s\t%s\n", what, byteport_result_json(*answer));
    byteport_result_free(*answer);
    *answer = NULL;
    return 1;
}

/* The end of a program: says what failed, frees, and gives the exit status. */
static inline int finish(const char *name, int done, byteport_client_t *client, byteport_error_t *error)
{
    if (!done) {
        fprintf(stderr, "%s: %s\n", name, error != NULL ? byteport_error_message(error) : "failed");
    }
    byteport_error_free(error);
    byteport_client_free(client);
    return done && fflush(stdout) == 0 ? 0 : 1;
}

#endif
