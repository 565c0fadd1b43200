// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The calls that manage and those that read by a query, against a real server: what is refused before anything is sent, what comes
// as JSON text, and series in pages. The namespace holds the type with id 1 and the device `seeded-1`, see tests/c/conftest.py.
#include "check.hpp"

namespace {

const auto bad = status::invalid_argument;

/// Text arguments; the client's host is one where nobody may come.
void invalid_utf8(const byteport::client &trap)
{
    REFUSED(bad, trap.echo({{not_utf8, "x"}}));
    REFUSED(bad, trap.echo({{"x", not_utf8}}));
    REFUSED(bad, trap.echo({{"x", "y"}, {"a\0b"sv, "z"}}));
    REFUSED(bad, trap.echo({{"x", "y\0"sv}}));
    REFUSED(bad, trap.namespaces(not_utf8));
    REFUSED(bad, trap.activity(not_utf8));
    REFUSED(bad, trap.devices(not_utf8, 0));
    REFUSED(bad, trap.devices({}, 0, not_utf8));
    REFUSED(bad, trap.search_guids(not_utf8, 1));
    REFUSED(bad, trap.search_devices(not_utf8, 1));
    REFUSED(bad, trap.device_types(1, 0, not_utf8));
    REFUSED(bad, trap.firmwares(1, 1, not_utf8));
    REFUSED(bad, trap.field_definitions(1, 1, not_utf8));
    REFUSED(bad, trap.configure({{"alias", not_utf8}}));
    REFUSED(bad, trap.set_fields({{"alias", "x"}}, {{}, not_utf8}));
    REFUSED(bad, trap.send_message(not_utf8));
    REFUSED(bad, trap.messages(0, 1, {not_utf8}));
    REFUSED(bad, trap.value("f", not_utf8));
    REFUSED(bad, trap.statistics(not_utf8));
}

/// Numbers, names and settings that no call takes.
void bad_arguments(const byteport::client &trap)
{
    REFUSED(bad, trap.devices({}, 4));
    REFUSED(bad, trap.devices({}, -2));
    REFUSED(bad, trap.device_types(1, 3));
    REFUSED(bad, trap.messages(-2, 0));
    REFUSED(bad, trap.messages(0, INT64_MAX));
    REFUSED(bad, trap.devices({}, -1)); // which is the C library's word for none
    REFUSED(bad, trap.device_types(-1));
    REFUSED(bad, trap.device_types({}, -1));
    REFUSED(bad, trap.firmwares(1, -1));
    REFUSED(bad, trap.field_definitions(1, -1));
    REFUSED(bad, trap.messages(-1, 0));
    REFUSED(bad, trap.messages(0, -1));
    REFUSED(bad, trap.send_message(""));
    REFUSED(bad, trap.configure({{"alias", "x"}, {"lat", "91"}})); // 91 degrees north
    REFUSED(bad, trap.configure({{"x", "alias"}}));                // no such setting
    REFUSED(bad, trap.configure({}));
    REFUSED(bad, trap.set_fields({}));
    REFUSED(bad, trap.set_fields({{"", "x"}}));
    REFUSED(bad, trap.value("f", "../x"));
    REFUSED(status::invalid_name, trap.value("a b", "1"));
    REFUSED(status::invalid_name, trap.activity("../x"));
    REFUSED(status::invalid_name, trap.statistics("a/b"));
}

void bad_registrations(const byteport::client &trap)
{
    byteport::registration registration;
    REFUSED(bad, trap.register_devices(registration)); // of no type
    DONE(registration.set_device_type(1));
    REFUSED(bad, trap.register_devices(registration)); // of no device
    REFUSED(bad, registration.set_uids(not_utf8));
    REFUSED(bad, registration.set_serial(not_utf8));
    DONE(registration.set_uids("cart-1,cart-2"));
    DONE(registration.set_serial("77"));
    REFUSED(bad, trap.register_devices(registration)); // one number for several
}

void bad_queries(const byteport::client &trap)
{
    byteport::query query;
    byteport::typical typical;
    REFUSED(bad, query.set_last_minutes(0));
    REFUSED(bad, query.set_scale(std::numeric_limits<double>::quiet_NaN()));
    REFUSED(bad, query.set_operation(static_cast<byteport::operation>(4)));
    REFUSED(bad, trap.pages("f", query)); // without a beginning
    DONE(query.set_range({byteport::time_point(), {}}));
    DONE(query.set_operation(byteport::operation::cum_sum));
    REFUSED(bad, trap.pages("f", query)); // a sum has no pages
    DONE(query.set_range({byteport::time_point::max(), byteport::time_point::max()}));
    REFUSED(status::invalid_timestamp, trap.read_series("f", query));
    REFUSED(bad, typical.set_last_minutes(0));
    REFUSED(bad, typical.set_grouping(static_cast<byteport::grouping>(77)));
    REFUSED(bad, typical.exclude("median"));
    REFUSED(bad, typical.exclude(not_utf8));
    DONE(typical.set_range({byteport::time_point::max(), {}}));
    REFUSED(status::invalid_timestamp, trap.distance_to_typical("f", typical));
}

/// An answer that came and holds a text.
#define ANSWERED(text, ...) CHECK(holds(must(__VA_ARGS__).json(), text))

void asked(const byteport::client &c)
{
    ANSWERED("hello", c.echo({{"test", "hello"}, {"a&b", "\xc3\xa5=\"1\""}}));
    ANSWERED("{", c.echo({}));
    ANSWERED("", c.session());
    ANSWERED("test_garage", c.namespaces());
    ANSWERED("write_key", c.namespaces("test_garage"));
    ANSWERED("registered_devices", c.activity());
    ANSWERED("seeded-1", c.devices());
    ANSWERED("thermometer", c.devices("seeded*", 2));
    ANSWERED("test_garage.seeded-1", c.search_guids("seeded-1.", 1));
    ANSWERED("\"uid\"", c.search_devices("test_garage.seeded-1", 10));
    ANSWERED("thermometer", c.device_types());
    ANSWERED("md5_digest", c.firmwares(1));
    ANSWERED("temperature", c.field_definitions(1));
}

void changed(const byteport::client &c, const std::string &uid)
{
    byteport::registration registration;
    DONE(registration.set_uid(uid));
    DONE(registration.set_device_type(1));
    DONE(registration.set_code_length(12));
    DONE(registration.set_active(true));
    DONE(registration.set_serial("77"));
    ANSWERED("access_key", c.register_devices(registration));
    REFUSED(status::not_allowed, c.register_devices(registration)); // it is there
    DONE(registration.set_force(true));
    ANSWERED("access_key", c.register_devices(registration));
    const byteport::place of = {{}, uid};
    ANSWERED("55.5", c.configure({{"alias", "cart \xc3\xa5"}, {"lat", "55.5"}, {"active", "True"}}, of));
    ANSWERED("hello", c.send_message("hello", of));
    ANSWERED("hello", c.messages({}, {}, of));
    ANSWERED("Lights.Front", c.set_fields({{"Lights.Front", "on & <off>"}}, of));
}

/// What another user has, and what nobody has, are the same no.
void forbidden(const byteport::client &c)
{
    REFUSED(status::forbidden, c.devices({}, 1, "other_garage"));
    REFUSED(status::forbidden, c.devices({}, 1, "no_garage"));
    REFUSED(status::forbidden, c.messages(0, 1, {"other_garage", "cart-1"}));
}

constexpr std::size_t points = 48;
const byteport::time_range two_days = {start, start + std::chrono::hours(points)};

/// A point each hour of two days: 0, 1, 2, ...
void store_points(const byteport::client &client)
{
    byteport::reading reading;
    for (std::size_t i = 0; i < points; i++) {
        DONE(reading.restart());
        DONE(reading.set_timestamp(start + i * 1h));
        DONE(reading.set_number("count", static_cast<double>(i)));
        DONE(reading.set_text("word", i % 2 == 0 ? "even" : "odd"));
        DONE(client.store(reading));
    }
}

void described(const byteport::client &c)
{
    byteport::typical typical;
    DONE(typical.set_range(two_days));
    DONE(typical.set_grouping(byteport::grouping::daily));
    DONE(typical.set_by_distance(true));
    DONE(typical.set_diff(false));
    DONE(typical.set_descriptions(true));
    DONE(typical.exclude("count"));
    ANSWERED("T_med", c.distance_to_typical("count", typical));
    ANSWERED("daily_activity", c.statistics("count", true));
    ANSWERED("47", c.value("count", "latest"));
}

void queried(const byteport::client &client)
{
    byteport::query query;
    DONE(query.set_range(two_days));
    DONE(query.set_scale(2.0));
    const auto twice = must(client.read_series("count", query));
    CHECK(twice.size() == points && twice.numbers().back() == 2.0 * (points - 1));
    DONE(query.set_scale(1.0));
    DONE(query.set_operation(byteport::operation::cum_sum));
    const auto sum = must(client.read_series("count", query));
    CHECK(sum.size() == points && sum.numbers().back() == points * (points - 1) / 2.0);
    DONE(query.set_operation(byteport::operation::none));
    DONE(query.set_last_minutes(60));
    CHECK(must(client.read_series("count", query)).empty());
}

/// Reads a field to its end by pages, and gives the number of points; each page holds some, later than those before.
std::size_t count_points(byteport::series_pages &pages, byteport::series_kind kind)
{
    std::size_t count = 0;
    auto last = byteport::time_point::min();
    while (auto page = must(pages.next())) {
        if (!CHECK(!page->empty() && page->kind() == kind && page->time(0) > last)) {
            break;
        }
        last = page->time(page->size() - 1);
        count += page->size();
    }
    return count;
}

/// The client is gone before: its pages live on.
void paged(byteport::client client)
{
    byteport::query query;
    DONE(query.set_range(two_days));
    auto numbers = must(client.pages("count", query));
    auto texts = must(client.pages("word", query));
    DONE(query.set_range({start + 1us, start}));
    auto nothing = must(client.pages("count", query));
    {
        const byteport::client gone = std::move(client);
    }
    CHECK(numbers.rest() == start);
    CHECK(count_points(numbers, byteport::series_kind::numbers) == points);
    CHECK(!numbers.rest());
    CHECK(count_points(texts, byteport::series_kind::texts) == points);
    CHECK(count_points(nothing, byteport::series_kind::none) == 0);
}

/// After an error there are no more pages, and what is left is told.
void pages_that_break(const byteport::client &gone)
{
    byteport::query query;
    DONE(query.set_range({start, {}}));
    auto pages = must(gone.pages("count", query));
    REFUSED(status::connect, pages.next());
    CHECK(pages.rest() == start);
    CHECK(!must(pages.next()));
}

} // namespace

int main()
{
    const std::string key = setting("BYTEPORT_KEY");
    const auto trap = client_of(setting("BYTEPORT_TRAP"), key);
    invalid_utf8(trap);
    bad_arguments(trap);
    bad_registrations(trap);
    bad_queries(trap);
    pages_that_break(client_of(setting("BYTEPORT_GONE"), key));

    auto client = client_of(setting("BYTEPORT_HOST"), key);
    REFUSED(status::forbidden, client.namespaces()); // not logged in
    DONE(client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD")));
    asked(client);
    changed(client, setting("BYTEPORT_DEVICE").substr(0, 20) + "-new");
    forbidden(client);
    store_points(client);
    described(client);
    queried(client);
    paged(std::move(client));
    return check_end("answers");
}
