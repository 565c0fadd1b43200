// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// What the test programs share: checks that count and go on, what a call came to, settings from the environment, clients. The same
// programs are compiled with exceptions and without: DONE, REFUSED and must() are where the two differ.
#ifndef CHECK_HPP
#define CHECK_HPP

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include <byteport.hpp>

using byteport::status;
using namespace std::chrono_literals;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

/// How many checks were made, and how many failed; on any thread.
inline std::atomic<unsigned> checks_done{0};
inline std::atomic<unsigned> checks_failed{0};

/// One check; a failed one is printed with its place, and the program goes on.
#define CHECK(...) check(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)

inline bool check(bool holds, const char *file, int line, const char *what)
{
    checks_done++;
    if (!holds) {
        checks_failed++;
        std::fprintf(stderr, "%s:%d: failed: %s\n", file, line, what);
    }
    return holds;
}

/// The last line of a program: its count, and its exit status.
inline int check_end(const char *name)
{
    std::printf("%s: %u checks, %u failed\n", name, checks_done.load(), checks_failed.load());
    return checks_failed == 0 && checks_done > 0 ? 0 : 1;
}

inline std::string setting(const char *name)
{
    const char *value = std::getenv(name);
    if (value == nullptr) {
        std::fprintf(stderr, "%s is not set: run this program by pytest\n", name);
        std::_Exit(2);
    }
    return value;
}

inline bool holds(std::string_view text, std::string_view part)
{
    return text.find(part) != std::string_view::npos;
}

/// Text in which a byte is none of UTF-8.
constexpr std::string_view not_utf8 = "a\xff";

/// Checks which error it is, and that no text of it tells a secret.
inline void check_error(const byteport::error &error, status expected, const char *file, int line)
{
    if (!check(error.code() == expected, file, line, "the expected error")) {
        std::fprintf(stderr, "  %d in place of %d: %s\n", to_c(error.code()), to_c(expected), error.what());
    }
    const std::string_view message = error.what();
    const std::string key = setting("BYTEPORT_KEY");
    check(!message.empty() && !holds(message, key), file, line, "a message without the key");
    for (const auto cause : error.causes()) {
        check(holds(message, cause) && !holds(cause, key), file, line, "every cause is in the message");
    }
}

inline void unexpected(const byteport::error &error, const char *file, int line)
{
    check(false, file, line, error.what());
}

#if BYTEPORT_CPP_EXCEPTIONS

template <typename Call>
void done(Call call, const char *file, int line)
{
    try {
        static_cast<void>(call());
        checks_done++;
    } catch (const byteport::error &error) {
        unexpected(error, file, line);
    }
}

template <typename Call>
std::optional<byteport::error> failure(Call call)
{
    try {
        static_cast<void>(call());
    } catch (const byteport::error &error) {
        return error;
    }
    return std::nullopt;
}

/// What a call gave that must not fail: an exception ends the program.
template <typename T>
T must(T &&given)
{
    checks_done++;
    return std::forward<T>(given);
}

#else

template <typename Call>
void done(Call call, const char *file, int line)
{
    const auto came = call();
    checks_done++;
    if (!came) {
        unexpected(came.error(), file, line);
    }
}

template <typename Call>
std::optional<byteport::error> failure(Call call)
{
    const auto came = call();
    return came ? std::nullopt : std::optional<byteport::error>(came.error());
}

/// What a call gave that must not fail: value() ends the program.
template <typename T>
T must(byteport::result<T> &&given)
{
    checks_done++;
    if (!given) {
        std::fprintf(stderr, "%s\n", given.error().what());
    }
    return std::move(given).value();
}

#endif

/// A call that must succeed.
#define DONE(...) done([&]() -> decltype(auto) { return __VA_ARGS__; }, __FILE__, __LINE__)

/// A call that must fail with this error.
#define REFUSED(expected, ...)                                                                                         \
    refused(failure([&]() -> decltype(auto) { return __VA_ARGS__; }), expected, __FILE__, __LINE__)

inline void refused(const std::optional<byteport::error> &error, status expected, const char *file, int line)
{
    if (check(error.has_value(), file, line, "a call that fails")) {
        check_error(*error, expected, file, line);
    }
}

/// A client of the host; key and device are left out where there is none.
inline byteport::client new_client(std::string_view host, std::string_view name_space, std::optional<std::string_view> key,
                                   std::optional<std::string_view> device, byteport::method method = byteport::method::post)
{
    byteport::options options;
    DONE(options.set_host(host));
    DONE(options.set_namespace(name_space));
    if (key) {
        DONE(options.set_key(*key));
    }
    if (device) {
        DONE(options.set_device(*device));
    }
    DONE(options.set_store_method(method));
    DONE(options.set_no_proxy());
    DONE(options.set_connect_timeout(10s));
    DONE(options.set_timeout(60s));
    return must(byteport::client::open(options));
}

/// A client of the environment's namespace and device.
inline byteport::client client_of(std::string_view host, std::optional<std::string_view> key)
{
    return new_client(host, setting("BYTEPORT_NAMESPACE"), key, setting("BYTEPORT_DEVICE"));
}

/// A certain moment, and so many microseconds after it.
constexpr byteport::time_point start = byteport::time_point(1430438400s);

#endif
