// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A program's own request (`make_request`), as a call of the core.

use byteport_core::Client as Core;
use byteport_core::http::{Call, Form, Request};

/// The pairs as a form.
pub(crate) fn form(pairs: &[(String, String)]) -> Form {
    let mut form = Form::new();
    for (name, value) in pairs {
        form.add(name, value);
    }
    form
}

/// A call as a program words it. What carries a key to store with has no session, as it has none elsewhere: the session's token
/// would be stored as a field.
pub(crate) fn request(
    core: &Core,
    path: &str,
    query: String,
    pairs: Option<Vec<(String, String)>>,
    json: Option<String>,
) -> Call {
    if let Some(json) = json {
        let request = Request::post(path, json.into_bytes());
        return core.session_call(Request { content_type: "application/json", query, ..request });
    }
    match pairs {
        Some(pairs) if has(&pairs, "_key") || has(&pairs, "legacy_key") => {
            let request = Request::post(path, form(&pairs).into_string());
            Call::new(Request { query, stores: true, idempotent: has(&pairs, "_ts"), ..request })
        }
        Some(pairs) => core.post_call(path, form(&pairs)).with_query(query),
        None => {
            let parsed = Form::parse(query.as_bytes());
            let request = Request { query, ..Request::get(path) };
            if path.starts_with(core.store_path()) && has(&parsed, "_key") {
                return Call::new(Request { stores: true, idempotent: has(&parsed, "_ts"), ..request });
            }
            core.session_call(request)
        }
    }
}

fn has(pairs: &[(String, String)], name: &str) -> bool {
    pairs.iter().any(|(other, _)| other == name)
}
