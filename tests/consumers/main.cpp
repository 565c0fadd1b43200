// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What main.c does, by the C++ classes.
#include <byteport.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>

namespace {

// A client for HOST NAMESPACE KEY DEVICE.
byteport::client client_of(const char *const *arguments)
{
    byteport::options options;
    options.set_host(arguments[0]).set_namespace(arguments[1]);
    options.set_key(arguments[2]).set_device(arguments[3]);
    return byteport::client::open(options);
}

// Whether a name that breaks the rules is refused with a text that names it.
bool refuses_a_bad_name(byteport::reading &reading)
{
    try {
        reading.set_number("not a name", 1.0);
    } catch (const byteport::error &error) {
        std::cout << "refused: " << error.what() << '\n';
        return error.code() == byteport::status::invalid_name;
    }
    return false;
}

} // namespace

int main(int count, char **arguments)
{
    if (count != 6) {
        std::cerr << "usage: " << arguments[0] << " HOST NAMESPACE KEY DEVICE VALUE\n";
        return 1;
    }
    try {
        const auto client = client_of(arguments + 1);
        byteport::reading reading;
        const bool refused = refuses_a_bad_name(reading);
        client.store(reading.set_number("consumed", std::strtod(arguments[5], nullptr)));
        return refused ? 0 : 1;
    } catch (const std::exception &failure) {
        std::cerr << failure.what() << '\n';
        return 1;
    }
}
