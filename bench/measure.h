/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Wall-clock and CPU time of a loop, printed as one line of JSON. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

struct measure {
    double wall, cpu;
};

static inline struct measure measure_now(void) {
    struct timespec wall;
    struct rusage used;
    clock_gettime(CLOCK_MONOTONIC, &wall);
    getrusage(RUSAGE_SELF, &used);
    struct measure now;
    now.wall = (double)wall.tv_sec + (double)wall.tv_nsec / 1e9;
    now.cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
              (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    return now;
}

/* The peak since exec; getrusage's figure holds the parent's, too. */
static inline long measure_peak_kib(void) {
    char line[128];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && !peak && fgets(line, sizeof line, status)) {
        if (strncmp(line, "VmHWM:", 6) == 0) peak = strtol(line + 6, NULL, 10);
    }
    if (status) fclose(status);
    return peak;
}

static inline void measure_print(struct measure start, long calls) {
    struct measure end = measure_now();
    printf("{\"calls\": %ld, \"wall\": %f, \"cpu\": %f, \"rss_kib\": %ld}\n", calls, end.wall - start.wall,
           end.cpu - start.cpu, measure_peak_kib());
}

#endif
