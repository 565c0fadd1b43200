// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is asked of the service, and how its answer is read.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Result;
use crate::http::{Answer, Call, Client, Form, Method};

/// A question whose answer is a `T`. Nothing is sent before [`Client::ask`] or one of its sisters takes it.
pub struct Ask<T> {
    method: Method,
    path: String,
    pairs: Form,
    /// Tells the refusals that come with a status of success.
    check: fn(&Answer) -> Result<()>,
    read: fn(&Answer, &str) -> Result<T>,
    answer: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Ask<T> {
    /// A GET under a path.
    pub(super) fn get(path: impl Into<String>) -> Ask<T> {
        Ask {
            method: Method::Get,
            path: path.into(),
            pairs: Form::new(),
            check: |_| Ok(()),
            read: |answer, path| answer.decode(path),
            answer: PhantomData,
        }
    }

    /// A POST of a form, which will carry the session's token.
    pub(super) fn post(path: impl Into<String>) -> Ask<T> {
        Ask { method: Method::Post, ..Ask::get(path) }
    }
}

impl<T> Ask<T> {
    /// The same with one more parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Ask<T> {
        self.pairs.add(name, value);
        self
    }

    /// The same with one more parameter, if it has a value.
    pub(super) fn with_some(self, name: &str, value: Option<&str>) -> Ask<T> {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a parameter that is true or false.
    pub(super) fn with_truth(self, name: &str, value: bool) -> Ask<T> {
        self.with(name, truth(value))
    }

    /// The same for a service that refuses with a status of success.
    pub(super) fn checked(self, check: fn(&Answer) -> Result<()>) -> Ask<T> {
        Ask { check, ..self }
    }

    /// The same question, of whose answer something else is made.
    pub(super) fn map<U>(self, read: fn(&Answer, &str) -> Result<U>) -> Ask<U> {
        let Ask { method, path, pairs, check, .. } = self;
        Ask { method, path, pairs, check, read, answer: PhantomData }
    }

    /// The path that is asked, for messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What an answer to it says; for whoever carries the call out elsewhere.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidAnswer`](crate::ErrorCode::InvalidAnswer) with the place in the JSON text that does not fit; a
    /// refusal that the answer tells.
    pub fn read(&self, answer: &Answer) -> Result<T> {
        (self.check)(answer)?;
        (self.read)(answer, &self.path)
    }
}

impl Client {
    /// Asks, and gives the answer as a type.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`](crate::ErrorCode::Forbidden) without a session or for what the user may not see;
    /// [`ErrorCode::InvalidAnswer`](crate::ErrorCode::InvalidAnswer) with the place in the JSON text that does not fit; every
    /// code of the connection and of the status.
    pub fn ask<T>(&self, ask: Ask<T>) -> Result<T> {
        let answer = self.perform(self.ask_call(&ask))?;
        ask.read(&answer)
    }

    /// Asks, and gives the answer as the service wrote it, checked to be JSON.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn ask_json<T>(&self, ask: Ask<T>) -> Result<String> {
        let answer = self.perform(self.ask_call(&ask))?;
        (ask.check)(&answer)?;
        answer.into_json(&ask.path)
    }

    /// The call that asks; [`Ask::read`] reads its answer.
    pub fn ask_call<T>(&self, ask: &Ask<T>) -> Call {
        match ask.method {
            Method::Get => self.get_call_of(&ask.path, ask.pairs.clone()),
            Method::Post => self.post_call(&ask.path, ask.pairs.clone()),
        }
    }
}

/// A truth value as the API writes it.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// What is either the thing itself, or a list of it whose first one counts.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOf<T> {
    One(T),
    Listed((T,)),
}

impl<T> OneOf<T> {
    pub(super) fn into_one(self) -> T {
        match self {
            OneOf::One(one) | OneOf::Listed((one,)) => one,
        }
    }
}
