/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The peer: stores N small readings through libcurl's easy interface, one handle reused.
 * usage: store_curl HOST:PORT N */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>

#include "measure.h"

static size_t discard(char *data, size_t size, size_t count, void *userdata) {
    (void)data;
    (void)userdata;
    return size * count;
}

static int store(CURL *curl, long i) {
    char form[256];
    snprintf(form, sizeof form, "_key=f00b4s3cretk3y&_ts=1410613385.%06ld&number=%ld&temp=20.25&state=rolling", i % 1000000, i);
    curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, form);
    long status = 0;
    return curl_easy_perform(curl) == CURLE_OK &&
           curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK && status == 200;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    long calls = strtol(argv[2], NULL, 10);
    char url[256];
    snprintf(url, sizeof url, "http://%s/api/v1/timeseries/myownspace/barDev1/", argv[1]);
    curl_global_init(CURL_GLOBAL_ALL);
    CURL *curl = curl_easy_init();
    if (!curl) return 1;
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, 10000L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* as libbyteport, which calls a loopback host directly */
    if (!store(curl, 0)) return 1;
    struct measure start = measure_now();
    for (long i = 1; i <= calls; i++) {
        if (!store(curl, i)) return 1;
    }
    measure_print(start, calls);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return 0;
}
