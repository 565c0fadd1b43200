/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 */

/**
 * @file
 * libbyteport: store readings in a Byteport, at once, through a broker, or by an outbox that survives what may happen, read
 * them back, manage devices, and receive messages as one. Link with -lbyteport.
 * This file is generated from crates/byteport-ffi; do not edit it.
 *
 * What holds for every function; each one's comment says what is special about it.
 *
 * Handles. Every type without members in this header is opaque. A function that ends in _new, or that has a parameter "out"
 * for a handle, makes one, and it is yours until you give it to the function of the same noun that ends in _free. That
 * function takes NULL, never fails and never waits. Free a handle once, by this library and not by free(), when no other
 * thread uses it. "Belongs to" means: do not free it, and do not use it after the handle to which it belongs is freed. A
 * handle never keeps another one alive, nor needs it to live.
 *
 * Errors. A function that can fail returns a byteport_status_t, BYTEPORT_OK (0) or the number of an error, and takes as its
 * last parameter a place for a byteport_error_t pointer, or NULL if the status is enough. The place is written only on
 * failure, without looking at what it held: set it to NULL before, and free the error after. Results are written only on
 * success. A call that failed has changed nothing, but what its comment says. Errors that need no network are found before
 * anything is sent.
 *
 * NULL. Every pointer is checked. NULL is allowed where it says BYTEPORT_NULLABLE; anywhere else it is
 * BYTEPORT_ERROR_INVALID_ARGUMENT. Functions that return no status say what they return for NULL. What else a pointer is
 * cannot be checked: a handle must be a living one of its type, a text must end in NUL, a buffer must have its size.
 *
 * Text is UTF-8 and ends in NUL. Text that comes in is copied, and BYTEPORT_ERROR_INVALID_ARGUMENT if it is not UTF-8. Text
 * that goes out is constant and belongs to the handle that it came from, or is static. Nothing depends on the locale.
 *
 * Time is an int64_t, in microseconds since 1970-01-01 00:00 UTC without leap seconds. Spans of time are milliseconds,
 * or microseconds where a function's name ends in _us.
 *
 * Enumerations come in as int32_t and are checked; they go out as their type. They may grow at their end.
 *
 * Threads. A function without a handle may be called from any thread at any time. A client, a broker's client and an outbox
 * may be used by any number of threads at once; so may errors, series, results, deliveries and statistics, which never change.
 * All other handles are for one thread at a time. The calls of a client and byteport_series_pages_next() block, each within its
 * time-outs; opening an outbox reads its file, and the calls of an outbox or a broker's client wait where their comments say so;
 * every other function returns at once. Only an outbox and a broker's client that are open have threads of their own, and a
 * host's name is looked up in one that lives as long as that takes; every signal is blocked in all of them. Your own threads
 * need a stack of 64 KiB for any call.
 *
 * Callbacks come with a userdata pointer, which the library only hands on. One that is kept beyond the call that it is given
 * to also comes with a function that frees the userdata, which is called exactly once. Callbacks may use the library, but not
 * the byteport_download_t or byteport_firmware_t for which they are called; byteport_outbox_callback_t and
 * byteport_message_callback_t say what they may do with their outbox or broker's client. They must not throw a C++ exception
 * nor leave by longjmp.
 *
 * JSON. What the service says of namespaces, devices, types and messages comes as the JSON text that it wrote, checked to be
 * JSON, in a byteport_result_t. What is in it is the service's word (Byteport HTTP API v1, section 5), and may grow.
 *
 * The process. The library changes no signal handler, prints nothing, never ends the program, and does nothing before it is
 * called; what ends a program that runs out of memory is below. A broken connection raises no SIGPIPE. Every descriptor is
 * close-on-exec. After fork(), the child may go on using a client that it inherited: it makes connections of its own. An outbox
 * and a broker's client stay with the process that opened them: in the child their calls are BYTEPORT_ERROR_FORKED, and freeing
 * them does nothing. Do not fork while another thread of yours is in a call, except to exec. Nothing is done at exit(), which
 * may come from any thread and any callback: close an outbox and a broker's client before, or lose what is in memory only.
 * dlclose() is harmless and unloads nothing: the library stays once it is loaded, for a thread of its own may just be ending.
 *
 * Memory. When the system has none left, what is under way goes on with a reserve of 1 MiB inside the library, and a call that
 * begins then is BYTEPORT_ERROR_OUT_OF_MEMORY, but for those that close and free. So is one that is given more data, or gets a
 * longer answer, than there is memory for. A program is ended by SIGABRT, with a line on standard error, where even that does
 * not suffice: when the reserve is used up, when more than 128 KiB in one piece are missing in the middle of a call, or when the
 * last bytes are taken by others just while a thread begins. Bound what calls may take where memory is tight:
 * byteport_options_set_max_answer(), byteport_outbox_options_set_max_memory().
 *
 * Parts. A library for a small board may be built without some of its parts; byteport_has_feature() says what it has. One without
 * the outbox, or without the clients of brokers, lacks the functions that this header has between `#if` and `#endif`: a program for
 * it is compiled with BYTEPORT_WITHOUT_OUTBOX or BYTEPORT_WITHOUT_BROKER defined, or fails to link where it calls one. One without
 * TLS, MQTT or STOMP says BYTEPORT_ERROR_NOT_CONFIGURED where a host or a protocol asks for it, and sends nothing in the clear.
 *
 * Growth. The library grows by functions and by enumeration values; no structure is public. A program that was built with
 * this header runs with every library whose byteport_abi_version() is BYTEPORT_ABI_VERSION, which the SONAME carries too, and
 * that is not older. docs/abi.md says what may change.
 */


#ifndef BYTEPORT_H
#define BYTEPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The first number of this header's version. */
#define BYTEPORT_VERSION_MAJOR 0

/** The second number of this header's version. */
#define BYTEPORT_VERSION_MINOR 1

/** The third number of this header's version. */
#define BYTEPORT_VERSION_PATCH 0

/*
 * What compilers are told. NULL is allowed where it says BYTEPORT_NULLABLE, and nowhere else: GCC and Clang warn where they see it
 * passed to another parameter, and where a status or a new handle is not looked at. A compiler may also conclude that a
 * pointer which was passed where NULL is not allowed is not NULL, and leave out a test for it that comes later. For code that
 * passes such NULLs on purpose, and counts on BYTEPORT_ERROR_INVALID_ARGUMENT, define BYTEPORT_NO_ATTRIBUTES before this header
 * is included: then nothing is told.
 */
#if defined(__GNUC__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#define BYTEPORT_CHECK_RESULT __attribute__((warn_unused_result))
#define BYTEPORT_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#else
#define BYTEPORT_CHECK_RESULT
#define BYTEPORT_NONNULL(...)
#endif
#if defined(__clang__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#define BYTEPORT_NULLABLE _Nullable
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#pragma clang diagnostic ignored "-Wnullability-completeness" /* of what a place holds before and after a call, nothing is told */
#pragma clang assume_nonnull begin
#else
#define BYTEPORT_NULLABLE
#endif


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
 * A number that is left out: the service decides, or takes all.
 */
#define BYTEPORT_UNSET -1

/**
 * A size that is not known.
 */
#define BYTEPORT_SIZE_UNKNOWN UINT64_MAX

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
     * HTTP 403: the key, the method or the user is not allowed. Or a broker does not let this login do it.
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
     * A file or folder cannot be read, or changed while it was read: nothing of it was sent. Or what was received cannot be
     * written.
     */
    BYTEPORT_ERROR_FILE = 25,
    /**
     * What was received is not what was announced: another size or digest. It was not kept.
     */
    BYTEPORT_ERROR_INTEGRITY = 26,
    /**
     * The caller's own callback ended the call.
     */
    BYTEPORT_ERROR_STOPPED = 27,
    /**
     * The process was forked after this outbox or broker's client was opened: the child opens one of its own; an outbox, on
     * another file.
     */
    BYTEPORT_ERROR_FORKED = 28,
    /**
     * The outbox has no room, and it was told to refuse then. The reading was not accepted.
     */
    BYTEPORT_ERROR_FULL = 29,
    /**
     * Another outbox, in this process or another, has the file.
     */
    BYTEPORT_ERROR_IN_USE = 30,
    /**
     * The outbox or the broker's client was closed.
     */
    BYTEPORT_ERROR_CLOSED = 31,
    /**
     * Memory is short. Nothing was done, or what was asked for does not fit.
     */
    BYTEPORT_ERROR_OUT_OF_MEMORY = 32,
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
 * What came of asking for a new program.
 */
enum byteport_firmware_outcome_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No call has succeeded yet.
     */
    BYTEPORT_FIRMWARE_NOT_ASKED = 0,
    /**
     * The service has no enabled firmware for the device's type.
     */
    BYTEPORT_FIRMWARE_NONE_OFFERED = 1,
    /**
     * The device runs the newest version, or its image is in the folder already, whole.
     */
    BYTEPORT_FIRMWARE_UP_TO_DATE = 2,
    /**
     * The image is in the folder now.
     */
    BYTEPORT_FIRMWARE_FETCHED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_firmware_outcome_t byteport_firmware_outcome_t;
#else
typedef int32_t byteport_firmware_outcome_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How safe a reading in an outbox is. Each level keeps the promises of those before it.
 */
enum byteport_durability_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It is not held: it was dropped.
     */
    BYTEPORT_DURABILITY_NONE = 0,
    /**
     * In memory. Lost if the process ends before it was uploaded, spilled to the file because memory is full, or written by
     * byteport_outbox_close(). As fast as can be; no wear of the disk.
     */
    BYTEPORT_DURABILITY_MEMORY = 1,
    /**
     * In the file with the next group commit, 1 s or 64 KiB later unless set otherwise. From then on a process that is killed
     * loses nothing; a power cut loses no more than what was written in the last seconds (5 unless set otherwise). What is
     * delivered before its commit is due is not written at all.
     */
    BYTEPORT_DURABILITY_DISK = 2,
    /**
     * In the file, and the file forced onto the disk, before the call returns: a power cut loses nothing.
     */
    BYTEPORT_DURABILITY_SYNCED = 3,
    /**
     * Taken by the service before the call returns. Until then it is written as with BYTEPORT_DURABILITY_DISK.
     */
    BYTEPORT_DURABILITY_DELIVERED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_durability_t byteport_durability_t;
#else
typedef int32_t byteport_durability_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What happened to readings, or to an outbox.
 */
enum byteport_outbox_event_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * There is no event: the pointer is NULL.
     */
    BYTEPORT_OUTBOX_EVENT_NONE = 0,
    /**
     * The service took readings: byteport_outbox_event_sequences() has their numbers.
     */
    BYTEPORT_OUTBOX_EVENT_DELIVERED = 1,
    /**
     * Readings were given up, as the bounds or damage demand: byteport_outbox_event_reason() says why, and
     * byteport_outbox_event_count() how many.
     */
    BYTEPORT_OUTBOX_EVENT_DROPPED = 2,
    /**
     * The service refused a reading for good: it lies in the quarantine table of the file. byteport_outbox_event_sequences()
     * has its number, byteport_outbox_event_text() the service's answer.
     */
    BYTEPORT_OUTBOX_EVENT_QUARANTINED = 3,
    /**
     * The way to the service changed: byteport_outbox_event_link().
     */
    BYTEPORT_OUTBOX_EVENT_LINK = 4,
    /**
     * The file can be written, or no longer: byteport_outbox_event_disk().
     */
    BYTEPORT_OUTBOX_EVENT_DISK = 5,
    /**
     * A damaged file, or one of a newer version, was moved aside: byteport_outbox_event_text() is its new path,
     * byteport_outbox_event_saved() and byteport_outbox_event_count() say how many readings were saved and lost.
     */
    BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_event_kind_t byteport_outbox_event_kind_t;
#else
typedef int32_t byteport_outbox_event_kind_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Why readings were given up.
 */
enum byteport_outbox_reason_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * No reason: nothing was dropped, or a reason that this library's header does not know.
     */
    BYTEPORT_OUTBOX_REASON_NONE = 0,
    /**
     * The bounds on bytes or count left no room.
     */
    BYTEPORT_OUTBOX_REASON_FULL = 1,
    /**
     * One of those between two that were kept, when the outbox thinned out.
     */
    BYTEPORT_OUTBOX_REASON_THINNED = 2,
    /**
     * Older than the greatest age.
     */
    BYTEPORT_OUTBOX_REASON_AGE = 3,
    /**
     * It lay in a part of the file that can no longer be read, or could not be written before the outbox was closed.
     */
    BYTEPORT_OUTBOX_REASON_DAMAGE = 4,
    /**
     * The oldest in a full quarantine table.
     */
    BYTEPORT_OUTBOX_REASON_QUARANTINE = 5,
    /**
     * Somebody discarded it from the quarantine table.
     */
    BYTEPORT_OUTBOX_REASON_DISCARDED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_reason_t byteport_outbox_reason_t;
#else
typedef int32_t byteport_outbox_reason_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The way from an outbox to the service.
 */
enum byteport_outbox_link_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing was sent yet.
     */
    BYTEPORT_OUTBOX_LINK_UNKNOWN = 0,
    /**
     * The last call was answered.
     */
    BYTEPORT_OUTBOX_LINK_UP = 1,
    /**
     * The service cannot be reached, or is not able to answer: one call tries again from time to time.
     */
    BYTEPORT_OUTBOX_LINK_DOWN = 2,
    /**
     * The service refuses the key (401, 403): everything is kept until the key is changed or works again.
     */
    BYTEPORT_OUTBOX_LINK_PAUSED = 3,
    /**
     * The readings that are due wait for the clock to be set.
     */
    BYTEPORT_OUTBOX_LINK_NO_CLOCK = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_link_t byteport_outbox_link_t;
#else
typedef int32_t byteport_outbox_link_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The file of an outbox.
 */
enum byteport_outbox_disk_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing is said of the file.
     */
    BYTEPORT_OUTBOX_DISK_NONE = 0,
    /**
     * It is written as promised.
     */
    BYTEPORT_OUTBOX_DISK_OK = 1,
    /**
     * It has reached its bound in bytes, and the option for that case drops nothing that was accepted.
     */
    BYTEPORT_OUTBOX_DISK_FULL = 2,
    /**
     * It cannot be written or read: memory serves until it can.
     */
    BYTEPORT_OUTBOX_DISK_BROKEN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_disk_t byteport_outbox_disk_t;
#else
typedef int32_t byteport_outbox_disk_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The way to a broker.
 */
enum byteport_broker_state_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing is said of it.
     */
    BYTEPORT_BROKER_STATE_NONE = 0,
    /**
     * A connection is being made.
     */
    BYTEPORT_BROKER_STATE_CONNECTING = 1,
    /**
     * The broker has let us in.
     */
    BYTEPORT_BROKER_STATE_OPEN = 2,
    /**
     * No connection: the next try comes after a pause, or when something is published.
     */
    BYTEPORT_BROKER_STATE_WAITING = 3,
    /**
     * The client was closed.
     */
    BYTEPORT_BROKER_STATE_CLOSED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_broker_state_t byteport_broker_state_t;
#else
typedef int32_t byteport_broker_state_t;
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
 * What the service makes of a series before it answers.
 */
enum byteport_operation_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Nothing: the values as they are.
     */
    BYTEPORT_OPERATION_NONE = 0,
    /**
     * The slope at each point: between its neighbours. The first and the last point have none.
     */
    BYTEPORT_OPERATION_DIFF = 1,
    /**
     * The slope, smoothed before and after.
     */
    BYTEPORT_OPERATION_SMOOTH_DIFF = 2,
    /**
     * The running sum.
     */
    BYTEPORT_OPERATION_CUM_SUM = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_operation_t byteport_operation_t;
#else
typedef int32_t byteport_operation_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * Into what a range is cut.
 */
enum byteport_grouping_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * Hours.
     */
    BYTEPORT_GROUPING_HOURLY = 0,
    /**
     * Days. What a comparison does unless told otherwise.
     */
    BYTEPORT_GROUPING_DAILY = 1,
    /**
     * Weeks.
     */
    BYTEPORT_GROUPING_WEEKLY = 2,
    /**
     * Months.
     */
    BYTEPORT_GROUPING_MONTHLY = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_grouping_t byteport_grouping_t;
#else
typedef int32_t byteport_grouping_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What is undone of the encoding with which an object was stored, and where.
 */
enum byteport_unpack_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The service reads the base64 text, and decompresses what is compressed. What a download does unless told otherwise.
     */
    BYTEPORT_UNPACK_THERE = 0,
    /**
     * The service reads the base64 text: what is compressed stays so.
     */
    BYTEPORT_UNPACK_THERE_DECODED_ONLY = 1,
    /**
     * The text comes as it was stored; the library reads it, and decompresses what is zlib, gzip or bzip2.
     */
    BYTEPORT_UNPACK_HERE = 2,
    /**
     * The text comes as it was stored; the library reads it: what is compressed stays so.
     */
    BYTEPORT_UNPACK_HERE_DECODED_ONLY = 3,
    /**
     * The text as it was stored.
     */
    BYTEPORT_UNPACK_NOTHING = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_unpack_t byteport_unpack_t;
#else
typedef int32_t byteport_unpack_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What gives way when an outbox is full.
 */
enum byteport_outbox_when_full_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * The oldest readings are dropped. What an outbox does unless told otherwise.
     */
    BYTEPORT_OUTBOX_DROP_OLDEST = 1,
    /**
     * The reading that comes is dropped: byteport_outbox_enqueue() succeeds, and says BYTEPORT_DURABILITY_NONE.
     */
    BYTEPORT_OUTBOX_DROP_NEWEST = 2,
    /**
     * Of the oldest half, every second reading of each device is dropped.
     */
    BYTEPORT_OUTBOX_THIN_OUT = 3,
    /**
     * The reading that comes is refused, with BYTEPORT_ERROR_FULL.
     */
    BYTEPORT_OUTBOX_REJECT = 4,
    /**
     * The caller waits for room, up to the time-out; then the reading is refused, with BYTEPORT_ERROR_FULL.
     */
    BYTEPORT_OUTBOX_BLOCK = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_when_full_t byteport_outbox_when_full_t;
#else
typedef int32_t byteport_outbox_when_full_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * In which order the readings of one device are uploaded.
 */
enum byteport_outbox_order_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * As they were taken in. What an outbox does unless told otherwise.
     */
    BYTEPORT_OUTBOX_OLDEST_FIRST = 1,
    /**
     * What was taken in last goes first: after an outage, the present is seen before the past.
     */
    BYTEPORT_OUTBOX_NEWEST_FIRST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_order_t byteport_outbox_order_t;
#else
typedef int32_t byteport_outbox_order_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * How to talk to a broker.
 */
enum byteport_protocol_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * MQTT 3.1.1.
     */
    BYTEPORT_PROTOCOL_MQTT = 1,
    /**
     * STOMP 1.2.
     */
    BYTEPORT_PROTOCOL_STOMP = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_protocol_t byteport_protocol_t;
#else
typedef int32_t byteport_protocol_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * From which kind of STOMP destination a device's messages come.
 */
enum byteport_channel_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * `/topic/device_messages_NAMESPACE.UID`: each listener gets each message that is sent while it listens. What a client
     * takes unless told otherwise.
     */
    BYTEPORT_CHANNEL_TOPIC = 1,
    /**
     * `/queue/device_messages_NAMESPACE.UID`: messages wait for a listener; of several, one gets each.
     */
    BYTEPORT_CHANNEL_QUEUE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_channel_t byteport_channel_t;
#else
typedef int32_t byteport_channel_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What became of messages, as the broker is told.
 */
enum byteport_verdict_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * They were handled: the broker forgets them.
     */
    BYTEPORT_VERDICT_TAKEN = 1,
    /**
     * They were not handled, and are to be delivered again. STOMP: the broker does so at once, unless it was set up otherwise.
     * MQTT has no word for it: where the session is persistent, the client makes a new connection after a pause, over which
     * the broker delivers again what it was not told is taken.
     */
    BYTEPORT_VERDICT_REFUSED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_verdict_t byteport_verdict_t;
#else
typedef int32_t byteport_verdict_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A part of the library that a board may leave out.
 */
enum byteport_feature_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * https, and brokers over TLS.
     */
    BYTEPORT_FEATURE_TLS = 1,
    /**
     * The outbox and its functions.
     */
    BYTEPORT_FEATURE_OUTBOX = 2,
    /**
     * Brokers by MQTT.
     */
    BYTEPORT_FEATURE_MQTT = 3,
    /**
     * Brokers by STOMP.
     */
    BYTEPORT_FEATURE_STOMP = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_feature_t byteport_feature_t;
#else
typedef int32_t byteport_feature_t;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * The settings of a broker's client. Everything but the login has a default. For one thread at a time. A setter that fails
 * changes nothing; byteport_broker_open() checks what the setters do not.
 */
typedef struct byteport_broker_options_t byteport_broker_options_t;

/**
 * What a broker's client had done by one moment, since it was opened. It never changes: any number of threads may read it at once.
 */
typedef struct byteport_broker_stats_t byteport_broker_stats_t;

/**
 * A client of a broker, and the thread that keeps its connection: one that is lost is made again, what was not confirmed is sent
 * again, and subscriptions are made again. Any number of threads may use one at once; only byteport_broker_free() needs it
 * alone. In a child that was forked, every call is BYTEPORT_ERROR_FORKED: it opens one of its own.
 */
typedef struct byteport_broker_t byteport_broker_t;

/**
 * A client of one host, with its kept connections and its login. Any number of threads may use one client at once; they
 * share its login. Only byteport_client_free() needs it alone.
 */
typedef struct byteport_client_t byteport_client_t;

/**
 * What came from the broker at once: one message, or a list of them. The broker is told of it as a whole. It never changes: any
 * number of threads may read it at once. What its functions return belongs to it.
 */
typedef struct byteport_delivery_t byteport_delivery_t;

/**
 * Which stored object is loaded and how; and, after a call that succeeded, what came. For one thread at a time. A setter that
 * fails changes nothing.
 */
typedef struct byteport_download_t byteport_download_t;

/**
 * Why a call failed. It never changes: any number of threads may read it at once.
 */
typedef struct byteport_error_t byteport_error_t;

/**
 * Which device asks for a new program, and where its image is to be put; and, after a call that succeeded, what came of it.
 * For one thread at a time. A setter that fails changes nothing.
 */
typedef struct byteport_firmware_t byteport_firmware_t;

/**
 * One message to a device. It belongs to its delivery. It never changes: any number of threads may read it at once.
 */
typedef struct byteport_message_t byteport_message_t;

/**
 * The settings of a client, with a default for each. For one thread at a time. A setter that fails changes nothing.
 */
typedef struct byteport_options_t byteport_options_t;

/**
 * Something that happened. It, and everything that its functions return, is gone when the callback returns.
 */
typedef struct byteport_outbox_event_t byteport_outbox_event_t;

/**
 * The settings of an outbox, with a default for each that fits a small board. For one thread at a time. A setter that fails
 * changes nothing; byteport_outbox_open() checks what the setters do not.
 */
typedef struct byteport_outbox_options_t byteport_outbox_options_t;

/**
 * The accounting of an outbox at one moment: accepted = delivered + queued + quarantined + dropped, in every one. It never
 * changes: any number of threads may read it at once. What its functions return belongs to it.
 */
typedef struct byteport_outbox_stats_t byteport_outbox_stats_t;

/**
 * A queue of readings in a file, and the threads that upload them. Any number of threads may use one outbox at once; only
 * byteport_outbox_free() needs it alone. In a child that was forked, every call is BYTEPORT_ERROR_FORKED: it opens an outbox
 * of its own, on another file.
 */
typedef struct byteport_outbox_t byteport_outbox_t;

/**
 * Which part of a series is read, and what is made of it; at first what the service takes where nothing is said. For one
 * thread at a time, though any number may read with it at once while none changes it. A setter that fails changes nothing.
 */
typedef struct byteport_query_t byteport_query_t;

/**
 * The fields that one device measured at one time. For one thread at a time, though any number may store it at once while
 * none changes it. A setter that fails changes nothing; a field that is set again is replaced.
 *
 * Field names are 1 to 32 of the characters 0-9 a-z A-Z - _ : and begin with neither - nor _; every other name is
 * BYTEPORT_ERROR_INVALID_NAME.
 */
typedef struct byteport_reading_t byteport_reading_t;

/**
 * Which devices are to be registered. For one thread at a time. A setter that fails changes nothing.
 */
typedef struct byteport_registration_t byteport_registration_t;

/**
 * What the service answered, as JSON text. It never changes: any number of threads may read it at once. What its function
 * returns belongs to it. It may hold keys of the API: do not log it.
 */
typedef struct byteport_result_t byteport_result_t;

/**
 * The pages of a series, of which one at a time is in memory. For one thread at a time. They use the client's connections and
 * login, and may outlive its handle.
 */
typedef struct byteport_series_pages_t byteport_series_pages_t;

/**
 * One field's values and when they were measured, oldest first. It never changes: any number of threads may read it at
 * once. Everything that its functions return belongs to it.
 */
typedef struct byteport_series_t byteport_series_t;

/**
 * What is compared with the typical group, and how; at first the last 7 days, daily. For one thread at a time, though any
 * number may ask with it at once while none changes it. A setter that fails changes nothing.
 */
typedef struct byteport_typical_t byteport_typical_t;

/**
 * Is told how many bytes of a transfer have come, and how many there will be, or BYTEPORT_SIZE_UNKNOWN. It returns 0 to go on,
 * and anything else to end the call with BYTEPORT_ERROR_STOPPED. It is called on the thread of the call; it must not use the
 * handle for which it was set, and must neither throw nor jump out.
 */
typedef int (*byteport_progress_callback_t)(uint64_t so_far, uint64_t total, void *BYTEPORT_NULLABLE userdata);

/**
 * Frees a callback's userdata. It must neither throw nor jump out.
 */
typedef void (*byteport_free_callback_t)(void *BYTEPORT_NULLABLE userdata);

/**
 * Takes one piece of an object: `length` bytes, which are gone when the callback returns. It returns 0 to go on, and anything
 * else to end the call with BYTEPORT_ERROR_STOPPED. It is called on the thread of the call; it must not use the download,
 * and must neither throw nor jump out.
 */
typedef int (*byteport_data_callback_t)(const uint8_t *data, size_t length, void *BYTEPORT_NULLABLE userdata);

/**
 * Takes one event of an outbox, which is gone when the callback returns, and the userdata. Calls for one outbox come one
 * after the other.
 *
 * On the library's thread for them (unless byteport_outbox_options_set_service() was called) further events and
 * byteport_outbox_close() wait meanwhile, and the oldest of more than a MiB of events are lost: return soon. The callback may
 * put readings into the outbox, change its key and ask for statistics, but must not wait for it: no byteport_outbox_flush(),
 * byteport_outbox_close() or byteport_outbox_wait_for(), and no BYTEPORT_DURABILITY_SYNCED or above. On any thread, it must never
 * free the outbox, and must neither throw nor jump out. It may end the program by exit().
 */
typedef void (*byteport_outbox_callback_t)(const byteport_outbox_event_t *event, void *BYTEPORT_NULLABLE userdata);

/**
 * Takes one message, the delivery that it belongs to, and the userdata; both are gone when it returns. It returns what became of
 * the message, as a byteport_verdict_t; any other number is BYTEPORT_VERDICT_REFUSED. The broker is told that a delivery is taken
 * when each of its messages was; after one that was refused the rest is not handed on, and all of it comes again.
 *
 * It may publish, store and ask for statistics, but not end the client nor free it. It must neither throw nor jump out.
 */
typedef int32_t (*byteport_message_callback_t)(const byteport_message_t *message,
                                               const byteport_delivery_t *delivery,
                                               void *BYTEPORT_NULLABLE userdata);

/**
 * Takes one message: its level, the part of the library that it comes from (`byteport::...`), its text in UTF-8, and the
 * userdata. Both texts are gone when the callback returns. It is called on whichever thread calls the library, and on those
 * of an outbox and of a broker's client, on several at once; it must neither throw nor jump out.
 */
typedef void (*byteport_log_callback_t)(byteport_log_level_t level,
                                        const char *target,
                                        const char *message,
                                        void *BYTEPORT_NULLABLE userdata);

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
 * Whether the library that runs has that part, one of byteport_feature_t. It has none of which it does not know the number.
 *
 * Any thread may call this.
 */
bool byteport_has_feature(int32_t feature);

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
byteport_status_t byteport_error_status(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * How far the call had come; BYTEPORT_PHASE_CHECK for NULL.
 */
byteport_phase_t byteport_error_phase(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * The HTTP status that the service answered with, such as 403; 0 if there was no answer, and for NULL.
 */
int32_t byteport_error_http_status(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * What happened and what to do about it, with every cause, in one line of UTF-8. NULL for NULL. The text belongs to the
 * error. It never holds a key, a password or a cookie.
 */
const char *BYTEPORT_NULLABLE byteport_error_message(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * How many causes the error has; 0 where the message says it all, and for NULL.
 */
size_t byteport_error_cause_count(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * One cause's text, the nearest at index 0. NULL past the last, and for NULL. The text belongs to the error.
 */
const char *BYTEPORT_NULLABLE byteport_error_cause(const byteport_error_t *BYTEPORT_NULLABLE error,
                                                   size_t index);

/**
 * Whether the same call, made again later and unchanged, can succeed; false for NULL.
 */
bool byteport_error_is_retryable(const byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * Frees an error; NULL is fine.
 */
void byteport_error_free(byteport_error_t *BYTEPORT_NULLABLE error);

/**
 * The system clock's time, in microseconds since 1970-01-01 UTC.
 */
int64_t byteport_timestamp_now(void);

/**
 * The microseconds that UNIX seconds stand for, rounded to the nearest. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for NaN,
 * the infinities, and what does not fit.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_from_seconds(double seconds,
                                                  int64_t *out,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The microseconds that an ISO 8601 text stands for: `2015-05-01`, `2015-05-01T02:00:00`, with a fraction, with `Z` or
 * `+02:00`; no zone means UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_timestamp_parse(const char *iso8601,
                                           int64_t *out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Writes a time as it goes over the wire, and its NUL, to a buffer of `size` bytes: UNIX seconds with at most six decimals
 * and no trailing zeros, such as `1430438400.012345`. BYTEPORT_TIMESTAMP_SIZE bytes are enough. Errors:
 * BYTEPORT_ERROR_INVALID_ARGUMENT where it does not fit; nothing is written.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_format(int64_t time,
                                            char *buffer,
                                            size_t size,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Writes a time as ISO 8601 in UTC, as byteport_timestamp_format() does: `2015-05-01T00:00:00.012345`.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_format_iso8601(int64_t time,
                                                    char *buffer,
                                                    size_t size,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * New settings, each at its default. Free them with byteport_options_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_options_t *BYTEPORT_NULLABLE byteport_options_new(void);

/**
 * Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with `http://` or `https://` before it or not. Default:
 * `api.byteport.se`. Without a scheme, a loopback host (localhost, 127.0.0.0/8, ::1) is called by http, every other by
 * https. byteport_client_new() checks the text.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_host(byteport_options_t *options,
                                            const char *host,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Calls by https, or by http, where the host's text names no scheme.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_https(byteport_options_t *options,
                                             bool https,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the namespace that is stored to. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_namespace(byteport_options_t *options,
                                                 const char *name,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the API key: the namespace's write key or the device's access key. It must not be empty. It appears in no log
 * message and no error text.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_key(byteport_options_t *options,
                                           const char *key,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the UID of the device that stores where a call names no other. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_device(byteport_options_t *options,
                                              const char *uid,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Connects through a proxy, whatever the environment says: `SCHEME://[USER[:PASSWORD]@]HOST[:PORT]` with the scheme
 * `http`, `socks4`, `socks4a` or `socks5`, user and password percent-encoded where need be. Default: the environment
 * variables https_proxy, http_proxy, all_proxy and no_proxy.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_proxy(byteport_options_t *options,
                                             const char *url,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Connects directly, whatever the environment says.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_no_proxy(byteport_options_t *options,
                                                byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the longest time for making a connection (resolving, connecting, proxy and TLS together), in milliseconds; not
 * 0. Default: 10,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_connect_timeout_ms(byteport_options_t *options,
                                                          uint32_t timeout_ms,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the longest time for a whole call, connecting included, in milliseconds; not 0. Default: 30,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_timeout_ms(byteport_options_t *options,
                                                  uint32_t timeout_ms,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the largest answer that is taken, in bytes; not 0. A larger one is BYTEPORT_ERROR_ANSWER_TOO_LARGE: ask for less.
 * Stores ignore what the answer says. Default: 67,108,864 (64 MiB unless set).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_max_answer(byteport_options_t *options,
                                                  uint64_t bytes,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS
 * connection is made; then an unreadable one is BYTEPORT_ERROR_TLS.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_ca_file(byteport_options_t *options,
                                               const char *path,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Names a PEM file with the certificate that this client shows to the service, the rest of its chain, and its private key.
 * It is read as byteport_options_set_ca_file() says.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_client_cert(byteport_options_t *options,
                                                   const char *path,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how readings are stored, as a byteport_method_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_store_method(byteport_options_t *options,
                                                    int32_t method,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees the settings; NULL is fine. Clients made from them keep a copy.
 */
void byteport_options_free(byteport_options_t *BYTEPORT_NULLABLE options);

/**
 * A new reading without fields, of the client's own device, stamped with the system clock. It keeps that time however late
 * it is stored. Free it with byteport_reading_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_reading_t *BYTEPORT_NULLABLE byteport_reading_new(void);

/**
 * Sets the UID of the device that measured, in place of the client's own. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_device(byteport_reading_t *reading,
                                              const char *uid,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the time of measuring, in microseconds since 1970-01-01 UTC. Errors: BYTEPORT_ERROR_INVALID_TIMESTAMP for
 * BYTEPORT_TIME_OPEN, which is no time.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_set_timestamp(byteport_reading_t *reading,
                                                 int64_t time,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Leaves the time to the server, which takes the moment at which the reading comes. Storing such a reading twice makes two.
 * An outbox does not leave it to the server: it takes the moment at which the reading is put in.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_use_server_time(byteport_reading_t *reading,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets a field to a number. It reads back to the same bits. Errors: BYTEPORT_ERROR_INVALID_NAME;
 * BYTEPORT_ERROR_INVALID_VALUE for NaN and the infinities.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_number(byteport_reading_t *reading,
                                              const char *field,
                                              double value,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets a field to a whole number. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_integer(byteport_reading_t *reading,
                                               const char *field,
                                               int64_t value,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets a field to a text. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_reading_set_text(byteport_reading_t *reading,
                                            const char *field,
                                            const char *value,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets a field to `length` bytes, which are copied; NULL is fine where `length` is 0. They travel, and read back, as base64
 * text. Errors: BYTEPORT_ERROR_INVALID_NAME.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_bytes(byteport_reading_t *reading,
                                             const char *field,
                                             const uint8_t *BYTEPORT_NULLABLE data,
                                             size_t length,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Removes every field and stamps the reading anew: ready for the next round. The device stays.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_restart(byteport_reading_t *reading,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a reading; NULL is fine.
 */
void byteport_reading_free(byteport_reading_t *BYTEPORT_NULLABLE reading);

/**
 * Makes a client. Nothing is sent. The settings are copied, and may be changed or freed afterwards. Free the client with
 * byteport_client_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for settings that make no sense.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_new(const byteport_options_t *options,
                                      byteport_client_t **out,
                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a client and closes its connections, without waiting for anything; NULL is fine. No other thread may be in a
 * call with it. Pages of a series and outboxes that are not yet freed keep its connections open, and its login.
 */
void byteport_client_free(byteport_client_t *BYTEPORT_NULLABLE client);

/**
 * Stores a reading, and returns when the service has it. A reading without fields is a heartbeat. The reading stays as it
 * is, and may be stored again. After a failure up to BYTEPORT_PHASE_TLS nothing was stored; after a later one the service
 * may have it all the same, and storing it again is safe where it has a time: the same value at the same time is one.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace, key or device; BYTEPORT_ERROR_TOO_LONG for a GET over 2,048
 * bytes of URL; those of the connection and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_store(const byteport_client_t *client,
                                        const byteport_reading_t *reading,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Tells the service that a device lives: the one named, or the client's own for NULL. Errors: as byteport_client_store().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_client_heartbeat(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE device,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Stores a message that the service shows in its log, for the device named, or the client's own for NULL. The level is a
 * byteport_log_level_t but BYTEPORT_LOG_OFF. This has nothing to do with byteport_log_set(), which is about the library's
 * own messages. Errors: as byteport_client_store().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_log(const byteport_client_t *client,
                                      int32_t level,
                                      const char *message,
                                      const char *BYTEPORT_NULLABLE device,
                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Logs in with user name and password, which reading needs; storing goes by key and needs no login. A login from before
 * is forgotten. Errors: BYTEPORT_ERROR_LOGIN_FAILED, and those of the connection and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_login(const byteport_client_t *client,
                                        const char *user,
                                        const char *password,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Ends the login, here in any case and on the server if it can be reached.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_client_logout(const byteport_client_t *client,
                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A new query. Free it with byteport_query_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_query_t *BYTEPORT_NULLABLE byteport_query_new(void);

/**
 * Reads from the first to the last moment, in microseconds since 1970-01-01 UTC; BYTEPORT_TIME_OPEN leaves that end to the
 * service.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_range(byteport_query_t *query,
                                           int64_t from,
                                           int64_t to,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Reads the last minutes, by the service's clock, in place of a range; not 0.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_last_minutes(byteport_query_t *query,
                                                  uint32_t minutes,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the factor by which the service multiplies the values; a finite number.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_scale(byteport_query_t *query,
                                           double factor,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets what the service makes of the values, as a byteport_operation_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_operation(byteport_query_t *query,
                                               int32_t operation,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a query; NULL is fine.
 */
void byteport_query_free(byteport_query_t *BYTEPORT_NULLABLE query);

/**
 * Reads one field's values, oldest first, into memory: byteport_client_series_pages() is for a range of any length. Free the
 * series with byteport_series_free().
 *
 * For NULL, namespace and device are the client's own. `from` and `to` are the first and the last moment, in microseconds
 * since 1970-01-01 UTC; BYTEPORT_TIME_OPEN leaves that end to the service.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME;
 * BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the connection and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 7)
byteport_status_t byteport_client_read_series(const byteport_client_t *client,
                                              const char *BYTEPORT_NULLABLE namespace_,
                                              const char *BYTEPORT_NULLABLE device,
                                              const char *field,
                                              int64_t from,
                                              int64_t to,
                                              byteport_series_t **out,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * As byteport_client_read_series(), by a query.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_query_series(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *field,
                                               const byteport_query_t *query,
                                               byteport_series_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The number of points; 0 for NULL.
 */
size_t byteport_series_length(const byteport_series_t *BYTEPORT_NULLABLE series);

/**
 * What the values are; BYTEPORT_SERIES_NONE for NULL. A series without points is BYTEPORT_SERIES_NUMBERS.
 */
byteport_series_kind_t byteport_series_kind(const byteport_series_t *BYTEPORT_NULLABLE series);

/**
 * The times, byteport_series_length() of them, in microseconds since 1970-01-01 UTC. NULL for NULL.
 */
const int64_t *BYTEPORT_NULLABLE byteport_series_times(const byteport_series_t *BYTEPORT_NULLABLE series);

/**
 * The numbers, byteport_series_length() of them; NaN where the service has a time but no value. NULL where the series holds
 * texts, and for NULL.
 */
const double *BYTEPORT_NULLABLE byteport_series_numbers(const byteport_series_t *BYTEPORT_NULLABLE series);

/**
 * One value as text, in UTF-8, with a NUL behind it; an object is base64 text. NULL past the last, where the series holds
 * numbers, and for NULL.
 *
 * Where `length` is not NULL and a text is returned, the number of its bytes without the last NUL is written there. Some
 * other client may have stored a text with a NUL inside: only that length tells where it ends.
 */
const char *BYTEPORT_NULLABLE byteport_series_text(const byteport_series_t *BYTEPORT_NULLABLE series,
                                                   size_t index,
                                                   size_t *BYTEPORT_NULLABLE length);

/**
 * Frees a series; NULL is fine.
 */
void byteport_series_free(byteport_series_t *BYTEPORT_NULLABLE series);

/**
 * Walks a range of a field, which may be of any length, in bounded memory. Nothing is sent yet. For NULL, namespace and device
 * are the client's own. The query needs a beginning, and no operation; without an end it is now. The query may be changed or
 * freed afterwards. Free the pages with byteport_series_pages_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a query without a beginning, or with an operation; BYTEPORT_ERROR_NOT_CONFIGURED
 * without namespace or device.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_series_pages(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *field,
                                               const byteport_query_t *query,
                                               byteport_series_pages_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Reads the next page: about 10,000 points, at least one, later than those before. At the end `out` becomes NULL. A page may
 * hold numbers and the next one texts. After an error there are no more pages: byteport_series_pages_rest() says where to
 * go on. Blocks as a call of the client does. Free the series with byteport_series_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_NAME; BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the
 * connection and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_series_pages_next(byteport_series_pages_t *pages,
                                             byteport_series_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The first moment of what was not read yet, in microseconds since 1970-01-01 UTC: with it as the beginning, new pages go on
 * where these ended. BYTEPORT_TIME_OPEN at the end, and for NULL.
 */
int64_t byteport_series_pages_rest(const byteport_series_pages_t *BYTEPORT_NULLABLE pages);

/**
 * Frees the pages; NULL is fine. Series that came from them stay.
 */
void byteport_series_pages_free(byteport_series_pages_t *BYTEPORT_NULLABLE pages);

/**
 * The text, checked to be JSON in UTF-8, with one NUL behind it. NULL for NULL.
 *
 * In most answers the service writes nearly every scalar as text: `"True"`, `"None"`, `"180"`.
 */
const char *BYTEPORT_NULLABLE byteport_result_json(const byteport_result_t *BYTEPORT_NULLABLE result);

/**
 * The number of the text's bytes without the NUL; 0 for NULL.
 */
size_t byteport_result_length(const byteport_result_t *BYTEPORT_NULLABLE result);

/**
 * Frees a result; NULL is fine.
 */
void byteport_result_free(byteport_result_t *BYTEPORT_NULLABLE result);

/**
 * Sends pairs that the service gives back as a JSON object: a look whether it answers, which needs no login. `names` and
 * `values` are `count` texts each; NULL is fine where `count` is 0. Free the result with byteport_result_free().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_echo(const byteport_client_t *client,
                                       const char *const *BYTEPORT_NULLABLE names,
                                       const char *const *BYTEPORT_NULLABLE values,
                                       size_t count,
                                       byteport_result_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * What the service says of the session; the shape is not documented. Free the result with byteport_result_free().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_session(const byteport_client_t *client,
                                          byteport_result_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The namespaces that the user may see, or the one of that name; NULL for all. A list of objects: `name`, `description`,
 * `data_survival_time`, `http_write_method`, `write_by_key`, `write_key`, `read_by_key`, `read_key`. Free the result with
 * byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_FORBIDDEN without login; BYTEPORT_ERROR_INVALID_ANSWER; those of the connection and of the HTTP
 * status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_namespaces(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE name,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Who stored something in the last 24 hours: an object with the lists `registered_devices` and `unregistered_devices`, the
 * latter of objects `namespace`, `uid`, `last_contact`. For NULL, the namespace is the client's own. Free the result with
 * byteport_result_free(). Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace; else as byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_activity(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The devices of a namespace as a list of objects: all for a NULL `uid`, or that one, or with a `*` at its end those whose
 * UID begins so. The depth is 0 for UIDs only, 1 for the devices, 2 or 3 with their types and child devices;
 * BYTEPORT_UNSET leaves it to the service. For NULL, the namespace is the client's own. Free the result with
 * byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace; BYTEPORT_ERROR_INVALID_ARGUMENT for another depth; else as
 * byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_devices(const byteport_client_t *client,
                                          const char *BYTEPORT_NULLABLE namespace_,
                                          const char *BYTEPORT_NULLABLE uid,
                                          int32_t depth,
                                          byteport_result_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The addresses that hold a term, at most `limit` of them: an object whose `data` is a list of texts, `NAMESPACE.DEVICE`.
 * A `.` at the term's end asks for exactly that one, a `*` is a wild card. Free the result with byteport_result_free().
 * Errors: as byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_client_search_guids(const byteport_client_t *client,
                                               const char *term,
                                               uint32_t limit,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * As byteport_client_search_guids(), with the devices as objects in `data`.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_client_search_devices(const byteport_client_t *client,
                                                 const char *term,
                                                 uint32_t limit,
                                                 byteport_result_t **out,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Changes what the service knows of a device, and gives the device as it is then. `names` and `values` are `count` texts
 * each: `active`, `offline_alarm` (True or False); `lat`, `lon` (degrees); `location_hint`, `alias`, `serial`,
 * `description` (text); `timeout_limit`, `alarm_interval` (seconds), `alarm_repeat_times` (whole numbers). For NULL,
 * namespace and device are the client's own. Free the result with byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a setting, and for one that is unknown or cannot have that value; nothing
 * is sent then. BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; else as byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 7)
byteport_status_t byteport_client_configure(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE namespace_,
                                            const char *BYTEPORT_NULLABLE device,
                                            const char *const *names,
                                            const char *const *values,
                                            size_t count,
                                            byteport_result_t **out,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets fields of a device: what is told to it, not what it stored. `names` and `values` are `count` texts each; a name is a
 * path such as `Group name.Property`. For NULL, namespace and device are the client's own. What the service answers is
 * JSON of a shape that is not documented. Free the result with byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a field, and for one without a name; else as byteport_client_configure().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 7)
byteport_status_t byteport_client_set_fields(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE namespace_,
                                             const char *BYTEPORT_NULLABLE device,
                                             const char *const *names,
                                             const char *const *values,
                                             size_t count,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The kinds of devices of a namespace as a list of objects: all for the id BYTEPORT_UNSET, or the one of that id. The depth
 * is 0 to 2; BYTEPORT_UNSET leaves it to the service. For NULL, the namespace is the client's own. Free the result with
 * byteport_result_free(). Errors: as byteport_client_devices().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_device_types(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               int64_t id,
                                               int32_t depth,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The programs for a kind of device, which is named by its id: a list of objects with `id`, `version`, `filesize`,
 * `md5_digest`, `image`, `enabled`, `uploaded` and more; all for the id BYTEPORT_UNSET, or the one of that id. For NULL, the
 * namespace is the client's own. Free the result with byteport_result_free(). Errors: as byteport_client_activity().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_firmwares(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE namespace_,
                                            int64_t device_type,
                                            int64_t id,
                                            byteport_result_t **out,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * What the fields of a kind of device mean: a list of objects with `id`, `name`, `data_type`, `unit`, `unit_symbol` and
 * more. The arguments are those of byteport_client_firmwares().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_field_definitions(const byteport_client_t *client,
                                                    const char *BYTEPORT_NULLABLE namespace_,
                                                    int64_t device_type,
                                                    int64_t id,
                                                    byteport_result_t **out,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A new registration, of no device. Free it with byteport_registration_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_registration_t *BYTEPORT_NULLABLE byteport_registration_new(void);

/**
 * Sets the device's UID. Where `is_batch` is true, the text is several with commas between them, or a range: `device100-107`,
 * `10-19`, `100-107Dev`. The service checks it.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_registration_set_uids(byteport_registration_t *registration,
                                                 const char *uids,
                                                 bool is_batch,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the id of the devices' type.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_device_type(byteport_registration_t *registration,
                                                        int64_t id,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether what is registered already is registered again. Default: no.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_force(byteport_registration_t *registration,
                                                  bool force,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the devices are in use at once. Default: no.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_active(byteport_registration_t *registration,
                                                   bool active,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the length of the registration codes, in characters. Default: the service's.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_code_length(byteport_registration_t *registration,
                                                        uint32_t length,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the serial number of a single device.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_registration_set_serial(byteport_registration_t *registration,
                                                   const char *serial,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a registration; NULL is fine.
 */
void byteport_registration_free(byteport_registration_t *BYTEPORT_NULLABLE registration);

/**
 * Registers devices, and gives what the service answers: an object whose `registration_result` holds `devices`, each with
 * `uid` and its secrets `access_key`, with which it stores, and `reg_code`. For NULL, the namespace is the client's own.
 * The registration stays as it is. Free the result with byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without UID or device type, and for a batch with a serial number;
 * BYTEPORT_ERROR_NOT_ALLOWED with the service's reason where it refuses, such as for a UID that is registered already; else
 * as byteport_client_activity().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3, 4)
byteport_status_t byteport_client_register(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           const byteport_registration_t *registration,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sends a text to a device, and gives the message as the service keeps it: an object, or a list of one, with `id`, `status`,
 * `user`, `send_time`, `device`, and `message`, which is itself JSON text. The service documents ASCII; other text is sent
 * in UTF-8. For NULL, namespace and device are the client's own. Free the result with byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for an empty text; BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; else
 * as byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5)
byteport_status_t byteport_client_send_message(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *text,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The messages that were sent to a device, as a list of objects, by their index: from the first to the last one, where 0 is
 * the last one sent; BYTEPORT_UNSET leaves an end to the service. For NULL, namespace and device are the client's own. Free
 * the result with byteport_result_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for an index that is none; else as
 * byteport_client_send_message().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 6)
byteport_status_t byteport_client_messages(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           const char *BYTEPORT_NULLABLE device,
                                           int64_t from,
                                           int64_t to,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A single value, whole, as an object with `value`, `timestamp`, `ref` and more. The reference is the `r` of its point in
 * the service's answer; byteport-server takes `latest`, too. For NULL, namespace and device are the client's own. Free the
 * result with byteport_result_free().
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME;
 * BYTEPORT_ERROR_INVALID_ARGUMENT for a reference that is none; else as byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_value(const byteport_client_t *client,
                                        const char *BYTEPORT_NULLABLE namespace_,
                                        const char *BYTEPORT_NULLABLE device,
                                        const char *field,
                                        const char *reference,
                                        byteport_result_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * What a field holds, as an object: `daily_activity`, a list of lists of date, number of values, and that in percent of the
 * most active day's; `values_in_way_past`, `values_in_future`; and where it is asked for `calendar`, whose shape is not
 * documented. For NULL, namespace and device are the client's own. Free the result with byteport_result_free(). Errors:
 * BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME; else as
 * byteport_client_namespaces().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 6)
byteport_status_t byteport_client_statistics(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE namespace_,
                                             const char *BYTEPORT_NULLABLE device,
                                             const char *field,
                                             bool build_calendar,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A new comparison. Free it with byteport_typical_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_typical_t *BYTEPORT_NULLABLE byteport_typical_new(void);

/**
 * Compares what was measured from the first to the last moment, as byteport_query_set_range() says.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_range(byteport_typical_t *typical,
                                             int64_t from,
                                             int64_t to,
                                             byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Compares the last minutes, by the service's clock, in place of a range; not 0.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_last_minutes(byteport_typical_t *typical,
                                                    uint32_t minutes,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets into what the range is cut, as a byteport_grouping_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_grouping(byteport_typical_t *typical,
                                                int32_t grouping,
                                                byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the groups are answered by their distance, not by time.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_by_distance(byteport_typical_t *typical,
                                                   bool by_distance,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the values' change is compared, not the values.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_diff(byteport_typical_t *typical,
                                            bool diff,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether each group comes with its description.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_descriptions(byteport_typical_t *typical,
                                                    bool descriptions,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Leaves one more descriptor out of the comparison: `count`, `mean`, `std`, `min`, `max`, `25%`, `50%` or `75%`.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_typical_exclude(byteport_typical_t *typical,
                                           const char *descriptor,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a comparison; NULL is fine.
 */
void byteport_typical_free(byteport_typical_t *BYTEPORT_NULLABLE typical);

/**
 * How far each group of a field's values is from the typical one, as an object: `distances`, a list of objects `group_name`
 * and `dist`; `T_med`, the typical group's descriptors. Each group is described by the descriptors of
 * byteport_typical_exclude(); the typical one has the median of each; the distance is Euclidean. For NULL, namespace and
 * device are the client's own. Free the result with byteport_result_free(). Errors: as byteport_client_statistics().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_distance_to_typical(const byteport_client_t *client,
                                                      const char *BYTEPORT_NULLABLE namespace_,
                                                      const char *BYTEPORT_NULLABLE device,
                                                      const char *field,
                                                      const byteport_typical_t *typical,
                                                      byteport_result_t **out,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A new download, of nothing. Free it with byteport_download_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_download_t *BYTEPORT_NULLABLE byteport_download_new(void);

/**
 * Sets which object is loaded: its field, and the `r` of its point in the service's answer; byteport-server takes `latest`,
 * too. For NULL, namespace and device are the client's own.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5)
byteport_status_t byteport_download_set_value(byteport_download_t *download,
                                              const char *BYTEPORT_NULLABLE namespace_,
                                              const char *BYTEPORT_NULLABLE device,
                                              const char *field,
                                              const char *reference,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets what is undone of the encoding and where, as a byteport_unpack_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_unpack(byteport_download_t *download,
                                               int32_t unpack,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the most bytes that are written; above it is BYTEPORT_ERROR_ANSWER_TOO_LARGE. Default: any number. A few compressed
 * bytes can stand for gigabytes.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_limit(byteport_download_t *download,
                                              uint64_t bytes,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets who is told as the bytes come in, which are those of the transfer: more or fewer than are written where the library
 * unpacks them. NULL is for nobody. `free_userdata`, which may be NULL, is called once: when the callback is replaced or the
 * download freed, at once where the callback is NULL. Where this call fails, the userdata stays the caller's.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_progress(byteport_download_t *download,
                                                 byteport_progress_callback_t BYTEPORT_NULLABLE callback,
                                                 void *BYTEPORT_NULLABLE userdata,
                                                 byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * How many bytes the last call that succeeded has written; 0 before, and for NULL.
 */
uint64_t byteport_download_bytes(const byteport_download_t *BYTEPORT_NULLABLE download);

/**
 * The file name that the service proposed in the last call that succeeded: a name only, without folders, control characters
 * and points at its beginning. NULL where it proposed none, before, and for NULL. The text belongs to the download and is
 * gone after its next call.
 */
const char *BYTEPORT_NULLABLE byteport_download_file_name(const byteport_download_t *BYTEPORT_NULLABLE download);

/**
 * Frees a download; NULL is fine.
 */
void byteport_download_free(byteport_download_t *BYTEPORT_NULLABLE download);

/**
 * Writes an object to a file descriptor, from where it stands, in memory that does not grow with the object. The descriptor
 * stays open, and must block. What was written before an error is no whole object. A pipe that nobody reads any more
 * raises SIGPIPE, as write() does.
 *
 * The answer's beginning comes within the total time-out; after that only the time without a byte is limited, by the same
 * length.
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a descriptor that is not open or a reference that is none;
 * BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_NAME; BYTEPORT_ERROR_FORBIDDEN without
 * login; BYTEPORT_ERROR_FILE where it cannot be written; BYTEPORT_ERROR_ANSWER_TOO_LARGE above the limit;
 * BYTEPORT_ERROR_STOPPED; BYTEPORT_ERROR_INVALID_VALUE where what the library unpacks is damaged; those of the connection
 * and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_download_to_fd(const byteport_client_t *client,
                                                 byteport_download_t *download,
                                                 int fd,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Writes an object to a file, which has its name only when it is whole and on the disk: until then it is a temporary one in
 * the same folder, which is gone after an error. A file that was there is replaced, and so is a symbolic link. Else as
 * byteport_client_download_to_fd().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_download_to_path(const byteport_client_t *client,
                                                   byteport_download_t *download,
                                                   const char *path,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Gives an object to a callback, piece by piece. The userdata is only handed on. Else as byteport_client_download_to_fd().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_download_to_callback(const byteport_client_t *client,
                                                       byteport_download_t *download,
                                                       byteport_data_callback_t callback,
                                                       void *BYTEPORT_NULLABLE userdata,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * A new request for a program, of the client's own device. Free it with byteport_firmware_free(). NULL where
 * memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_firmware_t *BYTEPORT_NULLABLE byteport_firmware_new(void);

/**
 * Sets for which device a program is fetched. For NULL, namespace and device are the client's own.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_device(byteport_firmware_t *firmware,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the folder in which the image is put, by the name that it has on the server. It must be there.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_firmware_set_folder(byteport_firmware_t *firmware,
                                               const char *path,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the path under which the server has its images; it begins and ends with `/`. Default: `/media/`. Where a service has
 * them is not documented.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_firmware_set_media_prefix(byteport_firmware_t *firmware,
                                                     const char *prefix,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the version that the device runs, which is not fetched again. NULL is for none, which is the default.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_current_version(byteport_firmware_t *firmware,
                                                        const char *BYTEPORT_NULLABLE version,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the largest image that is fetched, in bytes. Default: 1,073,741,824 (1 GiB).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_max_size(byteport_firmware_t *firmware,
                                                 uint64_t bytes,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether an image is fetched that has no digest, and so cannot be checked. Default: no.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_allow_unchecked(byteport_firmware_t *firmware,
                                                        bool allow,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets who is told as the image comes in, what an earlier call left of it included. NULL is for nobody. The userdata is
 * freed as byteport_download_set_progress() says.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_progress(byteport_firmware_t *firmware,
                                                 byteport_progress_callback_t BYTEPORT_NULLABLE callback,
                                                 void *BYTEPORT_NULLABLE userdata,
                                                 byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * What came of the last call that succeeded; BYTEPORT_FIRMWARE_NOT_ASKED before, and for NULL.
 */
byteport_firmware_outcome_t byteport_firmware_outcome(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);

/**
 * The version of the newest firmware, by the last call that succeeded. NULL where there is none or it has no version, before,
 * and for NULL. The text belongs to the request and is gone after its next call.
 */
const char *BYTEPORT_NULLABLE byteport_firmware_version(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);

/**
 * The image's path in the folder, by the last call that succeeded. NULL where the image is not there, as the device runs that
 * version, before, and for NULL. The text belongs to the request and is gone after its next call.
 */
const char *BYTEPORT_NULLABLE byteport_firmware_path(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);

/**
 * How many bytes came over the network in the last call that succeeded: fewer than the image has where an earlier one had
 * begun. 0 before, and for NULL.
 */
uint64_t byteport_firmware_received(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);

/**
 * Frees a request for a program; NULL is fine.
 */
void byteport_firmware_free(byteport_firmware_t *BYTEPORT_NULLABLE firmware);

/**
 * Finds the newest enabled firmware of the device's type, and fetches its image into the folder. Newest is what was uploaded
 * last; of several at the same time, or without a time, the one with the highest id.
 *
 * The image is written to `NAME.part`, and gets its name when its size and digest are right and it is on the disk. Where the
 * connection breaks, the call goes on from where it was, a few times, as long as something comes; what an earlier call left
 * of the same firmware is gone on with, too. A second process that fetches the same image into the folder meanwhile gets
 * BYTEPORT_ERROR_FILE. Time-outs are as those of byteport_client_download_to_fd().
 *
 * Size and MD5 digest find an image that is torn, cut short, damaged on its way, or mixed up with another one. They do not
 * protect from an attacker: MD5 is broken, and the digest comes by the same way as the image. Use https, and let the device
 * check a signature of your own before it runs an image.
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT without a folder; BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device;
 * BYTEPORT_ERROR_NOT_FOUND without such a device, or where it has no type; BYTEPORT_ERROR_INVALID_ANSWER for an image whose
 * path leads elsewhere, or that has no digest; BYTEPORT_ERROR_ANSWER_TOO_LARGE above the largest size;
 * BYTEPORT_ERROR_INTEGRITY where size or digest is wrong: nothing is kept then; BYTEPORT_ERROR_FILE where the folder fails;
 * BYTEPORT_ERROR_STOPPED; those of the connection and of the HTTP status.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_fetch_firmware(const byteport_client_t *client,
                                                 byteport_firmware_t *firmware,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

#if !defined(BYTEPORT_WITHOUT_OUTBOX)

/**
 * New settings, each at its default. Free them with byteport_outbox_options_free(). NULL where memory is short.
 */
BYTEPORT_CHECK_RESULT
byteport_outbox_options_t *BYTEPORT_NULLABLE byteport_outbox_options_new(void);

/**
 * Sets the most bytes on disk, the write-ahead log included; at least 262,144. Default: 16,777,216 (16 MiB).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_disk(byteport_outbox_options_t *options,
                                                       uint64_t bytes,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the most bytes of readings in memory that are not in the file; at least 4,096. No reading can be longer than this.
 * Default: 262,144 (256 KiB).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_memory(byteport_outbox_options_t *options,
                                                         uint64_t bytes,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the most readings that wait; not 0. Default: unlimited.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_count(byteport_outbox_options_t *options,
                                                        uint64_t count,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how long a reading waits at the most, by the time at which it was taken in, in milliseconds; not 0. Older ones are
 * dropped. Default: unlimited.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_age_ms(byteport_outbox_options_t *options,
                                                         uint64_t age_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets what gives way when the outbox is full, as a byteport_outbox_when_full_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_when_full(byteport_outbox_options_t *options,
                                                        int32_t choice,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how long byteport_outbox_enqueue() waits at the most, where it waits for room, for the disk or for the service, in
 * milliseconds; 0 does not wait. Default: 30,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_timeout_ms(byteport_outbox_options_t *options,
                                                         uint32_t timeout_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets after how long a reading at BYTEPORT_DURABILITY_DISK is in the file, at the latest, in milliseconds. Default: 1,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_commit_interval_ms(byteport_outbox_options_t *options,
                                                                 uint32_t interval_ms,
                                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets after how many bytes of readings they are written to the file before the interval is over; not 0. Default: 65,536.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_commit_bytes(byteport_outbox_options_t *options,
                                                           uint64_t bytes,
                                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets after how long what was written to the file is forced onto the disk, at the latest, in milliseconds; 0 at each write.
 * Default: 5,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_sync_interval_ms(byteport_outbox_options_t *options,
                                                               uint32_t interval_ms,
                                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how many connections upload at once, 1 to 64, each on a thread. The readings of one device go one after the other.
 * Default: 1.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_connections(byteport_outbox_options_t *options,
                                                          uint32_t connections,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets in which order the readings of one device are uploaded, as a byteport_outbox_order_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_order(byteport_outbox_options_t *options,
                                                    int32_t order,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the most readings per second that are uploaded, above 0. Default: unlimited.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_rate(byteport_outbox_options_t *options,
                                                       double readings_per_second,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the namespace's legacy key, with which readings go in batches, as packets. It must not be empty, and appears in no log
 * message, no error text and not in the file.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_options_set_legacy_key(byteport_outbox_options_t *options,
                                                         const char *key,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Takes the system clock for not set while it shows an earlier time than this, in microseconds since 1970-01-01 UTC: for a
 * board without a battery, give the time at which its program was built. What is measured meanwhile is kept with the time
 * since the system started, and gets its time of day when the clock is set; only then is it uploaded. Errors:
 * BYTEPORT_ERROR_INVALID_TIMESTAMP for BYTEPORT_TIME_OPEN.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_clock_floor(byteport_outbox_options_t *options,
                                                          int64_t earliest,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the callback that is told what happens in every outbox that is opened with these settings from now on, in place of the
 * one before; NULL for none. It is called on the library's threads, and may be called before byteport_outbox_open() returns;
 * byteport_outbox_options_set_service() moves the calls to a thread of the caller's.
 *
 * `free_userdata`, which may be NULL, is called with the userdata exactly once: when these settings are freed or have another
 * callback, and all those outboxes are freed and their last callback has returned, on the thread where that happens, which
 * may be the library's unless the calls were moved; at once where the callback is NULL. Where this call fails, the callback
 * from before stays, and the userdata stays the caller's.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_callback(byteport_outbox_options_t *options,
                                                       byteport_outbox_callback_t BYTEPORT_NULLABLE callback,
                                                       void *BYTEPORT_NULLABLE userdata,
                                                       byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the callback is called by byteport_outbox_service() alone, on the caller's thread, and byteport_outbox_fd() tells
 * when. Default: no.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_service(byteport_outbox_options_t *options,
                                                      bool service,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees the settings; NULL is fine. Outboxes opened with them keep a copy.
 */
void byteport_outbox_options_free(byteport_outbox_options_t *BYTEPORT_NULLABLE options);

/**
 * Opens the outbox in the file of that path, which is made where there is none, and starts the threads that upload what is
 * in it. The settings are copied; NULL leaves each at its default. The client is shared: its host, namespace, key and
 * device are what is stored to, and it may be freed before the outbox, which keeps its connections open until it is freed
 * itself. Close the outbox with byteport_outbox_close() and free it with byteport_outbox_free().
 *
 * One outbox owns a file; beside it lie `PATH-wal`, `PATH-shm`, `PATH-lock` and `PATH-reserve`. A file that is damaged, or of
 * a newer version, is moved aside under a name that tells when, and what can be read of it is saved. Where the file cannot
 * be written, memory serves until it can. Neither is an error: byteport_outbox_stats() and the callback tell.
 *
 * Errors: BYTEPORT_ERROR_IN_USE while another outbox, in this process or another, has the file;
 * BYTEPORT_ERROR_INVALID_ARGUMENT for settings that make no sense, a path that cannot be that of a file, and a database of
 * another program; BYTEPORT_ERROR_NOT_CONFIGURED for a client without namespace, or without key where there is no broker.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_outbox_open(const byteport_client_t *client,
                                       const char *path,
                                       const byteport_outbox_options_t *BYTEPORT_NULLABLE options,
                                       byteport_outbox_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Takes in a reading, at a durability that is at least BYTEPORT_DURABILITY_MEMORY. The reading stays as it is. It keeps the
 * time at which it was made or restarted; one without a time, by byteport_reading_use_server_time(), gets the time of this
 * call, and no two of one outbox the same. The call waits for the network only for BYTEPORT_DURABILITY_DELIVERED, for the
 * disk only for BYTEPORT_DURABILITY_SYNCED, and for room: each up to the time-out of byteport_outbox_options_set_timeout_ms().
 *
 * `sequence` gets the reading's number in the outbox: rising, counted from 1. `held` gets how safe it is now. That is
 * BYTEPORT_DURABILITY_NONE where it was dropped, as the bounds demand. It is less than what was asked where the time-out passed
 * first, or the file cannot be written: the reading is kept and goes on towards what was asked all the same. For
 * BYTEPORT_DURABILITY_DISK, BYTEPORT_DURABILITY_MEMORY is the rule: the group commit comes later. Both may be NULL.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without a device; BYTEPORT_ERROR_TOO_LONG for a reading that is longer than
 * byteport_outbox_options_set_max_memory() allows; BYTEPORT_ERROR_FULL; BYTEPORT_ERROR_CLOSED. After these the reading is not
 * in the outbox. With BYTEPORT_DURABILITY_DELIVERED also the service's refusal of this reading, which is in quarantine then.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_enqueue(const byteport_outbox_t *outbox,
                                          const byteport_reading_t *reading,
                                          int32_t durability,
                                          uint64_t *BYTEPORT_NULLABLE sequence,
                                          byteport_durability_t *BYTEPORT_NULLABLE held,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * As byteport_outbox_enqueue(), with a time-out of its own in milliseconds; 0 does not wait.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_enqueue_within(const byteport_outbox_t *outbox,
                                                 const byteport_reading_t *reading,
                                                 int32_t durability,
                                                 uint32_t timeout_ms,
                                                 uint64_t *BYTEPORT_NULLABLE sequence,
                                                 byteport_durability_t *BYTEPORT_NULLABLE held,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Waits until every reading up to that number is as safe as asked, for at most `timeout_ms` milliseconds; 0 only looks. `held`,
 * which may be NULL, gets how safe they are then: less than what was asked where the time passed first or the file cannot be
 * written. BYTEPORT_DURABILITY_DELIVERED means here that none of them waits any longer. Errors:
 * BYTEPORT_ERROR_INVALID_ARGUMENT for a number that no reading has yet.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_wait_for(const byteport_outbox_t *outbox,
                                           uint64_t sequence,
                                           int32_t durability,
                                           uint32_t timeout_ms,
                                           byteport_durability_t *BYTEPORT_NULLABLE held,
                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Waits until no reading waits any longer, or for `timeout_ms` milliseconds. A service that is down is tried when it is its
 * time, as always; byteport_outbox_resume() tries it at once. `delivered` gets how many readings the service took meanwhile, `kept` how many still wait; both
 * may be NULL. Time that has passed is no error. Errors: BYTEPORT_ERROR_CLOSED.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_flush(const byteport_outbox_t *outbox,
                                        uint32_t timeout_ms,
                                        uint64_t *BYTEPORT_NULLABLE delivered,
                                        uint64_t *BYTEPORT_NULLABLE kept,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Ends an outbox: takes in nothing more, uploads for at most `timeout_ms` milliseconds, writes what is left to the file, forces
 * it onto the disk, and gives the file up; that takes at most five seconds more. With 0 it does not upload. `delivered` gets how
 * many readings the service took meanwhile, `kept` how many are in the file for the next time, `lost` how many could not be
 * kept because the file cannot be written; each may be NULL. A second call does nothing, and gives 0 for each. Free the
 * outbox with byteport_outbox_free(), whatever this returns.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_close(const byteport_outbox_t *outbox,
                                        uint32_t timeout_ms,
                                        uint64_t *BYTEPORT_NULLABLE delivered,
                                        uint64_t *BYTEPORT_NULLABLE kept,
                                        uint64_t *BYTEPORT_NULLABLE lost,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Changes the API key with which readings are stored from now on; it must not be empty. An upload that the service refused
 * (BYTEPORT_OUTBOX_LINK_PAUSED) goes on at once. The client's own key stays as it is.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_set_key(const byteport_outbox_t *outbox,
                                          const char *key,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Changes the legacy key, as byteport_outbox_set_key() does the API key; readings go in batches from now on.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_set_legacy_key(const byteport_outbox_t *outbox,
                                                 const char *key,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Tries again at once, where the outbox waits before the next call: after the service refused the key, or while it is down.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_resume(const byteport_outbox_t *outbox,
                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Gives the accounting as it is now. Free it with byteport_outbox_stats_free(). A closed outbox gives its last.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_stats(const byteport_outbox_t *outbox,
                                        byteport_outbox_stats_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The path with which the outbox was opened; NULL for NULL. It belongs to the outbox.
 */
const char *BYTEPORT_NULLABLE byteport_outbox_path(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);

/**
 * Frees an outbox without waiting for anything; NULL is fine. One that was not closed is told to end: its threads write what
 * is in memory to the file and give it up soon after, and a callback may still be called on them meanwhile; a callback that
 * uses the outbox needs byteport_outbox_close() before. A program that ends at once after this loses what was in memory
 * only. Events that wait for byteport_outbox_service() are dropped. In a forked child nothing is freed: the outbox is the
 * parent's.
 */
void byteport_outbox_free(byteport_outbox_t *BYTEPORT_NULLABLE outbox);

/**
 * What happened; BYTEPORT_OUTBOX_EVENT_NONE for NULL. Be ready for numbers that your header does not know.
 */
byteport_outbox_event_kind_t byteport_outbox_event_kind(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * How many readings were delivered, dropped, quarantined (1) or lost with a file that was moved aside; 0 for all other events,
 * and for NULL.
 */
uint64_t byteport_outbox_event_count(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * The numbers of the readings that were delivered, in the order in which they were sent, or of the one that was quarantined,
 * `count` of them. NULL, and 0, for all other events, and for NULL. `count` may be NULL. They belong to the event.
 */
const uint64_t *BYTEPORT_NULLABLE byteport_outbox_event_sequences(const byteport_outbox_event_t *BYTEPORT_NULLABLE event,
                                                                  size_t *BYTEPORT_NULLABLE count);

/**
 * Why readings were dropped; BYTEPORT_OUTBOX_REASON_NONE for all other events, and for NULL.
 */
byteport_outbox_reason_t byteport_outbox_event_reason(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * The new state of the way to the service; BYTEPORT_OUTBOX_LINK_UNKNOWN for all other events, and for NULL.
 */
byteport_outbox_link_t byteport_outbox_event_link(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * The new state of the file; BYTEPORT_OUTBOX_DISK_NONE for all other events, and for NULL.
 */
byteport_outbox_disk_t byteport_outbox_event_disk(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * How many readings were saved from a file that was moved aside; 0 for all other events, and for NULL.
 */
uint64_t byteport_outbox_event_saved(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * The event in words: the service's answer to a reading that was quarantined, the new path of a file that was moved aside; for
 * a drop its reason and for a state its name, in one word such as `age`, `down` or `full`; empty where readings were
 * delivered. NULL for NULL. It belongs to the event.
 */
const char *BYTEPORT_NULLABLE byteport_outbox_event_text(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);

/**
 * The descriptor that is readable while an event waits for byteport_outbox_service(): for poll(), select() and their like. Do not
 * read from it nor close it; it belongs to the outbox, and is always the same. -1 where byteport_outbox_options_set_service()
 * was not called, in a forked child, and for NULL.
 */
int byteport_outbox_fd(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);

/**
 * Calls the callback for every event that waits, on the thread of this call, and returns without waiting for more. Where
 * another thread is at it, or the callback itself calls this, nothing is done. `told`, which may be NULL, gets how many events
 * that were. It works on a closed outbox, too.
 *
 * At most 1,024 events wait, with about 16,384 numbers of readings in them. When there is no room, one that tells of more
 * deliveries or drops is added to the last one, if that told of the same; else the oldest is lost, and counted by
 * byteport_outbox_lost_events(). The accounting of byteport_outbox_stats() knows of everything in any case.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED where byteport_outbox_options_set_service() was not called.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_service(const byteport_outbox_t *outbox,
                                          size_t *BYTEPORT_NULLABLE told,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * How many events were lost because byteport_outbox_service() was not called in time; 0 without that way, and for NULL.
 */
uint64_t byteport_outbox_lost_events(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);

/**
 * Readings taken in since the file was made; 0 for NULL.
 */
uint64_t byteport_outbox_stats_accepted(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings that the service took since the file was made; 0 for NULL.
 */
uint64_t byteport_outbox_stats_delivered(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings that wait, in the file or in memory; 0 for NULL.
 */
uint64_t byteport_outbox_stats_queued(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings in the quarantine table; 0 for NULL.
 */
uint64_t byteport_outbox_stats_quarantined(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings that were given up since the file was made, for all reasons together; 0 for NULL.
 */
uint64_t byteport_outbox_stats_dropped(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings that were given up for one reason, a byteport_outbox_reason_t; 0 for a number that is none, and for NULL.
 */
uint64_t byteport_outbox_stats_dropped_for(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats,
                                           int32_t reason);

/**
 * Of the readings that wait, those that are in memory only; 0 for NULL.
 */
uint64_t byteport_outbox_stats_queued_in_memory(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Bytes of the readings in memory that are not in the file; 0 for NULL.
 */
uint64_t byteport_outbox_stats_memory_bytes(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Bytes that the file uses of its bound, the write-ahead log included; 0 for NULL.
 */
uint64_t byteport_outbox_stats_disk_bytes(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * How long the oldest reading that waits has been in the outbox, in milliseconds; -1 where none waits, and for NULL.
 */
int64_t byteport_outbox_stats_oldest_age_ms(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings per second taken in, over about the last minute; 0 for NULL.
 */
double byteport_outbox_stats_accepted_rate(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Readings per second delivered, over about the last minute; 0 for NULL.
 */
double byteport_outbox_stats_delivered_rate(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Calls that were made again since the outbox was opened; 0 for NULL.
 */
uint64_t byteport_outbox_stats_retries(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Calls that were answered with success since the outbox was opened; 0 for NULL.
 */
uint64_t byteport_outbox_stats_calls(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The way to the service; BYTEPORT_OUTBOX_LINK_UNKNOWN for NULL.
 */
byteport_outbox_link_t byteport_outbox_stats_link(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The file; BYTEPORT_OUTBOX_DISK_NONE for NULL.
 */
byteport_outbox_disk_t byteport_outbox_stats_disk(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The last failure of a call or of the file, in one line without secrets; empty where there was none, NULL for NULL.
 */
const char *BYTEPORT_NULLABLE byteport_outbox_stats_last_error(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The number up to which every reading is in the file, or no longer waits; 0 for NULL.
 */
uint64_t byteport_outbox_stats_committed_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The number up to which every reading is forced onto the disk, or no longer waits; 0 for NULL.
 */
uint64_t byteport_outbox_stats_synced_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * The number of the newest reading; 0 where there was none yet, and for NULL.
 */
uint64_t byteport_outbox_stats_last_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Damaged files, and files of a newer version, that were moved aside since the outbox was opened; 0 for NULL.
 */
uint64_t byteport_outbox_stats_moved_aside(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * All of it as a JSON object, in UTF-8. NULL for NULL, and where memory is short.
 */
const char *BYTEPORT_NULLABLE byteport_outbox_stats_json(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * All of it in Prometheus' text format, version 0.0.4, each figure with the label `outbox`, the path of the file. NULL for
 * NULL, and where memory is short.
 */
const char *BYTEPORT_NULLABLE byteport_outbox_stats_prometheus(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Frees statistics; NULL is fine.
 */
void byteport_outbox_stats_free(byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);

#endif /* !defined(BYTEPORT_WITHOUT_OUTBOX) */

#if !defined(BYTEPORT_WITHOUT_OUTBOX) && !defined(BYTEPORT_WITHOUT_BROKER)

/**
 * Uploads through this broker, by MQTT or STOMP, in lists of packets: what the broker has confirmed is delivered, for the service
 * takes it from there. The broker's settings are copied. The client of byteport_outbox_open() needs no key then; namespace and
 * device are its own where the broker's settings name none. The MQTT client identifier, unless set, is one of this opening
 * alone, so that a device that listens keeps its own. byteport_outbox_open() refuses settings that do not confirm, that listen,
 * and a legacy key beside a broker.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_options_set_broker(byteport_outbox_options_t *options,
                                                     const byteport_broker_options_t *broker,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Changes the broker login with which readings are uploaded from now on, where they go through a broker
 * (byteport_outbox_options_set_broker()). An upload that the broker refused goes on at once; what is on its way is sent again.
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED for an empty login; BYTEPORT_ERROR_INVALID_ARGUMENT for a login or password that has
 * control characters or more than 4,096 bytes, and where readings go through no broker.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_outbox_set_login(const byteport_outbox_t *outbox,
                                            const char *login,
                                            const char *password,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

#endif /* !defined(BYTEPORT_WITHOUT_OUTBOX) && !defined(BYTEPORT_WITHOUT_BROKER) */

#if !defined(BYTEPORT_WITHOUT_BROKER)

/**
 * New settings for the service's broker that speaks this protocol, a byteport_protocol_t, each at its default. Free them with
 * byteport_broker_options_free().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_broker_options_new(int32_t protocol,
                                              byteport_broker_options_t **out,
                                              byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * New settings for the broker at an address: `mqtt://HOST`, `mqtts://HOST`, `stomp://HOST` or `stomps://HOST`, with `:PORT` or
 * without. The scheme says which protocol it is, and whether by TLS; login and password are no part of it. Free the settings
 * with byteport_broker_options_free(). Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for another scheme, or none.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_from_url(const char *url,
                                                   byteport_broker_options_t **out,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the host: `HOST`, `HOST:PORT` or `[IPV6]:PORT`, each with the protocol's scheme before it (`mqtt://`, `mqtts://`) or not.
 * Default: the service's own. Without a scheme, a loopback host (localhost, 127.0.0.0/8, ::1) is called plainly, every other
 * by TLS. Ports unless given: 1883 and, by TLS, 8883 for MQTT; 61613 and 61614 for STOMP.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_host(byteport_broker_options_t *options,
                                                   const char *host,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Connects by TLS, or not, where the host's text names no scheme.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_tls(byteport_broker_options_t *options,
                                                  bool tls,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the namespace of the device and of all readings.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_namespace(byteport_broker_options_t *options,
                                                        const char *name,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the device's UID: the device is sent messages, and stores readings that name no other.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_device(byteport_broker_options_t *options,
                                                     const char *uid,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the broker login, which is not the one of the web pages, and its password. The password appears in no log message and no
 * error text.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_broker_options_set_login(byteport_broker_options_t *options,
                                                    const char *login,
                                                    const char *password,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the virtual host. Default: the namespace for MQTT, `/` for STOMP.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_vhost(byteport_broker_options_t *options,
                                                    const char *vhost,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the MQTT client identifier, by which the broker knows the session again. Default: `NAMESPACE.UID`. A broker lets one
 * client have it: a second one with the same takes the first one's place.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_client_id(byteport_broker_options_t *options,
                                                        const char *client_id,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the broker forgets the session when the connection ends: what is sent to the device meanwhile is lost then, and
 * no client identifier is needed. MQTT only. Default: no.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_clean_session(byteport_broker_options_t *options,
                                                            bool clean,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether the broker confirms what is published (MQTT: QoS 1; STOMP: a receipt). Without it nobody knows whether anything
 * arrives. Default: yes.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_confirm(byteport_broker_options_t *options,
                                                      bool confirm,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets from which kind of STOMP destination the device's messages come, as a byteport_channel_t.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_channel(byteport_broker_options_t *options,
                                                      int32_t channel,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Adds an MQTT topic filter or STOMP destination to those that are listened to from the start. With at least one, the device's own
 * messages are listened to only where byteport_broker_subscribe() says so.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_add_destination(byteport_broker_options_t *options,
                                                          const char *destination,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the last will: what the broker publishes, confirmed, when this client is gone without a farewell because its connection
 * broke or it was silent for one and a half keep-alives. `length` bytes of `data` go to the topic; NULL is fine where that is 0.
 * `retain` has the broker keep it for those who subscribe later. MQTT only.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_will(byteport_broker_options_t *options,
                                                   const char *topic,
                                                   const uint8_t *BYTEPORT_NULLABLE data,
                                                   size_t length,
                                                   bool retain,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Connects through a proxy, written as for byteport_options_set_proxy(). Default: directly; the environment's proxies are for
 * HTTP, and are not looked at.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_proxy(byteport_broker_options_t *options,
                                                    const char *url,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Names a PEM file with certificate authorities that are trusted besides the system's. It is read when the first TLS connection
 * is made; then an unreadable one is BYTEPORT_ERROR_TLS.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_ca_file(byteport_broker_options_t *options,
                                                      const char *path,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Names a PEM file with the certificate that this client shows to the broker, the rest of its chain, and its private key. It is
 * read as byteport_broker_options_set_ca_file() says.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_client_cert(byteport_broker_options_t *options,
                                                          const char *path,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets whether a connection that is lost, or cannot be made, is made again by itself, with pauses of a random part of 0.2 s at first
 * and of up to 60 s later, and what was not confirmed sent again. Otherwise it is made when something is published, fails
 * that where it cannot be made, and ends when nothing was published for a keep-alive. Default: yes.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_reconnect(byteport_broker_options_t *options,
                                                        bool reconnect,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees the settings; NULL is fine. Clients opened with them keep a copy.
 */
void byteport_broker_options_free(byteport_broker_options_t *BYTEPORT_NULLABLE options);

/**
 * Sets the longest time for making a connection (resolving, connecting, proxy, TLS and login together), in milliseconds; not 0.
 * Default: 10,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_connect_timeout_ms(byteport_broker_options_t *options,
                                                                 uint32_t timeout_ms,
                                                                 byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how long a call waits for the broker's answer at the most, in milliseconds; not 0. Default: 30,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_timeout_ms(byteport_broker_options_t *options,
                                                         uint32_t timeout_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how often a sign of life goes each way at the least, in milliseconds, up to 65,535,000; 0 for never. Default: 60,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_keep_alive_ms(byteport_broker_options_t *options,
                                                            uint32_t interval_ms,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets the largest message that is taken, in bytes; not 0. A broker that announces a larger one is left. Default: 16,777,216
 * (16 MiB).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_message(byteport_broker_options_t *options,
                                                          size_t bytes,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how long, in bytes, what byteport_broker_store_all() publishes at once may be where it holds more than one reading.
 * Default: 131,072 (128 KiB).
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_list(byteport_broker_options_t *options,
                                                       size_t bytes,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how many publications may wait for the broker's answer at once, 1 to 65,535. Default: 1,000.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_in_flight(byteport_broker_options_t *options,
                                                            size_t count,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how many messages the broker delivers before it is told what became of the first; not 0. STOMP only, and only RabbitMQ
 * heeds it. Default: 100.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_prefetch(byteport_broker_options_t *options,
                                                       size_t count,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how old messages may be when they arrive, in milliseconds: older ones are counted (byteport_broker_stats_stale()) and not
 * handed on. Default: unlimited.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_age_ms(byteport_broker_options_t *options,
                                                         uint64_t age_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Sets how far in the future a message's time may be when it arrives, in milliseconds: others are counted
 * (byteport_broker_stats_ahead()) and not handed on. Default: unlimited.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_ahead_ms(byteport_broker_options_t *options,
                                                           uint64_t ahead_ms,
                                                           byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Makes a client with a copy of the settings, and connects in the background; byteport_broker_wait_open() waits for that. Close
 * it with byteport_broker_close() and free it with byteport_broker_free().
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT and BYTEPORT_ERROR_INVALID_NAME for settings that make no sense;
 * BYTEPORT_ERROR_NOT_CONFIGURED without a login; BYTEPORT_ERROR_FILE where no thread or descriptor is to be had.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_open(const byteport_broker_options_t *options,
                                       byteport_broker_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Waits until the broker has let this client in, for at most `timeout_ms` milliseconds. Errors: why that failed, as soon as it
 * has failed for a reason that lasts (BYTEPORT_ERROR_LOGIN_FAILED, BYTEPORT_ERROR_TLS), and the last reason when the time is
 * over. The client goes on trying, unless its settings say otherwise.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_wait_open(const byteport_broker_t *broker,
                                            uint32_t timeout_ms,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Publishes `length` bytes to an MQTT topic or STOMP destination, and waits until the broker has them, up to the time-out of
 * byteport_broker_options_set_timeout_ms(). NULL is fine where `length` is 0.
 *
 * Errors: BYTEPORT_ERROR_INVALID_ARGUMENT for a destination or length that cannot be; BYTEPORT_ERROR_FORBIDDEN where the broker
 * refuses it; BYTEPORT_ERROR_TIMEOUT with the last reason, in BYTEPORT_PHASE_CONNECT where nothing was sent, in
 * BYTEPORT_PHASE_RECEIVE where the broker may have it; BYTEPORT_ERROR_CLOSED; at once those that byteport_broker_wait_open()
 * gives at once.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_publish(const byteport_broker_t *broker,
                                          const char *destination,
                                          const uint8_t *BYTEPORT_NULLABLE data,
                                          size_t length,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * As byteport_broker_publish(), without waiting for the broker's answer; only for room, where too much waits for one.
 * byteport_broker_flush() waits for the answers. What the broker refuses is logged, and counted by
 * byteport_broker_stats_refused().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_post(const byteport_broker_t *broker,
                                       const char *destination,
                                       const uint8_t *BYTEPORT_NULLABLE data,
                                       size_t length,
                                       byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Waits until the broker has answered for all that was published and stored before, or for `timeout_ms` milliseconds. `missing`,
 * which may be NULL, gets how many answers had not come by then. Time that has passed is no error.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_flush(const byteport_broker_t *broker,
                                        uint32_t timeout_ms,
                                        size_t *BYTEPORT_NULLABLE missing,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Subscribes to an MQTT topic filter or STOMP destination, for NULL to the device's own messages, now and on every later
 * connection, and waits until the broker has taken that. Errors: BYTEPORT_ERROR_FORBIDDEN where the broker refuses it;
 * BYTEPORT_ERROR_NOT_CONFIGURED for NULL without namespace and device; else as byteport_broker_publish().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_subscribe(const byteport_broker_t *broker,
                                            const char *BYTEPORT_NULLABLE destination,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Gives what was done so far. Free it with byteport_broker_stats_free(). A closed client gives its last.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_stats(const byteport_broker_t *broker,
                                        byteport_broker_stats_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Ends a client: publishes nothing more, waits for the broker's answers for at most `timeout_ms` milliseconds, says goodbye, and
 * ends the threads; that takes at most two seconds more. `missing`, which may be NULL, gets how many answers had not come: the
 * broker may have those publications or not. What is published, stored or subscribed to later is BYTEPORT_ERROR_CLOSED. Free the
 * client with byteport_broker_free(), whatever this returns.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_close(const byteport_broker_t *broker,
                                        uint32_t timeout_ms,
                                        size_t *BYTEPORT_NULLABLE missing,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Frees a client without waiting for anything; NULL is fine. One that was not closed is told to end: what the broker has not
 * answered for may be lost, and a callback may still be called until its userdata is freed; a callback that uses the client needs
 * byteport_broker_close() before. In a forked child nothing is freed: the client is the parent's.
 */
void byteport_broker_free(byteport_broker_t *BYTEPORT_NULLABLE broker);

/**
 * Stores a reading, and waits until the broker has it, up to the time-out of byteport_broker_options_set_timeout_ms(). The
 * service takes it from the broker later; success means that the broker keeps it until then. The reading stays as it is.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without namespace or device; BYTEPORT_ERROR_INVALID_TIMESTAMP outside the years 1 to
 * 9999; else as byteport_broker_publish().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_store(const byteport_broker_t *broker,
                                        const byteport_reading_t *reading,
                                        byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * As byteport_broker_store(), without waiting for the broker's answer: see byteport_broker_post().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_post_reading(const byteport_broker_t *broker,
                                               const byteport_reading_t *reading,
                                               byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Stores `count` readings of any devices, together in lists of a bounded length, and waits until the broker has answered for all
 * of them, up to the time-out. One that is refused keeps no other from being stored. NULL is fine for `readings` where `count`
 * is 0.
 *
 * `statuses`, `count` places or NULL, gets the answer for each reading, also where the call fails: BYTEPORT_OK, or an error of
 * byteport_broker_store(). The call is BYTEPORT_OK where all were stored, and else the error of the first that was not. Only
 * where a pointer is NULL that may not be, or `count` cannot be, nothing is stored and nothing written.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_store_all(const byteport_broker_t *broker,
                                            const byteport_reading_t *const *BYTEPORT_NULLABLE readings,
                                            size_t count,
                                            byteport_status_t *BYTEPORT_NULLABLE statuses,
                                            byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Waits for the next delivery, for at most `timeout_ms` milliseconds; with 0 only looks. `out` becomes NULL where none came.
 * Without a subscription, the device's own messages are subscribed to. The broker waits for byteport_broker_settle(). Free the
 * delivery with byteport_delivery_free().
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without anything to listen to; BYTEPORT_ERROR_FORBIDDEN where the broker refuses a
 * subscription; BYTEPORT_ERROR_CLOSED; at once those that byteport_broker_wait_open() gives at once.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_broker_receive(const byteport_broker_t *broker,
                                          uint32_t timeout_ms,
                                          byteport_delivery_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * Tells the broker what became of a delivery that byteport_broker_receive() gave, as a byteport_verdict_t, once. It need not be
 * freed before nor after. One that came over a connection that is gone is delivered again, whatever is said.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_settle(const byteport_broker_t *broker,
                                         const byteport_delivery_t *delivery,
                                         int32_t verdict,
                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The MQTT topic or STOMP destination; NULL for NULL. RabbitMQ gives an MQTT topic with `/` for each `.`.
 */
const char *BYTEPORT_NULLABLE byteport_delivery_destination(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);

/**
 * Whether the broker says that it delivered this before; false for NULL.
 */
bool byteport_delivery_is_redelivered(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);

/**
 * The whole body as it came, `length` bytes and a NUL that is not counted; NULL for NULL. `length` may be NULL.
 */
const uint8_t *BYTEPORT_NULLABLE byteport_delivery_body(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                        size_t *BYTEPORT_NULLABLE length);

/**
 * How many headers the STOMP frame has; 0 for MQTT, and for NULL.
 */
size_t byteport_delivery_header_count(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);

/**
 * The name of one header of the STOMP frame, in the order in which they came; NULL past the last, and for NULL. Of two with one
 * name, the first counts.
 */
const char *BYTEPORT_NULLABLE byteport_delivery_header_name(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                            size_t index);

/**
 * The value of one header of the STOMP frame; NULL past the last, and for NULL.
 */
const char *BYTEPORT_NULLABLE byteport_delivery_header_value(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                             size_t index);

/**
 * How many messages were delivered, at least one; 0 for NULL.
 */
size_t byteport_delivery_message_count(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);

/**
 * One message, in the order of the list; NULL past the last, and for NULL.
 */
const byteport_message_t *BYTEPORT_NULLABLE byteport_delivery_message(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                                      size_t index);

/**
 * Frees a delivery; NULL is fine. The broker is told nothing: it waits for a verdict until the connection ends, and delivers
 * again then.
 */
void byteport_delivery_free(byteport_delivery_t *BYTEPORT_NULLABLE delivery);

/**
 * The namespace that the message's packet names; NULL where it names none, and for NULL.
 */
const char *BYTEPORT_NULLABLE byteport_message_namespace(const byteport_message_t *BYTEPORT_NULLABLE message);

/**
 * The device that the message's packet names: the listening one, or a child device behind it. NULL for a message that is no
 * packet, and for NULL.
 */
const char *BYTEPORT_NULLABLE byteport_message_uid(const byteport_message_t *BYTEPORT_NULLABLE message);

/**
 * The message itself, the `data` of its packet or the whole body: `length` bytes, and a NUL that is not counted, so that text can
 * be used as such. NULL for NULL. `length` may be NULL.
 */
const uint8_t *BYTEPORT_NULLABLE byteport_message_body(const byteport_message_t *BYTEPORT_NULLABLE message,
                                                       size_t *BYTEPORT_NULLABLE length);

/**
 * When it was sent, by its packet, in microseconds since 1970-01-01 UTC; BYTEPORT_TIME_OPEN where it does not say, and for NULL.
 */
int64_t byteport_message_time(const byteport_message_t *BYTEPORT_NULLABLE message);

/**
 * How old it was when it arrived, by this machine's clock, in microseconds; negative for a time in the future. 0 where it does not
 * say when it was sent, and for NULL.
 */
int64_t byteport_message_age_us(const byteport_message_t *BYTEPORT_NULLABLE message);

/**
 * Hands each message to the callback, on one thread of the library's, in the order in which they come. After one that was
 * refused, the next delivery is handed on after a pause. Without a subscription, the device's own messages are subscribed to.
 *
 * `free_userdata`, which may be NULL, is called with the userdata exactly once: when the client was closed or freed and the last
 * call has returned, on the library's thread. byteport_broker_close() waits for that, but for two seconds only. Where this call
 * fails, the userdata stays the caller's.
 *
 * Errors: BYTEPORT_ERROR_NOT_CONFIGURED without anything to listen to; BYTEPORT_ERROR_INVALID_ARGUMENT where there is a callback
 * already; BYTEPORT_ERROR_FILE where no thread can be started; BYTEPORT_ERROR_CLOSED.
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_listen(const byteport_broker_t *broker,
                                         byteport_message_callback_t callback,
                                         void *BYTEPORT_NULLABLE userdata,
                                         byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                         byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The descriptor that is readable while deliveries wait for byteport_broker_service() or byteport_broker_receive(), and once the
 * client was closed: for poll(), select() and their like. Do not read from it nor close it; it belongs to the client, and is
 * always the same. -1 in a forked child, and for NULL. Nothing comes before there is a subscription.
 */
int byteport_broker_fd(const byteport_broker_t *BYTEPORT_NULLABLE broker);

/**
 * Hands each message that waits to the callback, on the thread of this call, and returns without waiting for more, or when
 * 100 deliveries were handed on. `handled`, which may be NULL, gets how many deliveries that were. Where another thread is at it,
 * or the callback itself calls this, nothing is done. Without a subscription, the device's own messages are subscribed to.
 *
 * A delivery that was refused comes again, with STOMP as soon as the broker can: a callback that can take nothing for a while
 * lets its caller stop calling this.
 *
 * Errors: as byteport_broker_receive().
 */
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_service(const byteport_broker_t *broker,
                                          byteport_message_callback_t callback,
                                          void *BYTEPORT_NULLABLE userdata,
                                          size_t *BYTEPORT_NULLABLE handled,
                                          byteport_error_t **BYTEPORT_NULLABLE error);

/**
 * The way to the broker; BYTEPORT_BROKER_STATE_NONE for NULL.
 */
byteport_broker_state_t byteport_broker_stats_state(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Publications that the broker has; without confirmation, those that were handed to the connection. 0 for NULL.
 */
uint64_t byteport_broker_stats_published(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Publications that the broker refused, or that failed with the connection where it is not made again; 0 for NULL.
 */
uint64_t byteport_broker_stats_refused(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Publications that wait for the broker's answer; 0 for NULL.
 */
uint64_t byteport_broker_stats_pending(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Messages that came, with those that were not handed on; 0 for NULL.
 */
uint64_t byteport_broker_stats_received(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Messages that were not handed on because they were too old; 0 for NULL.
 */
uint64_t byteport_broker_stats_stale(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Messages that were not handed on because their time was too far in the future; 0 for NULL.
 */
uint64_t byteport_broker_stats_ahead(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Deliveries that were taken; 0 for NULL.
 */
uint64_t byteport_broker_stats_taken(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Deliveries that were refused; 0 for NULL.
 */
uint64_t byteport_broker_stats_not_taken(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Connections that the broker let in; 0 for NULL.
 */
uint64_t byteport_broker_stats_connections(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Why the last connection ended, or could not be made, in one line without secrets; empty while it is open, NULL for NULL. It
 * belongs to the statistics.
 */
const char *BYTEPORT_NULLABLE byteport_broker_stats_last_error(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

/**
 * Frees statistics; NULL is fine.
 */
void byteport_broker_stats_free(byteport_broker_stats_t *BYTEPORT_NULLABLE stats);

#endif /* !defined(BYTEPORT_WITHOUT_BROKER) */

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
BYTEPORT_CHECK_RESULT
byteport_status_t byteport_log_set(int32_t max_level,
                                   byteport_log_callback_t BYTEPORT_NULLABLE callback,
                                   void *BYTEPORT_NULLABLE userdata,
                                   byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                   byteport_error_t **BYTEPORT_NULLABLE error);

#if defined(__clang__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#pragma clang assume_nonnull end
#pragma clang diagnostic pop
#endif

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* BYTEPORT_H */
