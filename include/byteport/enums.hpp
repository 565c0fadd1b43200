// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The enumerations of byteport.h, each as a scoped one with the same numbers. They are the same in every form.
#ifndef BYTEPORT_ENUMS_HPP
#define BYTEPORT_ENUMS_HPP

#include <string_view>

#include "config.hpp"

namespace byteport {

/// What a call came to. A number never changes its meaning; new ones are added at the end, so be ready for numbers that
/// your header does not know.
enum class status : std::int32_t {
    /// Success.
    ok = BYTEPORT_OK,
    /// An argument is NULL where that is not allowed, is not UTF-8 or makes no sense. Correct the call.
    invalid_argument = BYTEPORT_ERROR_INVALID_ARGUMENT,
    /// A namespace, device or field name breaks the naming rules. Nothing was sent.
    invalid_name = BYTEPORT_ERROR_INVALID_NAME,
    /// A timestamp is not a number or date that the service can hold. Nothing was sent.
    invalid_timestamp = BYTEPORT_ERROR_INVALID_TIMESTAMP,
    /// A value cannot be stored: not a finite number, or not text. Nothing was sent.
    invalid_value = BYTEPORT_ERROR_INVALID_VALUE,
    /// A packet or its data string is malformed. Nothing was sent.
    invalid_packet = BYTEPORT_ERROR_INVALID_PACKET,
    /// The client was made without what this call needs: a namespace, an API key or a device.
    not_configured = BYTEPORT_ERROR_NOT_CONFIGURED,
    /// The URL of a GET store would exceed 2,048 bytes. Nothing was sent. Store by POST.
    too_long = BYTEPORT_ERROR_TOO_LONG,
    /// The host's name could not be resolved.
    dns = BYTEPORT_ERROR_DNS,
    /// No connection could be made to the host.
    connect = BYTEPORT_ERROR_CONNECT,
    /// The proxy could not be reached, refused, or asked for another user or password.
    proxy = BYTEPORT_ERROR_PROXY,
    /// The TLS handshake failed or the certificate is not trusted.
    tls = BYTEPORT_ERROR_TLS,
    /// The connect or total time-out passed.
    timeout = BYTEPORT_ERROR_TIMEOUT,
    /// The connection broke before the whole answer had come.
    disconnected = BYTEPORT_ERROR_DISCONNECTED,
    /// HTTP 403: the key, the method or the user is not allowed. Or a broker does not let this login do it.
    forbidden = BYTEPORT_ERROR_FORBIDDEN,
    /// HTTP 404: no such namespace, device or address.
    not_found = BYTEPORT_ERROR_NOT_FOUND,
    /// HTTP 406: the service refuses what was asked, such as a bad UID while registering.
    not_allowed = BYTEPORT_ERROR_NOT_ALLOWED,
    /// HTTP 5xx: the service failed.
    server = BYTEPORT_ERROR_SERVER,
    /// Any other HTTP status outside 2xx.
    status = BYTEPORT_ERROR_STATUS,
    /// A redirect that cannot be followed safely: to another host, or one that would lose the data.
    redirect = BYTEPORT_ERROR_REDIRECT,
    /// The user name or password was refused.
    login_failed = BYTEPORT_ERROR_LOGIN_FAILED,
    /// The answer is not what the service sends: not HTTP, not JSON, or JSON of another shape.
    invalid_answer = BYTEPORT_ERROR_INVALID_ANSWER,
    /// The answer is larger than the limit.
    answer_too_large = BYTEPORT_ERROR_ANSWER_TOO_LARGE,
    /// A defect in this library. Please report it.
    internal = BYTEPORT_ERROR_INTERNAL,
    /// A compression that this library does not know. Nothing was sent.
    unsupported_compression = BYTEPORT_ERROR_UNSUPPORTED_COMPRESSION,
    /// A file or folder cannot be read, or changed while it was read: nothing of it was sent. Or what was received
    /// cannot be written.
    file = BYTEPORT_ERROR_FILE,
    /// What was received is not what was announced: another size or digest. It was not kept.
    integrity = BYTEPORT_ERROR_INTEGRITY,
    /// The caller's own callback ended the call.
    stopped = BYTEPORT_ERROR_STOPPED,
    /// The process was forked after this outbox or broker's client was opened: the child opens one of its own; an
    /// outbox, on another file.
    forked = BYTEPORT_ERROR_FORKED,
    /// The outbox has no room, and it was told to refuse then. The reading was not accepted.
    full = BYTEPORT_ERROR_FULL,
    /// Another outbox, in this process or another, has the file.
    in_use = BYTEPORT_ERROR_IN_USE,
    /// The outbox or the broker's client was closed.
    closed = BYTEPORT_ERROR_CLOSED,
    /// Memory is short. Nothing was done, or what was asked for does not fit.
    out_of_memory = BYTEPORT_ERROR_OUT_OF_MEMORY,
};

/// How far a call had come when it failed. Up to phase::tls the service has seen nothing of it. It may grow at its end.
enum class phase : std::int32_t {
    /// Checking the arguments: nothing was sent.
    check = BYTEPORT_PHASE_CHECK,
    /// Resolving the host's name.
    dns = BYTEPORT_PHASE_DNS,
    /// Connecting, through a proxy or not.
    connect = BYTEPORT_PHASE_CONNECT,
    /// The TLS handshake.
    tls = BYTEPORT_PHASE_TLS,
    /// Sending the request. The service may have taken it.
    send = BYTEPORT_PHASE_SEND,
    /// Waiting for or receiving the answer. The service may have taken the request.
    receive = BYTEPORT_PHASE_RECEIVE,
    /// The service answered with a status that says no.
    status = BYTEPORT_PHASE_STATUS,
    /// Reading the sense of the answer.
    decode = BYTEPORT_PHASE_DECODE,
};

/// What the values of a series are. It may grow at its end.
enum class series_kind : std::int32_t {
    /// There is no series: the pointer is NULL.
    none = BYTEPORT_SERIES_NONE,
    /// Every value is a number: read them with series::numbers().
    numbers = BYTEPORT_SERIES_NUMBERS,
    /// At least one value is text, and all are given as text: read them with series::text().
    texts = BYTEPORT_SERIES_TEXTS,
};

/// What came of asking for a new program. It may grow at its end.
enum class firmware_outcome : std::int32_t {
    /// No call has succeeded yet.
    not_asked = BYTEPORT_FIRMWARE_NOT_ASKED,
    /// The service has no enabled firmware for the device's type.
    none_offered = BYTEPORT_FIRMWARE_NONE_OFFERED,
    /// The device runs the newest version, or its image is in the folder already, whole.
    up_to_date = BYTEPORT_FIRMWARE_UP_TO_DATE,
    /// The image is in the folder now.
    fetched = BYTEPORT_FIRMWARE_FETCHED,
};

/// How safe a reading in an outbox is. Each level keeps the promises of those before it. It may grow at its end.
enum class durability : std::int32_t {
    /// It is not held: it was dropped.
    none = BYTEPORT_DURABILITY_NONE,
    /// In memory. Lost if the process ends before it was uploaded, spilled to the file because memory is full, or
    /// written by outbox::close(). As fast as can be; no wear of the disk.
    memory = BYTEPORT_DURABILITY_MEMORY,
    /// In the file with the next group commit, 1 s or 64 KiB later unless set otherwise. From then on a process that is
    /// killed loses nothing; a power cut loses no more than what was written in the last seconds (5 unless set
    /// otherwise). What is delivered before its commit is due is not written at all.
    disk = BYTEPORT_DURABILITY_DISK,
    /// In the file, and the file forced onto the disk, before the call returns: a power cut loses nothing.
    synced = BYTEPORT_DURABILITY_SYNCED,
    /// Taken by the service before the call returns. Until then it is written as with durability::disk.
    delivered = BYTEPORT_DURABILITY_DELIVERED,
};

/// What happened to readings, or to an outbox. It may grow at its end.
enum class outbox_event_kind : std::int32_t {
    /// There is no event: the pointer is NULL.
    none = BYTEPORT_OUTBOX_EVENT_NONE,
    /// The service took readings: outbox_event::sequences() has their numbers.
    delivered = BYTEPORT_OUTBOX_EVENT_DELIVERED,
    /// Readings were given up, as the bounds or damage demand: outbox_event::reason() says why, and
    /// outbox_event::count() how many.
    dropped = BYTEPORT_OUTBOX_EVENT_DROPPED,
    /// The service refused a reading for good: it lies in the quarantine table of the file. outbox_event::sequences()
    /// has its number, outbox_event::text() the service's answer.
    quarantined = BYTEPORT_OUTBOX_EVENT_QUARANTINED,
    /// The way to the service changed: outbox_event::link().
    link = BYTEPORT_OUTBOX_EVENT_LINK,
    /// The file can be written, or no longer: outbox_event::disk().
    disk = BYTEPORT_OUTBOX_EVENT_DISK,
    /// A damaged file, or one of a newer version, was moved aside: outbox_event::text() is its new path,
    /// outbox_event::saved() and outbox_event::count() say how many readings were saved and lost.
    moved_aside = BYTEPORT_OUTBOX_EVENT_MOVED_ASIDE,
};

/// Why readings were given up. It may grow at its end.
enum class outbox_reason : std::int32_t {
    /// No reason: nothing was dropped, or a reason that this library's header does not know.
    none = BYTEPORT_OUTBOX_REASON_NONE,
    /// The bounds on bytes or count left no room.
    full = BYTEPORT_OUTBOX_REASON_FULL,
    /// One of those between two that were kept, when the outbox thinned out.
    thinned = BYTEPORT_OUTBOX_REASON_THINNED,
    /// Older than the greatest age.
    age = BYTEPORT_OUTBOX_REASON_AGE,
    /// It lay in a part of the file that can no longer be read, or could not be written before the outbox was closed.
    damage = BYTEPORT_OUTBOX_REASON_DAMAGE,
    /// The oldest in a full quarantine table.
    quarantine = BYTEPORT_OUTBOX_REASON_QUARANTINE,
    /// Somebody discarded it from the quarantine table.
    discarded = BYTEPORT_OUTBOX_REASON_DISCARDED,
};

/// The way from an outbox to the service. It may grow at its end.
enum class outbox_link : std::int32_t {
    /// Nothing was sent yet.
    unknown = BYTEPORT_OUTBOX_LINK_UNKNOWN,
    /// The last call was answered.
    up = BYTEPORT_OUTBOX_LINK_UP,
    /// The service cannot be reached, or is not able to answer: one call tries again from time to time.
    down = BYTEPORT_OUTBOX_LINK_DOWN,
    /// The service refuses the key (401, 403): everything is kept until the key is changed or works again.
    paused = BYTEPORT_OUTBOX_LINK_PAUSED,
    /// The readings that are due wait for the clock to be set.
    no_clock = BYTEPORT_OUTBOX_LINK_NO_CLOCK,
};

/// The file of an outbox. It may grow at its end.
enum class outbox_disk : std::int32_t {
    /// Nothing is said of the file.
    none = BYTEPORT_OUTBOX_DISK_NONE,
    /// It is written as promised.
    ok = BYTEPORT_OUTBOX_DISK_OK,
    /// It has reached its bound in bytes, and the option for that case drops nothing that was accepted.
    full = BYTEPORT_OUTBOX_DISK_FULL,
    /// It cannot be written or read: memory serves until it can.
    broken = BYTEPORT_OUTBOX_DISK_BROKEN,
};

/// The way to a broker. It may grow at its end.
enum class broker_state : std::int32_t {
    /// Nothing is said of it.
    none = BYTEPORT_BROKER_STATE_NONE,
    /// A connection is being made.
    connecting = BYTEPORT_BROKER_STATE_CONNECTING,
    /// The broker has let us in.
    open = BYTEPORT_BROKER_STATE_OPEN,
    /// No connection: the next try comes after a pause, or when something is published.
    waiting = BYTEPORT_BROKER_STATE_WAITING,
    /// The client was closed.
    closed = BYTEPORT_BROKER_STATE_CLOSED,
};

/// How much a message matters. It may grow at its end.
enum class log_level : std::int32_t {
    /// No message at all.
    off = BYTEPORT_LOG_OFF,
    /// Something failed.
    error = BYTEPORT_LOG_ERROR,
    /// Something is not as it should be.
    warn = BYTEPORT_LOG_WARN,
    /// Rare events, such as a login.
    info = BYTEPORT_LOG_INFO,
    /// Each connection and call.
    debug = BYTEPORT_LOG_DEBUG,
};

/// How readings are stored. It may grow at its end.
enum class method : std::int32_t {
    /// By POST, of any size. What a client does unless told otherwise.
    post = BYTEPORT_METHOD_POST,
    /// By GET, in a URL of at most 2,048 bytes.
    get = BYTEPORT_METHOD_GET,
};

/// What the service makes of a series before it answers. It may grow at its end.
enum class operation : std::int32_t {
    /// Nothing: the values as they are.
    none = BYTEPORT_OPERATION_NONE,
    /// The slope at each point: between its neighbours. The first and the last point have none.
    diff = BYTEPORT_OPERATION_DIFF,
    /// The slope, smoothed before and after.
    smooth_diff = BYTEPORT_OPERATION_SMOOTH_DIFF,
    /// The running sum.
    cum_sum = BYTEPORT_OPERATION_CUM_SUM,
};

/// Into what a range is cut. It may grow at its end.
enum class grouping : std::int32_t {
    /// Hours.
    hourly = BYTEPORT_GROUPING_HOURLY,
    /// Days. What a comparison does unless told otherwise.
    daily = BYTEPORT_GROUPING_DAILY,
    /// Weeks.
    weekly = BYTEPORT_GROUPING_WEEKLY,
    /// Months.
    monthly = BYTEPORT_GROUPING_MONTHLY,
};

/// What is undone of the encoding with which an object was stored, and where. It may grow at its end.
enum class unpack : std::int32_t {
    /// The service reads the base64 text, and decompresses what is compressed. What a download does unless told
    /// otherwise.
    there = BYTEPORT_UNPACK_THERE,
    /// The service reads the base64 text: what is compressed stays so.
    there_decoded_only = BYTEPORT_UNPACK_THERE_DECODED_ONLY,
    /// The text comes as it was stored; the library reads it, and decompresses what is zlib, gzip or bzip2.
    here = BYTEPORT_UNPACK_HERE,
    /// The text comes as it was stored; the library reads it: what is compressed stays so.
    here_decoded_only = BYTEPORT_UNPACK_HERE_DECODED_ONLY,
    /// The text as it was stored.
    nothing = BYTEPORT_UNPACK_NOTHING,
};

/// What gives way when an outbox is full. It may grow at its end.
enum class outbox_when_full : std::int32_t {
    /// The oldest readings are dropped. What an outbox does unless told otherwise.
    drop_oldest = BYTEPORT_OUTBOX_DROP_OLDEST,
    /// The reading that comes is dropped: outbox::enqueue() succeeds, and says durability::none.
    drop_newest = BYTEPORT_OUTBOX_DROP_NEWEST,
    /// Of the oldest half, every second reading of each device is dropped.
    thin_out = BYTEPORT_OUTBOX_THIN_OUT,
    /// The reading that comes is refused, with status::full.
    reject = BYTEPORT_OUTBOX_REJECT,
    /// The caller waits for room, up to the time-out; then the reading is refused, with status::full.
    block = BYTEPORT_OUTBOX_BLOCK,
};

/// In which order the readings of one device are uploaded. It may grow at its end.
enum class outbox_order : std::int32_t {
    /// As they were taken in. What an outbox does unless told otherwise.
    oldest_first = BYTEPORT_OUTBOX_OLDEST_FIRST,
    /// What was taken in last goes first: after an outage, the present is seen before the past.
    newest_first = BYTEPORT_OUTBOX_NEWEST_FIRST,
};

/// How to talk to a broker. It may grow at its end.
enum class protocol : std::int32_t {
    /// MQTT 3.1.1.
    mqtt = BYTEPORT_PROTOCOL_MQTT,
    /// STOMP 1.2.
    stomp = BYTEPORT_PROTOCOL_STOMP,
};

/// From which kind of STOMP destination a device's messages come. It may grow at its end.
enum class channel : std::int32_t {
    /// `/topic/device_messages_NAMESPACE.UID`: each listener gets each message that is sent while it listens. What a
    /// client takes unless told otherwise.
    topic = BYTEPORT_CHANNEL_TOPIC,
    /// `/queue/device_messages_NAMESPACE.UID`: messages wait for a listener; of several, one gets each.
    queue = BYTEPORT_CHANNEL_QUEUE,
};

/// What became of messages, as the broker is told. It may grow at its end.
enum class verdict : std::int32_t {
    /// They were handled: the broker forgets them.
    taken = BYTEPORT_VERDICT_TAKEN,
    /// They were not handled, and are to be delivered again. STOMP: the broker does so at once, unless it was set up
    /// otherwise. MQTT has no word for it: where the session is persistent, the client makes a new connection after a
    /// pause, over which the broker delivers again what it was not told is taken.
    refused = BYTEPORT_VERDICT_REFUSED,
};

/// A part of the library that a board may leave out. It may grow at its end.
enum class feature : std::int32_t {
    /// https, and brokers over TLS.
    tls = BYTEPORT_FEATURE_TLS,
    /// The outbox and its functions.
    outbox = BYTEPORT_FEATURE_OUTBOX,
    /// Brokers by MQTT.
    mqtt = BYTEPORT_FEATURE_MQTT,
    /// Brokers by STOMP.
    stomp = BYTEPORT_FEATURE_STOMP,
};

/// The number by which the C library knows a value.
template <typename Enumeration, typename = std::enable_if_t<std::is_enum_v<Enumeration>>>
constexpr std::int32_t to_c(Enumeration value) noexcept
{
    return static_cast<std::int32_t>(value);
}

/// A short text, such as `no connection could be made`; `unknown` for a number that is none. The text is static.
[[nodiscard]] inline std::string_view to_string(status code) noexcept { return byteport_status_text(to_c(code)); }

/// One word, such as `connect`; `unknown` for a number that is none. The text is static.
[[nodiscard]] inline std::string_view to_string(phase step) noexcept { return byteport_phase_text(to_c(step)); }

/// The version of the library that runs, such as `1.2.3`. The text is static.
[[nodiscard]] inline std::string_view version() noexcept { return byteport_version(); }

/// The ABI number of the library that runs: this program fits it if this equals BYTEPORT_ABI_VERSION.
[[nodiscard]] inline std::uint32_t abi_version() noexcept { return byteport_abi_version(); }

/// Whether the library that runs has that part. Any thread may call this.
[[nodiscard]] inline bool has_feature(feature part) noexcept { return byteport_has_feature(to_c(part)); }

} // namespace byteport

#endif
