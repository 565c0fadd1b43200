// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Prints each message that comes for the device, or to a topic or destination, until the input ends.
//
//     c++ -std=c++17 listen.cpp -lbyteport -o listen
//     BYTEPORT_BROKER=mqtts://HOST (and the other variables) ./listen [DESTINATION]
#include "example.hpp"

namespace {

byteport::broker open_broker()
{
    auto options = byteport::broker_options::from_url(setting("BYTEPORT_BROKER"));
    options.set_login(setting("BYTEPORT_BROKER_LOGIN"), setting("BYTEPORT_BROKER_PASSWORD"));
    options.set_namespace(setting("BYTEPORT_NAMESPACE")).set_device(setting("BYTEPORT_DEVICE"));
    if (const char *ca = std::getenv("BYTEPORT_BROKER_CA")) { // NOLINT(concurrency-mt-unsafe): one thread yet
        options.set_ca_file(ca); // where the broker's authority is not one of the system's
    }
    auto broker = byteport::broker::open(options);
    broker.wait_open(std::chrono::seconds(30));
    return broker;
}

/// Called on a thread of the library's. What cannot be printed comes again.
byteport::verdict print(const byteport::message &message, const byteport::delivery_view &delivery)
{
    std::cout << message.uid().value_or(delivery.destination()) << '\t' << message.text() << std::endl;
    return std::cout ? byteport::verdict::taken : byteport::verdict::refused;
}

} // namespace

int main(int argc, char **argv)
{
    return run("listen", [argc, argv] {
        if (argc > 2) {
            throw usage("usage: listen [DESTINATION]");
        }
        const auto broker = open_broker();
        if (argc == 2) {
            broker.subscribe(argv[1]);
        } else {
            broker.subscribe();
        }
        std::cout << "listening" << std::endl;
        broker.listen(print);
        while (std::cin.get() != std::istream::traits_type::eof()) {
        }
        broker.close(std::chrono::seconds(10));
    });
}
