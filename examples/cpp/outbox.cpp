// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Stores each number of its input, now or when the service can be reached again: ./outbox FILE [SECONDS] < numbers
//
//     c++ -std=c++17 outbox.cpp -lbyteport -o outbox
#include "example.hpp"

int main(int argc, char **argv)
{
    return run("outbox", [argc, argv] {
        if (argc < 2 || argc > 3) {
            throw usage("usage: outbox FILE [SECONDS] < numbers");
        }
        const auto outbox = byteport::outbox::open(device_client(), argv[1]);
        byteport::reading reading;
        reading.use_server_time(); // which is, in an outbox, the time at which it is put in
        for (double value = 0.0; std::cin >> value;) {
            outbox.enqueue(reading.set_number("value", value), byteport::durability::disk);
        }
        // Ten seconds, unless told, for what can be delivered now; the rest is in the file for the next run.
        const auto came = outbox.close(std::chrono::seconds(argc == 3 ? std::stoul(argv[2]) : 10));
        std::cout << came.delivered << " delivered, " << came.kept << " kept, " << came.lost << " lost\n";
    });
}
