// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// Callables that C calls. No exception crosses into C: the first one is kept, and whoever waits for the call gets it.
#ifndef BYTEPORT_CALLBACK_HPP
#define BYTEPORT_CALLBACK_HPP

#include <functional>
#include <mutex>

#include "call.hpp"

namespace byteport {
inline namespace BYTEPORT_CPP_FORM {

/// Is told how many bytes of a transfer have come, and how many there will be, where that is known. It is called on the thread of
/// the call; it must not use the object for which it was set. It returns true to go on, and false to end the call with
/// status::stopped. What it throws ends the call, too, and is thrown by it.
using progress_callback = std::function<bool(std::uint64_t so_far, std::optional<std::uint64_t> total)>;

namespace detail {

/// What was thrown where nobody could catch it: the first, until somebody takes it. Any number of threads may use it at once.
class exception_slot {
public:
#if BYTEPORT_CPP_EXCEPTIONS
    /// Runs the callable; where it throws, keeps that and gives the other value.
    template <typename Value, typename Callable>
    Value run(Value otherwise, Callable callable) noexcept
    {
        try {
            return callable();
        } catch (...) {
            const std::lock_guard<std::mutex> guard(lock_);
            if (!kept_) {
                kept_ = std::current_exception();
            }
            return otherwise;
        }
    }
    /// Whether something is kept.
    [[nodiscard]] bool is_full() const noexcept
    {
        const std::lock_guard<std::mutex> guard(lock_);
        return static_cast<bool>(kept_);
    }
    /// Gives what is kept, and forgets it.
    std::exception_ptr take() noexcept
    {
        const std::lock_guard<std::mutex> guard(lock_);
        return std::exchange(kept_, nullptr);
    }
    /// Throws what is kept, and forgets it.
    void rethrow()
    {
        if (auto thrown = take()) {
            std::rethrow_exception(thrown);
        }
    }

private:
    mutable std::mutex lock_;
    std::exception_ptr kept_;
#else
    template <typename Value, typename Callable>
    Value run(Value /*otherwise*/, Callable callable) noexcept
    {
        return callable();
    }
    [[nodiscard]] static bool is_full() noexcept { return false; }
    static void rethrow() noexcept {}
#endif
};

/// While it lives, the place for what is thrown by callbacks that a call runs on this thread. Callbacks that were handed over long
/// before have no other way to tell that call from all others.
class slot_of_call {
public:
    slot_of_call() noexcept : before_(std::exchange(innermost(), &slot_)) {}
    ~slot_of_call() { innermost() = before_; }
    slot_of_call(const slot_of_call &) = delete;
    slot_of_call(slot_of_call &&) = delete;
    slot_of_call &operator=(const slot_of_call &) = delete;
    slot_of_call &operator=(slot_of_call &&) = delete;

    /// The one of the innermost call on this thread; outside of any, the other.
    static exception_slot &or_else(exception_slot &other) noexcept
    {
        return innermost() != nullptr ? *innermost() : other;
    }
    /// Throws what is kept, and forgets it.
    void rethrow()
    {
        slot_.rethrow(); // NOLINT(readability-static-accessed-through-instance): static only where there are no exceptions
    }

private:
    static exception_slot *&innermost() noexcept
    {
        // NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): each thread has its own
        static thread_local exception_slot *slot = nullptr;
        return slot;
    }

    exception_slot slot_;
    exception_slot *before_;
};

/// Throws what is kept, if there is a slot and something in it, and forgets it.
inline void rethrow(const std::shared_ptr<exception_slot> &slot)
{
    if (slot) {
        slot->rethrow();
    }
}

/// Where a callback is empty that may not be.
inline error no_callback() noexcept { return {status::invalid_argument, "the callback is empty: give one that can be called"}; }

/// A callable that outlives the call that it was given to, and where its exceptions go. C has its address as the userdata.
template <typename Callable>
struct box {
    Callable callable;
    std::shared_ptr<exception_slot> slot;

    static box &of(void *userdata) noexcept { return *static_cast<box *>(userdata); }
    /// For C to call once, when nobody can call the callable any more.
    static void free(void *userdata) noexcept { delete static_cast<box *>(userdata); }
};

/// Hands a box to a function that takes a callback, its userdata and what frees it as its last parameters; the box stays the
/// caller's, and is freed here, where that fails.
template <typename Callable, typename Function, typename Callback, typename... Arguments>
std::optional<error> give(std::unique_ptr<box<Callable>> given, Function function, Callback callback, const Arguments &...arguments)
{
    auto failure = attempt(function, arguments..., callback, static_cast<void *>(given.get()), &box<Callable>::free);
    if (!failure) {
        static_cast<void>(given.release());
    }
    return failure;
}

inline int tell_progress(std::uint64_t so_far, std::uint64_t total, void *userdata) noexcept
{
    auto &told = box<progress_callback>::of(userdata);
    return told.slot->run(1, [&] {
        const auto all = total != BYTEPORT_SIZE_UNKNOWN ? std::optional<std::uint64_t>(total) : std::nullopt;
        return told.callable(so_far, all) ? 0 : 1;
    });
}

/// Sets, or for an empty callable takes away, who is told of a transfer's progress.
template <typename Self, typename Function>
expected_t<Self &> set_progress(Self &self, Function function, progress_callback callback, std::shared_ptr<exception_slot> slot)
{
    const auto done = [&self]() -> Self & { return self; };
    if (!callback) {
        return finish(attempt(function, self.get(), nullptr, nullptr, nullptr), done);
    }
    auto boxed = std::make_unique<box<progress_callback>>();
    boxed->callable = std::move(callback);
    boxed->slot = std::move(slot);
    return finish(give(std::move(boxed), function, tell_progress, self.get()), done);
}

} // namespace detail
} // namespace BYTEPORT_CPP_FORM
} // namespace byteport

#endif
