/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The peer: the same with paho's asynchronous C client, which has a window of its own.
 * usage: broker_paho HOST:PORT USER PASSWORD N WINDOW */
#define _POSIX_C_SOURCE 200809L
#include <MQTTAsync.h>
#include <pthread.h>

#include "measure.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long acknowledged;
static int is_open, has_failed;

static void opened(void *context, MQTTAsync_successData *data) {
    (void)context;
    (void)data;
    pthread_mutex_lock(&lock);
    is_open = 1;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void failed(void *context, MQTTAsync_failureData *data) {
    (void)context;
    (void)data;
    pthread_mutex_lock(&lock);
    has_failed = 1;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

static void acknowledge(void *context, MQTTAsync_successData *data) {
    (void)context;
    (void)data;
    pthread_mutex_lock(&lock);
    acknowledged++;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

/* Waits until no more than this many of those sent are unacknowledged. */
static int wait_for(long sent, long window) {
    pthread_mutex_lock(&lock);
    while (!has_failed && sent - acknowledged > window) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return !has_failed;
}

static int connect_to(MQTTAsync client, char **argv, long window) {
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    char user[256];
    snprintf(user, sizeof user, "/:%s", argv[2]);
    options.username = user;
    options.password = argv[3];
    options.cleansession = 1;
    options.maxInflight = (int)window;
    options.onSuccess = opened;
    options.onFailure = failed;
    if (MQTTAsync_connect(client, &options) != MQTTASYNC_SUCCESS) return 0;
    pthread_mutex_lock(&lock);
    while (!is_open && !has_failed) pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
    return is_open;
}

int main(int argc, char **argv) {
    if (argc != 6) return 2;
    long calls = strtol(argv[4], NULL, 10), window = strtol(argv[5], NULL, 10);
    char uri[128];
    snprintf(uri, sizeof uri, "tcp://%s", argv[1]);
    MQTTAsync client;
    MQTTAsync_createOptions creation = MQTTAsync_createOptions_initializer;
    creation.maxBufferedMessages = (int)window;
    int made = MQTTAsync_createWithOptions(&client, uri, "bench-paho-c", MQTTCLIENT_PERSISTENCE_NONE, NULL, &creation);
    if (made != MQTTASYNC_SUCCESS || !connect_to(client, argv, window)) return 1;
    MQTTAsync_responseOptions answer = MQTTAsync_responseOptions_initializer;
    answer.onSuccess = acknowledge;
    answer.onFailure = failed;
    struct measure start = measure_now();
    for (long i = 1; i <= calls; i++) {
        char payload[64];
        int length = snprintf(payload, sizeof payload, "number=%ld;temp=20.25;state=rolling;", i);
        MQTTAsync_responseOptions each = answer;
        if (!wait_for(i, window)) return 1;
        if (MQTTAsync_send(client, "bench", length, payload, 1, 0, &each) != MQTTASYNC_SUCCESS) return 1;
    }
    if (!wait_for(calls, 0)) return 1;
    measure_print(start, calls);
    MQTTAsync_destroy(&client);
    return 0;
}
