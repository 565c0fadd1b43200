// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The one way from C++ into the C library: what is handed over, what comes back, and whose it is.
//
// A C function is called in attempt() only. There each argument is looked at, and changed into what C takes: a text gets its NUL,
// a duration its unit. What cannot be changed fails before the library is called. call() and its siblings turn what came of it
// into the value that the caller wants, or into an error, thrown or returned: nothing else tells the two forms apart.
#ifndef BYTEPORT_CALL_HPP
#define BYTEPORT_CALL_HPP

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include "error.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// A list of pairs of a name and a value.
using pairs = std::vector<std::pair<std::string_view, std::string_view>>;

/// What the classes share; not for programs.
namespace detail {

/// Owns what the C library made. After a move the source holds nothing: it may be destroyed or assigned to; its calls fail with
/// status::invalid_argument.
template <typename C, void (*Free)(C *)>
class handle {
public:
    explicit handle(C *owned) noexcept : owned_(owned) {}

    /// For functions of byteport.h; it stays this object's.
    [[nodiscard]] C *get() const noexcept { return owned_.get(); }

private:
    struct freer {
        void operator()(C *owned) const noexcept { Free(owned); }
    };
    std::unique_ptr<C, freer> owned_;
};

/// A text on its way in: a copy with a NUL behind it, or none at all.
class text {
public:
    explicit text(std::string_view given) : copy_(given) {}
    explicit text(std::optional<std::string_view> given) : copy_(given.value_or("")), is_there_(given.has_value()) {}

    [[nodiscard]] const char *c() const noexcept { return is_there_ ? copy_.c_str() : nullptr; }
    [[nodiscard]] bool has_nul() const noexcept { return copy_.find('\0') != std::string::npos; }

private:
    std::string copy_;
    bool is_there_ = true;
};

/// The names, or the values, of pairs as an array of C texts.
class texts {
public:
    texts(const pairs &given, std::string_view pairs::value_type::*part)
    {
        copies_.reserve(given.size());
        for (const auto &pair : given) {
            copies_.emplace_back(pair.*part);
        }
        for (const auto &copy : copies_) {
            pointers_.push_back(copy.c());
        }
    }

    [[nodiscard]] const char *const *c() const noexcept { return pointers_.data(); }
    [[nodiscard]] bool has_nul() const noexcept
    {
        return std::any_of(copies_.begin(), copies_.end(), [](const text &copy) { return copy.has_nul(); });
    }

private:
    std::vector<text> copies_;
    std::vector<const char *> pointers_;
};

/// A span of time on its way in, as a number of milliseconds of a certain type.
template <typename Number>
class milliseconds {
public:
    explicit milliseconds(std::chrono::milliseconds given) noexcept : given_(given.count()) {}

    [[nodiscard]] Number c() const noexcept { return static_cast<Number>(given_); }
    [[nodiscard]] bool fits() const noexcept
    {
        return given_ >= 0 && static_cast<std::uint64_t>(given_) <= std::numeric_limits<Number>::max();
    }

private:
    std::chrono::milliseconds::rep given_;
};
using ms32 = milliseconds<std::uint32_t>;
using ms64 = milliseconds<std::uint64_t>;

/// A number that may be left out, on its way in. One that is there is at least 0: below is what C takes for none.
template <typename Number>
class number {
public:
    explicit number(std::optional<Number> given) noexcept : given_(given.value_or(BYTEPORT_UNSET)), is_there_(given.has_value())
    {
    }

    [[nodiscard]] Number c() const noexcept { return given_; }
    [[nodiscard]] bool fits() const noexcept { return !is_there_ || given_ >= 0; }

private:
    Number given_;
    bool is_there_;
};

/// A handle that may be left out.
template <typename C>
struct nullable {
    const C *pointer;
};

/// What is wrong with an argument, or null.
template <typename T>
constexpr const char *complaint(const T & /*given*/) noexcept
{
    return nullptr;
}
template <typename C, typename = std::enable_if_t<std::is_class_v<C>>>
constexpr const char *complaint(C *const &handle) noexcept
{
    return handle != nullptr ? nullptr : "the object holds nothing: it was moved from, or there was no memory for it";
}
inline const char *complaint(const text &given) noexcept
{
    return given.has_nul() ? "a text holds a NUL, which the service cannot take" : nullptr;
}
inline const char *complaint(const texts &given) noexcept
{
    return given.has_nul() ? "a name or a value holds a NUL, which the service cannot take" : nullptr;
}
template <typename Number>
const char *complaint(const milliseconds<Number> &given) noexcept
{
    return given.fits() ? nullptr : "a span of time is negative, or longer than the library can count in milliseconds";
}
template <typename Number>
const char *complaint(const number<Number> &given) noexcept
{
    return given.fits() ? nullptr : "a number is below 0: leave it out to let the service decide, or to ask for all";
}

/// An argument as C takes it.
template <typename T, typename = std::enable_if_t<!std::is_enum_v<T>>>
constexpr const T &to_c(const T &given) noexcept
{
    return given;
}
template <typename C>
const C *to_c(const nullable<C> &given) noexcept
{
    return given.pointer;
}
inline const char *to_c(const text &given) noexcept { return given.c(); }
inline const char *const *to_c(const texts &given) noexcept { return given.c(); }
template <typename Number>
Number to_c(const milliseconds<Number> &given) noexcept
{
    return given.c();
}
template <typename Number>
Number to_c(const number<Number> &given) noexcept
{
    return given.c();
}
using byteport::to_c;

/// Calls a function of the C library, whose last parameter is the place of the error; gives why it failed.
template <typename Function, typename... Arguments>
std::optional<error> attempt(Function function, const Arguments &...arguments)
{
    const char *wrong = nullptr;
    ((wrong = wrong != nullptr ? wrong : complaint(arguments)), ...);
    if (wrong != nullptr) {
        return error(status::invalid_argument, wrong);
    }
    byteport_error_t *failure = nullptr;
    const byteport_status_t code = function(to_c(arguments)..., &failure);
    if (code != BYTEPORT_OK) {
        return failure != nullptr ? error(failure) : error(static_cast<status>(code), byteport_status_text(code));
    }
    return std::nullopt;
}

/// Throws or returns the failure, or else gives what the callable makes.
template <typename Then>
auto finish(std::optional<error> failure, Then then) -> expected_t<std::invoke_result_t<Then>>
{
    using value = std::invoke_result_t<Then>;
#if BYTEPORT_CPP_EXCEPTIONS
    if (failure) {
        throw error(*std::move(failure));
    }
    return static_cast<value>(then());
#else
    if (failure) {
        return result<value>(*std::move(failure));
    }
    if constexpr (std::is_void_v<value>) {
        then();
        return result<value>();
    } else if constexpr (std::is_reference_v<value>) {
        return result<value>(std::addressof(then()));
    } else {
        return result<value>(then());
    }
#endif
}

/// Calls, and gives nothing.
template <typename Function, typename... Arguments>
expected_t<void> call(Function function, const Arguments &...arguments)
{
    return finish(attempt(function, arguments...), [] {});
}

/// Calls for an object, which is the first argument, and gives the object.
template <typename Self, typename Function, typename... Arguments>
expected_t<Self &> call_on(Self &self, Function function, const Arguments &...arguments)
{
    return finish(attempt(function, self.get(), arguments...), [&self]() -> Self & { return self; });
}

/// Calls a function that makes a `C`, by its last parameter but one, and gives the object that owns it.
template <typename Object, typename C, typename... Parameters, typename... Arguments>
expected_t<Object> make(byteport_status_t (*function)(Parameters...), C *made, const Arguments &...arguments)
{
    return finish(attempt(function, arguments..., &made), [&made] { return Object(made); });
}

/// The text, or none where the pointer is null.
inline std::optional<std::string_view> optional_text(const char *given)
{
    return given != nullptr ? std::optional<std::string_view>(given) : std::nullopt;
}

/// The text, empty where the pointer is null.
inline std::string_view view(const char *given) noexcept { return given != nullptr ? std::string_view(given) : std::string_view(); }

} // namespace detail
} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
