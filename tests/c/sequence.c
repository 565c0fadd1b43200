/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Any sequence of calls: the bytes of an input say which functions are called, with which living handle, NULL, text or number.
 * After each call it is checked that the header told the truth: NULL is refused where it is not allowed, results are written
 * only on success, errors only on failure; in the end all is freed, and every userdata once.
 *
 * libFuzzer drives it (make fuzz); alone, it goes through the files that it is given. sequence.py writes the calls.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

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
    fprintf(stderr, "sequence.c:%d: after %s: %s\n", line, current, what);
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

/* --- handles --- */

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

static char folder[64];

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

/* --- before and after a call --- */

static void check_error(byteport_status_t status)
{
    if (!error_asked)
        return;
    check(error_out != (byteport_error_t *)(void *)&untouched && error_out != NULL);
    check(byteport_error_status(error_out) == status);
    check(byteport_error_message(error_out) != NULL && *byteport_error_message(error_out) != 0);
    check(!null_handle || byteport_error_phase(error_out) == BYTEPORT_PHASE_CHECK);
    check(status != BYTEPORT_ERROR_INTERNAL);
    keep(NOUN_error, error_out);
}

/* What a status means for all that was passed. */
static void after(byteport_status_t status, int noun, int may_be_none, int is_always_written)
{
    if (null_handle)
        check(status == BYTEPORT_ERROR_INVALID_ARGUMENT);
    if (null_needed)
        check(status != BYTEPORT_OK);
    if (status == BYTEPORT_OK) {
        succeeded[running]++;
        check(!error_asked || error_out == (byteport_error_t *)(void *)&untouched);
        if (noun != NOUNS && !(may_be_none && handle_out == NULL)) {
            check(handle_out != &untouched);
            keep(noun, handle_out);
        }
        return;
    }
    if (token_now != NULL)
        token_now->is_owed = 0; /* the userdata stays the caller's */
    check(noun == NOUNS || handle_out == &untouched);
    check(is_always_written || is_unwritten());
    check_error(status);
}

static void make(size_t number);

#include "sequence_calls.h"

static void make(size_t number)
{
    running = number;
    current = calls[number].name;
    null_handle = null_needed = 0;
    list_length = SIZE_MAX;
    handle_out = &untouched;
    error_asked = 0;
    placed = 0;
    token_now = NULL;
    made[number]++;
    calls[number].run();
    while (scratched > 0)
        free(scratch[--scratched]);
}

/* --- a whole sequence --- */

static void empty_folder(void)
{
    DIR *directory = opendir(".");
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            unlink(entry->d_name);
    if (directory != NULL)
        closedir(directory);
}

static void start(void)
{
    static int is_started;
    if (is_started++ > 0)
        return;
    const char *where = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.40s/sequence-XXXXXX", where == NULL ? "/tmp" : where);
    null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || null_device < 0)
        abort();
    peer_start();
}

/* Handles need each other in no order; callers of the library end in the opposite one to their making. */
static void end(void)
{
    current = "the end";
    for (int noun = 0; noun < NOUNS; noun++)
        for (int i = 0; i < DEEP; i++) {
            if (living[noun][i] != NULL)
                let_go(noun, living[noun][i]);
            living[noun][i] = NULL;
        }
    byteport_log_set(BYTEPORT_LOG_DEBUG, NULL, NULL, NULL, NULL);
    check_tokens();
    empty_folder();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t called(unsigned number)
{
    size_t found = sizeof calls / sizeof *calls - 1; /* what comes before the first is the last one's */
    for (size_t i = 0; i < sizeof calls / sizeof *calls && calls[i].number <= number; i++)
        found = i;
    return found;
}

/* Each call is a byte pair that says which, or how the peer answers from now on, and then its arguments. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    input = data;
    input_end = data + size;
    atomic_store(&peer_answer, 0);
    for (int i = 0; i < MOST_CALLS && input < input_end; i++) {
        unsigned number = byte() << 8;
        number |= byte();
        if (number >= 0xff00)
            atomic_store(&peer_answer, (int)(number & 0xff));
        else
            make(called(number));
    }
    end();
    return 0;
}

#ifndef SEQUENCE_FUZZED
static void replay(const char *path)
{
    static uint8_t data[1 << 16];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    uint8_t *exact = malloc(size == 0 ? 1 : size);
    LLVMFuzzerTestOneInput(memcpy(exact, data, size), size);
    free(exact);
}

/* Goes through the files, then says of each function how often it was called and how often it succeeded. */
int main(int count, char **paths)
{
    for (int i = 1; i < count; i++)
        replay(paths[i]);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        printf("%s %u %u %d\n", calls[i].name, made[i], succeeded[i], calls[i].has_status);
    rmdir(folder);
    return 0;
}
#endif
