// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is asked of the service, and how its answer is read.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorCode, Phase, Result};
use crate::http::{Answer, Call, Client, Form, Method};

/// A question whose answer is a `T`. Nothing is sent before [`Client::ask`] or one of its sisters takes it.
pub struct Ask<T> {
    question: Question,
    answer: PhantomData<fn() -> T>,
}

/// What is asked, whatever the answer is read as.
pub struct Question {
    method: Method,
    path: String,
    pairs: Form,
    /// Tells the refusals that come with a status of success.
    check: fn(&Answer) -> Result<()>,
    /// The device that the answer is about, where it is about one.
    uid: Option<String>,
}

/// What an answer can be read as. It is looked for where the answer is read, so that a program that only hands the text on
/// has no reader in it.
pub trait FromAnswer: Sized {
    /// Reads the answer to a question.
    ///
    /// # Errors
    /// As [`Ask::read`].
    fn from_answer(answer: &Answer, question: &Question) -> Result<Self>;
}

/// What an answer is as it stands.
macro_rules! as_it_stands {
    ($($answer:ty),* $(,)?) => {$(
        impl FromAnswer for $answer {
            fn from_answer(answer: &Answer, question: &Question) -> Result<Self> {
                answer.decode(question.path())
            }
        }
    )*};
}

as_it_stands!(
    serde_json::Value,
    super::More,
    Vec<super::Namespace>,
    super::Activity,
    Vec<super::DeviceType>,
    Vec<super::Firmware>,
    Vec<super::FieldDefinition>,
    Vec<super::Message>,
    super::StoredValue,
    super::Statistics,
    super::Typical,
);

impl Question {
    /// The path that is asked, for messages.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The device that the answer is about, where it is about one.
    pub(super) fn uid(&self) -> Option<&str> {
        self.uid.as_deref()
    }

    fn call(&self, client: &Client) -> Call {
        match self.method {
            Method::Get => client.get_call_of(&self.path, self.pairs.clone()),
            Method::Post => client.post_call(&self.path, self.pairs.clone()),
        }
    }

    fn json(&self, client: &Client) -> Result<String> {
        let answer = client.perform(self.call(client))?;
        (self.check)(&answer)?;
        answer.into_json(&self.path)
    }
}

impl<T> Ask<T> {
    /// A GET under a path.
    pub(super) fn get(path: impl Into<String>) -> Ask<T> {
        let (path, pairs) = (path.into(), Form::new());
        let question = Question { method: Method::Get, path, pairs, check: |_| Ok(()), uid: None };
        Ask { question, answer: PhantomData }
    }

    /// A POST of a form, which will carry the session's token.
    pub(super) fn post(path: impl Into<String>) -> Ask<T> {
        let mut ask = Ask::get(path);
        ask.question.method = Method::Post;
        ask
    }

    /// The same with one more parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Ask<T> {
        self.question.pairs.add(name, value);
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
    pub(super) fn checked(mut self, check: fn(&Answer) -> Result<()>) -> Ask<T> {
        self.question.check = check;
        self
    }

    /// The same question, whose answer is about this device.
    pub(super) fn about<U>(mut self, uid: &str) -> Ask<U> {
        self.question.uid = Some(uid.to_owned());
        Ask { question: self.question, answer: PhantomData }
    }

    /// The path that is asked, for messages.
    pub fn path(&self) -> &str {
        &self.question.path
    }

    /// What an answer to it says; for whoever carries the call out elsewhere.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidAnswer`](crate::ErrorCode::InvalidAnswer) with the place in the JSON text that does not fit; a
    /// refusal that the answer tells.
    pub fn read(&self, answer: &Answer) -> Result<T>
    where
        T: FromAnswer,
    {
        (self.question.check)(answer)?;
        T::from_answer(answer, &self.question)
    }
}

impl Client {
    /// Asks, and gives the answer as a type.
    ///
    /// # Errors
    /// [`ErrorCode::Forbidden`](crate::ErrorCode::Forbidden) without a session or for what the user may not see;
    /// [`ErrorCode::InvalidAnswer`](crate::ErrorCode::InvalidAnswer) with the place in the JSON text that does not fit; every
    /// code of the connection and of the status.
    pub fn ask<T: FromAnswer>(&self, ask: Ask<T>) -> Result<T> {
        let answer = self.perform(self.ask_call(&ask))?;
        ask.read(&answer)
    }

    /// Asks, and gives the answer as the service wrote it, checked to be JSON.
    ///
    /// # Errors
    /// As [`Client::ask`].
    pub fn ask_json<T>(&self, ask: Ask<T>) -> Result<String> {
        ask.question.json(self)
    }

    /// The call that asks; [`Ask::read`] reads its answer.
    pub fn ask_call<T>(&self, ask: &Ask<T>) -> Call {
        ask.question.call(self)
    }
}

/// A truth value as the API writes it.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// What an answer says, be it the thing itself or a list of it.
pub(super) fn one_or_more<T: DeserializeOwned>(answer: &Answer, path: &str) -> Result<Vec<T>> {
    if answer.body.trim_ascii_start().first() == Some(&b'[') {
        return answer.decode(path);
    }
    Ok(vec![answer.decode(path)?])
}

/// An answer that should name something is an empty list.
pub(super) fn empty(path: &str) -> Error {
    Error::new(ErrorCode::InvalidAnswer, format!("the answer of {path} is an empty list"))
        .in_phase(Phase::Decode)
}
