// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// libbyteport for C++17 and later: classes over byteport.h, of which it is the whole. Header only; link with -lbyteport.
//
// Objects own what byteport.h calls a handle: they can be moved and not copied, and free it in the end, without waiting. After a move
// the source may only be destroyed or assigned to. What byteport.h says of threads, callbacks, fork and exit holds here, too.
//
// A call that fails throws byteport::error. Without exceptions (-fno-exceptions, or BYTEPORT_NO_EXCEPTIONS defined) the same functions
// return a byteport::result, and the compiler warns where it is not looked at: expected_t<T> stands for either. Memory that the library
// cannot have is a failure like others, status::out_of_memory. The classes copy texts, callbacks and errors, too: where there is no
// memory for that, it is std::bad_alloc, or without exceptions the end of the program.
//
// Text comes in as std::string_view, in UTF-8, and is copied; it needs no NUL behind it, and must hold none. Text goes out as a view
// that is good as long as the object that gave it, unless a function says otherwise. What may be left out is std::optional. Moments are
// time_point, spans of time std::chrono::milliseconds; those that are negative or too long to count are status::invalid_argument.
//
// A library without some of its parts lacks the classes of the outbox or of brokers: define BYTEPORT_WITHOUT_OUTBOX or
// BYTEPORT_WITHOUT_BROKER, as byteport.h says.
//
// Callbacks are std::function. No exception of theirs crosses the C library: it is thrown by the call on whose thread they run, or kept
// for the object's close() and take_exception(). Without exceptions they must not fail. The program may end, by exit(), in any.
#ifndef BYTEPORT_HPP
#define BYTEPORT_HPP

#include "byteport/client.hpp"
#include "byteport/log.hpp"

#if !defined(BYTEPORT_WITHOUT_BROKER)
#include "byteport/broker.hpp"
#endif
#if !defined(BYTEPORT_WITHOUT_OUTBOX)
#include "byteport/outbox.hpp"
#endif

#endif
