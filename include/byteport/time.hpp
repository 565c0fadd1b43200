// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Moments and spans of time.
#ifndef BYTEPORT_TIME_HPP
#define BYTEPORT_TIME_HPP

#include <array>

#include "call.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// A moment: microseconds since 1970-01-01 UTC, without leap seconds. What std::chrono::system_clock::now() gives may be finer:
/// std::chrono::floor<std::chrono::microseconds>() makes one of it.
using time_point = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

/// The first and the last moment of what is read; an end that is left out is the service's to choose.
struct time_range {
    std::optional<time_point> from = std::nullopt;
    std::optional<time_point> to = std::nullopt;
};

namespace detail {

constexpr time_point from_us(std::int64_t time) noexcept { return time_point(std::chrono::microseconds(time)); }

constexpr std::int64_t to_us(time_point time) noexcept { return time.time_since_epoch().count(); }

constexpr std::int64_t to_us(std::optional<time_point> time) noexcept { return time ? to_us(*time) : BYTEPORT_TIME_OPEN; }

constexpr std::optional<time_point> optional_time(std::int64_t time) noexcept
{
    return time != BYTEPORT_TIME_OPEN ? std::optional<time_point>(from_us(time)) : std::nullopt;
}

using format_function = byteport_status_t(std::int64_t, char *, std::size_t, byteport_error_t **);

inline expected_t<std::string> format(format_function *function, time_point time)
{
    std::array<char, BYTEPORT_TIMESTAMP_SIZE> buffer{};
    return finish(attempt(function, to_us(time), buffer.data(), buffer.size()), [&buffer] { return std::string(buffer.data()); });
}

} // namespace detail

/// Moments from and to text. Any thread may call these at any time.
namespace timestamp {

/// The system clock's time.
[[nodiscard]] inline time_point now() noexcept { return detail::from_us(byteport_timestamp_now()); }

/// The moment that UNIX seconds stand for, rounded to the nearest microsecond. Errors: status::invalid_timestamp for NaN, the
/// infinities, and what does not fit.
[[nodiscard]] inline expected_t<time_point> from_seconds(double seconds)
{
    std::int64_t time = 0;
    return detail::finish(detail::attempt(byteport_timestamp_from_seconds, seconds, &time),
                          [&time] { return detail::from_us(time); });
}

/// The moment that an ISO 8601 text stands for: `2015-05-01`, `2015-05-01T02:00:00`, with a fraction, with `Z` or `+02:00`; no
/// zone means UTC. Errors: status::invalid_timestamp.
[[nodiscard]] inline expected_t<time_point> parse(std::string_view iso8601)
{
    std::int64_t time = 0;
    return detail::finish(detail::attempt(byteport_timestamp_parse, detail::text(iso8601), &time),
                          [&time] { return detail::from_us(time); });
}

/// A moment as it goes over the wire: UNIX seconds with at most six decimals, such as `1430438400.012345`.
[[nodiscard]] inline expected_t<std::string> format(time_point time)
{
    return detail::format(byteport_timestamp_format, time);
}

/// A moment as ISO 8601 in UTC: `2015-05-01T00:00:00.012345`.
[[nodiscard]] inline expected_t<std::string> format_iso8601(time_point time)
{
    return detail::format(byteport_timestamp_format_iso8601, time);
}

} // namespace timestamp
} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
