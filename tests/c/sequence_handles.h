/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What a sequence has at hand: its input, the handles that live, and what the call that runs needs until it has returned.
 */
#ifndef SEQUENCE_HANDLES_H
#define SEQUENCE_HANDLES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTEPORT_NO_ATTRIBUTES /* NULL is passed on purpose */
#include <byteport.h>

#include "sequence_nouns.h"
#include "sequence_peer.h"

enum { DEEP = 3, SCRATCH = 64, MOST_CALLS = 64, MOST_TOKENS = 2 * MOST_CALLS };

struct noun {
    const char *name;
    void (*look)(const void *handle);
    void (*free)(void *handle);
};

struct call {
    const char *name;
    void (*run)(void);
    unsigned number; /* inputs from here on, up to the next call's */
    int has_status;
};

static const struct noun nouns[NOUNS];

/* The input, and where in it we are. */
static const uint8_t *input, *input_end;
/* The call that runs, for messages. */
static const char *current = "";
/* The living handles. */
static void *living[NOUNS][DEEP];
/* How often each call was made, and how often with success. */
static unsigned made[512], succeeded[512];
static size_t running;

static void failed(const char *what, int line)
{
    fprintf(stderr, "sequence: line %d: after %s: %s\n", line, current, what);
    abort();
}

/* Ends the program, so that libFuzzer keeps the input. */
#define check(condition) ((condition) ? (void)0 : failed(#condition, __LINE__))

static unsigned byte(void)
{
    return input < input_end ? *input++ : 0;
}

static void see_text(const char *text)
{
    if (text != NULL)
        check(strlen(text) < (size_t)1 << 24);
}

/* What a call needs until it has returned: blocks of exactly their size, so that AddressSanitizer sees what goes beyond. */
static void *scratch[SCRATCH];
static size_t scratched;

static void *block(size_t size)
{
    void *made_block = malloc(size == 0 ? 1 : size);
    if (made_block == NULL || scratched == SCRATCH)
        abort();
    return scratch[scratched++] = made_block;
}

/* What was passed to the call that runs. */
static int null_handle; /* NULL as the first handle */
static int null_needed; /* NULL where none may be */
static size_t buffer_size, blob_length, list_length;

static void *nothing(int is_needed)
{
    null_needed |= is_needed;
    return NULL;
}

static void *pick(int noun, int is_needed)
{
    unsigned choice = byte();
    void *handle = choice % 16 == 15 ? NULL : living[noun][choice % DEEP];
    for (int i = 0; i < DEEP && handle == NULL && choice % 16 != 15; i++)
        handle = living[noun][i];
    return handle == NULL ? nothing(is_needed) : handle;
}

static void *first(int noun)
{
    void *handle = pick(noun, 0);
    null_handle = handle == NULL;
    return handle;
}

static const byteport_message_t *a_message(void)
{
    return byteport_delivery_message(pick(NOUN_delivery, 0), byte() % 3);
}

/* Events live only while a callback runs, which looks at them. */
static const byteport_outbox_event_t *a_outbox_event(void)
{
    return NULL;
}

static void let_go(int noun, void *handle)
{
    if (handle != NULL && noun == NOUN_outbox)
        byteport_outbox_close(handle, 0, NULL, NULL, NULL, NULL);
    if (handle != NULL && noun == NOUN_broker)
        byteport_broker_close(handle, 0, NULL, NULL);
    nouns[noun].free(handle);
}

/* No call of these settings goes beyond this machine, or fails because that is slow, unless the input says so. */
static void season_options(byteport_options_t *options)
{
    byteport_options_set_host(options, peer_address, NULL);
    byteport_options_set_namespace(options, "ns", NULL);
    byteport_options_set_device(options, "dev", NULL);
    byteport_options_set_key(options, "key", NULL);
    byteport_options_set_no_proxy(options, NULL);
    byteport_options_set_connect_timeout_ms(options, 5000, NULL);
    byteport_options_set_timeout_ms(options, 5000, NULL);
}

static void season_broker_options(byteport_broker_options_t *options)
{
    byteport_broker_options_set_host(options, peer_address, NULL);
    byteport_broker_options_set_namespace(options, "ns", NULL);
    byteport_broker_options_set_device(options, "dev", NULL);
    byteport_broker_options_set_login(options, "joe", "pw", NULL);
    byteport_broker_options_set_connect_timeout_ms(options, 5000, NULL);
    byteport_broker_options_set_timeout_ms(options, 5000, NULL);
}

static void keep(int noun, void *handle)
{
    check(handle != NULL);
    if (noun == NOUN_options)
        season_options(handle);
    if (noun == NOUN_broker_options)
        season_broker_options(handle);
    nouns[noun].look(handle);
    int place = 0;
    while (place < DEEP - 1 && living[noun][place] != NULL)
        place++;
    let_go(noun, living[noun][place]);
    living[noun][place] = handle;
}

/* A handle that the caller frees. */
static void *take(int noun)
{
    unsigned choice = byte();
    void *handle = choice % 8 == 7 ? NULL : living[noun][choice % DEEP];
    if (handle != NULL)
        living[noun][choice % DEEP] = NULL;
    return handle;
}

#endif
