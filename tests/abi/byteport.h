/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright The libbyteport authors
 *
 * The header of the last release without its comments: see docs/abi.md.
 */
#ifndef BYTEPORT_H
#define BYTEPORT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define BYTEPORT_VERSION_MAJOR 0
#define BYTEPORT_VERSION_MINOR 1
#define BYTEPORT_VERSION_PATCH 0
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
#pragma clang diagnostic ignored "-Wnullability-completeness"
#pragma clang assume_nonnull begin
#else
#define BYTEPORT_NULLABLE
#endif
#define BYTEPORT_ABI_VERSION 0
#define BYTEPORT_TIME_OPEN INT64_MIN
#define BYTEPORT_TIMESTAMP_SIZE 32
#define BYTEPORT_UNSET -1
#define BYTEPORT_SIZE_UNKNOWN UINT64_MAX
enum byteport_status_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OK = 0,
    BYTEPORT_ERROR_INVALID_ARGUMENT = 1,
    BYTEPORT_ERROR_INVALID_NAME = 2,
    BYTEPORT_ERROR_INVALID_TIMESTAMP = 3,
    BYTEPORT_ERROR_INVALID_VALUE = 4,
    BYTEPORT_ERROR_INVALID_PACKET = 5,
    BYTEPORT_ERROR_NOT_CONFIGURED = 6,
    BYTEPORT_ERROR_TOO_LONG = 7,
    BYTEPORT_ERROR_DNS = 8,
    BYTEPORT_ERROR_CONNECT = 9,
    BYTEPORT_ERROR_PROXY = 10,
    BYTEPORT_ERROR_TLS = 11,
    BYTEPORT_ERROR_TIMEOUT = 12,
    BYTEPORT_ERROR_DISCONNECTED = 13,
    BYTEPORT_ERROR_FORBIDDEN = 14,
    BYTEPORT_ERROR_NOT_FOUND = 15,
    BYTEPORT_ERROR_NOT_ALLOWED = 16,
    BYTEPORT_ERROR_SERVER = 17,
    BYTEPORT_ERROR_STATUS = 18,
    BYTEPORT_ERROR_REDIRECT = 19,
    BYTEPORT_ERROR_LOGIN_FAILED = 20,
    BYTEPORT_ERROR_INVALID_ANSWER = 21,
    BYTEPORT_ERROR_ANSWER_TOO_LARGE = 22,
    BYTEPORT_ERROR_INTERNAL = 23,
    BYTEPORT_ERROR_UNSUPPORTED_COMPRESSION = 24,
    BYTEPORT_ERROR_FILE = 25,
    BYTEPORT_ERROR_INTEGRITY = 26,
    BYTEPORT_ERROR_STOPPED = 27,
    BYTEPORT_ERROR_FORKED = 28,
    BYTEPORT_ERROR_FULL = 29,
    BYTEPORT_ERROR_IN_USE = 30,
    BYTEPORT_ERROR_CLOSED = 31,
    BYTEPORT_ERROR_OUT_OF_MEMORY = 32,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_status_t byteport_status_t;
#else
typedef int32_t byteport_status_t;
#endif
#endif
enum byteport_phase_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_PHASE_CHECK = 0,
    BYTEPORT_PHASE_DNS = 1,
    BYTEPORT_PHASE_CONNECT = 2,
    BYTEPORT_PHASE_TLS = 3,
    BYTEPORT_PHASE_SEND = 4,
    BYTEPORT_PHASE_RECEIVE = 5,
    BYTEPORT_PHASE_STATUS = 6,
    BYTEPORT_PHASE_DECODE = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_phase_t byteport_phase_t;
#else
typedef int32_t byteport_phase_t;
#endif
#endif
enum byteport_series_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_SERIES_NONE = 0,
    BYTEPORT_SERIES_NUMBERS = 1,
    BYTEPORT_SERIES_TEXTS = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_series_kind_t byteport_series_kind_t;
#else
typedef int32_t byteport_series_kind_t;
#endif
#endif
enum byteport_firmware_outcome_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_FIRMWARE_NOT_ASKED = 0,
    BYTEPORT_FIRMWARE_NONE_OFFERED = 1,
    BYTEPORT_FIRMWARE_UP_TO_DATE = 2,
    BYTEPORT_FIRMWARE_FETCHED = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_firmware_outcome_t byteport_firmware_outcome_t;
#else
typedef int32_t byteport_firmware_outcome_t;
#endif
#endif
enum byteport_durability_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_DURABILITY_NONE = 0,
    BYTEPORT_DURABILITY_MEMORY = 1,
    BYTEPORT_DURABILITY_DISK = 2,
    BYTEPORT_DURABILITY_SYNCED = 3,
    BYTEPORT_DURABILITY_DELIVERED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_durability_t byteport_durability_t;
#else
typedef int32_t byteport_durability_t;
#endif
#endif
enum byteport_outbox_event_kind_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_EVENT_NONE = 0,
    BYTEPORT_OUTBOX_EVENT_DELIVERED = 1,
    BYTEPORT_OUTBOX_EVENT_DROPPED = 2,
    BYTEPORT_OUTBOX_EVENT_QUARANTINED = 3,
    BYTEPORT_OUTBOX_EVENT_LINK = 4,
    BYTEPORT_OUTBOX_EVENT_DISK = 5,
    BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_event_kind_t byteport_outbox_event_kind_t;
#else
typedef int32_t byteport_outbox_event_kind_t;
#endif
#endif
enum byteport_outbox_reason_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_REASON_NONE = 0,
    BYTEPORT_OUTBOX_REASON_FULL = 1,
    BYTEPORT_OUTBOX_REASON_THINNED = 2,
    BYTEPORT_OUTBOX_REASON_AGE = 3,
    BYTEPORT_OUTBOX_REASON_DAMAGE = 4,
    BYTEPORT_OUTBOX_REASON_QUARANTINE = 5,
    BYTEPORT_OUTBOX_REASON_DISCARDED = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_reason_t byteport_outbox_reason_t;
#else
typedef int32_t byteport_outbox_reason_t;
#endif
#endif
enum byteport_outbox_link_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_LINK_UNKNOWN = 0,
    BYTEPORT_OUTBOX_LINK_UP = 1,
    BYTEPORT_OUTBOX_LINK_DOWN = 2,
    BYTEPORT_OUTBOX_LINK_PAUSED = 3,
    BYTEPORT_OUTBOX_LINK_NO_CLOCK = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_link_t byteport_outbox_link_t;
#else
typedef int32_t byteport_outbox_link_t;
#endif
#endif
enum byteport_outbox_disk_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_DISK_NONE = 0,
    BYTEPORT_OUTBOX_DISK_OK = 1,
    BYTEPORT_OUTBOX_DISK_FULL = 2,
    BYTEPORT_OUTBOX_DISK_BROKEN = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_disk_t byteport_outbox_disk_t;
#else
typedef int32_t byteport_outbox_disk_t;
#endif
#endif
enum byteport_broker_state_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_BROKER_STATE_NONE = 0,
    BYTEPORT_BROKER_STATE_CONNECTING = 1,
    BYTEPORT_BROKER_STATE_OPEN = 2,
    BYTEPORT_BROKER_STATE_WAITING = 3,
    BYTEPORT_BROKER_STATE_CLOSED = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_broker_state_t byteport_broker_state_t;
#else
typedef int32_t byteport_broker_state_t;
#endif
#endif
enum byteport_log_level_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_LOG_OFF = 0,
    BYTEPORT_LOG_ERROR = 1,
    BYTEPORT_LOG_WARN = 2,
    BYTEPORT_LOG_INFO = 3,
    BYTEPORT_LOG_DEBUG = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_log_level_t byteport_log_level_t;
#else
typedef int32_t byteport_log_level_t;
#endif
#endif
enum byteport_method_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_METHOD_POST = 0,
    BYTEPORT_METHOD_GET = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_method_t byteport_method_t;
#else
typedef int32_t byteport_method_t;
#endif
#endif
enum byteport_operation_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OPERATION_NONE = 0,
    BYTEPORT_OPERATION_DIFF = 1,
    BYTEPORT_OPERATION_SMOOTH_DIFF = 2,
    BYTEPORT_OPERATION_CUM_SUM = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_operation_t byteport_operation_t;
#else
typedef int32_t byteport_operation_t;
#endif
#endif
enum byteport_grouping_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_GROUPING_HOURLY = 0,
    BYTEPORT_GROUPING_DAILY = 1,
    BYTEPORT_GROUPING_WEEKLY = 2,
    BYTEPORT_GROUPING_MONTHLY = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_grouping_t byteport_grouping_t;
#else
typedef int32_t byteport_grouping_t;
#endif
#endif
enum byteport_unpack_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_UNPACK_THERE = 0,
    BYTEPORT_UNPACK_THERE_DECODED_ONLY = 1,
    BYTEPORT_UNPACK_HERE = 2,
    BYTEPORT_UNPACK_HERE_DECODED_ONLY = 3,
    BYTEPORT_UNPACK_NOTHING = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_unpack_t byteport_unpack_t;
#else
typedef int32_t byteport_unpack_t;
#endif
#endif
enum byteport_outbox_when_full_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_DROP_OLDEST = 1,
    BYTEPORT_OUTBOX_DROP_NEWEST = 2,
    BYTEPORT_OUTBOX_THIN_OUT = 3,
    BYTEPORT_OUTBOX_REJECT = 4,
    BYTEPORT_OUTBOX_BLOCK = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_when_full_t byteport_outbox_when_full_t;
#else
typedef int32_t byteport_outbox_when_full_t;
#endif
#endif
enum byteport_outbox_order_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_OUTBOX_OLDEST_FIRST = 1,
    BYTEPORT_OUTBOX_NEWEST_FIRST = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_outbox_order_t byteport_outbox_order_t;
#else
typedef int32_t byteport_outbox_order_t;
#endif
#endif
enum byteport_protocol_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_PROTOCOL_MQTT = 1,
    BYTEPORT_PROTOCOL_STOMP = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_protocol_t byteport_protocol_t;
#else
typedef int32_t byteport_protocol_t;
#endif
#endif
enum byteport_channel_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_CHANNEL_TOPIC = 1,
    BYTEPORT_CHANNEL_QUEUE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_channel_t byteport_channel_t;
#else
typedef int32_t byteport_channel_t;
#endif
#endif
enum byteport_verdict_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_VERDICT_TAKEN = 1,
    BYTEPORT_VERDICT_REFUSED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_verdict_t byteport_verdict_t;
#else
typedef int32_t byteport_verdict_t;
#endif
#endif
enum byteport_feature_t
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif
 {
    BYTEPORT_FEATURE_TLS = 1,
    BYTEPORT_FEATURE_OUTBOX = 2,
    BYTEPORT_FEATURE_MQTT = 3,
    BYTEPORT_FEATURE_STOMP = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum byteport_feature_t byteport_feature_t;
#else
typedef int32_t byteport_feature_t;
#endif
#endif
typedef struct byteport_broker_options_t byteport_broker_options_t;
typedef struct byteport_broker_stats_t byteport_broker_stats_t;
typedef struct byteport_broker_t byteport_broker_t;
typedef struct byteport_client_t byteport_client_t;
typedef struct byteport_delivery_t byteport_delivery_t;
typedef struct byteport_download_t byteport_download_t;
typedef struct byteport_error_t byteport_error_t;
typedef struct byteport_firmware_t byteport_firmware_t;
typedef struct byteport_message_t byteport_message_t;
typedef struct byteport_options_t byteport_options_t;
typedef struct byteport_outbox_event_t byteport_outbox_event_t;
typedef struct byteport_outbox_options_t byteport_outbox_options_t;
typedef struct byteport_outbox_stats_t byteport_outbox_stats_t;
typedef struct byteport_outbox_t byteport_outbox_t;
typedef struct byteport_query_t byteport_query_t;
typedef struct byteport_reading_t byteport_reading_t;
typedef struct byteport_registration_t byteport_registration_t;
typedef struct byteport_result_t byteport_result_t;
typedef struct byteport_series_pages_t byteport_series_pages_t;
typedef struct byteport_series_t byteport_series_t;
typedef struct byteport_typical_t byteport_typical_t;
typedef int (*byteport_progress_callback_t)(uint64_t so_far, uint64_t total, void *BYTEPORT_NULLABLE userdata);
typedef void (*byteport_free_callback_t)(void *BYTEPORT_NULLABLE userdata);
typedef int (*byteport_data_callback_t)(const uint8_t *data, size_t length, void *BYTEPORT_NULLABLE userdata);
typedef void (*byteport_outbox_callback_t)(const byteport_outbox_event_t *event, void *BYTEPORT_NULLABLE userdata);
typedef int32_t (*byteport_message_callback_t)(const byteport_message_t *message,
                                               const byteport_delivery_t *delivery,
                                               void *BYTEPORT_NULLABLE userdata);
typedef void (*byteport_log_callback_t)(byteport_log_level_t level,
                                        const char *target,
                                        const char *message,
                                        void *BYTEPORT_NULLABLE userdata);
#ifdef __cplusplus
extern "C" {
#endif
const char *byteport_version(void);
uint32_t byteport_abi_version(void);
bool byteport_has_feature(int32_t feature);
const char *byteport_status_text(int32_t status);
const char *byteport_phase_text(int32_t phase);
byteport_status_t byteport_error_status(const byteport_error_t *BYTEPORT_NULLABLE error);
byteport_phase_t byteport_error_phase(const byteport_error_t *BYTEPORT_NULLABLE error);
int32_t byteport_error_http_status(const byteport_error_t *BYTEPORT_NULLABLE error);
const char *BYTEPORT_NULLABLE byteport_error_message(const byteport_error_t *BYTEPORT_NULLABLE error);
size_t byteport_error_cause_count(const byteport_error_t *BYTEPORT_NULLABLE error);
const char *BYTEPORT_NULLABLE byteport_error_cause(const byteport_error_t *BYTEPORT_NULLABLE error,
                                                   size_t index);
bool byteport_error_is_retryable(const byteport_error_t *BYTEPORT_NULLABLE error);
void byteport_error_free(byteport_error_t *BYTEPORT_NULLABLE error);
int64_t byteport_timestamp_now(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_from_seconds(double seconds,
                                                  int64_t *out,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_timestamp_parse(const char *iso8601,
                                           int64_t *out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_format(int64_t time,
                                            char *buffer,
                                            size_t size,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_timestamp_format_iso8601(int64_t time,
                                                    char *buffer,
                                                    size_t size,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_options_t *BYTEPORT_NULLABLE byteport_options_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_host(byteport_options_t *options,
                                            const char *host,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_https(byteport_options_t *options,
                                             bool https,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_namespace(byteport_options_t *options,
                                                 const char *name,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_key(byteport_options_t *options,
                                           const char *key,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_device(byteport_options_t *options,
                                              const char *uid,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_proxy(byteport_options_t *options,
                                             const char *url,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_no_proxy(byteport_options_t *options,
                                                byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_connect_timeout_ms(byteport_options_t *options,
                                                          uint32_t timeout_ms,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_timeout_ms(byteport_options_t *options,
                                                  uint32_t timeout_ms,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_max_answer(byteport_options_t *options,
                                                  uint64_t bytes,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_ca_file(byteport_options_t *options,
                                               const char *path,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_options_set_client_cert(byteport_options_t *options,
                                                   const char *path,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_options_set_store_method(byteport_options_t *options,
                                                    int32_t method,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_options_free(byteport_options_t *BYTEPORT_NULLABLE options);
BYTEPORT_CHECK_RESULT
byteport_reading_t *BYTEPORT_NULLABLE byteport_reading_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_device(byteport_reading_t *reading,
                                              const char *uid,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_set_timestamp(byteport_reading_t *reading,
                                                 int64_t time,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_use_server_time(byteport_reading_t *reading,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_number(byteport_reading_t *reading,
                                              const char *field,
                                              double value,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_integer(byteport_reading_t *reading,
                                               const char *field,
                                               int64_t value,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_reading_set_text(byteport_reading_t *reading,
                                            const char *field,
                                            const char *value,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_reading_set_bytes(byteport_reading_t *reading,
                                             const char *field,
                                             const uint8_t *BYTEPORT_NULLABLE data,
                                             size_t length,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_reading_restart(byteport_reading_t *reading,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_reading_free(byteport_reading_t *BYTEPORT_NULLABLE reading);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_new(const byteport_options_t *options,
                                      byteport_client_t **out,
                                      byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_client_free(byteport_client_t *BYTEPORT_NULLABLE client);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_store(const byteport_client_t *client,
                                        const byteport_reading_t *reading,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_client_heartbeat(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE device,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_log(const byteport_client_t *client,
                                      int32_t level,
                                      const char *message,
                                      const char *BYTEPORT_NULLABLE device,
                                      byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_login(const byteport_client_t *client,
                                        const char *user,
                                        const char *password,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_client_logout(const byteport_client_t *client,
                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_query_t *BYTEPORT_NULLABLE byteport_query_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_range(byteport_query_t *query,
                                           int64_t from,
                                           int64_t to,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_last_minutes(byteport_query_t *query,
                                                  uint32_t minutes,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_scale(byteport_query_t *query,
                                           double factor,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_query_set_operation(byteport_query_t *query,
                                               int32_t operation,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_query_free(byteport_query_t *BYTEPORT_NULLABLE query);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 7)
byteport_status_t byteport_client_read_series(const byteport_client_t *client,
                                              const char *BYTEPORT_NULLABLE namespace_,
                                              const char *BYTEPORT_NULLABLE device,
                                              const char *field,
                                              int64_t from,
                                              int64_t to,
                                              byteport_series_t **out,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_query_series(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *field,
                                               const byteport_query_t *query,
                                               byteport_series_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
size_t byteport_series_length(const byteport_series_t *BYTEPORT_NULLABLE series);
byteport_series_kind_t byteport_series_kind(const byteport_series_t *BYTEPORT_NULLABLE series);
const int64_t *BYTEPORT_NULLABLE byteport_series_times(const byteport_series_t *BYTEPORT_NULLABLE series);
const double *BYTEPORT_NULLABLE byteport_series_numbers(const byteport_series_t *BYTEPORT_NULLABLE series);
const char *BYTEPORT_NULLABLE byteport_series_text(const byteport_series_t *BYTEPORT_NULLABLE series,
                                                   size_t index,
                                                   size_t *BYTEPORT_NULLABLE length);
void byteport_series_free(byteport_series_t *BYTEPORT_NULLABLE series);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_series_pages(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *field,
                                               const byteport_query_t *query,
                                               byteport_series_pages_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_series_pages_next(byteport_series_pages_t *pages,
                                             byteport_series_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
int64_t byteport_series_pages_rest(const byteport_series_pages_t *BYTEPORT_NULLABLE pages);
void byteport_series_pages_free(byteport_series_pages_t *BYTEPORT_NULLABLE pages);
const char *BYTEPORT_NULLABLE byteport_result_json(const byteport_result_t *BYTEPORT_NULLABLE result);
size_t byteport_result_length(const byteport_result_t *BYTEPORT_NULLABLE result);
void byteport_result_free(byteport_result_t *BYTEPORT_NULLABLE result);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_echo(const byteport_client_t *client,
                                       const char *const *BYTEPORT_NULLABLE names,
                                       const char *const *BYTEPORT_NULLABLE values,
                                       size_t count,
                                       byteport_result_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_session(const byteport_client_t *client,
                                          byteport_result_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_namespaces(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE name,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_client_activity(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_devices(const byteport_client_t *client,
                                          const char *BYTEPORT_NULLABLE namespace_,
                                          const char *BYTEPORT_NULLABLE uid,
                                          int32_t depth,
                                          byteport_result_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_client_search_guids(const byteport_client_t *client,
                                               const char *term,
                                               uint32_t limit,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_client_search_devices(const byteport_client_t *client,
                                                 const char *term,
                                                 uint32_t limit,
                                                 byteport_result_t **out,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 7)
byteport_status_t byteport_client_configure(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE namespace_,
                                            const char *BYTEPORT_NULLABLE device,
                                            const char *const *names,
                                            const char *const *values,
                                            size_t count,
                                            byteport_result_t **out,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 7)
byteport_status_t byteport_client_set_fields(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE namespace_,
                                             const char *BYTEPORT_NULLABLE device,
                                             const char *const *names,
                                             const char *const *values,
                                             size_t count,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_device_types(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               int64_t id,
                                               int32_t depth,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_firmwares(const byteport_client_t *client,
                                            const char *BYTEPORT_NULLABLE namespace_,
                                            int64_t device_type,
                                            int64_t id,
                                            byteport_result_t **out,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 5)
byteport_status_t byteport_client_field_definitions(const byteport_client_t *client,
                                                    const char *BYTEPORT_NULLABLE namespace_,
                                                    int64_t device_type,
                                                    int64_t id,
                                                    byteport_result_t **out,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_registration_t *BYTEPORT_NULLABLE byteport_registration_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_registration_set_uids(byteport_registration_t *registration,
                                                 const char *uids,
                                                 bool is_batch,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_device_type(byteport_registration_t *registration,
                                                        int64_t id,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_force(byteport_registration_t *registration,
                                                  bool force,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_active(byteport_registration_t *registration,
                                                   bool active,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_registration_set_code_length(byteport_registration_t *registration,
                                                        uint32_t length,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_registration_set_serial(byteport_registration_t *registration,
                                                   const char *serial,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_registration_free(byteport_registration_t *BYTEPORT_NULLABLE registration);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3, 4)
byteport_status_t byteport_client_register(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           const byteport_registration_t *registration,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5)
byteport_status_t byteport_client_send_message(const byteport_client_t *client,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               const char *text,
                                               byteport_result_t **out,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 6)
byteport_status_t byteport_client_messages(const byteport_client_t *client,
                                           const char *BYTEPORT_NULLABLE namespace_,
                                           const char *BYTEPORT_NULLABLE device,
                                           int64_t from,
                                           int64_t to,
                                           byteport_result_t **out,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_value(const byteport_client_t *client,
                                        const char *BYTEPORT_NULLABLE namespace_,
                                        const char *BYTEPORT_NULLABLE device,
                                        const char *field,
                                        const char *reference,
                                        byteport_result_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 6)
byteport_status_t byteport_client_statistics(const byteport_client_t *client,
                                             const char *BYTEPORT_NULLABLE namespace_,
                                             const char *BYTEPORT_NULLABLE device,
                                             const char *field,
                                             bool build_calendar,
                                             byteport_result_t **out,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_typical_t *BYTEPORT_NULLABLE byteport_typical_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_range(byteport_typical_t *typical,
                                             int64_t from,
                                             int64_t to,
                                             byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_last_minutes(byteport_typical_t *typical,
                                                    uint32_t minutes,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_grouping(byteport_typical_t *typical,
                                                int32_t grouping,
                                                byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_by_distance(byteport_typical_t *typical,
                                                   bool by_distance,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_diff(byteport_typical_t *typical,
                                            bool diff,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_typical_set_descriptions(byteport_typical_t *typical,
                                                    bool descriptions,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_typical_exclude(byteport_typical_t *typical,
                                           const char *descriptor,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_typical_free(byteport_typical_t *BYTEPORT_NULLABLE typical);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5, 6)
byteport_status_t byteport_client_distance_to_typical(const byteport_client_t *client,
                                                      const char *BYTEPORT_NULLABLE namespace_,
                                                      const char *BYTEPORT_NULLABLE device,
                                                      const char *field,
                                                      const byteport_typical_t *typical,
                                                      byteport_result_t **out,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_download_t *BYTEPORT_NULLABLE byteport_download_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 4, 5)
byteport_status_t byteport_download_set_value(byteport_download_t *download,
                                              const char *BYTEPORT_NULLABLE namespace_,
                                              const char *BYTEPORT_NULLABLE device,
                                              const char *field,
                                              const char *reference,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_unpack(byteport_download_t *download,
                                               int32_t unpack,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_limit(byteport_download_t *download,
                                              uint64_t bytes,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_download_set_progress(byteport_download_t *download,
                                                 byteport_progress_callback_t BYTEPORT_NULLABLE callback,
                                                 void *BYTEPORT_NULLABLE userdata,
                                                 byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
uint64_t byteport_download_bytes(const byteport_download_t *BYTEPORT_NULLABLE download);
const char *BYTEPORT_NULLABLE byteport_download_file_name(const byteport_download_t *BYTEPORT_NULLABLE download);
void byteport_download_free(byteport_download_t *BYTEPORT_NULLABLE download);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_download_to_fd(const byteport_client_t *client,
                                                 byteport_download_t *download,
                                                 int fd,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_download_to_path(const byteport_client_t *client,
                                                   byteport_download_t *download,
                                                   const char *path,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_client_download_to_callback(const byteport_client_t *client,
                                                       byteport_download_t *download,
                                                       byteport_data_callback_t callback,
                                                       void *BYTEPORT_NULLABLE userdata,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT
byteport_firmware_t *BYTEPORT_NULLABLE byteport_firmware_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_device(byteport_firmware_t *firmware,
                                               const char *BYTEPORT_NULLABLE namespace_,
                                               const char *BYTEPORT_NULLABLE device,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_firmware_set_folder(byteport_firmware_t *firmware,
                                               const char *path,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_firmware_set_media_prefix(byteport_firmware_t *firmware,
                                                     const char *prefix,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_current_version(byteport_firmware_t *firmware,
                                                        const char *BYTEPORT_NULLABLE version,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_max_size(byteport_firmware_t *firmware,
                                                 uint64_t bytes,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_allow_unchecked(byteport_firmware_t *firmware,
                                                        bool allow,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_firmware_set_progress(byteport_firmware_t *firmware,
                                                 byteport_progress_callback_t BYTEPORT_NULLABLE callback,
                                                 void *BYTEPORT_NULLABLE userdata,
                                                 byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
byteport_firmware_outcome_t byteport_firmware_outcome(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);
const char *BYTEPORT_NULLABLE byteport_firmware_version(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);
const char *BYTEPORT_NULLABLE byteport_firmware_path(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);
uint64_t byteport_firmware_received(const byteport_firmware_t *BYTEPORT_NULLABLE firmware);
void byteport_firmware_free(byteport_firmware_t *BYTEPORT_NULLABLE firmware);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_client_fetch_firmware(const byteport_client_t *client,
                                                 byteport_firmware_t *firmware,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
#if !defined(BYTEPORT_WITHOUT_OUTBOX)
BYTEPORT_CHECK_RESULT
byteport_outbox_options_t *BYTEPORT_NULLABLE byteport_outbox_options_new(void);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_disk(byteport_outbox_options_t *options,
                                                       uint64_t bytes,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_memory(byteport_outbox_options_t *options,
                                                         uint64_t bytes,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_count(byteport_outbox_options_t *options,
                                                        uint64_t count,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_age_ms(byteport_outbox_options_t *options,
                                                         uint64_t age_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_when_full(byteport_outbox_options_t *options,
                                                        int32_t choice,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_timeout_ms(byteport_outbox_options_t *options,
                                                         uint32_t timeout_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_commit_interval_ms(byteport_outbox_options_t *options,
                                                                 uint32_t interval_ms,
                                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_commit_bytes(byteport_outbox_options_t *options,
                                                           uint64_t bytes,
                                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_sync_interval_ms(byteport_outbox_options_t *options,
                                                               uint32_t interval_ms,
                                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_connections(byteport_outbox_options_t *options,
                                                          uint32_t connections,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_order(byteport_outbox_options_t *options,
                                                    int32_t order,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_max_rate(byteport_outbox_options_t *options,
                                                       double readings_per_second,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_options_set_legacy_key(byteport_outbox_options_t *options,
                                                         const char *key,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_clock_floor(byteport_outbox_options_t *options,
                                                          int64_t earliest,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_callback(byteport_outbox_options_t *options,
                                                       byteport_outbox_callback_t BYTEPORT_NULLABLE callback,
                                                       void *BYTEPORT_NULLABLE userdata,
                                                       byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_options_set_service(byteport_outbox_options_t *options,
                                                      bool service,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_outbox_options_free(byteport_outbox_options_t *BYTEPORT_NULLABLE options);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 4)
byteport_status_t byteport_outbox_open(const byteport_client_t *client,
                                       const char *path,
                                       const byteport_outbox_options_t *BYTEPORT_NULLABLE options,
                                       byteport_outbox_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_enqueue(const byteport_outbox_t *outbox,
                                          const byteport_reading_t *reading,
                                          int32_t durability,
                                          uint64_t *BYTEPORT_NULLABLE sequence,
                                          byteport_durability_t *BYTEPORT_NULLABLE held,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_enqueue_within(const byteport_outbox_t *outbox,
                                                 const byteport_reading_t *reading,
                                                 int32_t durability,
                                                 uint32_t timeout_ms,
                                                 uint64_t *BYTEPORT_NULLABLE sequence,
                                                 byteport_durability_t *BYTEPORT_NULLABLE held,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_wait_for(const byteport_outbox_t *outbox,
                                           uint64_t sequence,
                                           int32_t durability,
                                           uint32_t timeout_ms,
                                           byteport_durability_t *BYTEPORT_NULLABLE held,
                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_flush(const byteport_outbox_t *outbox,
                                        uint32_t timeout_ms,
                                        uint64_t *BYTEPORT_NULLABLE delivered,
                                        uint64_t *BYTEPORT_NULLABLE kept,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_close(const byteport_outbox_t *outbox,
                                        uint32_t timeout_ms,
                                        uint64_t *BYTEPORT_NULLABLE delivered,
                                        uint64_t *BYTEPORT_NULLABLE kept,
                                        uint64_t *BYTEPORT_NULLABLE lost,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_set_key(const byteport_outbox_t *outbox,
                                          const char *key,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_set_legacy_key(const byteport_outbox_t *outbox,
                                                 const char *key,
                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_resume(const byteport_outbox_t *outbox,
                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_stats(const byteport_outbox_t *outbox,
                                        byteport_outbox_stats_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
const char *BYTEPORT_NULLABLE byteport_outbox_path(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);
void byteport_outbox_free(byteport_outbox_t *BYTEPORT_NULLABLE outbox);
byteport_outbox_event_kind_t byteport_outbox_event_kind(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
uint64_t byteport_outbox_event_count(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
const uint64_t *BYTEPORT_NULLABLE byteport_outbox_event_sequences(const byteport_outbox_event_t *BYTEPORT_NULLABLE event,
                                                                  size_t *BYTEPORT_NULLABLE count);
byteport_outbox_reason_t byteport_outbox_event_reason(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
byteport_outbox_link_t byteport_outbox_event_link(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
byteport_outbox_disk_t byteport_outbox_event_disk(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
uint64_t byteport_outbox_event_saved(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
const char *BYTEPORT_NULLABLE byteport_outbox_event_text(const byteport_outbox_event_t *BYTEPORT_NULLABLE event);
int byteport_outbox_fd(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_outbox_service(const byteport_outbox_t *outbox,
                                          size_t *BYTEPORT_NULLABLE told,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
uint64_t byteport_outbox_lost_events(const byteport_outbox_t *BYTEPORT_NULLABLE outbox);
uint64_t byteport_outbox_stats_accepted(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_delivered(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_queued(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_quarantined(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_dropped(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_dropped_for(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats,
                                           int32_t reason);
uint64_t byteport_outbox_stats_queued_in_memory(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_memory_bytes(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_disk_bytes(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
int64_t byteport_outbox_stats_oldest_age_ms(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
double byteport_outbox_stats_accepted_rate(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
double byteport_outbox_stats_delivered_rate(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_retries(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_calls(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
byteport_outbox_link_t byteport_outbox_stats_link(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
byteport_outbox_disk_t byteport_outbox_stats_disk(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
const char *BYTEPORT_NULLABLE byteport_outbox_stats_last_error(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_committed_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_synced_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_last_sequence(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_outbox_stats_moved_aside(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
const char *BYTEPORT_NULLABLE byteport_outbox_stats_json(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
const char *BYTEPORT_NULLABLE byteport_outbox_stats_prometheus(const byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
void byteport_outbox_stats_free(byteport_outbox_stats_t *BYTEPORT_NULLABLE stats);
#endif
#if !defined(BYTEPORT_WITHOUT_OUTBOX) && !defined(BYTEPORT_WITHOUT_BROKER)
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_outbox_options_set_broker(byteport_outbox_options_t *options,
                                                     const byteport_broker_options_t *broker,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_outbox_set_login(const byteport_outbox_t *outbox,
                                            const char *login,
                                            const char *password,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
#endif
#if !defined(BYTEPORT_WITHOUT_BROKER)
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(2)
byteport_status_t byteport_broker_options_new(int32_t protocol,
                                              byteport_broker_options_t **out,
                                              byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_from_url(const char *url,
                                                   byteport_broker_options_t **out,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_host(byteport_broker_options_t *options,
                                                   const char *host,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_tls(byteport_broker_options_t *options,
                                                  bool tls,
                                                  byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_namespace(byteport_broker_options_t *options,
                                                        const char *name,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_device(byteport_broker_options_t *options,
                                                     const char *uid,
                                                     byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2, 3)
byteport_status_t byteport_broker_options_set_login(byteport_broker_options_t *options,
                                                    const char *login,
                                                    const char *password,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_vhost(byteport_broker_options_t *options,
                                                    const char *vhost,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_client_id(byteport_broker_options_t *options,
                                                        const char *client_id,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_clean_session(byteport_broker_options_t *options,
                                                            bool clean,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_confirm(byteport_broker_options_t *options,
                                                      bool confirm,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_channel(byteport_broker_options_t *options,
                                                      int32_t channel,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_add_destination(byteport_broker_options_t *options,
                                                          const char *destination,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_will(byteport_broker_options_t *options,
                                                   const char *topic,
                                                   const uint8_t *BYTEPORT_NULLABLE data,
                                                   size_t length,
                                                   bool retain,
                                                   byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_proxy(byteport_broker_options_t *options,
                                                    const char *url,
                                                    byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_ca_file(byteport_broker_options_t *options,
                                                      const char *path,
                                                      byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_options_set_client_cert(byteport_broker_options_t *options,
                                                          const char *path,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_reconnect(byteport_broker_options_t *options,
                                                        bool reconnect,
                                                        byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_broker_options_free(byteport_broker_options_t *BYTEPORT_NULLABLE options);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_connect_timeout_ms(byteport_broker_options_t *options,
                                                                 uint32_t timeout_ms,
                                                                 byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_timeout_ms(byteport_broker_options_t *options,
                                                         uint32_t timeout_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_keep_alive_ms(byteport_broker_options_t *options,
                                                            uint32_t interval_ms,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_message(byteport_broker_options_t *options,
                                                          size_t bytes,
                                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_list(byteport_broker_options_t *options,
                                                       size_t bytes,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_in_flight(byteport_broker_options_t *options,
                                                            size_t count,
                                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_prefetch(byteport_broker_options_t *options,
                                                       size_t count,
                                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_age_ms(byteport_broker_options_t *options,
                                                         uint64_t age_ms,
                                                         byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_options_set_max_ahead_ms(byteport_broker_options_t *options,
                                                           uint64_t ahead_ms,
                                                           byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_open(const byteport_broker_options_t *options,
                                       byteport_broker_t **out,
                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_wait_open(const byteport_broker_t *broker,
                                            uint32_t timeout_ms,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_publish(const byteport_broker_t *broker,
                                          const char *destination,
                                          const uint8_t *BYTEPORT_NULLABLE data,
                                          size_t length,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_post(const byteport_broker_t *broker,
                                       const char *destination,
                                       const uint8_t *BYTEPORT_NULLABLE data,
                                       size_t length,
                                       byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_flush(const byteport_broker_t *broker,
                                        uint32_t timeout_ms,
                                        size_t *BYTEPORT_NULLABLE missing,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_subscribe(const byteport_broker_t *broker,
                                            const char *BYTEPORT_NULLABLE destination,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_stats(const byteport_broker_t *broker,
                                        byteport_broker_stats_t **out,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_close(const byteport_broker_t *broker,
                                        uint32_t timeout_ms,
                                        size_t *BYTEPORT_NULLABLE missing,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
void byteport_broker_free(byteport_broker_t *BYTEPORT_NULLABLE broker);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_store(const byteport_broker_t *broker,
                                        const byteport_reading_t *reading,
                                        byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_post_reading(const byteport_broker_t *broker,
                                               const byteport_reading_t *reading,
                                               byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1)
byteport_status_t byteport_broker_store_all(const byteport_broker_t *broker,
                                            const byteport_reading_t *const *BYTEPORT_NULLABLE readings,
                                            size_t count,
                                            byteport_status_t *BYTEPORT_NULLABLE statuses,
                                            byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 3)
byteport_status_t byteport_broker_receive(const byteport_broker_t *broker,
                                          uint32_t timeout_ms,
                                          byteport_delivery_t **out,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_settle(const byteport_broker_t *broker,
                                         const byteport_delivery_t *delivery,
                                         int32_t verdict,
                                         byteport_error_t **BYTEPORT_NULLABLE error);
const char *BYTEPORT_NULLABLE byteport_delivery_destination(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);
bool byteport_delivery_is_redelivered(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);
const uint8_t *BYTEPORT_NULLABLE byteport_delivery_body(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                        size_t *BYTEPORT_NULLABLE length);
size_t byteport_delivery_header_count(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);
const char *BYTEPORT_NULLABLE byteport_delivery_header_name(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                            size_t index);
const char *BYTEPORT_NULLABLE byteport_delivery_header_value(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                             size_t index);
size_t byteport_delivery_message_count(const byteport_delivery_t *BYTEPORT_NULLABLE delivery);
const byteport_message_t *BYTEPORT_NULLABLE byteport_delivery_message(const byteport_delivery_t *BYTEPORT_NULLABLE delivery,
                                                                      size_t index);
void byteport_delivery_free(byteport_delivery_t *BYTEPORT_NULLABLE delivery);
const char *BYTEPORT_NULLABLE byteport_message_namespace(const byteport_message_t *BYTEPORT_NULLABLE message);
const char *BYTEPORT_NULLABLE byteport_message_uid(const byteport_message_t *BYTEPORT_NULLABLE message);
const uint8_t *BYTEPORT_NULLABLE byteport_message_body(const byteport_message_t *BYTEPORT_NULLABLE message,
                                                       size_t *BYTEPORT_NULLABLE length);
int64_t byteport_message_time(const byteport_message_t *BYTEPORT_NULLABLE message);
int64_t byteport_message_age_us(const byteport_message_t *BYTEPORT_NULLABLE message);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_listen(const byteport_broker_t *broker,
                                         byteport_message_callback_t callback,
                                         void *BYTEPORT_NULLABLE userdata,
                                         byteport_free_callback_t BYTEPORT_NULLABLE free_userdata,
                                         byteport_error_t **BYTEPORT_NULLABLE error);
int byteport_broker_fd(const byteport_broker_t *BYTEPORT_NULLABLE broker);
BYTEPORT_CHECK_RESULT BYTEPORT_NONNULL(1, 2)
byteport_status_t byteport_broker_service(const byteport_broker_t *broker,
                                          byteport_message_callback_t callback,
                                          void *BYTEPORT_NULLABLE userdata,
                                          size_t *BYTEPORT_NULLABLE handled,
                                          byteport_error_t **BYTEPORT_NULLABLE error);
byteport_broker_state_t byteport_broker_stats_state(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_published(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_refused(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_pending(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_received(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_stale(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_ahead(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_taken(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_not_taken(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
uint64_t byteport_broker_stats_connections(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
const char *BYTEPORT_NULLABLE byteport_broker_stats_last_error(const byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
void byteport_broker_stats_free(byteport_broker_stats_t *BYTEPORT_NULLABLE stats);
#endif
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
}
#endif
#endif
