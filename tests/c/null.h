/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * What the programs that pass NULL share.
 */
#ifndef NULL_H
#define NULL_H

/* NULL is passed on purpose: the compiler is not to warn of it. */
#define BYTEPORT_NO_ATTRIBUTES
#include "check.h"

/* A call with a NULL that is not allowed: refused, with and without a place for the error, and nothing else written. */
#define REFUSED(call)                                                                                                  \
    do {                                                                                                               \
        byteport_error_t *error = NULL;                                                                                \
        CHECK((call) == BYTEPORT_ERROR_INVALID_ARGUMENT);                                                              \
        CHECK(byteport_error_status(error) == BYTEPORT_ERROR_INVALID_ARGUMENT);                                        \
        CHECK(byteport_error_phase(error) == BYTEPORT_PHASE_CHECK);                                                    \
        CHECK(byteport_error_message(error) != NULL && strstr(byteport_error_message(error), " is NULL") != NULL);     \
        byteport_error_free(error);                                                                                    \
    } while (0)

/* What frees userdata: counts in it. */
static inline void count_free(void *userdata)
{
    *(unsigned *)userdata += 1;
}

#endif
