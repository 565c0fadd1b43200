// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The settings of an outbox, and what its callback is told.
#ifndef BYTEPORT_OUTBOX_OPTIONS_HPP
#define BYTEPORT_OUTBOX_OPTIONS_HPP

#include "callback.hpp"
#include "time.hpp"

#if !defined(BYTEPORT_WITHOUT_BROKER)
#include "broker_options.hpp"
#endif

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// Something that happened to readings, or to an outbox. It, and everything that its functions give, is gone when the callback
/// returns.
class outbox_event {
public:
    /// A view of what a function of byteport.h gave.
    explicit outbox_event(const byteport_outbox_event_t *event) noexcept : event_(event) {}

    /// What happened. Be ready for numbers that this header does not know.
    [[nodiscard]] outbox_event_kind kind() const noexcept
    {
        return static_cast<outbox_event_kind>(byteport_outbox_event_kind(event_));
    }
    /// How many readings were delivered, dropped, quarantined (1) or lost with a file that was moved aside; 0 for all other events.
    [[nodiscard]] std::uint64_t count() const noexcept { return byteport_outbox_event_count(event_); }
    /// The numbers of the readings that were delivered, in the order in which they were sent, or of the one that was quarantined.
    [[nodiscard]] span<const std::uint64_t> sequences() const noexcept
    {
        std::size_t count = 0;
        const std::uint64_t *first = byteport_outbox_event_sequences(event_, &count);
        return {first, count};
    }
    /// Why readings were dropped; outbox_reason::none for all other events.
    [[nodiscard]] outbox_reason reason() const noexcept
    {
        return static_cast<outbox_reason>(byteport_outbox_event_reason(event_));
    }
    /// The new state of the way to the service; outbox_link::unknown for all other events.
    [[nodiscard]] outbox_link link() const noexcept { return static_cast<outbox_link>(byteport_outbox_event_link(event_)); }
    /// The new state of the file; outbox_disk::none for all other events.
    [[nodiscard]] outbox_disk disk() const noexcept { return static_cast<outbox_disk>(byteport_outbox_event_disk(event_)); }
    /// How many readings were saved from a file that was moved aside; 0 for all other events.
    [[nodiscard]] std::uint64_t saved() const noexcept { return byteport_outbox_event_saved(event_); }
    /// The event in words: the service's answer to a reading that was quarantined, the new path of a file that was moved aside; for a
    /// drop its reason and for a state its name, in one word such as `age`, `down` or `full`; empty where readings were delivered.
    [[nodiscard]] std::string_view text() const noexcept { return detail::view(byteport_outbox_event_text(event_)); }

private:
    const byteport_outbox_event_t *event_;
};

/// Takes one event. Calls for one outbox come one after the other, on a thread of the library's unless
/// outbox_options::set_service() moved them. On that thread, return soon, and do not wait for the outbox: no flush(), close() or
/// wait_for(), and no durability::synced or above. On any thread, never destroy the outbox.
///
/// What it throws in outbox::service() is thrown by that call, the first, when the other events were told, too. On a thread of the
/// library's it is kept, the first until somebody takes it: close() or take_exception() of an outbox with this callback.
using outbox_callback = std::function<void(const outbox_event &event)>;

/// The settings of an outbox, with a default for each that fits a small board. For one thread at a time. Each setter gives this
/// object, so that calls can be chained; one that fails changes nothing, and fails with status::invalid_argument; outbox::open()
/// checks what the setters do not.
class outbox_options : public detail::handle<byteport_outbox_options_t, byteport_outbox_options_free> {
public:
    /// Each setting at its default.
    outbox_options() : handle(byteport_outbox_options_new()) {}

    /// Sets the most bytes on disk, the write-ahead log included; at least 256 KiB. Default: 16 MiB.
    expected_t<outbox_options &> set_max_disk(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_outbox_options_set_max_disk, size);
    }
    /// Sets the most bytes of readings in memory that are not in the file; at least 4 KiB. No reading can be longer than this.
    /// Default: 256 KiB.
    expected_t<outbox_options &> set_max_memory(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_outbox_options_set_max_memory, size);
    }
    /// Sets the most readings that wait; not 0. Default: unlimited.
    expected_t<outbox_options &> set_max_count(std::uint64_t count)
    {
        return detail::call_on(*this, byteport_outbox_options_set_max_count, count);
    }
    /// Sets how long a reading waits at the most, above 0. Older ones are dropped. Default: unlimited.
    expected_t<outbox_options &> set_max_age(std::chrono::milliseconds age)
    {
        return detail::call_on(*this, byteport_outbox_options_set_max_age_ms, detail::ms64(age));
    }
    /// Sets what gives way when the outbox is full. Default: outbox_when_full::drop_oldest.
    expected_t<outbox_options &> set_when_full(outbox_when_full choice)
    {
        return detail::call_on(*this, byteport_outbox_options_set_when_full, choice);
    }
    /// Sets how long outbox::enqueue() waits at the most, where it waits for room, for the disk or for the service; 0 does not wait.
    /// Default: 30 s.
    expected_t<outbox_options &> set_timeout(std::chrono::milliseconds timeout)
    {
        return detail::call_on(*this, byteport_outbox_options_set_timeout_ms, detail::ms32(timeout));
    }
    /// Sets after how long a reading at durability::disk is in the file, at the latest. Default: 1 s.
    expected_t<outbox_options &> set_commit_interval(std::chrono::milliseconds interval)
    {
        return detail::call_on(*this, byteport_outbox_options_set_commit_interval_ms, detail::ms32(interval));
    }
    /// Sets after how many bytes of readings they are written to the file before the interval is over; not 0. Default: 64 KiB.
    expected_t<outbox_options &> set_commit_bytes(std::uint64_t size)
    {
        return detail::call_on(*this, byteport_outbox_options_set_commit_bytes, size);
    }
    /// Sets after how long what was written to the file is forced onto the disk, at the latest; 0 at each write. Default: 5 s.
    expected_t<outbox_options &> set_sync_interval(std::chrono::milliseconds interval)
    {
        return detail::call_on(*this, byteport_outbox_options_set_sync_interval_ms, detail::ms32(interval));
    }
    /// Sets how many connections upload at once, 1 to 64, each on a thread. The readings of one device go one after the other.
    /// Default: 1.
    expected_t<outbox_options &> set_connections(std::uint32_t count)
    {
        return detail::call_on(*this, byteport_outbox_options_set_connections, count);
    }
    /// Sets in which order the readings of one device are uploaded. Default: outbox_order::oldest_first.
    expected_t<outbox_options &> set_order(outbox_order order)
    {
        return detail::call_on(*this, byteport_outbox_options_set_order, order);
    }
    /// Sets the most readings per second that are uploaded, above 0. Default: unlimited.
    expected_t<outbox_options &> set_max_rate(double readings_per_second)
    {
        return detail::call_on(*this, byteport_outbox_options_set_max_rate, readings_per_second);
    }
    /// Sets the namespace's legacy key, with which readings go in batches. It must not be empty, and appears in no log message, no
    /// error text and not in the file.
    expected_t<outbox_options &> set_legacy_key(std::string_view key)
    {
        return detail::call_on(*this, byteport_outbox_options_set_legacy_key, detail::text(key));
    }
#if !defined(BYTEPORT_WITHOUT_BROKER)
    /// Uploads through this broker: what the broker has confirmed is delivered. The broker's settings are copied. The client of
    /// outbox::open() needs no key then.
    expected_t<outbox_options &> set_broker(const broker_options &through)
    {
        return detail::call_on(*this, byteport_outbox_options_set_broker, through.get());
    }
#endif
    /// Takes the system clock for not set while it shows an earlier time than this: what is measured meanwhile is kept, gets its time
    /// of day when the clock is set, and only then is uploaded. Errors: status::invalid_timestamp for time_point::min().
    expected_t<outbox_options &> set_clock_floor(time_point earliest)
    {
        return detail::call_on(*this, byteport_outbox_options_set_clock_floor, detail::to_us(earliest));
    }
    /// Sets the callback of every outbox that is opened with these settings from now on, in place of the one before; an empty one for
    /// none. It is destroyed when nobody can call it any more, which may be on a thread of the library's: close the outboxes before
    /// anything goes that it refers to.
    expected_t<outbox_options &> set_callback(outbox_callback callback)
    {
        const auto done = [this]() -> outbox_options & { return *this; };
        std::shared_ptr<detail::exception_slot> slot;
        std::optional<error> failure;
        if (callback) {
            slot = std::make_shared<detail::exception_slot>();
            auto boxed = std::make_unique<detail::box<outbox_callback>>();
            boxed->callable = std::move(callback);
            boxed->slot = slot;
            failure = detail::give(std::move(boxed), byteport_outbox_options_set_callback, tell, get());
        } else {
            failure = detail::attempt(byteport_outbox_options_set_callback, get(), nullptr, nullptr, nullptr);
        }
        if (!failure) {
            slot_ = std::move(slot);
        }
        return detail::finish(std::move(failure), done);
    }
    /// Sets whether the callback is called by outbox::service() alone, on the caller's thread, and outbox::descriptor() tells when.
    /// Default: no.
    expected_t<outbox_options &> set_service(bool service)
    {
        return detail::call_on(*this, byteport_outbox_options_set_service, service);
    }

private:
    friend class outbox;

    static void tell(const byteport_outbox_event_t *event, void *userdata) noexcept
    {
        auto &told = detail::box<outbox_callback>::of(userdata);
        detail::slot_of_call::or_else(*told.slot).run(0, [&] {
            told.callable(outbox_event(event));
            return 0;
        });
    }

    std::shared_ptr<detail::exception_slot> slot_;
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
