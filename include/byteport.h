/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * libbyteport: store readings in a Byteport, and read them back. Link with -lbyteport.
 * This file is generated from crates/byteport-ffi; do not edit it.
 *
 * What holds for every function; each one's comment says what is special about it.
 *
 * Handles. byteport_options_t, byteport_client_t, byteport_reading_t, byteport_series_t and byteport_error_t are opaque. A
 * function that ends in _new, or that has a parameter "out" for a handle, makes one, and it is yours until you give it to
 * the function of the same noun that ends in _free. That function takes NULL, never fails and never waits. Free a handle
 * once, by this library and not by free(), when no other thread uses it. "Belongs to" means: do not free it, and do not use
 * it after the handle to which it belongs is freed. A handle never keeps another one alive, nor needs it to live.
 *
 * Errors. A function that can fail returns a byteport_status_t, BYTEPORT_OK (0) or the number of an error, and takes as its
 * last parameter a place for a byteport_error_t pointer, or NULL if the status is enough. The place is written only on
 * failure, without looking at what it held: set it to NULL before, and free the error after. Results are written only on
 * success. A call that failed has changed nothing, but what its comment says. Errors that need no network are found before
 * anything is sent.
 *
 * NULL. Every pointer is checked. NULL where no comment allows it is BYTEPORT_ERROR_INVALID_ARGUMENT; functions that return
 * no status say what they return for NULL. What else a pointer is cannot be checked: a handle must be a living one of its
 * type, a text must end in NUL, a buffer must have its size.
 *
 * Text is UTF-8 and ends in NUL. Text that comes in is copied, and BYTEPORT_ERROR_INVALID_ARGUMENT if it is not UTF-8. Text
 * that goes out is constant and belongs to the handle that it came from, or is static. Nothing depends on the locale.
 *
 * Time is an int64_t, in microseconds since 1970-01-01 00:00 UTC without leap seconds. Spans of time are milliseconds.
 *
 * Enumerations come in as int32_t and are checked; they go out as their type. They may grow at their end.
 *
 * Threads. A function without a handle may be called from any thread at any time. A client may be used by any number of
 * threads at once; so may errors and series, which never change. Options and readings are for one thread at a time. The
 * calls of a client block, each within its time-outs; every other function returns at once.
 *
 * Callbacks come with a userdata pointer, which the library only hands on, and a function that frees it, which is called
 * exactly once. Callbacks may use the library. They must not throw a C++ exception nor leave by longjmp.
 *
 * The process. The library changes no signal handler, prints nothing, never ends the program, and does nothing before it is
 * called. A broken connection raises no SIGPIPE. After fork(), the child may go on using a client that it inherited: it makes
 * connections of its own. Do not fork while another thread is in a call, except to exec.
 *
 * Growth. The library grows by functions and by enumeration values; no structure is public. A program that was built with
 * this header runs with every library whose byteport_abi_version() is BYTEPORT_ABI_VERSION, which the SONAME carries too.
 */


#ifndef BYTEPORT_H
#define BYTEPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; byteport_version() is the one of the library that runs. */
#define BYTEPORT_VERSION_MAJOR 0
#define BYTEPORT_VERSION_MINOR 1
#define BYTEPORT_VERSION_PATCH 0


/**
 * The number of the ABI that this header describes. It grows when a program built with an older header would no longer
 * run with the library; it is also the number in the library's SONAME.
 */
#define BYTEPORT_ABI_VERSION 0

/**
 * An end of a span of time that is left to the service. It is INT64_MIN, and no time.
 */
#define BYTEPORT_TIME_OPEN INT64_MIN

/**
 * How many bytes a buffer needs for any time's text, its NUL included.
 */
#define BYTEPORT_TIMESTAMP_SIZE 32

/**
 * What a call came to. A number never changes its meaning; new ones are added at the end, so be ready for numbers that
 * your header does not know.
 */
enum byteport_status_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Success.
     */
    BYTEPORT_OK = 0,
    /**
     * An argument is NULL where that is not allowed, is not UTF-8 or makes no sense. Correct the call.
     */
    BYTEPORT_ERROR_INVALID_ARGUMENT = 1,
    /**
     * A namespace, device or field name breaks the naming rules. Nothing was sent.
     */
    BYTEPORT_ERROR_INVALID_NAME = 2,
    /**
     * A timestamp is not a number or date that the service can hold. Nothing was sent.
     */
    BYTEPORT_ERROR_INVALID_TIMESTAMP = 3,
    /**
     * A value cannot be stored: not a finite number, or not text. Nothing was sent.
     */
    BYTEPORT_ERROR_INVALID_VALUE = 4,
    /**
     * A packet or its data string is malformed. Nothing was sent.
     */
    BYTEPORT_ERROR_INVALID_PACKET = 5,
    /**
     * The client was made without what this call needs: a namespace, an API key or a device.
     */
    BYTEPORT_ERROR_NOT_CONFIGURED = 6,
    /**
     * The URL of a GET store would exceed 2,048 bytes. Nothing was sent. Store by POST.
     */
    BYTEPORT_ERROR_TOO_LONG = 7,
    /**
     * The host's name could not be resolved.
     */
    BYTEPORT_ERROR_DNS = 8,
    /**
     * No connection could be made to the host.
     */
    BYTEPORT_ERROR_CONNECT = 9,
    /**
     * The proxy could not be reached, refused, or asked for another user or password.
     */
    BYTEPORT_ERROR_PROXY = 10,
    /**
     * The TLS handshake failed or the certificate is not trusted.
     */
    BYTEPORT_ERROR_TLS = 11,
    /**
     * The connect or total time-out passed.
     */
    BYTEPORT_ERROR_TIMEOUT = 12,
    /**
     * The connection broke before the whole answer had come.
     */
    BYTEPORT_ERROR_DISCONNECTED = 13,
    /**
     * HTTP 403: the key, the method or the user is not allowed.
     */
    BYTEPORT_ERROR_FORBIDDEN = 14,
    /**
     * HTTP 404: no such namespace, device or address.
     */
    BYTEPORT_ERROR_NOT_FOUND = 15,
    /**
     * HTTP 406: the service refuses what was asked, such as a bad UID while registering.
     */
    BYTEPORT_ERROR_NOT_ALLOWED = 16,
    /**
     * HTTP 5xx: the service failed.
     */
    BYTEPORT_ERROR_SERVER = 17,
    /**
     * Any other HTTP status outside 2xx.
     */
    BYTEPORT_ERROR_STATUS = 18,
    /**
     * A redirect that cannot be followed safely: to another host, or one that would lose the data.
     */
    BYTEPORT_ERROR_REDIRECT = 19,
    /**
     * The user name or password was refused.
     */
    BYTEPORT_ERROR_LOGIN_FAILED = 20,
    /**
     * The answer is not what the service sends: not HTTP, not JSON, or JSON of another shape.
     */
    BYTEPORT_ERROR_INVALID_ANSWER = 21,
    /**
     * The answer is larger than the limit.
     */
    BYTEPORT_ERROR_ANSWER_TOO_LARGE = 22,
    /**
     * A defect in this library. Please report it.
     */
    BYTEPORT_ERROR_INTERNAL = 23,
    /**
     * A compression that this library does not know. Nothing was sent.
     */
    BYTEPORT_ERROR_UNSUPPORTED_COMPRESSION = 24,
    /**
     * A file or folder cannot be read, or changed while it was read. Nothing of it was sent.
     */
    BYTEPORT_ERROR_FILE = 25,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_status_t byteport_status_t;
#else
typedef int32_t byteport_status_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How far a call had come when it failed. Up to BYTEPORT_PHASE_TLS the service has seen nothing of it.
 */
enum byteport_phase_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Checking the arguments: nothing was sent.
     */
    BYTEPORT_PHASE_CHECK = 0,
    /**
     * Resolving the host's name.
     */
    BYTEPORT_PHASE_DNS = 1,
    /**
     * Connecting, through a proxy or not.
     */
    BYTEPORT_PHASE_CONNECT = 2,
    /**
     * The TLS handshake.
     */
    BYTEPORT_PHASE_TLS = 3,
    /**
     * Sending the request. The service may have taken it.
     */
    BYTEPORT_PHASE_SEND = 4,
    /**
     * Waiting for or receiving the answer. The service may have taken the request.
     */
    BYTEPORT_PHASE_RECEIVE = 5,
    /**
     * The service answered with a status that says no.
     */
    BYTEPORT_PHASE_STATUS = 6,
    /**
     * Reading the sense of the answer.
     */
    BYTEPORT_PHASE_DECODE = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_phase_t byteport_phase_t;
#else
typedef int32_t byteport_phase_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What the values of a series are.
 */
enum byteport_series_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no series: the pointer is NULL.
     */
    BYTEPORT_SERIES_NONE = 0,
    /**
     * Every value is a number: read them with byteport_series_numbers().
     */
    BYTEPORT_SERIES_NUMBERS = 1,
    /**
     * At least one value is text, and all are given as text: read them with byteport_series_text().
     */
    BYTEPORT_SERIES_TEXTS = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_series_kind_t byteport_series_kind_t;
#else
typedef int32_t byteport_series_kind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How much a message matters.
 */
enum byteport_log_level_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No message at all.
     */
    BYTEPORT_LOG_OFF = 0,
    /**
     * Something failed.
     */
    BYTEPORT_LOG_ERROR = 1,
    /**
     * Something is not as it should be.
     */
    BYTEPORT_LOG_WARN = 2,
    /**
     * Rare events, such as a login.
     */
    BYTEPORT_LOG_INFO = 3,
    /**
     * Each connection and call.
     */
    BYTEPORT_LOG_DEBUG = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_log_level_t byteport_log_level_t;
#else
typedef int32_t byteport_log_level_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How readings are stored.
 */
enum byteport_method_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * By POST, of any size. What a client does unless told otherwise.
     */
    BYTEPORT_METHOD_POST = 0,
    /**
     * By GET, in a URL of at most 2,048 bytes.
     */
    BYTEPORT_METHOD_GET = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_method_t byteport_method_t;
#else
typedef int32_t byteport_method_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A client of one host, with its kept connections and its login. Any number of threads may use one client at once; they
 * share its login. Only byteport_client_free() needs it alone.
 */
typedef struct byteport_client_t byteport_client_t;

/**
 * Why a call failed. It never changes: any number of threads may read it at once.
 */
typedef struct byteport_error_t byteport_error_t;

/**
 * The settings of a client, with a default for each. For one thread at a time. A setter that fails changes nothing.
 */
typedef struct byteport_options_t byteport_options_t;

/**
 * The fields that one device measured at one time. For one thread at a time, though any number may store it at once while
 * none changes it. A setter that fails changes nothing; a field that is set again is replaced.
 *
 * Field names are 1 to 32 of the characters 0-9 a-z A-Z - _ : and begin with neither - nor _; every other name is
 * BYTEPORT_ERROR_INVALID_NAME.
 */
typedef struct byteport_reading_t byteport_reading_t;

/**
 * One field's values and when they were measured, oldest first. It never changes: any number of threads may read it at
 * once. Everything that its functions return belongs to it.
 */
typedef struct byteport_series_t byteport_series_t;

/**
 * Takes one message: its level, the part of the library that it comes from (`byteport::...`), its text in UTF-8, and the
 * userdata. Both texts are gone when the callback returns. It is called on whichever thread calls the library, on several
 * at once; it must neither throw nor jump out.
 */
typedef void (*byteport_log_callback_t)(byteport_log_level_t level,
                                        const char *target,
                                        const char *message,
                                        void *userdata);

/**
 * Frees a callback's userdata. It must neither throw nor jump out.
 */
typedef void (*byteport_free_callback_t)(void *userdata);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library that runs, such as `1.2.3`; BYTEPORT_VERSION_MAJOR and its siblings are those of the header.
 *
 * The text is static. Any thread may call this.
 */
const char *byteport_version(void);

/**
 * The ABI number of the library that runs. A program runs with it if this equals the BYTEPORT_ABI_VERSION of its header.
 *
 * Any thread may call this.
 */
uint32_t byteport_abi_version(void);

/**
 * A short text for a byteport_status_t, such as `no connection could be made`; `unknown` for a number that is none.
 *
 * The text is static. Any thread may call this.
 */
const char *byteport_status_text(int32_t status);

/**
 * One word for a byteport_phase_t, such as `connect`; `unknown` for a number that is none.
 *
 * The text is static. Any thread may call this.
 */
const char *byteport_phase_text(int32_t phase);

/**
 * The status that the failed call returned; BYTEPORT_ERROR_INVALID_ARGUMENT for NULL.
 */
byteport_status_t byteport_error_status(const byteport_error_t *error);

/**
 * How far the call had come; BYTEPORT_PHASE_CHECK for NULL.
 */
byteport_phase_t byteport_error_phase(const byteport_error_t *error);

/**
 * The HTTP status that the service answered with, such as 403; 0 if there was no answer, and for NULL.
 */
int32_t byteport_error_http_status(const byteport_error_t *error);

/**
 * What happened and what to do about it, with every cause, in one line of UTF-8. NULL for NULL. The text belongs to the
 * error. It never holds a key, a password or a cookie.
 */
const char *byteport_error_message(const byteport_error_t *error);

/**
 * How many causes the error has; 0 where the message says it all, and for NULL.
 */
size_t byteport_error_cause_count(const byteport_error_t *error);

/**
 * One cause's text, the nearest at index 0. NULL past the last, and for NULL. The text belongs to the error.
 */
const char *byteport_error_cause(const byteport_error_t *error, size_t index);

/**
 * Whether the same call, made again later and unchanged, can succeed; false for NULL.
 */
bool byteport_error_is_retryable(const byteport_error_t *error);

/**
 * Frees an error; NULL is fine.
 */
void byteport_error_free(byteport_error_t *error);

/**
 * The system clock's time, in microseconds since 1970-01-01 UTC.
 */
int64_t byteport_timestamp_now(void);

/**
 * The microseconds that UNIX seconds stand for, rounded to the nearest. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for NaN,
 * the infinities, and what does not fit.
 */
byteport_status_t byteport_timestamp_from_seconds(double seconds,
                                                  int64_t *out,
                                                  byteport_error_t **error);

/**
 * The microseconds that an ISO 8601 text stands for: `2015-05-01`, `2015-05-01T02:00:00`, with a fraction, with `Z` or
 * `+02:00`; no zone means UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP.
 */
byteport_status_t byteport_timestamp_parse(const char *iso8601,
                                           int64_t *out,
                                           byteport_error_t **error);

/**
 * Writes a time as it goes over the wire, and its NUL, to a buffer of `size` bytes: UNIX seconds with at most six decimals
 * and no trailing zeros, such as `1430438400.012345`. BYTEPORT_TIMESTAMP_SIZE bytes are enough. Errors:
 * BYTEPORT_ERROR_INVALID_ARGUMENT where it does not fit; nothing is written.
 */
byteport_status_t byteport_timestamp_format(int64_t time,
                                            char *buffer,
                                            size_t size,
                                            byteport_error_t **error);

/**
 * Writes a time as ISO 8601 in UTC, as byteport_timestamp_format() does: `2015-05-01T00:00:00.012345`.
 */
byteport_status_t byteport_timestamp_format_iso8601(int64_t time,
                                                    char *buffer,
                                                    size_t size,
                                                    byteport_error_t **error);

/**
 * New settings, each at its default. Free them with byteport_options_free(). NULL only after a defect of the library.
 */
byteport_options_t *byteport_options_new(void);

/**
 * Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with `http://` or `https://` before it or not. Default:
 * `api.byteport.se`. Without a scheme, a loopback host (localhost, 127.0.0.0/8, ::1) is called by http, every other by
 * https. byteport_client_new() checks the text.
 */
byteport_status_t byteport_options_set_host(byteport_options_t *options,
                                            const char *host,
                                            byteport_error_t **error);

/**
 * Calls by https, or by http, where the host's text names no scheme.
 */
byteport_status_t byteport_options_set_https(byteport_options_t *options,
                                             bool https,
                                             byteport_error_t **error);

/**
 * Sets the namespace that is stored to. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_options_set_namespace(byteport_options_t *options,
                                                 const char *name,
                                                 byteport_error_t **error);

/**
 * Sets the API key: the namespace's write key or the device's access key. It must not be empty. It appears in no log
 * message and no error text.
 */
byteport_status_t byteport_options_set_key(byteport_options_t *options,
                                           const char *key,
                                           byteport_error_t **error);

/**
 * Sets the UID of the device that stores where a call names no other. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_options_set_device(byteport_options_t *options,
                                              const char *uid,
                                              byteport_error_t **error);

/**
 * Connects through a proxy, whatever the environment says: `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]` with the scheme
 * `http`, `socks4`, `socks4a` or `socks5`, user and password percent-encoded where need be. Default: the environment
 * variables https_proxy, http_proxy, all_proxy and no_proxy.
 */
byteport_status_t byteport_options_set_proxy(byteport_options_t *options,
                                             const char *url,
                                             byteport_error_t **error);

/**
 * Connects directly, whatever the environment says.
 */
byteport_status_t byteport_options_set_no_proxy(byteport_options_t *options, byteport_error_t **error);

/**
 * Sets the longest time for making a connection (resolving, connecting, proxy and TLS together), in milliseconds; not
 * 0. Default: 10,000.
 */
byteport_status_t byteport_options_set_connect_timeout_ms(byteport_options_t *options,
                                                          uint32_t timeout_ms,
                                                          byteport_error_t **error);

/**
 * Sets the longest time for a whole call, connecting included, in milliseconds; not 0. Default: 30,000.
 */
byteport_status_t byteport_options_set_timeout_ms(byteport_options_t *options,
                                                  uint32_t timeout_ms,
                                                  byteport_error_t **error);

/**
 * Sets the largest answer that is taken, in bytes; not 0. A larger one is BYTEPORT_ERROR_ANSWER_TOO_LARGE: ask for less.
 * Stores ignore what the answer says. Default: 67,108,864 (64 MiB unless set).
 */
byteport_status_t byteport_options_set_max_answer(byteport_options_t *options,
                                                  uint64_t bytes,
                                                  byteport_error_t **error);

/**
 * Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS
 * connection is made; then an unreadable one is BYTEPORT_ERROR_TLS.
 */
byteport_status_t byteport_options_set_ca_file(byteport_options_t *options,
                                               const char *path,
                                               byteport_error_t **error);

/**
 * Sets how readings are stored, as a byteport_method_t.
 */
byteport_status_t byteport_options_set_store_method(byteport_options_t *options,
                                                    int32_t method,
                                                    byteport_error_t **error);

/**
 * Frees the settings; NULL is fine. Clients made from them keep a copy.
 */
void byteport_options_free(byteport_options_t *options);

/**
 * A new reading without fields, of the client's own device, stamped with the system clock. It keeps that time however late
 * it is stored. Free it with byteport_reading_free(). NULL only after a defect of the library.
 */
byteport_reading_t *byteport_reading_new(void);

/**
 * Sets the UID of the device that measured, in place of the client's own. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_reading_set_device(byteport_reading_t *reading,
                                              const char *uid,
                                              byteport_error_t **error);

/**
 * Sets the time of measuring, in microseconds since 1970-01-01 UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for
 * BYTEPORT_TIME_OPEN, which is no time.
 */
byteport_status_t byteport_reading_set_timestamp(byteport_reading_t *reading,
                                                 int64_t time,
                                                 byteport_error_t **error);

/**
 * Leaves the time to the server, which takes the moment at which the reading comes. Storing such a reading twice makes two.
 */
byteport_status_t byteport_reading_use_server_time(byteport_reading_t *reading,
                                                   byteport_error_t **error);

/**
 * Sets a field to a number. It reads back to the same bits. Errors: BYTEPORT_ERROR_INVALID_NAME;
 * BYTEPORT_ERROR_INVALID_VALUE for NaN and the infinities.
 */
byteport_status_t byteport_reading_set_number(byteport_reading_t *reading,
                                              const char *field,
                                              double value,
                                              byteport_error_t **error);

/**
 * Sets a field to a whole number. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_reading_set_integer(byteport_reading_t *reading,
                                               const char *field,
                                               int64_t value,
                                               byteport_error_t **error);

/**
 * Sets a field to a text. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_reading_set_text(byteport_reading_t *reading,
                                            const char *field,
                                            const char *value,
                                            byteport_error_t **error);

/**
 * Sets a field to `length` bytes, which are copied; NULL is fine where `length` is 0. They travel, and read back, as base64
 * text. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
byteport_status_t byteport_reading_set_bytes(byteport_reading_t *reading,
                                             const char *field,
                                             const uint8_t *data,
                                             size_t length,
                                             byteport_error_t **error);

/**
 * Removes every field and stamps the reading anew: ready for the next round. The device stays.
 */
byteport_status_t byteport_reading_restart(byteport_reading_t *reading, byteport_error_t **error);

/**
 * Frees a reading; NULL is fine.
 */
void byteport_reading_free(byteport_reading_t *reading);

/**
 * Makes a client. Nothing is sent. The settings are copied, and may be changed or freed afterwards. Free the client with
 * byteport_client_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for settings that make no sense.
 */
byteport_status_t byteport_client_new(const byteport_options_t *options,
                                      byteport_client_t **out,
                                      byteport_error_t **error);

/**
 * Frees a client and closes its connections, without waiting for anything; NULL is fine. No other thread may be in a
 * call with it.
 */
void byteport_client_free(byteport_client_t *client);

/**
 * Stores a reading, and returns when the service has it. A reading without fields is a heartbeat. The reading stays as it
 * is, and may be stored again. After a failure up to BYTEPORT_PHASE_TLS nothing was stored; after a later one the service
 * may have it all the same, and storing it again is safe where it has a time: the same value at the same time is one.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace, key or device; BYTEPORT_ERROR_TOO_LONG for a GET over 2,048
 * bytes of URL; those of the connection and of the HTTP status.
 */
byteport_status_t byteport_client_store(const byteport_client_t *client,
                                        const byteport_reading_t *reading,
                                        byteport_error_t **error);

/**
 * Tells the service that a device lives: the one named, or the client's own for NULL. Errors: as byteport_client_store().
 */
byteport_status_t byteport_client_heartbeat(const byteport_client_t *client,
                                            const char *device,
                                            byteport_error_t **error);

/**
 * Stores a message that the service shows in its log, for the device named, or the client's own for NULL. The level is a
 * byteport_log_level_t but BYTEPORT_LOG_OFF. This has nothing to do with byteport_log_set(), which is about the library's
 * own messages. Errors: as byteport_client_store().
 */
byteport_status_t byteport_client_log(const byteport_client_t *client,
                                      int32_t level,
                                      const char *message,
                                      const char *device,
                                      byteport_error_t **error);

/**
 * Logs in with user name and password, which reading needs; storing goes by key and needs no login. A login from before
 * is forgotten. Errors: BYTEPORT_ERROR_LOGIN_FAILED, and those of the connection and of the HTTP status.
 */
byteport_status_t byteport_client_login(const byteport_client_t *client,
                                        const char *user,
                                        const char *password,
                                        byteport_error_t **error);

/**
 * Ends the login, here in any case and on the server if it can be reached.
 */
byteport_status_t byteport_client_logout(const byteport_client_t *client, byteport_error_t **error);

/**
 * Reads one field's values, oldest first. Free the series with byteport_series_free().
 *
 * For NULL, namespace and device are the client's own. `from` and `to` are the first and the last moment, in microseconds
 * since 1970-01-01 UTC; BYTEPORT_TIME_OPEN leaves that end to the service.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME;
 * BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the connection and of the HTTP status.
 */
byteport_status_t byteport_client_read_series(const byteport_client_t *client,
                                              const char *namespace_,
                                              const char *device,
                                              const char *field,
                                              int64_t from,
                                              int64_t to,
                                              byteport_series_t **out,
                                              byteport_error_t **error);

/**
 * The number of points; 0 for NULL.
 */
size_t byteport_series_length(const byteport_series_t *series);

/**
 * What the values are; BYTEPORT_SERIES_NONE for NULL. A series without points is BYTEPORT_SERIES_NUMBERS.
 */
byteport_series_kind_t byteport_series_kind(const byteport_series_t *series);

/**
 * The times, byteport_series_length() of them, in microseconds since 1970-01-01 UTC. NULL for NULL.
 */
const int64_t *byteport_series_times(const byteport_series_t *series);

/**
 * The numbers, byteport_series_length() of them; NaN where the service has a time but no value. NULL where the series holds
 * texts, and for NULL.
 */
const double *byteport_series_numbers(const byteport_series_t *series);

/**
 * One value as text, in UTF-8, with a NUL behind it; an object is base64 text. NULL past the last, where the series holds
 * numbers, and for NULL.
 *
 * Where `length` is not NULL and a text is returned, the number of its bytes without the last NUL is written there. Some
 * other client may have stored a text with a NUL inside: only that length tells where it ends.
 */
const char *byteport_series_text(const byteport_series_t *series,
                                 size_t index,
                                 size_t *length);

/**
 * Frees a series; NULL is fine.
 */
void byteport_series_free(byteport_series_t *series);

/**
 * Passes the library's messages up to `max_level` (a byteport_log_level_t) to a callback, in place of the one before. One
 * callback serves the whole process; at first there is none. A NULL callback switches off. Any thread may call this at any
 * time, the callback too.
 *
 * `free_userdata`, which may be NULL, is called with the userdata exactly once: when the callback has been replaced and its
 * last call has returned, on the thread where that happens; at once where the callback is NULL. Where this call fails, the
 * callback from before stays, and the userdata stays the caller's.
 *
 * Messages never hold a key, a password or a cookie, and none is passed on that arises inside the callback itself.
 */
byteport_status_t byteport_log_set(int32_t max_level,
                                   byteport_log_callback_t callback,
                                   void *userdata,
                                   byteport_free_callback_t free_userdata,
                                   byteport_error_t **error);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BYTEPORT_H */
