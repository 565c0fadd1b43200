/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The threads of this process, as Linux tells of them. For programs whose first thread is not the library's. */
#ifndef BENCH_TASKS_H
#define BENCH_TASKS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A number in a file of /proc, in the line that begins with the name. */
static inline long number_in(const char *file, const char *name) {
    char line[128];
    long value = 0;
    FILE *status = fopen(file, "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
    }
    if (status) fclose(status);
    return value;
}

/* How often the threads but the first went to wait; for each time but its first, something had woken a thread. Gives how many
 * threads there are, the first counted. */
static inline long waits_of_others(long *threads) {
    long waits = 0, first = (long)getpid();
    DIR *tasks = opendir("/proc/self/task");
    *threads = 0;
    for (struct dirent *task = tasks ? readdir(tasks) : NULL; task; task = readdir(tasks)) {
        char file[300];
        if (task->d_name[0] == '.') continue;
        ++*threads;
        snprintf(file, sizeof file, "/proc/self/task/%s/status", task->d_name);
        if (strtol(task->d_name, NULL, 10) != first) waits += number_in(file, "voluntary_ctxt_switches:");
    }
    if (tasks) closedir(tasks);
    return waits;
}

#endif
