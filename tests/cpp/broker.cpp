// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What a broker's client does: storing one reading and many, publishing with and without waiting, messages and what the broker is
// told of them; an outbox through it; with bad arguments, settings and logins.
#include "broker.hpp"

#include <array>

namespace {

const auto bad = status::invalid_argument;

/// One reading and what came of it.
void stored(const byteport::broker &broker, const std::string &device)
{
    DONE(broker.store(numbered("n", 5)));
    const auto delivery = next_of(broker, device);
    const auto all = delivery.view();
    const auto message = all[0];
    CHECK(all.size() == 1 && has_number(message, 5) && message.name_space() == setting("BYTEPORT_NAMESPACE"));
    CHECK(message.age() > 1s && all.destination() == store_destination());
    take(broker, delivery);
}

/// Many readings at once; a bad one keeps no other from being stored.
void stored_all(const byteport::broker &broker, const std::string &device)
{
    std::vector<byteport::reading> readings;
    for (const std::int64_t number : {1, 2, 3}) {
        readings.push_back(numbered("n", number));
    }
    DONE(readings[1].set_timestamp(byteport::time_point::max()));
    DONE(readings[2].set_device("child"));
    std::vector<status> came;
    REFUSED(status::invalid_timestamp, broker.store_all(readings, &came));
    CHECK(came == std::vector<status>({status::ok, status::invalid_timestamp, status::ok}));
    const auto delivery = next_of(broker, device);
    const auto all = delivery.view();
    CHECK(all.size() == 2 && has_number(all[0], 1) && has_number(all[1], 3) && all[1].uid() == "child");
    take(broker, delivery);
    readings.pop_back();
    readings.pop_back();
    DONE(broker.store_all(readings));
    take(broker, next_of(broker, device));
    DONE(broker.store_all({}, &came));
    CHECK(came.empty());
}

/// Without waiting for each: in order, and all of them by the flush.
void posted(const byteport::broker &broker, const std::string &device)
{
    constexpr std::int64_t many = 100;
    for (std::int64_t i = 0; i < many; i++) {
        DONE(broker.post(numbered("n", i)));
    }
    CHECK(must(broker.flush(patience)) == 0);
    for (std::int64_t i = 0; i < many && checks_failed == 0; i++) {
        const auto delivery = next_of(broker, device);
        CHECK(has_number((*delivery)[0], i));
        take(broker, delivery);
    }
    const auto stats = stats_of(broker);
    CHECK(stats.published() >= many && stats.pending() == 0 && stats.refused() == 0 && stats.received() >= many);
    CHECK(stats.taken() >= many && stats.not_taken() == 0 && stats.connections() == 1 && stats.last_error().empty());
    CHECK(stats.state() == byteport::broker_state::open);
}

/// A message is a list of packets, or anything else.
void received(const byteport::broker &broker, const std::string &device)
{
    const std::string list = R"([{"uid":")" + device + R"(","namespace":"ns","data":"lights on","timestamp":"1430438400.25"},)" +
                             "{\"uid\":\"child-1\",\"data\":\"h\xc3\xb6m\"}]";
    DONE(broker.publish(own_destination(device), list));
    const auto first = next_delivery(broker);
    const auto all = first.view();
    CHECK(all.size() == 2 && all[0].text() == "lights on" && all[1].text() == "h\xc3\xb6m");
    CHECK(all[0].uid() == device && all[1].uid() == "child-1" && all[0].name_space() == "ns" && !all[1].name_space());
    CHECK(all[0].time() == start + 250ms && !all[1].time() && all[1].age() == 0us);
    CHECK(all.body().size() == list.size() && !all.is_redelivered() && all.headers().empty() != is_stomp());
    CHECK(all.get() == first.get());
    take(broker, first);
    const std::array<std::uint8_t, 4> data = {0xff, 0, 'a', 0};
    DONE(broker.post(own_destination(device), data));
    DONE(broker.post(own_destination(device), "text"));
    const auto second = next_delivery(broker);
    const auto body = (*second)[0].body();
    CHECK(std::equal(body.begin(), body.end(), data.begin(), data.end()) && !(*second)[0].uid());
    take(broker, second);
    take(broker, next_delivery(broker));
}

/// What is refused comes again, with the broker's word that it did.
void refused_once(const byteport::broker &broker, const std::string &device)
{
    DONE(broker.publish(own_destination(device), "again"));
    DONE(broker.settle(next_delivery(broker), verdict::refused));
    const auto delivery = next_delivery(broker);
    CHECK((*delivery)[0].text() == "again" && delivery.view().is_redelivered());
    REFUSED(bad, broker.settle(delivery, static_cast<verdict>(0)));
    take(broker, delivery);
    CHECK(!must(broker.receive(0s)) && stats_of(broker).not_taken() == 1);
}

/// Messages that are too old, or of a time to come, are counted alone.
void sifted(const std::string &device)
{
    auto options = broker_options_of(device);
    DONE(options.set_max_age(1000s));
    DONE(options.set_max_ahead(1000s));
    const auto broker = open_with(options);
    DONE(broker.subscribe());
    for (const auto *text : {R"({"uid":"d","data":"old","timestamp":1430438400})",
                             R"({"uid":"d","data":"ahead","timestamp":99999999999})", R"({"uid":"d","data":"now"})"}) {
        DONE(broker.publish(own_destination(device), text));
    }
    const auto delivery = next_delivery(broker);
    CHECK((*delivery)[0].text() == "now");
    take(broker, delivery);
    const auto stats = stats_of(broker);
    CHECK(stats.stale() == 1 && stats.ahead() == 1 && stats.received() == 3);
    close_broker(broker);
}

void bad_arguments(const byteport::broker &broker)
{
    REFUSED(bad, broker.publish(not_utf8, "x"));
    REFUSED(bad, broker.publish("a\0b"sv, "x"));
    REFUSED(bad, broker.post("", "x"));
    REFUSED(bad, broker.subscribe(""));
    REFUSED(bad, broker.receive(-1ms));
    REFUSED(bad, broker.listen(nullptr));
    REFUSED(bad, broker.service(nullptr));
}

/// Settings that open refuses.
template <typename Set>
void refused_settings(status expected, Set set)
{
    auto options = broker_options_of("dev");
    DONE(set(options));
    REFUSED(expected, byteport::broker::open(options));
}

void bad_settings()
{
    using options_t = byteport::broker_options;
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_host("http://h"); });
    refused_settings(status::invalid_name, [](options_t &o) -> decltype(auto) { return o.set_namespace("a b"); });
    refused_settings(status::invalid_name, [](options_t &o) -> decltype(auto) { return o.set_device(""); });
    refused_settings(status::not_configured, [](options_t &o) -> decltype(auto) { return o.set_login("", "x"); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_vhost(""); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_client_id("a\tb"); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_keep_alive(1000h); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_timeout(0s); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_connect_timeout(0s); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_max_message(0); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_max_in_flight(65536); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.set_prefetch(0); });
    refused_settings(bad, [](options_t &o) -> decltype(auto) { return o.add_destination(""); });
    REFUSED(bad, options_t::of(static_cast<byteport::protocol>(3)));
    REFUSED(bad, options_t::from_url("http://h"));
    auto stomp = must(options_t::of(byteport::protocol::stomp));
    REFUSED(bad, stomp.set_channel(static_cast<byteport::channel>(0)));
    REFUSED(bad, stomp.set_proxy("ftp://h"));
    REFUSED(bad, stomp.set_client_cert(not_utf8));
    DONE(stomp.set_channel(byteport::channel::queue));
    DONE(stomp.set_tls(true));
    DONE(stomp.set_reconnect(false));
    DONE(stomp.set_confirm(false));
    DONE(stomp.set_max_list(1));
    DONE(stomp.set_login("a", "b"));
    DONE(stomp.set_will("gone", {}, false));
    REFUSED(bad, byteport::broker::open(stomp)); // STOMP has no last will
}

/// A broker that does not let us in says so at once; nothing waits for its time-out.
void no_way_in()
{
    auto options = broker_options_of("dev");
    DONE(options.set_login(setting("BYTEPORT_BROKER_LOGIN"), "wrong"));
    const auto broker = must(byteport::broker::open(options));
    REFUSED(status::login_failed, broker.wait_open(patience));
    REFUSED(status::login_failed, broker.publish("d", "x"));
    const auto stats = stats_of(broker);
    CHECK(stats.connections() == 0 && !stats.last_error().empty());
    CHECK(!holds(stats.last_error(), setting("BYTEPORT_KEY")));
    close_broker(broker);
}

void closed(const byteport::broker &broker)
{
    const auto no = status::closed;
    std::vector<byteport::reading> readings;
    readings.push_back(numbered("n", 1));
    std::vector<status> came;
    DONE(broker.close(patience));
    REFUSED(no, broker.store(readings[0]));
    REFUSED(no, broker.post(readings[0]));
    REFUSED(no, broker.store_all(readings, &came));
    CHECK(came == std::vector<status>({no}));
    REFUSED(no, broker.publish("d", "x"));
    REFUSED(no, broker.subscribe("d"));
    REFUSED(no, broker.wait_open(0s));
    CHECK(stats_of(broker).state() == byteport::broker_state::closed);
    DONE(broker.close(0s));
}

/// Without a device there is nothing to store to, nor to listen to.
void no_device()
{
    const auto broker = open_with(broker_options_of(std::nullopt));
    REFUSED(status::not_configured, broker.store(numbered("n", 1)));
    REFUSED(status::not_configured, broker.receive(0s));
    REFUSED(status::not_configured, broker.subscribe());
    close_broker(broker);
}

/// An outbox that uploads through the broker.
void through_outbox(const byteport::broker &broker, const std::string &device)
{
    byteport::options settings;
    DONE(settings.set_namespace(setting("BYTEPORT_NAMESPACE")));
    DONE(settings.set_device(device));
    byteport::outbox_options options;
    DONE(options.set_broker(broker_options_of(device)));
    const auto outbox = must(byteport::outbox::open(must(byteport::client::open(settings)), "through.outbox", options));
    CHECK(put(outbox, "n", 7, durability::delivered) == durability::delivered);
    DONE(outbox.set_login(setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_KEY")));
    close_outbox(outbox, 0);
    const auto delivery = next_of(broker, device);
    CHECK(has_number((*delivery)[0], 7));
    take(broker, delivery);
}

} // namespace

int main()
{
    const std::string device = setting("BYTEPORT_DEVICE");
    const auto broker = open_broker(device);
    DONE(broker.subscribe(store_destination()));
    DONE(broker.subscribe());
    stored(broker, device);
    stored_all(broker, device);
    posted(broker, device);
    through_outbox(broker, device);
    received(broker, device);
    refused_once(broker, device);
    bad_arguments(broker);
    closed(broker);
    sifted(device);
    no_device();
    bad_settings();
    no_way_in();
    return check_end("broker");
}
