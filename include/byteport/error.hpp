// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What a call that failed says: an exception, or a result that must be looked at.
//
// The error itself is one type in all parts of a program, however they are compiled (see config.hpp): what one throws, another
// catches, and what one was returned, another may take. So neither it nor what it is made of may depend on the form.
#ifndef BYTEPORT_ERROR_HPP
#define BYTEPORT_ERROR_HPP

#include <cstdlib>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "enums.hpp"

namespace byteport {

/// Why a call failed. It never changes: copies share what it holds, and any number of threads may read it at once. No text of it
/// holds a key, a password or a cookie.
class error : public std::exception {
public:
    /// Takes over what a function of the C library wrote.
    explicit error(byteport_error_t *owned)
        : code_(static_cast<status>(byteport_error_status(owned))), kept_(owned, byteport_error_free)
    {
    }
    /// A failure of which the C library wrote nothing; the text must be static.
    error(status code, const char *text) noexcept : code_(code), text_(text) {}

    /// What happened and what to do about it, with every cause, in one line of UTF-8.
    [[nodiscard]] const char *what() const noexcept override
    {
        const char *message = text_ != nullptr ? text_ : byteport_error_message(kept_.get());
        return message != nullptr ? message : byteport_status_text(to_c(code_));
    }
    /// Which error it is. Be ready for numbers that this header does not know.
    [[nodiscard]] status code() const noexcept { return code_; }
    /// How far the call had come. Up to phase::tls the service has seen nothing of it.
    [[nodiscard]] byteport::phase phase() const noexcept
    {
        return static_cast<byteport::phase>(byteport_error_phase(kept_.get()));
    }
    /// The HTTP status that the service answered with, such as 403; 0 if there was no answer.
    [[nodiscard]] int http_status() const noexcept { return byteport_error_http_status(kept_.get()); }
    /// Whether the same call, made again later and unchanged, can succeed.
    [[nodiscard]] bool is_retryable() const noexcept { return byteport_error_is_retryable(kept_.get()); }
    /// The causes, the nearest first; empty where what() says it all. The texts live as long as this error or a copy of it.
    [[nodiscard]] std::vector<std::string_view> causes() const
    {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < byteport_error_cause_count(kept_.get()); i++) {
            all.emplace_back(byteport_error_cause(kept_.get(), i));
        }
        return all;
    }

private:
    status code_;
    const char *text_ = nullptr;
    std::shared_ptr<byteport_error_t> kept_;
};

inline namespace BYTEPORT_CPP_FORM {

/// What a call gave, or why it failed: what functions return where there are no exceptions. Its names are those of C++23's
/// std::expected. T may be void, or a reference.
template <typename T>
class [[nodiscard]] result {
    using stored = std::conditional_t<
        std::is_void_v<T>, std::monostate,
        std::conditional_t<std::is_reference_v<T>, std::add_pointer_t<std::remove_reference_t<T>>, T>>;

public:
    using value_type = T;
    using error_type = byteport::error;

    /// A success that gives nothing.
    result() : kept_(std::in_place_index<0>) {}
    /// A success; for a reference, the address of what it refers to.
    result(stored value) : kept_(std::in_place_index<0>, std::move(value)) {}
    /// A failure.
    result(byteport::error why) : kept_(std::in_place_index<1>, std::move(why)) {}

    /// Whether the call succeeded.
    [[nodiscard]] bool has_value() const noexcept { return kept_.index() == 0; }
    /// Whether the call succeeded.
    [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

    /// What the call gave. Of a failure, std::abort(): look at has_value() before.
    std::add_lvalue_reference_t<T> value() &
    {
        auto *value = std::get_if<0>(&kept_);
        if (value == nullptr) {
            std::abort();
        }
        if constexpr (std::is_reference_v<T>) {
            return **value;
        } else if constexpr (!std::is_void_v<T>) {
            return *value;
        }
    }
    /// What the call gave, moved out. Of a failure, std::abort().
    T value() &&
    {
        if constexpr (std::is_void_v<T>) {
            value();
        } else if constexpr (std::is_reference_v<T>) {
            return value();
        } else {
            return std::move(value());
        }
    }
    /// As value().
    std::add_lvalue_reference_t<T> operator*() & { return value(); }
    /// As value().
    T operator*() && { return std::move(*this).value(); }
    /// As value().
    std::add_pointer_t<T> operator->() { return std::addressof(value()); }

    /// Why the call failed. Of a success, std::abort(): look at has_value() before.
    [[nodiscard]] const byteport::error &error() const
    {
        const auto *why = std::get_if<1>(&kept_);
        if (why == nullptr) {
            std::abort();
        }
        return *why;
    }

    /// Goes on after a success with what the callable returns, itself a result, for the value; hands a failure on.
    template <typename Next>
    auto and_then(Next next) &&
    {
        if constexpr (std::is_void_v<T>) {
            using then = decltype(next());
            return has_value() ? next() : then(error());
        } else {
            using then = decltype(next(std::move(*this).value()));
            return has_value() ? next(std::move(*this).value()) : then(error());
        }
    }

private:
    std::variant<stored, byteport::error> kept_;
};

/// What a function that can fail returns: T itself, and it throws byteport::error; or, without exceptions, a result.
#if BYTEPORT_CPP_EXCEPTIONS
template <typename T>
using expected_t = T;
#else
template <typename T>
using expected_t = result<T>;
#endif

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
