// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Managing devices: what the service answers, which devices are registered, and what is compared with what is typical.
#ifndef BYTEPORT_MANAGE_HPP
#define BYTEPORT_MANAGE_HPP

#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// What the service answered, as JSON text. It never changes: any number of threads may read it at once. It may hold keys of the
/// API: do not log it.
class answer : public detail::handle<byteport_result_t, byteport_result_free> {
public:
    using handle::handle;

    /// The text, checked to be JSON in UTF-8, with one NUL behind it. It belongs to the answer. In most answers the service writes
    /// nearly every scalar as text: `"True"`, `"None"`, `"180"`.
    [[nodiscard]] std::string_view json() const noexcept
    {
        const char *text = byteport_result_json(get());
        return text != nullptr ? std::string_view(text, byteport_result_length(get())) : std::string_view();
    }
};

/// Which devices are to be registered. For one thread at a time. A setter that fails changes nothing, and fails with
/// status::invalid_argument.
class registration : public detail::handle<byteport_registration_t, byteport_registration_free> {
public:
    /// Of no device.
    registration() : handle(byteport_registration_new()) {}

    /// Sets the UID of a single device. The service checks it.
    expected_t<registration &> set_uid(std::string_view uid)
    {
        return detail::call_on(*this, byteport_registration_set_uids, detail::text(uid), false);
    }
    /// Sets several UIDs: with commas between them, or a range such as `device100-107`, `10-19`, `100-107Dev`.
    expected_t<registration &> set_uids(std::string_view uids)
    {
        return detail::call_on(*this, byteport_registration_set_uids, detail::text(uids), true);
    }
    /// Sets the id of the devices' type.
    expected_t<registration &> set_device_type(std::int64_t id)
    {
        return detail::call_on(*this, byteport_registration_set_device_type, id);
    }
    /// Sets whether what is registered already is registered again. Default: no.
    expected_t<registration &> set_force(bool force)
    {
        return detail::call_on(*this, byteport_registration_set_force, force);
    }
    /// Sets whether the devices are in use at once. Default: no.
    expected_t<registration &> set_active(bool active)
    {
        return detail::call_on(*this, byteport_registration_set_active, active);
    }
    /// Sets the length of the registration codes, in characters. Default: the service's.
    expected_t<registration &> set_code_length(std::uint32_t length)
    {
        return detail::call_on(*this, byteport_registration_set_code_length, length);
    }
    /// Sets the serial number of a single device.
    expected_t<registration &> set_serial(std::string_view serial)
    {
        return detail::call_on(*this, byteport_registration_set_serial, detail::text(serial));
    }
};

/// What is compared with the typical group, and how; at first the last 7 days, daily. For one thread at a time, though any number
/// may ask with it at once while none changes it. A setter that fails changes nothing, and fails with status::invalid_argument.
class typical : public detail::handle<byteport_typical_t, byteport_typical_free> {
public:
    /// Of the last 7 days, daily.
    typical() : handle(byteport_typical_new()) {}

    /// Compares what was measured from the first to the last moment.
    expected_t<typical &> set_range(const time_range &range)
    {
        return detail::call_on(*this, byteport_typical_set_range, detail::to_us(range.from), detail::to_us(range.to));
    }
    /// Compares the last minutes, by the service's clock, in place of a range; not 0.
    expected_t<typical &> set_last_minutes(std::uint32_t minutes)
    {
        return detail::call_on(*this, byteport_typical_set_last_minutes, minutes);
    }
    /// Sets into what the range is cut. Default: grouping::daily.
    expected_t<typical &> set_grouping(grouping by) { return detail::call_on(*this, byteport_typical_set_grouping, by); }
    /// Sets whether the groups are answered by their distance, not by time.
    expected_t<typical &> set_by_distance(bool by_distance)
    {
        return detail::call_on(*this, byteport_typical_set_by_distance, by_distance);
    }
    /// Sets whether the values' change is compared, not the values.
    expected_t<typical &> set_diff(bool diff) { return detail::call_on(*this, byteport_typical_set_diff, diff); }
    /// Sets whether each group comes with its description.
    expected_t<typical &> set_descriptions(bool descriptions)
    {
        return detail::call_on(*this, byteport_typical_set_descriptions, descriptions);
    }
    /// Leaves one more descriptor out of the comparison: `count`, `mean`, `std`, `min`, `max`, `25%`, `50%` or `75%`.
    expected_t<typical &> exclude(std::string_view descriptor)
    {
        return detail::call_on(*this, byteport_typical_exclude, detail::text(descriptor));
    }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
