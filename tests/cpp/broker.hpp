// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What the tests of a broker's client share: clients, readings, what comes back. BYTEPORT_KEY is the password here, so that check.hpp
// looks for it in every error.
#ifndef BROKER_HPP
#define BROKER_HPP

#include "outbox.hpp"

using byteport::verdict;

inline bool is_stomp()
{
    return setting("BYTEPORT_BROKER").substr(0, 5) == "stomp";
}

inline std::string store_destination()
{
    return is_stomp() ? "/queue/simple_string_dev_message" : "simple_string_dev_message";
}

/// Where a device's messages arrive.
inline std::string own_destination(const std::string &device)
{
    return (is_stomp() ? "/topic/device_messages_" : "") + setting("BYTEPORT_NAMESPACE") + "." + device;
}

/// Settings for the broker of the environment.
inline byteport::broker_options broker_options_of(std::optional<std::string_view> device)
{
    auto options = must(byteport::broker_options::from_url(setting("BYTEPORT_BROKER")));
    DONE(options.set_ca_file(setting("BYTEPORT_BROKER_CA")));
    DONE(options.set_login(setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_KEY")));
    DONE(options.set_namespace(setting("BYTEPORT_NAMESPACE")));
    DONE(options.set_timeout(patience));
    if (device) {
        DONE(options.set_device(*device));
    } else if (!is_stomp()) {
        DONE(options.set_clean_session(true));
    }
    return options;
}

/// A client with these settings that the broker has let in.
inline byteport::broker open_with(const byteport::broker_options &options)
{
    auto broker = must(byteport::broker::open(options));
    DONE(broker.wait_open(patience));
    return broker;
}

inline byteport::broker open_broker(std::string_view device)
{
    return open_with(broker_options_of(device));
}

inline void close_broker(const byteport::broker &broker)
{
    CHECK(must(broker.close(patience)) == 0);
}

inline void take(const byteport::broker &broker, const byteport::delivery &delivery)
{
    DONE(broker.settle(delivery, verdict::taken));
}

/// The next delivery; there must be one.
inline byteport::delivery next_delivery(const byteport::broker &broker)
{
    auto delivery = must(broker.receive(patience));
    if (!CHECK(delivery && delivery->view().size() > 0)) {
        std::exit(check_end("broker"));
    }
    return *std::move(delivery);
}

/// The next delivery that is of the device of this test: a queue may still hold another's.
inline byteport::delivery next_of(const byteport::broker &broker, std::string_view device)
{
    for (;;) {
        auto delivery = next_delivery(broker);
        if (delivery.view()[0].uid() == device) {
            return delivery;
        }
        take(broker, delivery);
    }
}

/// Whether a message is that of a reading with a number, and has its time.
inline bool has_number(const byteport::message &message, std::int64_t number)
{
    return message.text() == "n=" + std::to_string(number) + ";" && message.time() == start + std::chrono::microseconds(number);
}

inline byteport::broker_stats stats_of(const byteport::broker &broker)
{
    return must(broker.stats());
}

#endif
