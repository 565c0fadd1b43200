// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What callbacks throw: it comes out of the call on whose thread they run, or is kept for whoever asks. The library goes on.
#include "outbox.hpp"

#include <thread>

namespace {

/// What is thrown here, and by nobody else.
struct trouble {
    int number;
};

/// The number of the trouble that a call throws; 0 for none. Anything else that it throws ends the program.
template <typename Call>
int thrown_by(Call call)
{
    try {
        static_cast<void>(call());
    } catch (const trouble &trouble) {
        return trouble.number;
    }
    return 0;
}

int number_of(const std::exception_ptr &kept)
{
    return thrown_by([&kept] {
        if (kept) {
            std::rethrow_exception(kept);
        }
        return 0;
    });
}

/// A transfer ends, and throws what its callback threw; the next one knows nothing of it.
void in_transfers(const byteport::client &client)
{
    byteport::reading reading;
    DONE(reading.set_bytes("object", std::vector<std::uint8_t>(100000)));
    DONE(client.store(reading));
    byteport::download download;
    DONE(download.set_value("object", "latest"));
    unsigned calls = 0;
    const byteport::data_callback take = [&calls](byteport::bytes) -> bool {
        calls++;
        throw trouble{1};
    };
    CHECK(thrown_by([&] { return client.download_to_callback(download, take), 0; }) == 1 && calls == 1);
    DONE(client.download_to_path(download, "object"));
    DONE(download.set_progress([](auto, auto) -> bool { throw trouble{2}; }));
    CHECK(thrown_by([&] { return client.download_to_path(download, "object"), 0; }) == 2);
    DONE(download.set_progress(nullptr));
    DONE(client.download_to_path(download, "object"));

    byteport::firmware firmware;
    DONE(firmware.set_folder("."));
    DONE(firmware.set_device({{}, "seeded-1"}));
    DONE(firmware.set_progress([](auto, auto) -> bool { throw trouble{3}; }));
    CHECK(thrown_by([&] { return client.fetch_firmware(firmware), 0; }) == 3);
    CHECK(firmware.outcome() == byteport::firmware_outcome::not_asked);
}

byteport::outbox_options throwing(std::atomic<int> &told, bool service)
{
    byteport::outbox_options options;
    DONE(options.set_callback([&told](const byteport::outbox_event &event) {
        if (event.kind() == byteport::outbox_event_kind::delivered) {
            throw trouble{++told};
        }
    }));
    DONE(options.set_service(service));
    return options;
}

/// service() throws what the callback threw; the other events were told all the same.
void in_service(const std::string &host)
{
    std::atomic<int> told{0};
    const auto outbox = open_outbox(host, "service.outbox", throwing(told, true));
    put(outbox, "service", 0, durability::delivered);
    int thrown = 0;
    while (thrown == 0 && checks_failed == 0) {
        wait_readable(outbox.descriptor());
        thrown = thrown_by([&outbox] { return outbox.service(); });
    }
    CHECK(thrown == 1);
    DONE(outbox.service());
    close_outbox(outbox, 0);
}

/// What a callback throws belongs to the call that runs it: not to one that does nothing meanwhile, on whichever thread, nor to close().
void in_its_own_call(const std::string &host)
{
    std::optional<byteport::outbox> outbox;
    int told = 0;
    byteport::outbox_options options;
    DONE(options.set_callback([&](const byteport::outbox_event &event) {
        if (event.kind() != byteport::outbox_event_kind::delivered) {
            return;
        }
        if (++told == 1) {
            throw trouble{5};
        }
        const auto serve_nothing = [&outbox] { CHECK(thrown_by([&outbox] { return outbox->service(); }) == 0); };
        serve_nothing();
        std::thread(serve_nothing).join();
        CHECK(thrown_by([&outbox] { return outbox->close(0s).kept; }) == 0 && outbox->take_exception() == nullptr);
    }));
    DONE(options.set_service(true));
    outbox = open_outbox(host, "own.outbox", options);
    put(*outbox, "own", 0, durability::delivered);
    put(*outbox, "own", 1, durability::delivered);
    close_outbox(*outbox, 0); // every event waits now
    CHECK(thrown_by([&outbox] { return outbox->service(); }) == 5 && told == 2);
    DONE(outbox->service());
}

/// An outbox without a callback knows nothing of what that of another one throws, though the same settings made both.
void without_callback(const std::string &host)
{
    std::atomic<int> told{0};
    auto options = throwing(told, false);
    const auto one = open_outbox(host, "with.outbox", options);
    DONE(options.set_callback(nullptr));
    const auto other = open_outbox(host, "without.outbox", options);
    put(one, "with", 0, durability::delivered);
    put(one, "with", 1, durability::delivered);
    while (told < 2) { // the first is kept then
        std::this_thread::yield();
    }
    CHECK(other.take_exception() == nullptr);
    close_outbox(other, 0);
    CHECK(thrown_by([&one] { return one.close(0s).kept; }) == 1);
}

/// On the library's thread the first is kept, for who asks; close() throws what nobody has asked for, and has closed.
void on_their_thread(const std::string &host)
{
    std::atomic<int> told{0};
    const auto outbox = open_outbox(host, "thread.outbox", throwing(told, false));
    CHECK(outbox.take_exception() == nullptr);
    const auto deliver = [&outbox, &told](int number) {
        put(outbox, "thread", number, durability::delivered);
        while (told <= number) {
            std::this_thread::yield();
        }
    };
    deliver(0);
    std::exception_ptr kept;
    while (!kept) { // it is thrown when it was counted
        kept = outbox.take_exception();
        std::this_thread::yield();
    }
    CHECK(number_of(kept) == 1 && outbox.take_exception() == nullptr);
    deliver(1);
    deliver(2);
    CHECK(thrown_by([&outbox] { return outbox.close(patience).kept; }) == 2);
    REFUSED(status::closed, outbox.flush(0s));
    DONE(outbox.close(0s));
}

/// A log callback disturbs nobody.
void in_log(const byteport::client &client)
{
    CHECK(byteport::take_log_exception() == nullptr);
    DONE(byteport::set_log(byteport::log_level::debug, [](auto, auto, auto) { throw trouble{4}; }));
    DONE(client.heartbeat());
    DONE(byteport::set_log(byteport::log_level::off, nullptr));
    CHECK(number_of(byteport::take_log_exception()) == 4 && byteport::take_log_exception() == nullptr);
}

} // namespace

int main()
{
    const std::string host = setting("BYTEPORT_HOST");
    const auto client = client_of(host, setting("BYTEPORT_KEY"));
    DONE(client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD")));
    in_transfers(client);
    in_service(host);
    in_its_own_call(host);
    without_callback(host);
    on_their_thread(host);
    in_log(client);
    return check_end("callbacks");
}
