// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What the examples share: settings from the environment, and how a program ends.
#ifndef EXAMPLE_HPP
#define EXAMPLE_HPP

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include <byteport.hpp>

/// Wrong use, and what is right.
struct usage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A variable of the environment that must be set.
inline std::string setting(const char *name)
{
    const char *value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): one thread, and it changes nothing
    if (value == nullptr) {
        throw usage(std::string("set ") + name);
    }
    return value;
}

/// A client that stores as a device.
inline byteport::client device_client()
{
    byteport::options options;
    options.set_host(setting("BYTEPORT_HOST")).set_namespace(setting("BYTEPORT_NAMESPACE"));
    options.set_key(setting("BYTEPORT_KEY")).set_device(setting("BYTEPORT_DEVICE"));
    return byteport::client::open(options);
}

/// Runs a program. Exit status: 0 done, 1 a failure, which is printed, 2 wrong use.
template <typename Program>
int run(const char *name, Program program) noexcept
{
    try {
        program();
        return std::cout.flush() ? 0 : 1;
    } catch (const usage &wrong) {
        std::cerr << name << ": " << wrong.what() << '\n';
        return 2;
    } catch (const std::exception &failure) {
        std::cerr << name << ": " << failure.what() << '\n';
        return 1;
    }
}

#endif
