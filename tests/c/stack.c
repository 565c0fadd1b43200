/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Every kind of call, from a thread with a stack of 64 KiB: HTTP and TLS with its first handshake, reading, an outbox, a broker, a
 * download, firmware. The stack is painted before, so that the deepest use can be told: `stack 256` gives it more, and prints.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "citizen.h"

#include <pthread.h>
#include <sys/mman.h>

enum { PROMISED = 64, PAGE = 4096, PAINT = 0xa5 };

static void read_back(void)
{
    byteport_series_t *series = NULL;
    byteport_result_t *result = NULL;
    byteport_series_pages_t *pages = NULL;
    byteport_query_t *query = byteport_query_new();
    byteport_client_t *client = plain_client();
    DONE(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), &error));
    DONE(byteport_client_read_series(client, NULL, NULL, "used", start, start + 1000, &series, &error));
    CHECK(byteport_series_length(series) == 3);
    byteport_series_free(series);
    series = NULL;
    DONE(byteport_query_set_range(query, start, start + 1000, &error));
    DONE(byteport_client_series_pages(client, NULL, NULL, "used", query, &pages, &error));
    DONE(byteport_series_pages_next(pages, &series, &error));
    byteport_series_free(series);
    byteport_series_pages_free(pages);
    byteport_query_free(query);
    DONE(byteport_client_namespaces(client, NULL, &result, &error));
    byteport_result_free(result);
    byteport_client_free(client);
}

static void *use_all(void *argument)
{
    use_client(tls_client());
    use_everything();
    read_back();
    byteport_client_t *nowhere = client_of(setting("BYTEPORT_GONE"), setting("BYTEPORT_KEY"));
    byteport_reading_t *reading = numbered("used", 5);
    REFUSED(BYTEPORT_ERROR_CONNECT, byteport_client_store(nowhere, reading, &error));
    byteport_reading_free(reading);
    byteport_client_free(nowhere);
    return argument;
}

int main(int argc, char **argv)
{
    const size_t size = (size_t)(argc > 1 ? atoi(argv[1]) : PROMISED) * 1024;
    pthread_attr_t attributes;
    pthread_t thread;
    /* Whoever goes beyond the lowest page dies by it. */
    unsigned char *stack =
        (unsigned char *)mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (!CHECK(stack != MAP_FAILED && mprotect(stack, PAGE, PROT_NONE) == 0)) {
        return 1;
    }
    memset(stack + PAGE, PAINT, size);
    pthread_attr_init(&attributes);
    CHECK(pthread_attr_setstack(&attributes, stack + PAGE, size) == 0);
    CHECK(pthread_create(&thread, &attributes, use_all, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    size_t untouched = 0;
    while (untouched < size && stack[PAGE + untouched] == PAINT) {
        untouched++;
    }
    CHECK(untouched > 0);
    if (argc > 1) {
        printf("%lu bytes\n", (unsigned long)(size - untouched));
    }
    munmap(stack, size + PAGE);
    return check_end("stack");
}
