/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Makes a client from a file with a setting on each line, its name and its value, and tells the service that its device lives.
 *
 *     cc -std=c99 options.c -lbyteport -o options
 *     ./options FILE
 *
 * For example:     host api.byteport.se
 *                  namespace my_garage
 *                  key ...
 *                  device box-1
 *                  proxy socks5://user:password@proxy.example.org:1080
 *                  timeout_ms 5000
 *
 * Exit status: 0 the service knows, 1 not, 2 wrong use.
 */
#include "example.h"

static byteport_status_t set_text(byteport_options_t *options, const char *name, const char *value, byteport_error_t **error)
{
    if (strcmp(name, "host") == 0) {
        return byteport_options_set_host(options, value, error);
    } else if (strcmp(name, "namespace") == 0) {
        return byteport_options_set_namespace(options, value, error);
    } else if (strcmp(name, "key") == 0) {
        return byteport_options_set_key(options, value, error);
    } else if (strcmp(name, "device") == 0) {
        return byteport_options_set_device(options, value, error);
    } else if (strcmp(name, "ca_file") == 0) {
        return byteport_options_set_ca_file(options, value, error);
    } else if (strcmp(name, "client_cert") == 0) {
        return byteport_options_set_client_cert(options, value, error);
    } else if (strcmp(name, "proxy") == 0) {
        return strcmp(value, "none") == 0 ? byteport_options_set_no_proxy(options, error)
                                          : byteport_options_set_proxy(options, value, error);
    }
    return UNKNOWN_SETTING;
}

static byteport_status_t set_number(byteport_options_t *options, const char *name, uint64_t value, byteport_error_t **error)
{
    if (strcmp(name, "https") == 0) {
        return byteport_options_set_https(options, value != 0, error);
    } else if (strcmp(name, "connect_timeout_ms") == 0) {
        return byteport_options_set_connect_timeout_ms(options, (uint32_t)value, error);
    } else if (strcmp(name, "timeout_ms") == 0) {
        return byteport_options_set_timeout_ms(options, (uint32_t)value, error);
    } else if (strcmp(name, "max_answer") == 0) {
        return byteport_options_set_max_answer(options, value, error);
    } else if (strcmp(name, "store_by_get") == 0) {
        return byteport_options_set_store_method(options, value != 0 ? BYTEPORT_METHOD_GET : BYTEPORT_METHOD_POST, error);
    }
    return UNKNOWN_SETTING;
}

static byteport_status_t set(void *options, const char *name, const char *value, byteport_error_t **error)
{
    uint64_t number = 0;
    byteport_status_t status = set_text((byteport_options_t *)options, name, value, error);
    if (status == UNKNOWN_SETTING && read_number(value, &number) && number <= UINT32_MAX) {
        status = set_number((byteport_options_t *)options, name, number, error);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: options FILE\n", stderr);
        return 2;
    }
    byteport_error_t *error = NULL;
    byteport_client_t *client = NULL;
    byteport_options_t *options = byteport_options_new();
    int done = read_settings(argv[1], set, options, &error) &&
               byteport_client_new(options, &client, &error) == BYTEPORT_OK &&
               byteport_client_heartbeat(client, NULL, &error) == BYTEPORT_OK;
    byteport_options_free(options);
    return finish("options", done, client, error);
}
