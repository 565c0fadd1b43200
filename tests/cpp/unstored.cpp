// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What becomes of the answers for many readings where the C library fails before it has any: a function of this program stands in for
// the library's, as one that finds no memory.
#include "check.hpp"

byteport_status_t byteport_broker_store_all(const byteport_broker_t * /*broker*/, const byteport_reading_t *const * /*readings*/,
                                            size_t /*count*/, byteport_status_t * /*statuses*/, byteport_error_t ** /*error*/)
{
    return BYTEPORT_ERROR_OUT_OF_MEMORY;
}

int main()
{
    auto options = must(byteport::broker_options::from_url("mqtt://" + setting("BYTEPORT_GONE")));
    DONE(options.set_login("a", "b"));
    DONE(options.set_client_id("c"));
    auto broker = must(byteport::broker::open(options));
    const std::vector<byteport::reading> readings(2);
    const auto none = status::out_of_memory;
    std::vector<status> came;
    REFUSED(none, broker.store_all(readings));
    REFUSED(none, broker.store_all(readings, &came));
    CHECK(came == std::vector<status>({none, none}));
    REFUSED(none, broker.store_all({}, &came));
    CHECK(came.empty());

    const auto moved = std::move(broker);
    const auto bad = status::invalid_argument;
    REFUSED(bad, broker.store_all(readings, &came));
    CHECK(came == std::vector<status>({bad, bad}));
    DONE(moved.close(0s));
    return check_end("unstored");
}
