// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What the calls do: vectors, bad input, a real server. vectors.h is made from tests/vectors by tests/c/vectors.py.
#include "check.hpp"
#include "vectors.h"

#include <array>
#include <cmath>
#include <cstring>

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

/// One name, wherever a name is taken.
void name(std::string_view text, status expected)
{
    byteport::options options;
    byteport::reading reading;
    const auto came = [expected](const std::optional<byteport::error> &error) {
        return (error ? error->code() : status::ok) == expected;
    };
    CHECK(came(failure([&]() -> decltype(auto) { return options.set_namespace(text); })));
    CHECK(came(failure([&]() -> decltype(auto) { return options.set_device(text); })));
    CHECK(came(failure([&]() -> decltype(auto) { return reading.set_device(text); })));
    CHECK(came(failure([&]() -> decltype(auto) { return reading.set_number(text, 1.0); })));
    CHECK(came(failure([&]() -> decltype(auto) { return reading.set_integer(text, 1); })));
    CHECK(came(failure([&]() -> decltype(auto) { return reading.set_text(text, "x"); })));
    CHECK(came(failure([&]() -> decltype(auto) { return reading.set_bytes(text, {}); })));
}

void names()
{
    CHECK(NAME_CASES > 0);
    for (const auto &one : name_cases) {
        name(one.name, one.ok != 0 ? status::ok : status::invalid_name);
    }
    name("a\0b"sv, status::invalid_argument);
    const std::string longer = "field and more";
    byteport::reading reading;
    DONE(reading.set_number(std::string_view(longer).substr(0, 5), 1.0)); // no NUL behind it
    REFUSED(status::invalid_argument, reading.set_text("x", "a\0b"sv));
}

void timestamps()
{
    CHECK(TIMESTAMP_CASES > 0);
    for (const auto &one : timestamp_cases) {
        const auto make = [&one] {
            return one.iso8601 != nullptr ? byteport::timestamp::parse(one.iso8601) : byteport::timestamp::from_seconds(one.seconds);
        };
        if (one.wire == nullptr) {
            const auto error = failure(make);
            refused(error, status::invalid_timestamp, __FILE__, __LINE__);
            CHECK(error && holds(error->what(), one.error));
        } else {
            CHECK(must(byteport::timestamp::format(must(make()))) == one.wire);
        }
    }
    CHECK(must(byteport::timestamp::format_iso8601(byteport::time_point())) == "1970-01-01T00:00:00.000000");
    const auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    CHECK(byteport::timestamp::now() >= before && byteport::timestamp::now() < before + 1h);
}

/// Text arguments; the client's host is one where nobody may come.
void invalid_utf8(const byteport::client &trap)
{
    byteport::options options;
    byteport::reading reading;
    const auto bad = status::invalid_argument;
    REFUSED(bad, options.set_host(not_utf8));
    REFUSED(bad, options.set_key(not_utf8));
    REFUSED(bad, options.set_proxy(not_utf8));
    REFUSED(bad, options.set_ca_file(not_utf8));
    REFUSED(bad, options.set_client_cert(not_utf8));
    REFUSED(bad, reading.set_device(not_utf8));
    REFUSED(bad, reading.set_text("x", not_utf8));
    REFUSED(bad, byteport::timestamp::parse(not_utf8));
    REFUSED(bad, trap.heartbeat(not_utf8));
    REFUSED(bad, trap.log(byteport::log_level::info, not_utf8));
    REFUSED(bad, trap.log(byteport::log_level::info, "x", not_utf8));
    REFUSED(bad, trap.login(not_utf8, "x"));
    REFUSED(bad, trap.login("x", not_utf8));
    REFUSED(bad, trap.read_series("f", {start, start}, {not_utf8, "d"}));
    REFUSED(bad, trap.read_series("f", {start, start}, {"n", not_utf8}));
    REFUSED(bad, trap.read_series(not_utf8, {start, start}));
}

void bad_settings()
{
    byteport::options options;
    const auto bad = status::invalid_argument;
    DONE(options.set_host("ftp://example.org"));
    REFUSED(bad, byteport::client::open(options));
    REFUSED(bad, options.set_store_method(static_cast<byteport::method>(-1)));
    REFUSED(bad, options.set_proxy("gopher://x"));
    REFUSED(bad, options.set_timeout(0s));
    REFUSED(bad, options.set_timeout(-1s));
    REFUSED(bad, options.set_connect_timeout(std::chrono::hours(24 * 365)));
    REFUSED(bad, options.set_max_answer(0));
    const byteport::options moved = std::move(options);
    REFUSED(bad, byteport::client::open(options));
    CHECK(options.get() == nullptr && moved.get() != nullptr);
}

/// Values and calls that are refused before anything is sent.
void bad_values(const byteport::client &trap)
{
    byteport::reading reading;
    REFUSED(status::invalid_value, reading.set_number("x", not_a_number));
    REFUSED(status::invalid_value, reading.set_number("x", infinite));
    REFUSED(status::invalid_timestamp, reading.set_timestamp(byteport::time_point::min()));
    REFUSED(status::invalid_name, trap.heartbeat("a b"));
    REFUSED(status::invalid_name, trap.log(byteport::log_level::info, "m", "a b"));
    REFUSED(status::invalid_argument, trap.log(byteport::log_level::off, "m"));
    REFUSED(status::invalid_name, trap.read_series("a b", {start, start}, {"ns", "d"}));
    DONE(reading.set_text("x", std::string(2048, 'x')));
    REFUSED(status::too_long, trap.store(reading)); // the trap's client stores by GET
}

/// What the server says no to, and a server that is gone.
void refusals(std::string_view host, std::string_view name_space, std::string_view key, std::string_view gone)
{
    const byteport::reading reading;
    const auto intruder = new_client(host, name_space, "a-wrong-key", "dev-1");
    auto error = failure([&] { return intruder.store(reading); });
    refused(error, status::forbidden, __FILE__, __LINE__);
    CHECK(error && error->http_status() == 403 && error->phase() == byteport::phase::status && !error->is_retryable());
    CHECK(error && !holds(error->what(), "a-wrong-key"));
    REFUSED(status::login_failed, intruder.login(setting("BYTEPORT_USER"), "wrong"));

    error = failure([&] { return new_client(host, "no_such_namespace", key, "dev-1").store(reading); });
    refused(error, status::not_found, __FILE__, __LINE__);
    CHECK(error && error->http_status() == 404);

    byteport::options options;
    DONE(options.set_host(host));
    DONE(options.set_namespace(name_space));
    DONE(options.set_key(key));
    DONE(options.set_device("dev-1"));
    DONE(options.set_no_proxy());
    DONE(options.set_https(true));
    REFUSED(status::tls, must(byteport::client::open(options)).store(reading)); // it speaks no TLS
    DONE(options.set_https(false));
    DONE(must(byteport::client::open(options)).store(reading));

    error = failure([&] { return new_client(gone, name_space, key, "dev-1").store(reading); });
    refused(error, status::connect, __FILE__, __LINE__);
    CHECK(error && error->is_retryable() && error->http_status() == 0 && error->phase() == byteport::phase::connect);
    const auto copy = *error;
    error.reset();
    CHECK(!copy.causes().empty() && holds(copy.what(), copy.causes().front()));
    CHECK(byteport::to_string(copy.code()) == byteport_status_text(BYTEPORT_ERROR_CONNECT));
    CHECK(byteport::to_string(copy.phase()) == "connect");
}

/// What stands for exceptions where there are none.
void results()
{
    using byteport::result;
    const auto half = [](int n) {
        return n % 2 == 0 ? result<int>(n / 2) : result<int>(byteport::error(status::invalid_value, "odd"));
    };
    CHECK(*result<int>(8).and_then(half).and_then(half) == 2);
    const auto failed = result<int>(6).and_then(half).and_then(half);
    CHECK(!failed && failed.error().code() == status::invalid_value && failed.error().what() == "odd"sv);
    CHECK(failed.error().phase() == byteport::phase::check && failed.error().causes().empty());
    CHECK(result<void>().and_then([&half] { return half(4); }).value() == 2);
    CHECK(result<std::string>("text")->size() == 4);
    int number = 1;
    *result<int &>(&number) = 2;
    CHECK(number == 2);
}

/// A view of elements, ours or the standard library's.
void spans()
{
    std::vector<int> numbers = {1, 2, 3};
    const byteport::span<int> all = numbers;
    const byteport::span<const int> first(numbers.data(), 2);
    const byteport::span<const int> none;
    all.front() = 4;
    CHECK(all.size() == 3 && first[0] == 4 && first.back() == 2 && none.empty() && none.begin() == none.end());
    static_assert(!std::is_convertible_v<const std::vector<int> &, byteport::span<int>>);
    static_assert(!std::is_convertible_v<std::string, byteport::bytes>);
}

constexpr std::size_t rounds = 3;
constexpr std::array<double, rounds> numbers = {12.5, -1e-300, 0.1};
constexpr std::array<std::int64_t, rounds> integers = {0, -7, std::int64_t{1} << 52};
constexpr std::array<std::string_view, rounds> texts = {"rolling", "a=b&c;\"d\"+%20\n\\", "\xc3\xa5\xf0\x9f\x9a\x97"};
constexpr std::array<std::uint8_t, 4> data = {0, 16, 255, 0};
constexpr auto step = 1500ms;

void store_rounds(const byteport::client &client)
{
    byteport::reading reading;
    for (std::size_t i = 0; i < rounds; i++) {
        DONE(reading.restart());
        DONE(reading.set_timestamp(start + i * step));
        DONE(reading.set_number("number", numbers.at(i)));
        DONE(reading.set_integer("integer", integers.at(i)));
        DONE(reading.set_text("text", texts.at(i)));
        DONE(reading.set_bytes("bytes", data));
        DONE(client.store(reading));
        DONE(client.store(reading)); // the same again is one
    }
}

/// Numbers, texts and bytes, stored and read back; the device is this run's own.
void there_and_back(const byteport::client &client)
{
    store_rounds(client);
    DONE(client.heartbeat());
    DONE(client.log(byteport::log_level::warn, "brake pads are worn"));

    const byteport::time_range all = {start, start + (rounds - 1) * step};
    REFUSED(status::forbidden, client.read_series("text", all));
    DONE(client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD")));
    const auto number = must(client.read_series("number", all));
    const auto integer = must(client.read_series("integer", all));
    const auto text = must(client.read_series("text", all));
    CHECK(number.size() == rounds && integer.size() == rounds && text.size() == rounds);
    CHECK(number.kind() == byteport::series_kind::numbers && text.kind() == byteport::series_kind::texts);
    CHECK(number.text(0).empty() && text.numbers().empty() && text.text(rounds).empty());
    for (std::size_t i = 0; i < rounds && checks_failed == 0; i++) {
        CHECK(number.time(i) == start + i * step && std::memcmp(&number.numbers()[i], &numbers.at(i), sizeof(double)) == 0);
        CHECK(number.times()[i] == number.time(i).time_since_epoch().count());
        CHECK(static_cast<std::int64_t>(integer.numbers()[i]) == integers.at(i) && text.text(i) == texts.at(i));
    }
    CHECK(must(client.read_series("bytes", all)).text(0) == "ABD/AA==");
    const auto warned = must(client.read_series("warn", {byteport::timestamp::now() - 1h, std::nullopt}));
    CHECK(warned.size() == 1 && warned.text(0) == "brake pads are worn");
    DONE(client.logout());
}

void run()
{
    results();
    spans();
    const std::string host = setting("BYTEPORT_HOST");
    const std::string name_space = setting("BYTEPORT_NAMESPACE");
    const std::string key = setting("BYTEPORT_KEY");
    const std::string device = setting("BYTEPORT_DEVICE");
    const auto trap = new_client(setting("BYTEPORT_TRAP"), name_space, key, device, byteport::method::get);
    names();
    timestamps();
    invalid_utf8(trap);
    bad_settings();
    bad_values(trap);
    refusals(host, name_space, key, setting("BYTEPORT_GONE"));
    there_and_back(new_client(host, name_space, key, device));
    there_and_back(new_client(host, name_space, key, device.substr(0, 20) + "-get", byteport::method::get));
}

} // namespace

int main()
{
    std::atomic<unsigned> lines{0};
    std::atomic<unsigned> wrong{0};
    const auto life = std::make_shared<int>(0);
    DONE(byteport::set_log(byteport::log_level::debug, [&, life](auto level, auto target, auto message) {
        lines++;
        const bool secret = holds(message, setting("BYTEPORT_KEY")) || holds(message, setting("BYTEPORT_PASSWORD"));
        const bool foreign = target.substr(0, 8) != "byteport" || level < byteport::log_level::error;
        wrong += secret || foreign || holds(message, "a-wrong-key") ? 1 : 0;
    }));
    CHECK(life.use_count() == 2);
    run();
    DONE(byteport::set_log(byteport::log_level::off, nullptr));
    CHECK(lines > 0 && wrong == 0 && life.use_count() == 1); // the callback is destroyed
    CHECK(byteport::version() == byteport_version() && byteport::abi_version() == BYTEPORT_ABI_VERSION);
    CHECK(byteport::has_feature(byteport::feature::tls) && !byteport::has_feature(static_cast<byteport::feature>(0)));
    return check_end("behaviour");
}
