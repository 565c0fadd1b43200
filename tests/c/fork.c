/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * A client is made and used, then the process forks: parent and child both go on with it, each on a connection of its own,
 * and both free it. Which connections a process has is read from /proc: the kernel numbers every socket.
 */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include "check.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 5, MAX_SOCKETS = 64 };

static const int64_t start = INT64_C(1430438400000000);

struct sockets {
    unsigned long numbers[MAX_SOCKETS];
    size_t count;
};

/* The sockets that this process has open. */
static struct sockets open_sockets(void)
{
    struct sockets found = {{0}, 0};
    DIR *folder = opendir("/proc/self/fd");
    if (!CHECK(folder != NULL)) {
        return found;
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char text[64] = "";
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, text, sizeof text - 1);
        unsigned long number = 0;
        if (length > 0 && sscanf(text, "socket:[%lu]", &number) == 1 && CHECK(found.count < MAX_SOCKETS)) {
            found.numbers[found.count++] = number;
        }
    }
    closedir(folder);
    return found;
}

/* How many of the sockets are not among the others. */
static size_t count_new(const struct sockets *sockets, const struct sockets *others)
{
    size_t count = 0;
    for (size_t i = 0; i < sockets->count; i++) {
        size_t j = 0;
        while (j < others->count && others->numbers[j] != sockets->numbers[i]) {
            j++;
        }
        count += j == others->count;
    }
    return count;
}

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
    const struct sockets without = open_sockets();
    byteport_client_t *client = new_client(setting("BYTEPORT_HOST"), setting("BYTEPORT_NAMESPACE"),
                                           setting("BYTEPORT_KEY"), setting("BYTEPORT_DEVICE"), BYTEPORT_METHOD_POST);
    store(client, 0);
    const struct sockets before = open_sockets();
    CHECK(count_new(&before, &without) == 1); /* the kept connection */
    pid_t child = fork();
    for (int i = 1; i <= ROUNDS; i++) {
        store(client, child == 0 ? 2 * i : 2 * i - 1);
    }
    const struct sockets after = open_sockets();
    if (child == 0) {
        CHECK(count_new(&after, &before) == 1); /* one that it did not inherit */
        byteport_client_free(client);
        return checks_failed == 0 ? 0 : 1;
    }
    CHECK(count_new(&after, &before) == 0 && count_new(&before, &after) == 0); /* the old one, and still that */
    int status = 77;
    CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
    store(client, 2 * ROUNDS + 1); /* the child has freed its client, and the parent's connection lives */
    const struct sockets end = open_sockets();
    CHECK(count_new(&end, &before) == 0 && count_new(&before, &end) == 0);
    byteport_series_t *series = NULL;
    CHECK(byteport_client_login(client, setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"), NULL) == BYTEPORT_OK);
    CHECK(byteport_client_read_series(client, NULL, NULL, "forked", start, start + 1000, &series, NULL) == BYTEPORT_OK);
    CHECK(byteport_series_length(series) == 2 * ROUNDS + 2);
    byteport_series_free(series);
    byteport_client_free(client);
    return check_end("fork");
}
