// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// A queue of readings in a file, which survives what may happen, and its accounting.
#ifndef BYTEPORT_OUTBOX_HPP
#define BYTEPORT_OUTBOX_HPP

#include "client.hpp"
#include "outbox_options.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// The accounting of an outbox at one moment: accepted = delivered + queued + quarantined + dropped, in every one. It never
/// changes: any number of threads may read it at once. What its functions give belongs to it.
class outbox_stats : public detail::handle<byteport_outbox_stats_t, byteport_outbox_stats_free> {
public:
    using handle::handle;

    /// Readings taken in since the file was made.
    [[nodiscard]] std::uint64_t accepted() const noexcept { return byteport_outbox_stats_accepted(get()); }
    /// Readings that the service took since the file was made.
    [[nodiscard]] std::uint64_t delivered() const noexcept { return byteport_outbox_stats_delivered(get()); }
    /// Readings that wait, in the file or in memory.
    [[nodiscard]] std::uint64_t queued() const noexcept { return byteport_outbox_stats_queued(get()); }
    /// Readings in the quarantine table.
    [[nodiscard]] std::uint64_t quarantined() const noexcept { return byteport_outbox_stats_quarantined(get()); }
    /// Readings that were given up since the file was made, for all reasons together.
    [[nodiscard]] std::uint64_t dropped() const noexcept { return byteport_outbox_stats_dropped(get()); }
    /// Readings that were given up for one reason.
    [[nodiscard]] std::uint64_t dropped_for(outbox_reason reason) const noexcept
    {
        return byteport_outbox_stats_dropped_for(get(), to_c(reason));
    }
    /// Of the readings that wait, those that are in memory only.
    [[nodiscard]] std::uint64_t queued_in_memory() const noexcept { return byteport_outbox_stats_queued_in_memory(get()); }
    /// Bytes of the readings in memory that are not in the file.
    [[nodiscard]] std::uint64_t memory_bytes() const noexcept { return byteport_outbox_stats_memory_bytes(get()); }
    /// Bytes that the file uses of its bound, the write-ahead log included.
    [[nodiscard]] std::uint64_t disk_bytes() const noexcept { return byteport_outbox_stats_disk_bytes(get()); }
    /// How long the oldest reading that waits has been in the outbox; nothing where none waits.
    [[nodiscard]] std::optional<std::chrono::milliseconds> oldest_age() const noexcept
    {
        const std::int64_t age = byteport_outbox_stats_oldest_age_ms(get());
        return age >= 0 ? std::optional<std::chrono::milliseconds>(age) : std::nullopt;
    }
    /// Readings per second taken in, over about the last minute.
    [[nodiscard]] double accepted_rate() const noexcept { return byteport_outbox_stats_accepted_rate(get()); }
    /// Readings per second delivered, over about the last minute.
    [[nodiscard]] double delivered_rate() const noexcept { return byteport_outbox_stats_delivered_rate(get()); }
    /// Calls that were made again since the outbox was opened.
    [[nodiscard]] std::uint64_t retries() const noexcept { return byteport_outbox_stats_retries(get()); }
    /// Calls that were answered with success since the outbox was opened.
    [[nodiscard]] std::uint64_t calls() const noexcept { return byteport_outbox_stats_calls(get()); }
    /// The way to the service.
    [[nodiscard]] outbox_link link() const noexcept { return static_cast<outbox_link>(byteport_outbox_stats_link(get())); }
    /// The file.
    [[nodiscard]] outbox_disk disk() const noexcept { return static_cast<outbox_disk>(byteport_outbox_stats_disk(get())); }
    /// The last failure of a call or of the file, in one line without secrets; empty where there was none.
    [[nodiscard]] std::string_view last_error() const noexcept
    {
        return detail::view(byteport_outbox_stats_last_error(get()));
    }
    /// The number up to which every reading is in the file, or no longer waits.
    [[nodiscard]] std::uint64_t committed_sequence() const noexcept
    {
        return byteport_outbox_stats_committed_sequence(get());
    }
    /// The number up to which every reading is forced onto the disk, or no longer waits.
    [[nodiscard]] std::uint64_t synced_sequence() const noexcept { return byteport_outbox_stats_synced_sequence(get()); }
    /// The number of the newest reading; 0 where there was none yet.
    [[nodiscard]] std::uint64_t last_sequence() const noexcept { return byteport_outbox_stats_last_sequence(get()); }
    /// Damaged files, and files of a newer version, that were moved aside since the outbox was opened.
    [[nodiscard]] std::uint64_t moved_aside() const noexcept { return byteport_outbox_stats_moved_aside(get()); }
    /// All of it as a JSON object, in UTF-8.
    [[nodiscard]] std::string_view json() const noexcept { return detail::view(byteport_outbox_stats_json(get())); }
    /// All of it in Prometheus' text format, version 0.0.4, each figure with the label `outbox`, the path of the file.
    [[nodiscard]] std::string_view prometheus() const noexcept
    {
        return detail::view(byteport_outbox_stats_prometheus(get()));
    }
};

/// What outbox::enqueue() says of a reading: its number in the outbox, rising, counted from 1; and how safe it is now, which is
/// durability::none where it was dropped, as the bounds demand.
struct enqueued {
    std::uint64_t sequence = 0;
    durability held = durability::none;
};

/// What outbox::flush() came to: how many readings the service took meanwhile, and how many still wait.
struct flushed {
    std::uint64_t delivered = 0;
    std::uint64_t kept = 0;
};

/// What outbox::close() came to: how many readings the service took meanwhile, how many are in the file for the next time, and how
/// many could not be kept because the file cannot be written.
struct outbox_closed {
    std::uint64_t delivered = 0;
    std::uint64_t kept = 0;
    std::uint64_t lost = 0;
};

/// A queue of readings in a file, and the threads that upload them. Any number of threads may use one outbox at once; only moving
/// and destroying it need it alone. In a child that was forked, every call is status::forked.
///
/// Destroying it waits for nothing: its threads write what is in memory to the file soon after. close() it before, or lose what is
/// in memory only where the program ends at once.
class outbox : public detail::handle<byteport_outbox_t, byteport_outbox_free> {
public:
    /// Opens the outbox in the file of that path, which is made where there is none, and starts the threads that upload what is in it.
    /// The settings are copied. The client is shared: what it stores to is its host, namespace, key and device; it may be destroyed
    /// before the outbox. A file that is damaged is moved aside, and what can be read of it is saved.
    ///
    /// Errors: status::in_use while another outbox has the file; status::invalid_argument for settings that make no sense, a path that
    /// cannot be that of a file, and a database of another program; status::not_configured for a client without namespace, or without
    /// key where there is no broker.
    [[nodiscard]] static expected_t<outbox> open(const client &to, std::string_view path, const outbox_options &settings)
    {
        byteport_outbox_t *made = nullptr;
        return detail::finish(
            detail::attempt(byteport_outbox_open, to.get(), detail::text(path), settings.get(), &made),
            [&] { return outbox(made, settings.slot_); });
    }
    /// As above, with each setting at its default.
    [[nodiscard]] static expected_t<outbox> open(const client &to, std::string_view path)
    {
        byteport_outbox_t *made = nullptr;
        const detail::nullable<byteport_outbox_options_t> none = {nullptr};
        return detail::finish(detail::attempt(byteport_outbox_open, to.get(), detail::text(path), none, &made),
                              [&made] { return outbox(made, nullptr); });
    }

    /// Takes in a reading, at a durability that is at least durability::memory. The call waits for the network only for
    /// durability::delivered, for the disk only for durability::synced, and for room: each up to the time-out of the options.
    ///
    /// How safe it is may be less than what was asked where the time-out passed first, or the file cannot be written: the reading is
    /// kept and goes on towards what was asked all the same. For durability::disk, durability::memory is the rule: the group commit
    /// comes later.
    ///
    /// Errors: status::not_configured without a device; status::too_long for a reading that is longer than the memory may be;
    /// status::full; status::closed. After these the reading is not in the outbox. With durability::delivered also the service's
    /// refusal of this reading, which is in quarantine then.
    expected_t<enqueued> enqueue(const reading &what, durability least) const
    {
        enqueued put;
        auto held = BYTEPORT_DURABILITY_NONE;
        return detail::finish(
            detail::attempt(byteport_outbox_enqueue, get(), what.get(), least, &put.sequence, &held), [&] {
                put.held = static_cast<durability>(held);
                return put;
            });
    }
    /// As above, with a time-out of its own; 0 does not wait.
    expected_t<enqueued> enqueue(const reading &what, durability least, std::chrono::milliseconds timeout) const
    {
        enqueued put;
        auto held = BYTEPORT_DURABILITY_NONE;
        return detail::finish(detail::attempt(byteport_outbox_enqueue_within, get(), what.get(), least, detail::ms32(timeout),
                                              &put.sequence, &held),
                              [&] {
                                  put.held = static_cast<durability>(held);
                                  return put;
                              });
    }
    /// Waits until every reading up to that number is as safe as asked, or for that long; 0 only looks. Gives how safe they are then.
    /// durability::delivered means here that none of them waits any longer. Errors: status::invalid_argument for a number that no
    /// reading has yet.
    expected_t<durability> wait_for(std::uint64_t sequence, durability least, std::chrono::milliseconds timeout) const
    {
        auto held = BYTEPORT_DURABILITY_NONE;
        return detail::finish(
            detail::attempt(byteport_outbox_wait_for, get(), sequence, least, detail::ms32(timeout), &held),
            [&held] { return static_cast<durability>(held); });
    }
    /// Waits until no reading waits any longer, or for that long; time that has passed is no error. Errors: status::closed.
    expected_t<flushed> flush(std::chrono::milliseconds timeout) const
    {
        flushed came;
        return detail::finish(
            detail::attempt(byteport_outbox_flush, get(), detail::ms32(timeout), &came.delivered, &came.kept),
            [&came] { return came; });
    }
    /// Ends the outbox: takes in nothing more, uploads for at most that long, writes what is left to the file, forces it onto the disk,
    /// and gives the file up; that takes at most five seconds more. With 0 it does not upload. A second call does nothing. Throws what
    /// a callback threw on the library's thread; the outbox is closed then, too.
    expected_t<outbox_closed> close(std::chrono::milliseconds timeout) const
    {
        outbox_closed came;
        auto failure = detail::attempt(byteport_outbox_close, get(), detail::ms32(timeout), &came.delivered, &came.kept,
                                       &came.lost);
        detail::rethrow(slot_);
        return detail::finish(std::move(failure), [&came] { return came; });
    }

    /// Changes the API key with which readings are stored from now on; it must not be empty. An upload that the service refused goes
    /// on at once.
    expected_t<void> set_key(std::string_view key) const
    {
        return detail::call(byteport_outbox_set_key, get(), detail::text(key));
    }
    /// Changes the legacy key, as set_key() does the API key; readings go in batches from now on.
    expected_t<void> set_legacy_key(std::string_view key) const
    {
        return detail::call(byteport_outbox_set_legacy_key, get(), detail::text(key));
    }
#if !defined(BYTEPORT_WITHOUT_BROKER)
    /// Changes the broker login with which readings are uploaded from now on, where they go through a broker. Errors:
    /// status::not_configured for an empty login; status::invalid_argument for a login or password that has control characters
    /// or more than 4,096 bytes, and where readings go through no broker.
    expected_t<void> set_login(std::string_view login, std::string_view password) const
    {
        return detail::call(byteport_outbox_set_login, get(), detail::text(login), detail::text(password));
    }
#endif
    /// Tries again at once, where the outbox waits before the next call: after the service refused the key, or while it is down.
    expected_t<void> resume() const { return detail::call(byteport_outbox_resume, get()); }

    /// The accounting as it is now. A closed outbox gives its last.
    [[nodiscard]] expected_t<outbox_stats> stats() const
    {
        byteport_outbox_stats_t *now = nullptr;
        return detail::make<outbox_stats>(byteport_outbox_stats, now, get());
    }
    /// The path with which the outbox was opened. It belongs to the outbox.
    [[nodiscard]] std::string_view path() const noexcept { return detail::view(byteport_outbox_path(get())); }

    /// The descriptor that is readable while an event waits for service(): for poll(), select() and their like. Do not read from it nor
    /// close it. -1 without outbox_options::set_service(), and in a forked child.
    [[nodiscard]] int descriptor() const noexcept { return byteport_outbox_fd(get()); }
    /// Calls the callback for every event that waits, on this thread, and returns without waiting for more; gives how many those were.
    /// Where another thread is at it, or the callback itself calls this, nothing is done. It works on a closed outbox, too. Throws
    /// what the callback threw in this call. Errors: status::not_configured without outbox_options::set_service().
    expected_t<std::size_t> service() const
    {
        std::size_t told = 0;
        detail::slot_of_call slot;
        auto failure = detail::attempt(byteport_outbox_service, get(), &told);
        slot.rethrow();
        return detail::finish(std::move(failure), [&told] { return told; });
    }
    /// How many events were lost because service() was not called in time; 0 without that way.
    [[nodiscard]] std::uint64_t lost_events() const noexcept { return byteport_outbox_lost_events(get()); }

#if BYTEPORT_CPP_EXCEPTIONS
    /// What a callback threw on the library's thread that nobody has taken yet, and forgets it; null where it threw nothing.
    [[nodiscard]] std::exception_ptr take_exception() const noexcept { return slot_ ? slot_->take() : nullptr; }
#endif

private:
    outbox(byteport_outbox_t *made, std::shared_ptr<detail::exception_slot> slot) noexcept
        : handle(made), slot_(std::move(slot))
    {
    }

    std::shared_ptr<detail::exception_slot> slot_;
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
