// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// A client of a broker: readings and messages out, messages in.
#ifndef BYTEPORT_BROKER_HPP
#define BYTEPORT_BROKER_HPP

#include "broker_options.hpp"
#include "delivery.hpp"
#include "reading.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// What a broker's client had done by one moment, since it was opened. It never changes: any number of threads may read it at once.
class broker_stats : public detail::handle<byteport_broker_stats_t, byteport_broker_stats_free> {
public:
    using handle::handle;

    /// The way to the broker.
    [[nodiscard]] broker_state state() const noexcept { return static_cast<broker_state>(byteport_broker_stats_state(get())); }
    /// Publications that the broker has; without confirmation, those that were handed to the connection.
    [[nodiscard]] std::uint64_t published() const noexcept { return byteport_broker_stats_published(get()); }
    /// Publications that the broker refused, or that failed with the connection where it is not made again.
    [[nodiscard]] std::uint64_t refused() const noexcept { return byteport_broker_stats_refused(get()); }
    /// Publications that wait for the broker's answer.
    [[nodiscard]] std::uint64_t pending() const noexcept { return byteport_broker_stats_pending(get()); }
    /// Messages that came, with those that were not handed on.
    [[nodiscard]] std::uint64_t received() const noexcept { return byteport_broker_stats_received(get()); }
    /// Messages that were not handed on because they were too old.
    [[nodiscard]] std::uint64_t stale() const noexcept { return byteport_broker_stats_stale(get()); }
    /// Messages that were not handed on because their time was too far in the future.
    [[nodiscard]] std::uint64_t ahead() const noexcept { return byteport_broker_stats_ahead(get()); }
    /// Deliveries that were taken.
    [[nodiscard]] std::uint64_t taken() const noexcept { return byteport_broker_stats_taken(get()); }
    /// Deliveries that were refused.
    [[nodiscard]] std::uint64_t not_taken() const noexcept { return byteport_broker_stats_not_taken(get()); }
    /// Connections that the broker let in.
    [[nodiscard]] std::uint64_t connections() const noexcept { return byteport_broker_stats_connections(get()); }
    /// Why the last connection ended, or could not be made, in one line without secrets; empty while it is open. It belongs to the
    /// statistics.
    [[nodiscard]] std::string_view last_error() const noexcept
    {
        return detail::view(byteport_broker_stats_last_error(get()));
    }
};

/// A client of a broker, and the thread that keeps its connection: one that is lost is made again, what was not confirmed is sent
/// again, and subscriptions are made again. Any number of threads may use one at once; only moving and destroying it need it alone.
/// In a child that was forked, every call is status::forked.
///
/// Destroying it waits for nothing: what the broker has not answered for may be lost. close() it before.
class broker : public detail::handle<byteport_broker_t, byteport_broker_free> {
public:
    using handle::handle;

    /// Makes a client with a copy of the settings, and connects in the background. Errors: status::invalid_argument and
    /// status::invalid_name for settings that make no sense; status::not_configured without a login; status::file where no thread or
    /// descriptor is to be had.
    [[nodiscard]] static expected_t<broker> open(const broker_options &settings)
    {
        byteport_broker_t *made = nullptr;
        return detail::make<broker>(byteport_broker_open, made, settings.get());
    }
    /// Waits until the broker has let this client in, for at most that long. Errors: why that failed, as soon as it has failed for a
    /// reason that lasts (status::login_failed, status::tls), and the last reason when the time is over. The client goes on trying.
    expected_t<void> wait_open(std::chrono::milliseconds timeout) const
    {
        return detail::call(byteport_broker_wait_open, get(), detail::ms32(timeout));
    }
    /// Ends the client: publishes nothing more, waits for the broker's answers for at most that long, says goodbye, and ends the threads;
    /// that takes at most two seconds more. Gives how many answers had not come. Throws what a callback threw on the library's thread;
    /// the client is closed then, too.
    expected_t<std::size_t> close(std::chrono::milliseconds timeout) const
    {
        std::size_t missing = 0;
        auto failure = detail::attempt(byteport_broker_close, get(), detail::ms32(timeout), &missing);
        detail::rethrow(slot_);
        return detail::finish(std::move(failure), [&missing] { return missing; });
    }

    /// Publishes bytes to an MQTT topic or STOMP destination, and waits until the broker has them, up to the time-out of the options.
    /// Errors: status::invalid_argument for a destination or length that cannot be; status::forbidden where the broker refuses it;
    /// status::timeout with the last reason, in phase::connect where nothing was sent, in phase::receive where the broker may have it;
    /// status::closed; at once those that wait_open() gives at once.
    expected_t<void> publish(std::string_view destination, bytes data) const
    {
        return detail::call(byteport_broker_publish, get(), detail::text(destination), data.data(), data.size());
    }
    /// As above, for text.
    expected_t<void> publish(std::string_view destination, std::string_view data) const
    {
        return publish(destination, detail::as_bytes(data));
    }
    /// As publish(), without waiting for the broker's answer; only for room, where too much waits for one. flush() waits for the answers.
    /// What the broker refuses is logged, and counted by broker_stats::refused().
    expected_t<void> post(std::string_view destination, bytes data) const
    {
        return detail::call(byteport_broker_post, get(), detail::text(destination), data.data(), data.size());
    }
    /// As above, for text.
    expected_t<void> post(std::string_view destination, std::string_view data) const
    {
        return post(destination, detail::as_bytes(data));
    }
    /// Waits until the broker has answered for all that was published and stored before, or for that long. Gives how many answers had not
    /// come by then; time that has passed is no error.
    expected_t<std::size_t> flush(std::chrono::milliseconds timeout) const
    {
        std::size_t missing = 0;
        return detail::finish(detail::attempt(byteport_broker_flush, get(), detail::ms32(timeout), &missing),
                              [&missing] { return missing; });
    }

    /// Stores a reading, and waits until the broker has it: it keeps it until the service takes it. Errors: status::not_configured without
    /// namespace or device; status::invalid_timestamp outside the years 1 to 9999; else as publish().
    expected_t<void> store(const reading &what) const { return detail::call(byteport_broker_store, get(), what.get()); }
    /// As store(), without waiting for the broker's answer: see post().
    expected_t<void> post(const reading &what) const { return detail::call(byteport_broker_post_reading, get(), what.get()); }
    /// Stores readings of any devices, together in lists of a bounded length, and waits until the broker has answered for all of them. One
    /// that is refused keeps no other from being stored: the call fails as the first that was not stored. `statuses` gets the answer for
    /// each, also where the call fails; where it fails before any is stored, each is its error.
    expected_t<void> store_all(span<const reading> readings, std::vector<status> *statuses = nullptr) const
    {
        constexpr auto unwritten = static_cast<byteport_status_t>(BYTEPORT_UNSET); // which is no status
        std::vector<const byteport_reading_t *> pointers;
        pointers.reserve(readings.size());
        for (const auto &one : readings) {
            pointers.push_back(one.get());
        }
        std::vector<byteport_status_t> codes(readings.size(), unwritten);
        if (statuses != nullptr) {
            statuses->assign(readings.size(), status::out_of_memory); // which may be so here, or for the error
        }
        auto failure = detail::attempt(byteport_broker_store_all, get(), pointers.data(), pointers.size(), codes.data());
        if (statuses != nullptr) {
            std::transform(codes.begin(), codes.end(), statuses->begin(), [&failure](byteport_status_t code) {
                return failure && code == unwritten ? failure->code() : static_cast<status>(code);
            });
        }
        return detail::finish(std::move(failure), [] {});
    }

    /// Subscribes to an MQTT topic filter or STOMP destination, or to the device's own messages, now and on every later connection, and
    /// waits until the broker has taken that. Errors: status::forbidden where the broker refuses it; status::not_configured for the
    /// device's own without namespace and device; else as publish().
    expected_t<void> subscribe(std::optional<std::string_view> destination = {}) const
    {
        return detail::call(byteport_broker_subscribe, get(), detail::text(destination));
    }
    /// Waits for the next delivery, for at most that long; with 0 only looks. Gives nothing where none came. Without a subscription, the
    /// device's own messages are subscribed to. The broker waits for settle(). Errors: status::not_configured without anything to listen
    /// to; status::forbidden where the broker refuses a subscription; status::closed.
    [[nodiscard]] expected_t<std::optional<delivery>> receive(std::chrono::milliseconds timeout) const
    {
        byteport_delivery_t *came = nullptr;
        return detail::finish(detail::attempt(byteport_broker_receive, get(), detail::ms32(timeout), &came), [&came] {
            return came != nullptr ? std::optional<delivery>(std::in_place, came) : std::nullopt;
        });
    }
    /// Tells the broker what became of a delivery that receive() gave, once.
    expected_t<void> settle(const delivery &what, verdict became) const
    {
        return detail::call(byteport_broker_settle, get(), what.get(), became);
    }
    /// Hands each message to the callback, on one thread of the library's, in the order in which they come. After one that was refused, the
    /// next delivery is handed on after a pause. The callback is destroyed when the client was closed or destroyed and the last call has
    /// returned, on the library's thread: close() the client before anything goes that it refers to. Errors: status::not_configured
    /// without anything to listen to; status::invalid_argument for an empty callback, and where there is one already; status::file where
    /// no thread can be started; status::closed.
    expected_t<void> listen(message_callback callback) const
    {
        if (!callback) {
            return detail::finish(detail::no_callback(), [] {});
        }
        auto boxed = std::make_unique<detail::box<message_callback>>();
        boxed->callable = std::move(callback);
        boxed->slot = slot_;
        return detail::finish(detail::give(std::move(boxed), byteport_broker_listen, detail::take_message, get()), [] {});
    }
    /// The descriptor that is readable while deliveries wait for service() or receive(), and once the client was closed: for poll(),
    /// select() and their like. Do not read from it nor close it. -1 in a forked child. Nothing comes before there is a subscription.
    [[nodiscard]] int descriptor() const noexcept { return byteport_broker_fd(get()); }
    /// Hands each message that waits to the callback, on this thread, and returns without waiting for more, or when 100 deliveries were
    /// handed on; gives how many those were. Where another thread is at it, or the callback itself calls this, nothing is done. What the
    /// callback throws is thrown by this call; what waits behind that message is refused meanwhile, and comes again. Errors: as
    /// receive(), and status::invalid_argument for an empty callback.
    expected_t<std::size_t> service(const message_callback &callback) const
    {
        std::size_t handled = 0;
        const auto slot = std::make_shared<detail::exception_slot>();
        detail::box<message_callback> boxed{until_it_throws(callback, slot), slot};
        auto failure = callback ? detail::attempt(byteport_broker_service, get(), detail::take_message,
                                                  static_cast<void *>(&boxed), &handled)
                                : std::optional<error>(detail::no_callback());
        detail::rethrow(slot);
        return detail::finish(std::move(failure), [&handled] { return handled; });
    }

    /// What was done so far. A closed client gives its last.
    [[nodiscard]] expected_t<broker_stats> stats() const
    {
        byteport_broker_stats_t *now = nullptr;
        return detail::make<broker_stats>(byteport_broker_stats, now, get());
    }

#if BYTEPORT_CPP_EXCEPTIONS
    /// What the callback of listen() threw that nobody has taken yet, and forgets it; null where it threw nothing.
    [[nodiscard]] std::exception_ptr take_exception() const noexcept { return slot_ ? slot_->take() : nullptr; }
#endif

private:
    /// The callback until it throws; from then on a refusal.
    static message_callback until_it_throws(const message_callback &callback, const std::shared_ptr<detail::exception_slot> &slot)
    {
        return [&callback, &slot](const message &one, const delivery_view &of) {
            return slot->is_full() ? verdict::refused : callback(one, of);
        };
    }

    std::shared_ptr<detail::exception_slot> slot_ = std::make_shared<detail::exception_slot>();
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
