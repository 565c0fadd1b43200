// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What the tests of the outbox share: readings with a number, the accounting, reading back. Every wait is for something that comes;
// its bound is only there for the day on which it does not.
#ifndef OUTBOX_HPP
#define OUTBOX_HPP

#include "check.hpp"

#include <condition_variable>
#include <poll.h>

using byteport::durability;

constexpr std::chrono::milliseconds patience = 120s;

/// An outbox to a host; the client is gone at once.
template <typename... Options>
byteport::outbox open_outbox(std::string_view host, std::string_view path, const Options &...options)
{
    return must(byteport::outbox::open(client_of(host, setting("BYTEPORT_KEY")), path, options...));
}

inline void close_outbox(const byteport::outbox &outbox, std::uint64_t expected)
{
    const auto closed = must(outbox.close(0s));
    CHECK(closed.kept == expected && closed.lost == 0);
}

/// The number n, measured n microseconds after a certain time.
inline byteport::reading numbered(std::string_view field, std::int64_t number)
{
    byteport::reading reading;
    DONE(reading.set_timestamp(start + std::chrono::microseconds(number)));
    DONE(reading.set_integer(field, number));
    return reading;
}

/// Puts a number into an outbox, and says how safe it is.
inline durability put(const byteport::outbox &outbox, std::string_view field, std::int64_t number, durability least)
{
    const auto came = must(outbox.enqueue(numbered(field, number), least, patience));
    CHECK(came.sequence > 0);
    return came.held;
}

/// Waits until everything is delivered.
inline void flush(const byteport::outbox &outbox)
{
    CHECK(must(outbox.flush(patience)).kept == 0);
}

inline byteport::outbox_stats stats_of(const byteport::outbox &outbox)
{
    auto stats = must(outbox.stats());
    CHECK(stats.accepted() == stats.delivered() + stats.queued() + stats.quarantined() + stats.dropped());
    return stats;
}

inline void account(const byteport::outbox &outbox, std::uint64_t accepted, std::uint64_t delivered)
{
    const auto stats = stats_of(outbox);
    CHECK(stats.accepted() == accepted && stats.delivered() == delivered);
}

/// The server has the numbers from 0 to below the count, each once.
inline void check_stored(std::string_view field, std::size_t count)
{
    const auto client = client_of(setting("BYTEPORT_HOST"), std::nullopt);
    DONE(client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD")));
    const auto series = must(client.read_series(field, {start, start + 1s}));
    if (CHECK(series.size() == count && series.kind() == byteport::series_kind::numbers)) {
        for (std::size_t i = 0; i < count; i++) {
            CHECK(series.numbers()[i] == static_cast<double>(i) && series.time(i) == start + std::chrono::microseconds(i));
        }
    }
}

/// Waits until a descriptor is readable.
inline void wait_readable(int descriptor)
{
    pollfd due = {descriptor, POLLIN, 0};
    CHECK(poll(&due, 1, static_cast<int>(patience.count())) == 1 && due.revents == POLLIN);
}

/// Waits until events are due, and runs the callback for them on this thread.
inline void serve(const byteport::outbox &outbox)
{
    wait_readable(outbox.descriptor());
    DONE(outbox.service());
}

/// What callbacks on any thread tell, for whoever waits for it.
class bell {
public:
    /// Changes what is told, under the lock, and wakes who waits.
    template <typename Change>
    void ring(Change change)
    {
        const std::lock_guard<std::mutex> guard(lock_);
        change();
        changed_.notify_all();
    }
    /// Waits, and looks under the lock, until it is so.
    template <typename Condition>
    void wait(Condition condition)
    {
        std::unique_lock<std::mutex> guard(lock_);
        CHECK(changed_.wait_for(guard, patience, condition));
    }

private:
    std::mutex lock_;
    std::condition_variable changed_;
};

/// Rings when the last copy of a callback that holds it is destroyed.
inline std::shared_ptr<void> last_words(bell &told, bool &gone)
{
    return {nullptr, [&](void *) { told.ring([&gone] { gone = true; }); }};
}

#endif
