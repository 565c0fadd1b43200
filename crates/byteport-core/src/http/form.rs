// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Names and values as `application/x-www-form-urlencoded`: the body of a POST, the query of a GET.

use form_urlencoded::byte_serialize;

/// Pairs, encoded as they are added.
#[derive(Clone, Default)]
pub struct Form(String);

impl Form {
    /// A form without pairs.
    pub fn new() -> Form {
        Form(String::with_capacity(256))
    }

    /// Adds a pair.
    pub fn add(&mut self, name: &str, value: &str) -> &mut Form {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.0.extend(byte_serialize(name.as_bytes()));
        self.0.push('=');
        self.0.extend(byte_serialize(value.as_bytes()));
        self
    }

    /// Adds each of the pairs.
    pub fn add_all(&mut self, pairs: &[(&str, &str)]) -> &mut Form {
        for (name, value) in pairs {
            self.add(name, value);
        }
        self
    }

    /// The pairs of an encoded form.
    pub fn parse(encoded: &[u8]) -> Vec<(String, String)> {
        let pairs = form_urlencoded::parse(encoded);
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    /// Whether a pair of that name was added.
    pub(super) fn has(&self, name: &str) -> bool {
        form_urlencoded::parse(self.0.as_bytes()).any(|(other, _)| other == name)
    }

    /// The encoded text.
    pub fn into_string(self) -> String {
        self.0
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}
