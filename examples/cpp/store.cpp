// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Stores this machine's load average once.
//
//     c++ -std=c++17 store.cpp -lbyteport -o store
//     BYTEPORT_HOST=127.0.0.1:8000 BYTEPORT_NAMESPACE=my_garage BYTEPORT_KEY=... BYTEPORT_DEVICE=box-1 ./store
#include <fstream>

#include "example.hpp"

int main()
{
    return run("store", [] {
        const auto client = device_client();
        double load = 0.0;
        if (!(std::ifstream("/proc/loadavg") >> load)) {
            throw std::runtime_error("/proc/loadavg cannot be read");
        }
        client.store(byteport::reading().set_number("load1", load));
    });
}
