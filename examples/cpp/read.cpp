// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Prints a series, a line for each point: the time in UTC, a tab, the value.
//
//     c++ -std=c++17 read.cpp -lbyteport -o read
//     BYTEPORT_HOST=... BYTEPORT_USER=... BYTEPORT_PASSWORD=... ./read NAMESPACE DEVICE FIELD [FROM [TO]]
//
// FROM and TO are ISO 8601, such as 2015-05-01T02:00:00; no zone means UTC.
#include <limits>

#include "example.hpp"

namespace {

void print(const byteport::series &series)
{
    std::cout.precision(std::numeric_limits<double>::max_digits10);
    for (std::size_t i = 0; i < series.size(); i++) {
        std::cout << byteport::timestamp::format_iso8601(series.time(i)) << '\t';
        if (series.kind() == byteport::series_kind::numbers) {
            std::cout << series.numbers()[i] << '\n';
        } else {
            std::cout << series.text(i) << '\n';
        }
    }
}

} // namespace

int main(int argc, char **argv)
{
    return run("read", [argc, argv] {
        if (argc < 4 || argc > 6) {
            throw usage("usage: read NAMESPACE DEVICE FIELD [FROM [TO]]");
        }
        byteport::time_range range;
        if (argc > 4) {
            range.from = byteport::timestamp::parse(argv[4]);
        }
        if (argc > 5) {
            range.to = byteport::timestamp::parse(argv[5]);
        }
        const auto client = byteport::client::open(byteport::options().set_host(setting("BYTEPORT_HOST")));
        client.login(setting("BYTEPORT_USER"), setting("BYTEPORT_PASSWORD"));
        print(client.read_series(argv[3], range, {argv[1], argv[2]}));
        client.logout();
    });
}
