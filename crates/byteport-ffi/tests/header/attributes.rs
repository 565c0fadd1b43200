// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the header tells compilers of each function, by macros: which pointers may be NULL, and which results must be looked at.
//!
//! Invariants: a function that cannot fail takes NULL everywhere; one that can refuses it everywhere but where the table
//! here says otherwise. tests/c/test_c_abi.py holds the header against the programs that pass NULL.

use super::declared::{Function, Header};

/// The macros, for the head of the header.
pub const MACROS: &str = r#"
/*
 * What compilers are told. NULL is allowed where it says BYTEPORT_NULLABLE, and nowhere else: GCC and Clang warn where they see it
 * passed to another parameter, and where a status or a new handle is not looked at. A compiler may also conclude that a
 * pointer which was passed where NULL is not allowed is not NULL, and leave out a test for it that comes later. For code that
 * passes such NULLs on purpose, and counts on BYTEPORT_ERROR_INVALID_ARGUMENT, define BYTEPORT_NO_ATTRIBUTES before this header
 * is included: then nothing is told.
 */
#if defined(__GNUC__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#define BYTEPORT_CHECK_RESULT __attribute__((warn_unused_result))
#define BYTEPORT_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
#else
#define BYTEPORT_CHECK_RESULT
#define BYTEPORT_NONNULL(...)
#endif
#if defined(__clang__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#define BYTEPORT_NULLABLE _Nullable
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#pragma clang diagnostic ignored "-Wnullability-completeness" /* of what a place holds before and after a call, nothing is told */
#pragma clang assume_nonnull begin
#else
#define BYTEPORT_NULLABLE
#endif
"#;

/// How long a line may be, as in cbindgen.toml.
const LINE: usize = 110;

const END: &str = "
#if defined(__clang__) && !defined(BYTEPORT_NO_ATTRIBUTES)
#pragma clang assume_nonnull end
#pragma clang diagnostic pop
#endif
";

/// Parameters that may be NULL in whichever function: what the caller may not want to know, and what may be of length 0.
const ALWAYS: [&str; 14] = [
    "error",
    "userdata",
    "free_userdata",
    "data",
    "readings",
    "statuses",
    "missing",
    "handled",
    "sequence",
    "held",
    "delivered",
    "kept",
    "lost",
    "told",
];

/// Parameters that may be NULL, then it is the client's own; but not where they are what is set.
const OWN: [&str; 3] = ["namespace_", "device", "uid"];

/// All others that may be NULL.
const SOME: [(&str, &str); 10] = [
    ("byteport_broker_subscribe", "destination"),
    ("byteport_client_echo", "names"),
    ("byteport_client_echo", "values"),
    ("byteport_client_namespaces", "name"),
    ("byteport_download_set_progress", "callback"),
    ("byteport_firmware_set_current_version", "version"),
    ("byteport_firmware_set_progress", "callback"),
    ("byteport_log_set", "callback"),
    ("byteport_outbox_open", "options"),
    ("byteport_outbox_options_set_callback", "callback"),
];

/// Those that return a pointer which is never NULL; every other one may, if only after a defect.
const NEVER_NULL: [&str; 3] = ["byteport_version", "byteport_status_text", "byteport_phase_text"];

fn can_fail(function: &Function) -> bool {
    function.parameters.last().is_some_and(|(kind, _)| kind == "byteport_error_t **")
}

fn makes_handle(function: &Function) -> bool {
    function.name.ends_with("_new") && function.result.ends_with('*')
}

fn is_pointer(kind: &str) -> bool {
    kind.ends_with('*') || kind.ends_with("_callback_t ")
}

fn may_be_null(function: &Function, parameter: &str) -> bool {
    let is_set = ["byteport_options_set_", "byteport_broker_options_set_", "byteport_reading_set_"];
    !can_fail(function)
        || ALWAYS.contains(&parameter)
        || SOME.contains(&(&function.name, parameter))
        || (OWN.contains(&parameter) && !is_set.iter().any(|setter| function.name.starts_with(setter)))
}

/// Writes a header whose functions say it.
pub fn write(header: &Header) -> String {
    // whoever gets a callback's userdata gave it
    let head = header.head.replace("void *userdata", "void *BYTEPORT_NULLABLE userdata");
    let functions: String = header.functions.iter().map(function).collect();
    head + &functions + END + &header.tail
}

fn function(function: &Function) -> String {
    let result = match is_pointer(&function.result) && !NEVER_NULL.contains(&&*function.name) {
        true => format!("{}BYTEPORT_NULLABLE ", function.result),
        false => function.result.clone(),
    };
    let head = format!("{result}{}(", function.name);
    format!("\n{}\n{}{head}{};\n", function.comment, attributes(function), parameters(function, head.len()))
}

/// The line before a function, if it has one.
fn attributes(function: &Function) -> String {
    let check = can_fail(function) || makes_handle(function);
    let numbered = function.parameters.iter().zip(1..);
    let never = numbered.filter(|((kind, name), _)| is_pointer(kind) && !may_be_null(function, name));
    let never: Vec<String> = never.map(|(_, number)| number.to_string()).collect();
    let mut words = Vec::new();
    if check {
        words.push("BYTEPORT_CHECK_RESULT".to_owned());
    }
    if !never.is_empty() {
        words.push(format!("BYTEPORT_NONNULL({})", never.join(", ")));
    }
    words.join(" ") + if words.is_empty() { "" } else { "\n" }
}

/// The parameters, on one line or on one each.
fn parameters(function: &Function, column: usize) -> String {
    let one = |(kind, name): &(String, String)| match is_pointer(kind) && may_be_null(function, name) {
        true => format!("{kind}BYTEPORT_NULLABLE {name}"),
        false => format!("{kind}{name}"),
    };
    let all: Vec<String> = function.parameters.iter().map(one).collect();
    let line = all.join(", ");
    match all.len() {
        0 => "void)".to_owned(),
        _ if column + line.len() < LINE => line + ")",
        _ => all.join(&format!(",\n{}", " ".repeat(column))) + ")",
    }
}
