// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The two ways to be handed messages: on the library's thread, and on this one, when a descriptor says so. A callback is destroyed
// when nobody can call it any more.
#include "broker.hpp"

#include <thread>

namespace {

/// What a callback has seen, under a lock: it is called on any thread.
struct witness {
    bell told;
    std::thread::id mine = std::this_thread::get_id();
    unsigned taken = 0;
    unsigned refused = 0;
    unsigned on_other_threads = 0;
    std::string texts;
    bool gone = false;

    /// Notes a message; the first `again` is refused, and what its delivery holds behind it is not handed on.
    verdict note(const byteport::message &message, const byteport::delivery_view &delivery)
    {
        auto what = verdict::taken;
        told.ring([&] {
            CHECK(delivery.size() > 0 && !delivery.destination().empty());
            on_other_threads += std::this_thread::get_id() != mine ? 1 : 0;
            if (message.text() == "again" && refused == 0) {
                what = static_cast<verdict>(77); // which is no verdict, and so a refusal
                refused++;
            } else {
                texts += message.text().substr(0, 1);
                taken++;
            }
        });
        return what;
    }
};

byteport::message_callback callback_of(witness &seen)
{
    return [&seen, words = last_words(seen.told, seen.gone)](const auto &message, const auto &delivery) {
        return seen.note(message, delivery);
    };
}

constexpr std::string_view list = R"([{"uid":"d","data":"1"},{"uid":"d","data":"again"},{"uid":"d","data":"2"}])";

/// Waits until the broker was told that a delivery is taken, which is after the callback has returned.
void wait_until_taken(const byteport::broker &broker)
{
    while (stats_of(broker).taken() == 0) {
        std::this_thread::sleep_for(1ms);
    }
}

/// On the library's thread. What was refused comes again as a whole; the callback is destroyed when the client ends.
void on_their_thread(const std::string &device)
{
    witness seen;
    const auto broker = open_broker(device);
    DONE(broker.listen(callback_of(seen)));
    witness second;
    REFUSED(status::invalid_argument, broker.listen(callback_of(second)));
    CHECK(second.gone && !seen.gone);
    DONE(broker.subscribe());
    // With the callback held up: MQTT would publish it again on the new connection that a refusal brings, if the broker had not
    // confirmed it by then.
    seen.told.ring([&] { DONE(broker.publish(own_destination(device), list)); });
    seen.told.wait([&seen] { return seen.taken == 4; });
    CHECK(seen.texts == "11a2" && seen.refused == 1 && seen.on_other_threads == 5 && !seen.gone);
    wait_until_taken(broker);
    close_broker(broker);
    seen.told.wait([&seen] { return seen.gone; });
}

/// On this thread alone, when it asks.
void on_this_thread(const std::string &device)
{
    witness seen;
    const auto broker = open_broker(device);
    DONE(broker.subscribe());
    CHECK(must(broker.service(callback_of(seen))) == 0);
    CHECK(seen.gone); // with the call
    DONE(broker.publish(own_destination(device), list));
    while (seen.taken < 4 && checks_failed == 0) {
        wait_readable(broker.descriptor());
        CHECK(must(broker.service(callback_of(seen))) == 1);
    }
    CHECK(seen.texts == "11a2" && seen.refused == 1 && seen.on_other_threads == 0);
    close_broker(broker);
    wait_readable(broker.descriptor()); // whoever waits for messages sees that none will come
    REFUSED(status::closed, broker.service(callback_of(seen)));
}

/// From inside: an answer, statistics; and a service inside a service does nothing.
void from_inside(const std::string &device)
{
    unsigned taken = 0;
    const auto broker = open_broker(device);
    byteport::message_callback answer = [&](const auto &message, const auto &) {
        CHECK(must(broker.service(answer)) == 0);
        stats_of(broker);
        if (message.text() == "question") {
            DONE(broker.publish(own_destination(device), "answer"));
        }
        taken++;
        return verdict::taken;
    };
    DONE(broker.subscribe());
    DONE(broker.publish(own_destination(device), "question"));
    while (taken < 2 && checks_failed == 0) {
        wait_readable(broker.descriptor());
        DONE(broker.service(answer));
    }
    close_broker(broker);
}

/// A client that is destroyed without being closed ends all the same, and then its callback is destroyed.
void destroyed_while_alive(const std::string &device)
{
    witness seen;
    {
        const auto broker = open_broker(device);
        DONE(broker.listen(callback_of(seen)));
    }
    seen.told.wait([&seen] { return seen.gone; });
}

#if BYTEPORT_CPP_EXCEPTIONS

/// What a callback throws refuses its message, which comes again: thrown by service(), or kept for close().
void thrown(const std::string &device)
{
    unsigned calls = 0;
    const byteport::message_callback refuse = [&calls](const auto &, const auto &) -> verdict {
        calls++;
        throw std::string("trouble");
    };
    const auto broker = open_broker(device);
    DONE(broker.subscribe());
    DONE(broker.publish(own_destination(device), "1"));
    std::string caught;
    while (caught.empty() && checks_failed == 0) {
        wait_readable(broker.descriptor());
        try {
            DONE(broker.service(refuse));
        } catch (const std::string &what) {
            caught = what;
        }
    }
    CHECK(caught == "trouble" && calls == 1);
    const auto again = next_delivery(broker);
    CHECK((*again)[0].text() == "1" && again.view().is_redelivered());
    take(broker, again);

    bell told;
    bool refused = false;
    CHECK(broker.take_exception() == nullptr);
    DONE(broker.listen([&](const auto &, const auto &) -> verdict {
        told.ring([&] { refused = true; });
        throw std::string("more trouble");
    }));
    DONE(broker.publish(own_destination(device), "2"));
    told.wait([&refused] { return refused; });
    caught.clear();
    try {
        DONE(broker.close(patience));
    } catch (const std::string &what) {
        caught = what;
    }
    CHECK(caught == "more trouble" && stats_of(broker).state() == byteport::broker_state::closed);
}

#endif

} // namespace

int main()
{
    const std::string device = setting("BYTEPORT_DEVICE");
    on_their_thread(device);
    on_this_thread(device);
    from_inside(device);
    destroyed_while_alive(device);
#if BYTEPORT_CPP_EXCEPTIONS
    thrown(device);
#endif
    return check_end("broker_listen");
}
