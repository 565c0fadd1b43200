// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What a device measured.
#ifndef BYTEPORT_READING_HPP
#define BYTEPORT_READING_HPP

#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// The fields that one device measured at one time. For one thread at a time, though any number may store it at once while none
/// changes it. Each setter gives this object, so that calls can be chained; one that fails changes nothing; a field that is set
/// again is replaced.
///
/// Field names are 1 to 32 of the characters 0-9 a-z A-Z - _ : and begin with neither - nor _; every other name is
/// status::invalid_name.
class reading : public detail::handle<byteport_reading_t, byteport_reading_free> {
public:
    /// Without fields, of the client's own device, stamped with the system clock. It keeps that time however late it is stored.
    reading() : handle(byteport_reading_new()) {}

    /// Sets the UID of the device that measured, in place of the client's own. Errors: status::invalid_name.
    expected_t<reading &> set_device(std::string_view uid)
    {
        return detail::call_on(*this, byteport_reading_set_device, detail::text(uid));
    }
    /// Sets the time of measuring. Errors: status::invalid_timestamp for time_point::min(), which is no time.
    expected_t<reading &> set_timestamp(time_point time)
    {
        return detail::call_on(*this, byteport_reading_set_timestamp, detail::to_us(time));
    }
    /// Leaves the time to the server, which takes the moment at which the reading comes. Storing such a reading twice makes two. An
    /// outbox takes the moment at which the reading is put in.
    expected_t<reading &> use_server_time() { return detail::call_on(*this, byteport_reading_use_server_time); }
    /// Sets a field to a number. It reads back to the same bits. Errors: status::invalid_value for NaN and the infinities.
    expected_t<reading &> set_number(std::string_view field, double value)
    {
        return detail::call_on(*this, byteport_reading_set_number, detail::text(field), value);
    }
    /// Sets a field to a whole number.
    expected_t<reading &> set_integer(std::string_view field, std::int64_t value)
    {
        return detail::call_on(*this, byteport_reading_set_integer, detail::text(field), value);
    }
    /// Sets a field to a text in UTF-8. Errors: status::invalid_argument for other text, and for one with a NUL inside.
    expected_t<reading &> set_text(std::string_view field, std::string_view value)
    {
        return detail::call_on(*this, byteport_reading_set_text, detail::text(field), detail::text(value));
    }
    /// Sets a field to bytes, which are copied. They travel, and read back, as base64 text.
    expected_t<reading &> set_bytes(std::string_view field, bytes value)
    {
        return detail::call_on(*this, byteport_reading_set_bytes, detail::text(field), value.data(), value.size());
    }
    /// Removes every field and stamps the reading anew: ready for the next round. The device stays.
    expected_t<reading &> restart() { return detail::call_on(*this, byteport_reading_restart); }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
