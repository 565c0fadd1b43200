// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// The library's own messages.
#ifndef BYTEPORT_LOG_HPP
#define BYTEPORT_LOG_HPP

#include "callback.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// Takes one message: its level, the part of the library that it comes from (`byteport::...`), its text in UTF-8. Both texts are gone
/// when it returns. It is called on whichever thread calls the library, and on those of an outbox, on several at once. What it throws is
/// kept, the first until take_log_exception(); the library goes on.
using log_callback = std::function<void(log_level level, std::string_view target, std::string_view text)>;

namespace detail {

/// One for the process, and never destroyed: other threads may log while the program ends.
inline const std::shared_ptr<exception_slot> &log_slot()
{
    static const auto *const slot = new std::shared_ptr<exception_slot>(std::make_shared<exception_slot>());
    return *slot;
}

inline void take_log(byteport_log_level_t level, const char *target, const char *text, void *userdata) noexcept
{
    auto &taker = box<log_callback>::of(userdata);
    taker.slot->run(0, [&] {
        taker.callable(static_cast<log_level>(level), target, text);
        return 0;
    });
}

} // namespace detail

/// Passes the library's messages up to that level to a callback, in place of the one before. One callback serves the whole process; at
/// first there is none. An empty callback switches off. Any thread may call this at any time, the callback too. The callback is
/// destroyed when it has been replaced and its last call has returned. Messages never hold a key, a password or a cookie.
inline expected_t<void> set_log(log_level up_to, log_callback callback)
{
    if (!callback) {
        return detail::call(byteport_log_set, to_c(log_level::off), nullptr, nullptr, nullptr);
    }
    auto boxed = std::make_unique<detail::box<log_callback>>();
    boxed->callable = std::move(callback);
    boxed->slot = detail::log_slot();
    return detail::finish(detail::give(std::move(boxed), byteport_log_set, detail::take_log, up_to), [] {});
}

#if BYTEPORT_CPP_EXCEPTIONS
/// What a log callback threw that nobody has taken yet, and forgets it; null where none threw anything. Any thread may call this.
[[nodiscard]] inline std::exception_ptr take_log_exception() { return detail::log_slot()->take(); }
#endif

} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
