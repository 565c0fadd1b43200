// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// How the classes are compiled: with exceptions or without, and with whose span.
//
// Both choices change what functions return, which their symbols do not tell. So each of the four forms has an inline namespace
// of its own, and parts of a program that are compiled differently can be linked together. Only what no choice changes is outside
// of it, and the same type for all of them: the enumerations, and the error. An object of any other class stays within its form.
#ifndef BYTEPORT_CONFIG_HPP
#define BYTEPORT_CONFIG_HPP

#if __cplusplus < 201703L
#error "byteport.hpp needs C++17: compile with -std=c++17 or later, or use byteport.h"
#endif

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

#if __has_include(<version>)
#include <version>
#endif

#include "../byteport.h"

/// 1 where failures are thrown, 0 where they are returned: under -fno-exceptions, or where BYTEPORT_NO_EXCEPTIONS is defined.
#if defined(BYTEPORT_NO_EXCEPTIONS) || !defined(__cpp_exceptions)
#define BYTEPORT_CPP_EXCEPTIONS 0
#else
#define BYTEPORT_CPP_EXCEPTIONS 1
#endif

#ifdef __cpp_lib_span
#include <span>
#define BYTEPORT_CPP_STD_SPAN 1
#else
#define BYTEPORT_CPP_STD_SPAN 0
#endif

#if BYTEPORT_CPP_EXCEPTIONS && BYTEPORT_CPP_STD_SPAN
#define BYTEPORT_CPP_FORM throws_std_span
#elif BYTEPORT_CPP_EXCEPTIONS
#define BYTEPORT_CPP_FORM throws
#elif BYTEPORT_CPP_STD_SPAN
#define BYTEPORT_CPP_FORM returns_std_span
#else
#define BYTEPORT_CPP_FORM returns
#endif

/// The classes over the C library.
namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

#if BYTEPORT_CPP_STD_SPAN
using std::span;
#else
/// A view of elements that lie one behind the other and belong to somebody else: what is needed of C++20's std::span, which
/// takes its place where there is one.
template <typename T>
class span {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using iterator = T *;

    /// No elements.
    constexpr span() noexcept = default;
    /// So many elements, from this one on.
    constexpr span(T *first, std::size_t count) noexcept : first_(first), count_(count) {}
    /// The elements of an array.
    template <std::size_t N>
    constexpr span(T (&array)[N]) noexcept : first_(array), count_(N)
    {
    }
    /// The elements of a container that has data() and size(), such as a vector, an array or a string.
    template <typename Container,
              typename = std::enable_if_t<
                  std::is_convertible_v<std::remove_pointer_t<decltype(std::data(std::declval<Container &>()))> (*)[],
                                        T (*)[]>>>
    constexpr span(Container &&container) noexcept : first_(std::data(container)), count_(std::size(container))
    {
    }

    /// The first element; may be null where there is none.
    [[nodiscard]] constexpr T *data() const noexcept { return first_; }
    /// The number of elements.
    [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }
    /// Whether there are no elements.
    [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
    /// One element; the index must be below size().
    constexpr T &operator[](std::size_t index) const { return first_[index]; }
    /// The first element, which there must be.
    [[nodiscard]] constexpr T &front() const { return first_[0]; }
    /// The last element, which there must be.
    [[nodiscard]] constexpr T &back() const { return first_[count_ - 1]; }
    [[nodiscard]] constexpr T *begin() const noexcept { return first_; }
    [[nodiscard]] constexpr T *end() const noexcept { return first_ + count_; }

private:
    T *first_ = nullptr;
    std::size_t count_ = 0;
};
#endif

/// Bytes that belong to somebody else.
using bytes = span<const std::uint8_t>;

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
