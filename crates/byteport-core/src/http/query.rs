// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Reading series, and what else answers JSON, with a session (HTTP API v1, section 5).

use std::borrow::Cow;
use std::time::Duration;

use serde::de::{DeserializeOwned, IgnoredAny};
use ureq::http::header::CONTENT_TYPE;

use super::{Answer, Call, Client, Form, Request, STORE_PATH, Series, nan};
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

/// From when to when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Between two moments.
    Between(Range),
    /// This long before now, by the service's clock: whole minutes.
    Last(Duration),
}

impl Default for Span {
    /// What the service takes where nothing is said.
    fn default() -> Span {
        Span::Between(Range::default())
    }
}

impl From<Range> for Span {
    fn from(range: Range) -> Span {
        Span::Between(range)
    }
}

impl Span {
    /// As parameters of a call.
    pub(super) fn pairs(self) -> Result<Vec<(&'static str, String)>> {
        match self {
            Span::Between(Range { from, to }) => {
                from.into_iter().chain(to).try_for_each(Timestamp::check_date)?;
                let ends = [("from", from), ("to", to)];
                let given = ends.into_iter().filter_map(|(name, end)| Some((name, end?.to_iso8601())));
                Ok(given.collect())
            }
            Span::Last(time) => {
                let (seconds, rest) = (time.as_secs(), time.subsec_nanos());
                if seconds == 0 || rest != 0 || seconds % 60 != 0 {
                    return Err(Error::new(
                        ErrorCode::InvalidArgument,
                        "the time before now must be whole minutes",
                    ));
                }
                Ok(vec![match seconds {
                    _ if seconds % 86_400 == 0 => ("timedelta_days", (seconds / 86_400).to_string()),
                    _ if seconds % 3_600 == 0 => ("timedelta_hours", (seconds / 3_600).to_string()),
                    _ => ("timedelta_minutes", (seconds / 60).to_string()),
                }])
            }
        }
    }
}

/// What the service makes of a series before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The slope at each point: between its neighbours.
    Diff,
    /// The slope, smoothed before and after.
    SmoothDiff,
    /// The running sum.
    CumSum,
}

impl Operation {
    /// The word on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::Diff => "diff",
            Self::SmoothDiff => "smooth_diff",
            Self::CumSum => "cum_sum",
        }
    }

    /// The operation of a word.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] with the words that are known.
    pub fn parse(word: &str) -> Result<Operation> {
        let found =
            [Self::Diff, Self::SmoothDiff, Self::CumSum].into_iter().find(|known| known.text() == word);
        let words = "the operation is diff, smooth_diff or cum_sum";
        found.ok_or_else(|| Error::new(ErrorCode::InvalidArgument, words))
    }
}

/// Which part of a series, and what to make of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SeriesQuery {
    /// From when to when.
    pub span: Span,
    /// A factor for the values. What else the service may take it for is not documented.
    pub scale: Option<f64>,
    /// What is made of it.
    pub operation: Option<Operation>,
}

impl From<Range> for SeriesQuery {
    fn from(range: Range) -> SeriesQuery {
        SeriesQuery { span: range.into(), ..SeriesQuery::default() }
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

    /// One field's values over a span of time, oldest first. Give a [`Range`] or a [`SeriesQuery`].
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidTimestamp`] for an end outside the years 1 to 9999;
    /// [`ErrorCode::InvalidArgument`] for a scale or span that makes no sense; and as [`Client::get_json`].
    pub fn load_series(
        &self,
        namespace: &str,
        device: &str,
        field: &str,
        query: impl Into<SeriesQuery>,
    ) -> Result<Series> {
        let (path, call) = self.series_call(namespace, device, field, query.into())?;
        self.perform(call)?.series(&path)
    }

    /// The path of a series, and the call that asks for it.
    pub(super) fn series_call(
        &self,
        namespace: &str,
        device: &str,
        field: &str,
        query: SeriesQuery,
    ) -> Result<(String, Call)> {
        name::check(NameKind::Namespace, namespace)?;
        name::check(NameKind::Device, device)?;
        name::check(NameKind::Field, field)?;
        let path = format!("{STORE_PATH}{namespace}/{device}/{field}/");
        let mut form = Form::new();
        for (name, value) in query.span.pairs()? {
            form.add(name, &value);
        }
        if let Some(scale) = query.scale {
            if !scale.is_finite() {
                return Err(Error::new(ErrorCode::InvalidArgument, "the scale must be a finite number"));
            }
            form.add("scale", &scale.to_string());
        }
        if let Some(operation) = query.operation {
            form.add("operation", operation.text());
        }
        let call = self.get_call_of(&path, form);
        Ok((path, call))
    }

    fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer> {
        self.perform(self.get_call(path, query))
    }

    /// The call that asks for what is under a path, with the session's cookies.
    pub fn get_call(&self, path: &str, query: &[(&str, &str)]) -> Call {
        let mut form = Form::new();
        form.add_all(query);
        self.get_call_of(path, form)
    }

    /// As [`Client::get_call`], with the query as a form.
    pub(super) fn get_call_of(&self, path: &str, form: Form) -> Call {
        self.session_call(Request { query: form.into_string(), ..Request::get(path) })
    }
}

impl Answer {
    /// The body, checked to be JSON; `NaN` and the infinities, which some services write, become `null`. `path` is for the
    /// error's text.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidAnswer`] where it is something else, such as an HTML page.
    pub fn into_json(self, path: &str) -> Result<String> {
        self.json(path)?;
        let text = match nan::without(&self.body) {
            Cow::Owned(text) => text,
            Cow::Borrowed(_) => self.body,
        };
        String::from_utf8(text).map_err(|error| not_json(path, None).because(error))
    }

    /// As [`Answer::into_json`], without taking the body out: as it came, with its `NaN` and infinities, if it has any.
    ///
    /// # Errors
    /// As [`Answer::into_json`].
    pub fn json(&self, path: &str) -> Result<&str> {
        self.decode::<IgnoredAny>(path)?;
        std::str::from_utf8(&self.body).map_err(|error| not_json(path, None).because(error))
    }

    /// The series in the body. `path` is for the error's text.
    ///
    /// # Errors
    /// As [`Answer::into_json`].
    pub fn series(&self, path: &str) -> Result<Series> {
        Series::scan(&self.body).map_or_else(|| self.decode(path), Ok)
    }

    /// What the body's JSON text means; `NaN` and the infinities are `null`.
    pub(super) fn decode<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        let value = decoded(&self.body).or_else(|misfit| match nan::without(&self.body) {
            Cow::Owned(text) => decoded(&text),
            Cow::Borrowed(_) => Err(misfit),
        });
        let kind = || not_json(path, self.header(CONTENT_TYPE)).with_status(self.status);
        value.map_err(|misfit| kind().because(misfit))
    }
}

/// What JSON text means, or how it does not fit.
fn decoded<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = Some(error.path().to_string()).filter(|_| error.inner().is_data());
        misfit(place, error.inner())
    })?;
    json.end().map_err(|error| misfit(None, &error))?;
    Ok(value)
}

/// Where and how JSON text does not fit. The parser's own words could repeat the answer, which may be long, or hold a key.
fn misfit(place: Option<String>, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match place {
        Some(place) => {
            let place: String = place.chars().filter(|c| !c.is_control()).take(120).collect();
            format!("{place} has another shape, at line {line} column {column}")
        }
        None => format!("no valid JSON at line {line} column {column}"),
    }
}

fn not_json(path: &str, kind: Option<&str>) -> Error {
    let kind: String = kind.unwrap_or("no type").chars().take(60).collect();
    let message =
        format!("the answer of {path} is not the JSON that it should be ({kind}): check the host's name");
    Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Decode)
}
