/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * dlopen(), use, dlclose(), time and again, from this thread and from threads that end: with an outbox that is freed without being
 * closed, so that its threads are about to end, and while a thread of the library is still at work. The program does not link
 * the library. It stays where it was loaded: nothing crashes, and neither mappings nor descriptors grow.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "citizen.h"

#include <dlfcn.h>
#include <pthread.h>

enum { ROUNDS = 30 };

/* Looks a function up in the library, and gives it its type. */
#define FUNCTION(result, name, ...)                                                                                    \
    result (*name)(__VA_ARGS__);                                                                                       \
    *(void **)&name = dlsym(library, "byteport_" #name);                                                               \
    CHECK(name != NULL)

static void *load(void)
{
    void *library = dlopen(setting("BYTEPORT_LIBRARY"), RTLD_NOW | RTLD_LOCAL);
    if (!CHECK(library != NULL)) {
        fprintf(stderr, "  %s\n", dlerror());
        exit(1);
    }
    return library;
}

static byteport_client_t *load_client(void *library, const char *host)
{
    FUNCTION(byteport_options_t *, options_new, void);
    FUNCTION(void, options_free, byteport_options_t *);
    FUNCTION(byteport_status_t, options_set_host, byteport_options_t *, const char *, byteport_error_t **);
    FUNCTION(byteport_status_t, options_set_namespace, byteport_options_t *, const char *, byteport_error_t **);
    FUNCTION(byteport_status_t, options_set_key, byteport_options_t *, const char *, byteport_error_t **);
    FUNCTION(byteport_status_t, options_set_device, byteport_options_t *, const char *, byteport_error_t **);
    FUNCTION(byteport_status_t, client_new, const byteport_options_t *, byteport_client_t **, byteport_error_t **);
    byteport_client_t *client = NULL;
    byteport_options_t *options = options_new();
    CHECK(options_set_host(options, host, NULL) == BYTEPORT_OK);
    CHECK(options_set_namespace(options, setting("BYTEPORT_NAMESPACE"), NULL) == BYTEPORT_OK);
    CHECK(options_set_key(options, setting("BYTEPORT_KEY"), NULL) == BYTEPORT_OK);
    CHECK(options_set_device(options, setting("BYTEPORT_DEVICE"), NULL) == BYTEPORT_OK);
    CHECK(client_new(options, &client, NULL) == BYTEPORT_OK);
    options_free(options);
    return client;
}

/* Stores by a client, which looks a name up in a thread, and puts into an outbox, which is freed with its threads at work. */
static void use(void *library, const char *path)
{
    FUNCTION(void, client_free, byteport_client_t *);
    FUNCTION(byteport_status_t, client_store, const byteport_client_t *, const byteport_reading_t *, byteport_error_t **);
    FUNCTION(byteport_reading_t *, reading_new, void);
    FUNCTION(void, reading_free, byteport_reading_t *);
    FUNCTION(byteport_status_t, outbox_open, const byteport_client_t *, const char *, const byteport_outbox_options_t *,
             byteport_outbox_t **, byteport_error_t **);
    FUNCTION(byteport_status_t, outbox_enqueue, const byteport_outbox_t *, const byteport_reading_t *, int32_t, uint64_t *,
             byteport_durability_t *, byteport_error_t **);
    FUNCTION(byteport_status_t, outbox_close, const byteport_outbox_t *, uint32_t, uint64_t *, uint64_t *, uint64_t *,
             byteport_error_t **);
    FUNCTION(void, outbox_free, byteport_outbox_t *);
    byteport_outbox_t *outbox = NULL;
    byteport_client_t *client = load_client(library, by_name(setting("BYTEPORT_HOST")));
    byteport_reading_t *reading = reading_new();
    CHECK(client_store(client, reading, NULL) == BYTEPORT_OK);
    CHECK(outbox_open(client, path, NULL, &outbox, NULL) == BYTEPORT_OK);
    CHECK(outbox_enqueue(outbox, reading, BYTEPORT_DURABILITY_MEMORY, NULL, NULL, NULL) == BYTEPORT_OK);
    static int round;
    if (__atomic_add_fetch(&round, 1, __ATOMIC_SEQ_CST) % 2 == 0) {
        CHECK(outbox_close(outbox, LONG, NULL, NULL, NULL, NULL) == BYTEPORT_OK);
    }
    outbox_free(outbox);
    reading_free(reading);
    client_free(client);
}

static void *round_in_a_thread(void *argument)
{
    char path[64];
    snprintf(path, sizeof path, "unload-%d.outbox", *(const int *)argument);
    void *library = load();
    use(library, path);
    CHECK(dlclose(library) == 0);
    return NULL;
}

static int mappings(void)
{
    int count = 0;
    char line[4096];
    FILE *file = fopen("/proc/self/maps", "re");
    while (fgets(line, sizeof line, file) != NULL) {
        count += strstr(line, "libbyteport") != NULL;
    }
    fclose(file);
    return count;
}

int main(void)
{
    int number = 0, at_first = 0;
    CHECK(mappings() == 0);
    for (; number < ROUNDS; number++) {
        pthread_t thread;
        if (number % 2 == 0) {
            round_in_a_thread(&number);
        } else if (CHECK(pthread_create(&thread, NULL, round_in_a_thread, &number) == 0)) {
            pthread_join(thread, NULL);
        }
        at_first = number == 0 ? mappings() : at_first;
    }
    CHECK(at_first > 0 && mappings() == at_first);
    return check_end("unload");
}
