// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What is read back: by which query, one field's values, and a long range in pages.
#ifndef BYTEPORT_SERIES_HPP
#define BYTEPORT_SERIES_HPP

#include "time.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// Which part of a series is read, and what is made of it; at first what the service takes where nothing is said. For one thread at
/// a time, though any number may read with it at once while none changes it. A setter that fails changes nothing, and fails with
/// status::invalid_argument.
class query : public detail::handle<byteport_query_t, byteport_query_free> {
public:
    /// What the service takes where nothing is said.
    query() : handle(byteport_query_new()) {}

    /// Reads from the first to the last moment.
    expected_t<query &> set_range(const time_range &range)
    {
        return detail::call_on(*this, byteport_query_set_range, detail::to_us(range.from), detail::to_us(range.to));
    }
    /// Reads the last minutes, by the service's clock, in place of a range; not 0.
    expected_t<query &> set_last_minutes(std::uint32_t minutes)
    {
        return detail::call_on(*this, byteport_query_set_last_minutes, minutes);
    }
    /// Sets the factor by which the service multiplies the values; a finite number.
    expected_t<query &> set_scale(double factor) { return detail::call_on(*this, byteport_query_set_scale, factor); }
    /// Sets what the service makes of the values.
    expected_t<query &> set_operation(operation what)
    {
        return detail::call_on(*this, byteport_query_set_operation, what);
    }
};

/// One field's values and when they were measured, oldest first. It never changes: any number of threads may read it at once.
/// What its functions give belongs to it.
class series : public detail::handle<byteport_series_t, byteport_series_free> {
public:
    using handle::handle;

    /// The number of points.
    [[nodiscard]] std::size_t size() const noexcept { return byteport_series_length(get()); }
    /// Whether there is no point.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// What the values are; series_kind::numbers where there are none.
    [[nodiscard]] series_kind kind() const noexcept { return static_cast<series_kind>(byteport_series_kind(get())); }
    /// The times, in microseconds since 1970-01-01 UTC.
    [[nodiscard]] span<const std::int64_t> times() const noexcept { return {byteport_series_times(get()), size()}; }
    /// One point's time; the index must be below size().
    [[nodiscard]] time_point time(std::size_t index) const noexcept { return detail::from_us(times()[index]); }
    /// The numbers, size() of them; NaN where the service has a time but no value. Empty where the series holds texts.
    [[nodiscard]] span<const double> numbers() const noexcept
    {
        const double *first = byteport_series_numbers(get());
        return {first, first != nullptr ? size() : 0};
    }
    /// One value as text, in UTF-8; an object is base64 text. Empty past the last, and where the series holds numbers.
    [[nodiscard]] std::string_view text(std::size_t index) const noexcept
    {
        std::size_t length = 0;
        const char *value = byteport_series_text(get(), index, &length);
        return value != nullptr ? std::string_view(value, length) : std::string_view();
    }
};

/// The pages of a series, of which one at a time is in memory. For one thread at a time. They use the connections and the login of
/// the client that made them, and may outlive it.
class series_pages : public detail::handle<byteport_series_pages_t, byteport_series_pages_free> {
public:
    using handle::handle;

    /// Reads the next page: about 10,000 points, at least one, later than those before; nothing at the end. A page may hold numbers
    /// and the next one texts. After an error there are no more pages: rest() says where to go on. Blocks as a call of the client
    /// does, and fails as client::read_series().
    [[nodiscard]] expected_t<std::optional<series>> next()
    {
        byteport_series_t *page = nullptr;
        return detail::finish(detail::attempt(byteport_series_pages_next, get(), &page), [&page] {
            return page != nullptr ? std::optional<series>(std::in_place, page) : std::nullopt;
        });
    }
    /// The first moment of what was not read yet: with it as the beginning, new pages go on where these ended. Nothing at the end.
    [[nodiscard]] std::optional<time_point> rest() const noexcept
    {
        return detail::optional_time(byteport_series_pages_rest(get()));
    }
};

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
