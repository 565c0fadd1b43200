// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The two ways to hear of events: on the library's threads, and on this one. A callback is destroyed when nobody can call it any
// more.
#include "outbox.hpp"

#include <thread>

namespace {

/// What the callbacks have seen.
struct witness {
    bell told;
    std::thread::id mine = std::this_thread::get_id();
    std::uint64_t delivered = 0;
    std::uint64_t sum = 0;
    unsigned on_other_threads = 0;
    bool gone = false;
};

byteport::outbox_options options_for(witness &seen, bool service)
{
    byteport::outbox_options options;
    DONE(options.set_callback([&seen, words = last_words(seen.told, seen.gone)](const byteport::outbox_event &event) {
        seen.told.ring([&] {
            seen.on_other_threads += std::this_thread::get_id() != seen.mine ? 1 : 0;
            if (event.kind() == byteport::outbox_event_kind::delivered) {
                for (const auto sequence : event.sequences()) {
                    seen.sum += sequence;
                }
                seen.delivered += event.count();
            }
        });
    }));
    DONE(options.set_service(service));
    return options;
}

/// On the library's threads; two outboxes share the callback, and the settings are gone first.
void on_their_threads(std::string_view host)
{
    witness seen;
    {
        auto options = std::make_unique<byteport::outbox_options>(options_for(seen, false));
        const auto one = open_outbox(host, "events1.outbox", *options);
        const auto two = open_outbox(host, "events2.outbox", *options);
        options.reset();
        put(one, "one", 0, durability::memory);
        put(one, "one", 1, durability::memory);
        put(two, "two", 0, durability::memory);
        seen.told.wait([&seen] { return seen.delivered == 3; });
        CHECK(seen.sum == 1 + 2 + 1 && seen.on_other_threads > 0 && !seen.gone);
        close_outbox(one, 0);
        CHECK(!seen.gone);
        close_outbox(two, 0);
    }
    seen.told.wait([&seen] { return seen.gone; });
}

/// On this thread alone, when it asks; the callback is destroyed here, too.
void on_this_thread(std::string_view host)
{
    witness seen;
    {
        const auto outbox = open_outbox(host, "service.outbox", options_for(seen, true));
        put(outbox, "service", 0, durability::delivered);
        CHECK(seen.delivered == 0);
        while (seen.delivered < 1 && checks_failed == 0) {
            serve(outbox);
        }
        put(outbox, "service", 1, durability::delivered);
        close_outbox(outbox, 0);
        CHECK(seen.delivered == 1);
        while (seen.delivered < 2 && checks_failed == 0) {
            serve(outbox); // on a closed outbox, too
        }
        DONE(outbox.service());
        CHECK(must(outbox.service()) == 0 && seen.on_other_threads == 0 && outbox.lost_events() == 0 && !seen.gone);
    }
    CHECK(seen.gone);
}

/// From inside: a reading more, statistics, another key; and a service inside a service does nothing.
void from_inside(std::string_view host)
{
    std::optional<byteport::outbox> outbox;
    std::uint64_t delivered = 0;
    std::int64_t added = 0;
    byteport::outbox_options options;
    DONE(options.set_callback([&](const byteport::outbox_event &event) {
        if (event.kind() != byteport::outbox_event_kind::delivered) {
            return;
        }
        CHECK(must(outbox->service()) == 0);
        stats_of(*outbox);
        DONE(outbox->set_key(setting("BYTEPORT_KEY")));
        if (added < 3) {
            DONE(outbox->enqueue(numbered("inside", ++added), durability::disk));
        }
        delivered += event.count();
    }));
    DONE(options.set_service(true));
    outbox = open_outbox(host, "inside.outbox", options);
    put(*outbox, "inside", 0, durability::disk);
    while (delivered < 4 && checks_failed == 0) {
        serve(*outbox);
    }
    close_outbox(*outbox, 0);
    check_stored("inside", 4);
}

/// An outbox that is destroyed without being closed still writes what it has; then its callback is destroyed, and its file is free.
void destroyed_while_alive(std::string_view host)
{
    witness seen;
    {
        const auto outbox = open_outbox(setting("BYTEPORT_GONE"), "alive.outbox", options_for(seen, false));
        put(outbox, "alive", 0, durability::memory);
        put(outbox, "alive", 1, durability::memory);
    }
    seen.told.wait([&seen] { return seen.gone; });
    const auto outbox = open_outbox(host, "alive.outbox");
    flush(outbox);
    close_outbox(outbox, 0);
    check_stored("alive", 2);
}

/// The last of several callbacks counts, and an empty one is none.
void replaced(std::string_view host)
{
    witness first;
    witness second;
    auto options = options_for(first, true);
    options = options_for(second, true);
    CHECK(first.gone);
    DONE(options.set_callback(nullptr));
    CHECK(second.gone);
    DONE(options.set_service(false));
    close_outbox(open_outbox(host, "silent.outbox", options), 0);
}

} // namespace

int main()
{
    const std::string host = setting("BYTEPORT_HOST");
    on_their_threads(host);
    on_this_thread(host);
    from_inside(host);
    destroyed_while_alive(host);
    replaced(host);
    return check_end("outbox_events");
}
