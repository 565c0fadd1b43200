/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What a call of a sequence is given, as the next bytes of the input say: places for results, callbacks, texts, numbers.
 */
#ifndef SEQUENCE_ARGUMENTS_H
#define SEQUENCE_ARGUMENTS_H

#include <math.h>
#include <time.h>

#include "sequence_handles.h"

/* --- places for results --- */

static char untouched; /* its address is what a place holds before the call */
static void *handle_out;
static byteport_error_t *error_out;
static int error_asked;
static struct {
    unsigned char *bytes;
    size_t size;
} places[8];
static size_t placed;

static void *handle_place(int is_needed)
{
    handle_out = &untouched;
    return byte() % 32 == 31 ? nothing(is_needed) : &handle_out;
}

static byteport_error_t **error_place(void)
{
    error_out = (byteport_error_t *)(void *)&untouched;
    error_asked = byte() % 4 != 3;
    return error_asked ? &error_out : NULL;
}

static void *place(size_t size, int is_needed)
{
    if (byte() % 16 == 15)
        return nothing(is_needed);
    places[placed].size = size;
    places[placed].bytes = memset(block(size), 0x5a, size);
    return places[placed++].bytes;
}

static void *a_buffer(int is_needed)
{
    static const size_t sizes[] = { BYTEPORT_TIMESTAMP_SIZE, 0, 1, 5, 17, 300 };
    buffer_size = sizes[byte() % 6];
    return byte() % 16 == 15 ? nothing(is_needed) : place(buffer_size, 0);
}

static int is_unwritten(void)
{
    for (size_t i = 0; i < placed; i++)
        for (size_t at = 0; at < places[i].size; at++)
            if (places[i].bytes[at] != 0x5a)
                return 0;
    return 1;
}

/* --- userdata that is to be freed exactly once --- */

struct token {
    int is_owed;
    atomic_int freed;
};

static struct token tokens[MOST_TOKENS];
static size_t token_count;
static struct token *token_now;

static void free_token(void *userdata)
{
    atomic_fetch_add(&((struct token *)userdata)->freed, 1);
}

static void *a_token(void)
{
    check(token_count < MOST_TOKENS);
    return token_now = &tokens[token_count++];
}

static byteport_free_callback_t a_free_callback(int is_needed)
{
    (void)is_needed;
    if (byte() % 4 == 3)
        return NULL;
    token_now->is_owed = 1;
    return free_token;
}

/* The threads that free them have been told to end; each may take a moment. */
static void check_tokens(void)
{
    for (size_t i = 0; i < token_count; i++) {
        for (int waited = 0; atomic_load(&tokens[i].freed) < tokens[i].is_owed && waited < 60000; waited++)
            nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        check(atomic_load(&tokens[i].freed) == tokens[i].is_owed);
    }
    memset(tokens, 0, sizeof tokens);
    token_count = 0;
}

/* --- callbacks --- */

static void look_message(const void *what);
static void look_outbox_event(const void *what);

static int on_progress(uint64_t so_far, uint64_t total, void *userdata)
{
    (void)userdata;
    return so_far > total;
}

static int on_data(const uint8_t *data, size_t length, void *userdata)
{
    (void)userdata;
    return length > 0 && data[0] == 'h' && data[length - 1] == 'x';
}

static void on_outbox(const byteport_outbox_event_t *event, void *userdata)
{
    (void)userdata;
    look_outbox_event(event);
}

static int32_t on_message(const byteport_message_t *message, const byteport_delivery_t *delivery, void *userdata)
{
    (void)userdata;
    look_message(message);
    nouns[NOUN_delivery].look(delivery);
    return BYTEPORT_VERDICT_TAKEN;
}

static void on_log(byteport_log_level_t level, const char *target, const char *message, void *userdata)
{
    (void)level, (void)userdata;
    see_text(target);
    see_text(message);
}

static int is_left_out(int is_needed)
{
    int is_out = byte() % 8 == 7;
    null_needed |= is_out && is_needed;
    return is_out;
}

#define CALLBACK(type, function)                                                                                       \
    static byteport_##type##_t a_##type(int is_needed)                                                                 \
    {                                                                                                                  \
        return is_left_out(is_needed) ? NULL : function;                                                               \
    }
CALLBACK(progress_callback, on_progress)
CALLBACK(data_callback, on_data)
CALLBACK(outbox_callback, on_outbox)
CALLBACK(message_callback, on_message)
CALLBACK(log_callback, on_log)

/* --- texts --- */

static char folder[512];

/* What makes sense for a parameter, by its name. Paths stay in the folder, addresses on this machine. */
static const struct {
    const char *name, *text;
} sense[] = {
    { "host", peer_address },
    { "host", dead_address },
    { "url", "" },
    { "url", "socks5://joe:pw@127.0.0.1:1" },
    { "url", "mqtt://joe:pw@127.0.0.1:1" },
    { "path", "o1" },
    { "path", "o2" },
    { "path", "." },
    { "path", "no/such" },
    { "device", "dev" },
    { "uid", "dev" },
    { "uids", "dev,dev2" },
    { "namespace_", "ns" },
    { "reference", "latest" },
    { "prefix", "/media/" },
    { "destination", "ns/dev" },
    { "destination", "a/#" },
    { "descriptor", "std" },
    { "iso8601", "2015-05-01T02:00:00.5+02:00" },
    { "field", "f" },
    { "field", "g:h" },
    { "names", "active" },
    { "names", "f" },
    { "values", "True" },
    { "version", "1.0" },
};

static int stays_here(const char *name)
{
    return strcmp(name, "host") != 0 && strcmp(name, "url") != 0 && strcmp(name, "path") != 0;
}

static const char *copied(const char *text, size_t length)
{
    char *copy = block(length + 1);
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

static const char *a_text(const char *name, int is_needed)
{
    unsigned choice = byte(), count = 0;
    switch (choice % 16) {
    case 15:
        return nothing(is_needed);
    case 14:
        return copied("\xff", 1);
    case 13:
        return copied("", 0);
    case 12:
        return copied(memset(block(5000), 'x', 5000), 5000);
    case 11:
    case 10:
        if (stays_here(name)) {
            size_t length = (choice >> 4) % 16, left = (size_t)(input_end - input);
            const char *raw = (const char *)input;
            input += length < left ? length : left;
            return copied(raw, strnlen(raw, length < left ? length : left));
        }
    }
    for (size_t i = 0; i < sizeof sense / sizeof *sense; i++)
        count += strcmp(sense[i].name, name) == 0;
    for (size_t i = 0, at = 0; i < sizeof sense / sizeof *sense; i++)
        if (strcmp(sense[i].name, name) == 0 && at++ == choice % count)
            return copied(sense[i].text, strlen(sense[i].text));
    return copied("name", 4);
}

static const char *const *a_text_list(const char *name, int is_needed)
{
    if (list_length == SIZE_MAX)
        list_length = byte() % 3;
    const char **list = block(list_length * sizeof *list);
    for (size_t i = 0; i < list_length; i++)
        list[i] = a_text(name, 1);
    return byte() % 16 == 15 ? nothing(is_needed || list_length > 0) : list;
}

static const byteport_reading_t *const *a_reading_list(int is_needed)
{
    list_length = byte() % 3;
    const byteport_reading_t **list = block(list_length * sizeof *list);
    for (size_t i = 0; i < list_length; i++)
        list[i] = pick(NOUN_reading, 1);
    return byte() % 16 == 15 ? nothing(is_needed || list_length > 0) : list;
}

static const uint8_t *a_blob(int is_needed)
{
    blob_length = byte() % 32;
    uint8_t *bytes = block(blob_length);
    for (size_t i = 0; i < blob_length; i++)
        bytes[i] = (uint8_t)byte();
    return byte() % 16 == 15 ? nothing(is_needed || blob_length > 0) : bytes;
}

/* --- numbers --- */

/* Milliseconds; one choice is long enough for whatever comes at all. */
static uint32_t a_short_time(void)
{
    unsigned choice = byte();
    return choice == 255 ? 5000 : choice % 16;
}

static int64_t a_int64(void)
{
    static const int64_t some[] = { 0, 1, -1, 7, INT64_MIN, INT64_MAX, INT64_C(1430438400012345), INT64_C(1) << 40 };
    unsigned choice = byte();
    return choice < 128 ? some[choice % 8] : (int64_t)choice;
}

static uint64_t a_uint64(void)
{
    return (uint64_t)a_int64();
}

static size_t a_size(void)
{
    return (size_t)a_int64();
}

static int32_t a_int32(void)
{
    unsigned choice = byte();
    return choice == 255 ? INT32_MAX : choice == 254 ? INT32_MIN : (int32_t)(choice % 10) - 1;
}

static uint32_t a_uint32(void)
{
    unsigned choice = byte();
    return choice == 255 ? UINT32_MAX : choice % 16;
}

static double a_double(void)
{
    static const double some[] = { 0.0, 1.5, -1e308, 1430438400.5, NAN, INFINITY };
    return some[byte() % 6];
}

static bool a_bool(void)
{
    return byte() % 2;
}

/* A descriptor that can be written, or none. */
static int null_device = -1;

static int a_int(void)
{
    return byte() % 4 == 3 ? -1 : null_device;
}

#endif
