// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Reading with a session (HTTP API v1, section 5).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use ureq::http::header::CONTENT_TYPE;

use super::{Answer, Call, Client, Form, Request, STORE_PATH, Series};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::model::Timestamp;
use crate::model::name::{self, NameKind};

/// A span of time: from the first to the last moment. An end that is `None` is left to the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// The first moment.
    pub from: Option<Timestamp>,
    /// The last moment.
    pub to: Option<Timestamp>,
}

/// A namespace, as the service describes it to those who may see it.
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// Everything else that the service says of it, keys included: do not log it.
    #[serde(flatten)]
    pub more: BTreeMap<String, serde_json::Value>,
}

impl fmt::Debug for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Namespace").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Client {
    /// The JSON text that a GET under a path answers with, checked to be JSON.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidAnswer`] where it is something else, such as an HTML page; every code of the connection and of
    /// the status.
    pub fn get_json(&self, path: &str, query: &[(&str, &str)]) -> Result<String> {
        self.get(path, query)?.into_json(path)
    }

    /// The namespaces that the user may see.
    ///
    /// # Errors
    /// As [`Client::get_json`].
    pub fn list_namespaces(&self) -> Result<Vec<Namespace>> {
        let path = "/api/v1/namespace/";
        decode(&self.get(path, &[])?, path)
    }

    /// One field's values over a span of time, oldest first.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidTimestamp`] for an end outside the years 1 to 9999; and as
    /// [`Client::get_json`].
    pub fn load_series(&self, namespace: &str, device: &str, field: &str, range: Range) -> Result<Series> {
        name::check(NameKind::Namespace, namespace)?;
        name::check(NameKind::Device, device)?;
        name::check(NameKind::Field, field)?;
        let path = format!("{STORE_PATH}{namespace}/{device}/{field}/");
        range.from.into_iter().chain(range.to).try_for_each(Timestamp::check_date)?;
        let (from, to) = (range.from.map(Timestamp::to_iso8601), range.to.map(Timestamp::to_iso8601));
        let ends = [("from", from.as_deref()), ("to", to.as_deref())];
        let query: Vec<(&str, &str)> = ends.iter().filter_map(|(name, end)| Some((*name, (*end)?))).collect();
        self.get(&path, &query)?.series(&path)
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer> {
        self.perform(self.get_call(path, query))
    }

    /// The call that asks for what is under a path, with the session's cookies.
    pub fn get_call(&self, path: &str, query: &[(&str, &str)]) -> Call {
        let mut form = Form::new();
        form.add_all(query);
        self.session_call(Request { query: form.into_string(), ..Request::get(path) })
    }
}

impl Answer {
    /// The body, checked to be JSON. `path` is for the error's text.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidAnswer`] where it is something else, such as an HTML page.
    pub fn into_json(self, path: &str) -> Result<String> {
        self.json(path)?;
        String::from_utf8(self.body).map_err(|error| not_json(path, None).because(error))
    }

    /// As [`Answer::into_json`], without taking the body out.
    ///
    /// # Errors
    /// As [`Answer::into_json`].
    pub fn json(&self, path: &str) -> Result<&str> {
        decode::<IgnoredAny>(self, path)?;
        std::str::from_utf8(&self.body).map_err(|error| not_json(path, None).because(error))
    }

    /// The series in the body. `path` is for the error's text.
    ///
    /// # Errors
    /// As [`Answer::into_json`].
    pub fn series(&self, path: &str) -> Result<Series> {
        Series::scan(&self.body).map_or_else(|| decode(self, path), Ok)
    }
}

fn decode<'a, T: Deserialize<'a>>(answer: &'a Answer, path: &str) -> Result<T> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // The parser's own words could repeat the answer, which may be long, or hold a key.
        let what = if error.is_data() { "another shape" } else { "no valid JSON" };
        let place = format!("{what} at line {} column {}", error.line(), error.column());
        not_json(path, answer.header(CONTENT_TYPE)).with_status(answer.status).because(place)
    })
}

fn not_json(path: &str, kind: Option<&str>) -> Error {
    let kind: String = kind.unwrap_or("no type").chars().take(60).collect();
    let message =
        format!("the answer of {path} is not the JSON that it should be ({kind}): check the host's name");
    Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Decode)
}
