// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// One part of a program, compiled several times as FORM says, each time another way, and linked together: were the functions of one
// form taken for those of another, a failure would not arrive. And the error of one part is that of all: it can be handed over.
#include <cstdio>

#include <byteport.hpp>

#ifndef FORM
#define FORM form2
#define HAS_MAIN
#endif

/// Where the failure of a part without exceptions goes; the others throw it.
using place = std::optional<byteport::error>;

#define PART(form)                                                                                                     \
    namespace form {                                                                                                   \
    void fail(place &returned);                                                                                        \
    const char *taken(void (*other)(place &));                                                                         \
    }
PART(form0)
PART(form1)
PART(form2)

/// A call that must fail.
void FORM::fail([[maybe_unused]] place &returned)
{
    byteport::options options;
#if BYTEPORT_CPP_EXCEPTIONS
    options.set_key("");
#else
    if (const auto came = options.set_key(""); !came) {
        returned = came.error();
    }
#endif
}

/// How this part gets the failure of one, itself or another.
const char *FORM::taken(void (*other)(place &))
{
    place returned;
#if BYTEPORT_CPP_EXCEPTIONS
    try {
        other(returned);
    } catch (const byteport::error &error) {
        return error.code() == byteport::status::invalid_argument ? "thrown" : "another error";
    }
#else
    other(returned);
#endif
    return returned && returned->code() == byteport::status::invalid_argument ? "returned" : "lost";
}

#ifdef HAS_MAIN
int main()
{
    std::printf("form0: %s\n", form0::taken(form0::fail));
    std::printf("form1: %s %s %s\n", form1::taken(form0::fail), form1::taken(form1::fail), form1::taken(form2::fail));
    std::printf("form2: %s %s %s\n", form2::taken(form0::fail), form2::taken(form1::fail), form2::taken(form2::fail));
    return 0;
}
#endif
