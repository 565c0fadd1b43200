// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//
// One part of a program, compiled several times as FORM says, each time another way, and linked together: were the functions of one
// form taken for those of another, a failure would not arrive.
#include <cstdio>

#include <byteport.hpp>

#ifndef FORM
#define FORM form2
#define HAS_MAIN
#endif

const char *form0();
const char *form1();
const char *form2();

/// How a call that must fail says so.
const char *FORM()
{
    byteport::options options;
#if BYTEPORT_CPP_EXCEPTIONS
    try {
        options.set_key("");
    } catch (const byteport::error &) {
        return "thrown";
    }
    return "lost";
#else
    return options.set_key("").has_value() ? "lost" : "returned";
#endif
}

#ifdef HAS_MAIN
int main()
{
    std::printf("%s\n%s\n%s\n", form0(), form1(), form2());
    return 0;
}
#endif
