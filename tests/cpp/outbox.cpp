// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What an outbox does: with a server that is there, gone, and refuses the key; with bad settings, bounds and files.
#include "outbox.hpp"

#include <filesystem>
#include <fstream>

namespace {

const auto bad = status::invalid_argument;

/// A server that is there: each level is kept, and told.
void delivered(std::string_view host)
{
    const auto outbox = open_outbox(host, "here.outbox");
    CHECK(outbox.path() == "here.outbox" && outbox.descriptor() == -1 && outbox.lost_events() == 0);
    CHECK(put(outbox, "here", 0, durability::memory) >= durability::memory);
    CHECK(put(outbox, "here", 1, durability::disk) >= durability::memory);
    CHECK(put(outbox, "here", 2, durability::synced) >= durability::synced);
    CHECK(put(outbox, "here", 3, durability::delivered) == durability::delivered);
    CHECK(must(outbox.wait_for(1, durability::delivered, patience)) == durability::delivered);
    DONE(outbox.resume());
    flush(outbox);
    account(outbox, 4, 4);
    REFUSED(bad, outbox.wait_for(5, durability::disk, 0s));
    REFUSED(bad, outbox.flush(-1s));
    const auto stats = stats_of(outbox);
    CHECK(stats.link() == byteport::outbox_link::up && stats.disk() == byteport::outbox_disk::ok);
    CHECK(stats.calls() > 0 && stats.last_sequence() == 4 && stats.committed_sequence() == 4);
    CHECK(stats.synced_sequence() == 4 && stats.queued_in_memory() == 0 && stats.memory_bytes() == 0);
    CHECK(!stats.oldest_age() && stats.last_error().empty() && stats.retries() == 0);
    CHECK(stats.accepted_rate() > 0.0 && stats.delivered_rate() > 0.0 && stats.disk_bytes() > 0);
    CHECK(stats.json().front() == '{' && holds(stats.json(), "\"accepted\":4"));
    CHECK(holds(stats.prometheus(), "{outbox=\"here.outbox\""));
    close_outbox(outbox, 0);
    check_stored("here", 4);
}

/// A server that is gone: nothing is lost, and the next outbox on the file delivers it.
void gone(std::string_view host)
{
    {
        const auto outbox = open_outbox(setting("BYTEPORT_GONE"), "gone.outbox");
        put(outbox, "gone", 0, durability::memory);
        CHECK(put(outbox, "gone", 1, durability::synced) == durability::synced);
        const auto held = must(outbox.enqueue(numbered("gone", 2), durability::delivered, 1ms)).held;
        CHECK(held != durability::none && held != durability::delivered); // kept all the same
        const auto flushed = must(outbox.flush(0s));
        CHECK(flushed.delivered == 0 && flushed.kept == 3);
        account(outbox, 3, 0);
        close_outbox(outbox, 3);
    }
    const auto outbox = open_outbox(host, "gone.outbox");
    flush(outbox);
    account(outbox, 3, 3);
    close_outbox(outbox, 0);
    check_stored("gone", 3);
}

/// A key that is refused pauses the upload until there is a better one.
void paused(std::string_view host)
{
    auto link = byteport::outbox_link::unknown;
    byteport::outbox_options options;
    DONE(options.set_callback([&link](const byteport::outbox_event &event) {
        if (event.kind() == byteport::outbox_event_kind::link) {
            link = event.link();
            CHECK(!event.text().empty() && event.count() == 0 && event.sequences().empty());
        }
    }));
    DONE(options.set_service(true));
    const auto outbox = must(byteport::outbox::open(client_of(host, "a-wrong-key"), "paused.outbox", options));
    put(outbox, "paused", 0, durability::disk);
    while (link != byteport::outbox_link::paused && checks_failed == 0) {
        serve(outbox);
    }
    const auto stats = stats_of(outbox);
    CHECK(stats.queued() == 1 && stats.quarantined() == 0 && stats.oldest_age() >= 0ms);
    CHECK(!stats.last_error().empty() && !holds(stats.last_error(), "a-wrong-key"));
    REFUSED(bad, outbox.set_key(""));
    REFUSED(bad, outbox.set_login("a", "b")); // no broker is between
    DONE(outbox.set_key(setting("BYTEPORT_KEY")));
    flush(outbox);
    while (link != byteport::outbox_link::up && checks_failed == 0) {
        serve(outbox);
    }
    close_outbox(outbox, 0);
    check_stored("paused", 1);
}

/// Settings that open refuses.
template <typename Set>
void refused_settings(const byteport::client &client, Set set)
{
    byteport::outbox_options options;
    DONE(set(options));
    REFUSED(bad, byteport::outbox::open(client, "bad.outbox", options));
    CHECK(!std::filesystem::exists("bad.outbox"));
}

/// What open and the setters refuse: settings, paths, a client without a key, a file that is taken.
void bad_settings(std::string_view host)
{
    using options_t = byteport::outbox_options;
    const auto client = client_of(host, setting("BYTEPORT_KEY"));
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_max_disk(1); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_max_memory(1); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_max_count(0); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_max_age(0s); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_commit_bytes(0); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_connections(0); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_max_rate(0.0); });
    refused_settings(client, [](options_t &o) -> decltype(auto) { return o.set_service(true); });
    options_t options;
    REFUSED(bad, options.set_when_full(static_cast<byteport::outbox_when_full>(6)));
    REFUSED(bad, options.set_order(static_cast<byteport::outbox_order>(0)));
    REFUSED(bad, options.set_legacy_key(not_utf8));
    REFUSED(bad, options.set_commit_interval(-1ms));
    REFUSED(status::invalid_timestamp, options.set_clock_floor(byteport::time_point::min()));
    DONE(options.set_commit_interval(10ms));
    DONE(options.set_sync_interval(10ms));
    DONE(options.set_order(byteport::outbox_order::newest_first));
    DONE(options.set_clock_floor(start));
    REFUSED(bad, byteport::outbox::open(client, not_utf8, options));
    REFUSED(bad, byteport::outbox::open(client, ".", options));
    {
        const auto outbox = must(byteport::outbox::open(client, "taken.outbox", options));
        REFUSED(status::in_use, byteport::outbox::open(client, "./taken.outbox"));
        REFUSED(bad, outbox.set_key(not_utf8));
        REFUSED(bad, outbox.set_legacy_key(not_utf8));
        REFUSED(status::not_configured, outbox.service());
        close_outbox(outbox, 0);
    }
    close_outbox(must(byteport::outbox::open(client, "taken.outbox")), 0);
    REFUSED(status::not_configured, byteport::outbox::open(client_of(host, std::nullopt), "keyless.outbox"));
}

/// Two readings fit: what becomes of the third is the caller's choice.
void bounds(byteport::outbox_when_full choice, status expected, durability held, byteport::outbox_reason reason)
{
    byteport::outbox_options options;
    DONE(options.set_max_count(2));
    DONE(options.set_max_memory(4096));
    DONE(options.set_when_full(choice));
    DONE(options.set_timeout(1ms));
    const auto outbox = open_outbox(setting("BYTEPORT_GONE"), "bounds" + std::to_string(to_c(choice)) + ".outbox", options);
    put(outbox, "bounds", 0, durability::disk);
    put(outbox, "bounds", 1, durability::disk);
    auto reading = numbered("bounds", 2);
    if (expected == status::ok) {
        CHECK(must(outbox.enqueue(reading, durability::disk)).held == held);
    } else {
        REFUSED(expected, outbox.enqueue(reading, durability::disk));
    }
    DONE(reading.set_text("long", std::string(5000, 'x')));
    REFUSED(status::too_long, outbox.enqueue(reading, durability::disk));
    auto stats = stats_of(outbox);
    while (stats.queued() > 2) { // for a moment, where the oldest give way
        stats = stats_of(outbox);
    }
    const std::uint64_t dropped = expected == status::ok ? 1 : 0;
    CHECK(stats.queued() == 2 && stats.dropped() == dropped && stats.dropped_for(reason) == dropped);
    close_outbox(outbox, 2);
}

/// A file that is no outbox is moved aside, and the work goes on.
void damaged(std::string_view host)
{
    std::string moved;
    std::ofstream("damaged.outbox") << "this was an outbox once";
    byteport::outbox_options options;
    DONE(options.set_callback([&moved](const byteport::outbox_event &event) {
        if (event.kind() == byteport::outbox_event_kind::moved_aside) {
            moved = event.text();
            CHECK(event.saved() == 0 && event.disk() == byteport::outbox_disk::none);
            CHECK(event.reason() == byteport::outbox_reason::none);
        }
    }));
    DONE(options.set_service(true));
    const auto outbox = open_outbox(host, "damaged.outbox", options);
    while (moved.empty() && checks_failed == 0) {
        serve(outbox);
    }
    CHECK(holds(moved, "damaged.outbox.damaged-") && std::filesystem::exists(moved));
    CHECK(stats_of(outbox).moved_aside() == 1);
    put(outbox, "damaged", 0, durability::synced);
    flush(outbox);
    close_outbox(outbox, 0);
    check_stored("damaged", 1);
}

/// A closed outbox says so; its last accounting can be had.
void closed()
{
    const auto outbox = open_outbox(setting("BYTEPORT_GONE"), "closed.outbox");
    put(outbox, "closed", 0, durability::memory);
    DONE(outbox.close(0s));
    REFUSED(status::closed, outbox.enqueue(numbered("closed", 0), durability::memory));
    REFUSED(status::closed, outbox.flush(0s));
    CHECK(must(outbox.close(patience)).kept == 0);
    account(outbox, 1, 0);
}

} // namespace

int main()
{
    const std::string host = setting("BYTEPORT_HOST");
    using full = byteport::outbox_when_full;
    using byteport::outbox_reason;
    delivered(host);
    gone(host);
    paused(host);
    bad_settings(host);
    bounds(full::drop_oldest, status::ok, durability::memory, outbox_reason::full);
    bounds(full::drop_newest, status::ok, durability::none, outbox_reason::full);
    bounds(full::reject, status::full, durability::none, outbox_reason::full);
    bounds(full::block, status::full, durability::none, outbox_reason::full);
    damaged(host);
    closed();
    return check_end("outbox");
}
