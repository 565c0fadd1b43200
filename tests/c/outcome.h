/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * Checks of what a call came to: done, or refused with a certain status and an error that tells no secret.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "check.h"

#define NOT_UTF8 "a\xff"

/* Checks a status and its error object, and frees the error; no secret is in its texts. */
static inline void refused(byteport_status_t status, byteport_status_t expected, byteport_error_t *error, const char *file,
                           int line)
{
    if (!check(status == expected && byteport_error_status(error) == expected, file, line, "the expected status")) {
        fprintf(stderr, "  %d in place of %d: %s\n", (int)status, (int)expected,
                error != NULL ? byteport_error_message(error) : "no error");
    }
    const char *message = byteport_error_message(error);
    check(message != NULL && message[0] != '\0', file, line, "a message");
    check(message == NULL || strstr(message, setting("BYTEPORT_KEY")) == NULL, file, line, "no key in the message");
    for (size_t i = 0; i < byteport_error_cause_count(error); i++) {
        const char *cause = byteport_error_cause(error, i);
        check(cause != NULL && strstr(message, cause) != NULL, file, line, "every cause is in the message");
        check(cause == NULL || strstr(cause, setting("BYTEPORT_KEY")) == NULL, file, line, "no key in a cause");
    }
    check(byteport_error_cause(error, byteport_error_cause_count(error)) == NULL, file, line, "an end of causes");
    byteport_error_free(error);
}

#define REFUSED(expected, call)                                                                                        \
    do {                                                                                                               \
        byteport_error_t *error = NULL;                                                                                \
        byteport_status_t status = (call);                                                                             \
        refused(status, (expected), error, __FILE__, __LINE__);                                                                  \
    } while (0)

#define DONE(call)                                                                                                     \
    do {                                                                                                               \
        byteport_error_t *error = NULL;                                                                                \
        byteport_status_t status = (call);                                                                             \
        if (!CHECK(status == BYTEPORT_OK && error == NULL)) {                                                          \
            fprintf(stderr, "  %s\n", byteport_error_message(error));                                                  \
        }                                                                                                              \
        byteport_error_free(error);                                                                                    \
    } while (0)

#endif
