// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What a broker delivers: messages to a device, or what came to a topic or destination.
#ifndef BYTEPORT_DELIVERY_HPP
#define BYTEPORT_DELIVERY_HPP

#include "callback.hpp"
#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

namespace detail {

inline std::string_view as_text(bytes given) noexcept
{
    return {reinterpret_cast<const char *>(given.data()), given.size()};
}

inline bytes as_bytes(std::string_view given) noexcept
{
    return {reinterpret_cast<const std::uint8_t *>(given.data()), given.size()};
}

} // namespace detail

/// One message: a view, which is good as long as the delivery that it belongs to. It never changes: any number of threads may read
/// it at once.
class message {
public:
    /// A view of what a function of byteport.h gave.
    explicit message(const byteport_message_t *of) noexcept : of_(of) {}

    /// The namespace that the message's packet names, if it names one.
    [[nodiscard]] std::optional<std::string_view> name_space() const noexcept
    {
        return detail::optional_text(byteport_message_namespace(of_));
    }
    /// The device that the message's packet names: the listening one, or a child device behind it. Nothing for a message that is no
    /// packet.
    [[nodiscard]] std::optional<std::string_view> uid() const noexcept
    {
        return detail::optional_text(byteport_message_uid(of_));
    }
    /// The message itself: the `data` of its packet or the whole body.
    [[nodiscard]] bytes body() const noexcept
    {
        std::size_t length = 0;
        const std::uint8_t *first = byteport_message_body(of_, &length);
        return {first, length};
    }
    /// body() as text, of whatever encoding it is. One NUL lies behind it.
    [[nodiscard]] std::string_view text() const noexcept { return detail::as_text(body()); }
    /// When it was sent, by its packet, if that says so.
    [[nodiscard]] std::optional<time_point> time() const noexcept
    {
        return detail::optional_time(byteport_message_time(of_));
    }
    /// How old it was when it arrived, by this machine's clock; negative for a time in the future, 0 where it does not say when it was
    /// sent.
    [[nodiscard]] std::chrono::microseconds age() const noexcept
    {
        return std::chrono::microseconds(byteport_message_age_us(of_));
    }

private:
    const byteport_message_t *of_;
};

/// What came from the broker at once: one message, or a list of them. A view, which is good until the callback that it is given to
/// returns, or as long as the delivery that it is a view of. It never changes: any number of threads may read it at once.
class delivery_view {
public:
    /// A view of what a function of byteport.h gave.
    explicit delivery_view(const byteport_delivery_t *of) noexcept : of_(of) {}

    /// The MQTT topic or STOMP destination. RabbitMQ gives an MQTT topic with `/` for each `.`.
    [[nodiscard]] std::string_view destination() const noexcept
    {
        return detail::view(byteport_delivery_destination(of_));
    }
    /// Whether the broker says that it delivered this before.
    [[nodiscard]] bool is_redelivered() const noexcept { return byteport_delivery_is_redelivered(of_); }
    /// The whole body as it came.
    [[nodiscard]] bytes body() const noexcept
    {
        std::size_t length = 0;
        const std::uint8_t *first = byteport_delivery_body(of_, &length);
        return {first, length};
    }
    /// The headers of the STOMP frame, in the order in which they came; none for MQTT. Of two with one name, the first counts.
    [[nodiscard]] pairs headers() const
    {
        pairs all;
        for (std::size_t i = 0; i < byteport_delivery_header_count(of_); i++) {
            all.emplace_back(byteport_delivery_header_name(of_, i), byteport_delivery_header_value(of_, i));
        }
        return all;
    }
    /// How many messages were delivered, at least one.
    [[nodiscard]] std::size_t size() const noexcept { return byteport_delivery_message_count(of_); }
    /// One message, in the order of the list; the index must be below size().
    [[nodiscard]] message operator[](std::size_t index) const noexcept
    {
        return message(byteport_delivery_message(of_, index));
    }
    /// For functions of byteport.h.
    [[nodiscard]] const byteport_delivery_t *get() const noexcept { return of_; }

private:
    const byteport_delivery_t *of_;
};

/// A delivery that broker::receive() gave. The broker waits for broker::settle(); one that is destroyed without is delivered again,
/// when the connection has ended.
class delivery : public detail::handle<byteport_delivery_t, byteport_delivery_free> {
public:
    using handle::handle;

    /// What it says; good as long as this object.
    [[nodiscard]] delivery_view view() const noexcept { return delivery_view(get()); }
    /// As view().
    [[nodiscard]] delivery_view operator*() const noexcept { return view(); }
};

/// Takes one message and the delivery that it belongs to; both are gone when it returns. It returns what became of the message. The
/// broker is told that a delivery is taken when each of its messages was; after one that was refused the rest is not handed on, and
/// all of it comes again. It may publish, store and ask for statistics, but not end the client nor destroy it.
///
/// What it throws refuses the message. broker::service() throws it; on the library's thread it is kept, the first until somebody takes
/// it: broker::close() or take_exception().
using message_callback = std::function<verdict(const message &one, const delivery_view &of)>;

namespace detail {

/// For byteport_broker_listen() and byteport_broker_service().
inline std::int32_t take_message(const byteport_message_t *one, const byteport_delivery_t *of, void *userdata) noexcept
{
    auto &taker = box<message_callback>::of(userdata);
    return taker.slot->run(to_c(verdict::refused), [&] { return to_c(taker.callable(message(one), delivery_view(of))); });
}

} // namespace detail
} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
