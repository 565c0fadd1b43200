/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * A client is made and used, then the process forks: parent and child both go on with it, each on a connection of its own,
 * and both free it.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "check.h"

#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5 };

static const int64_t start = INT64_C(1430438400000000);

static void store(const byteport_client_t *client, int64_t number)
{
    byteport_reading_t *reading = byteport_reading_new();
    CHECK(byteport_reading_set_timestamp(reading, start + number, NULL) == BYTEPORT_OK);
    CHECK(byteport_reading_set_integer(reading, "forked", number, NULL) == BYTEPORT_OK);
    CHECK(byteport_client_store(client, reading, NULL) == BYTEPORT_OK);
    byteport_reading_free(reading);
}

int main(void)
{
    byteport_client_t *client = new_client(setting("BYTEPORT_HOST"), setting("BYTEPORT_NAMESPACE"),
                                           setting("BYTEPORT_KEY"), setting("BYTEPORT_DEVICE"), BYTEPORT_METHOD_POST);
    store(client, 0);
    pid_t child = fork();
    for (int i = 1; i <= ROUNDS; i++) {
        store(client, child == 0 ? 2 * i : 2 * i - 1);
    }
    if (child == 0) {
        byteport_client_free(client);
        return checks_failed == 0 ? 0 : 1;
    }
    int status = 77;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    byteport_series_t *series = NULL;
    CHECK(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), NULL) == BYTEPORT_OK);
    CHECK(byteport_client_read_series(client, NULL, NULL, "forked", start, start + 1000, &series, NULL) == BYTEPORT_OK);
    CHECK(byteport_series_length(series) == 2 * ROUNDS + 1);
    byteport_series_free(series);
    byteport_client_free(client);
    return check_end("fork");
}
