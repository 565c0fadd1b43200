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
#include <sys/stat.h>

#include "sequence_arguments.h"

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
    snprintf(folder, sizeof folder, "%.400s/sequence-XXXXXX", where == NULL ? "/tmp" : where);
    null_device = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (mkdtemp(folder) == NULL || chdir(folder) != 0 || null_device < 0) {
        perror(folder);
        exit(2);
    }
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
static void stop(void)
{
    shutdown(listener, SHUT_RDWR);
    pthread_join(peer, NULL);
    close(listener);
    close(null_device);
    rmdir(folder);
}

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
    if (count > 1)
        stop();
    return 0;
}
#endif
