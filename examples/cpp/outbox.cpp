// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Stores each number of its input, now or when the service can be reached again: ./outbox FILE [SECONDS] < numbers
//
//     c++ -std=c++17 outbox.cpp -lbyteport -o outbox
#include <charconv>
#include <string_view>

#include "example.hpp"

namespace {

/// For how long close() uploads, up to some hours.
std::chrono::seconds patience(std::string_view text)
{
    std::uint16_t count = 0;
    const char *end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec != std::errc() || read.ptr != end) {
        throw usage("SECONDS is a number from 0 to 65535");
    }
    return std::chrono::seconds(count);
}

} // namespace

int main(int argc, char **argv)
{
    return run("outbox", [argc, argv] {
        if (argc < 2 || argc > 3) {
            throw usage("usage: outbox FILE [SECONDS] < numbers");
        }
        // Looked at first: what was taken in is safe only after close().
        const auto limit = patience(argc == 3 ? argv[2] : "10");
        const auto outbox = byteport::outbox::open(device_client(), argv[1]);
        byteport::reading reading;
        reading.use_server_time(); // which is, in an outbox, the time at which it is put in
        for (double value = 0.0; std::cin >> value;) {
            outbox.enqueue(reading.set_number("value", value), byteport::durability::disk);
        }
        // Ten seconds, unless told, for what can be delivered now; the rest is in the file for the next run.
        const auto came = outbox.close(limit);
        std::cout << came.delivered << " delivered, " << came.kept << " kept, " << came.lost << " lost\n";
    });
}
