// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How far each hour, day, week or month of a field is from its typical one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Ask, More, scalar};
use crate::error::{Error, ErrorCode, Result};
use crate::http::{STORE_PATH, Span};
use crate::model::name::{self, NameKind};

/// What the values of one group are described by, which may be left out of the comparison.
pub const DESCRIPTORS: [&str; 8] = ["count", "mean", "std", "min", "max", "50%", "25%", "75%"];

/// Into what the range is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Hours.
    Hourly,
    /// Days.
    #[default]
    Daily,
    /// Weeks.
    Weekly,
    /// Months.
    Monthly,
}

impl Grouping {
    /// The word on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::Hourly => "hourly",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// The grouping of a word, in any case.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] with the words that are known.
    pub fn parse(word: &str) -> Result<Grouping> {
        let all = [Self::Hourly, Self::Daily, Self::Weekly, Self::Monthly];
        let found = all.into_iter().find(|grouping| grouping.text().eq_ignore_ascii_case(word));
        found.ok_or_else(|| unknown("grouping", "hourly, daily, weekly or monthly"))
    }
}

/// In which order the groups are answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By time.
    #[default]
    Date,
    /// By distance.
    Distance,
}

impl Order {
    /// The word on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Distance => "distance",
        }
    }

    /// The order of a word, in any case.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] with the words that are known.
    pub fn parse(word: &str) -> Result<Order> {
        let found =
            [Self::Date, Self::Distance].into_iter().find(|order| order.text().eq_ignore_ascii_case(word));
        found.ok_or_else(|| unknown("order", "date or distance"))
    }
}

fn unknown(what: &str, words: &str) -> Error {
    Error::new(ErrorCode::InvalidArgument, format!("the {what} is {words}"))
}

/// What to compare.
#[derive(Debug, Clone, Default)]
pub struct TypicalQuery<'a> {
    /// From when to when; the last 7 days, if nothing is given.
    pub span: Span,
    /// Into what it is cut.
    pub grouping: Grouping,
    /// In which order the groups come.
    pub order: Order,
    /// Whether the values' change is compared, not the values.
    pub diff_before_analysis: bool,
    /// Whether each group comes with its description.
    pub include_descriptions: bool,
    /// What is left out of the comparison: some of [`DESCRIPTORS`].
    pub exclude_descriptors: &'a [&'a str],
}

/// How far the groups are from the typical one.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Typical {
    /// The groups.
    #[serde(deserialize_with = "scalar::or_empty")]
    pub distances: Vec<TypicalGroup>,
    /// The typical group: the median of each descriptor.
    #[serde(rename = "T_med", default, deserialize_with = "scalar::or_empty")]
    pub median: BTreeMap<String, serde_json::Value>,
    /// Everything else that the service says.
    #[serde(flatten)]
    pub more: More,
}

/// One group.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct TypicalGroup {
    /// Its name, such as its date.
    #[serde(deserialize_with = "scalar::some_text")]
    pub group_name: String,
    /// How far it is from the typical one; `None` where that cannot be told.
    #[serde(default, deserialize_with = "distance")]
    pub dist: Option<f64>,
    /// Everything else that the service says of it.
    #[serde(flatten)]
    pub more: More,
}

fn distance<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    let text = scalar::text(deserializer)?;
    Ok(text.and_then(|text| text.parse().ok()).filter(|distance: &f64| distance.is_finite()))
}

/// How far each group of a field's values is from the typical one.
///
/// # Errors
/// [`ErrorCode::InvalidName`]; [`ErrorCode::InvalidTimestamp`]; [`ErrorCode::InvalidArgument`] for an unknown descriptor or
/// a span that makes no sense.
pub fn distance_to_typical(
    namespace: &str,
    device: &str,
    field: &str,
    query: &TypicalQuery<'_>,
) -> Result<Ask<Typical>> {
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    name::check(NameKind::Field, field)?;
    if query.exclude_descriptors.iter().any(|name| !DESCRIPTORS.contains(name)) {
        return Err(unknown("descriptor", &format!("one of {}", DESCRIPTORS.join(" "))));
    }
    let path = format!("{STORE_PATH}analysis/distance_to_typical/{namespace}/{device}/{field}/");
    let mut ask = Ask::get(path);
    for (name, value) in query.span.pairs()? {
        ask = ask.with(name, &value);
    }
    ask = ask.with("grouping", query.grouping.text()).with("order", query.order.text());
    for (name, value) in [
        ("diff_before_analysis", query.diff_before_analysis),
        ("include_descriptions", query.include_descriptions),
    ] {
        ask = if value { ask.with_truth(name, true) } else { ask };
    }
    let excluded = query.exclude_descriptors.join(",");
    Ok(ask.with_some("exclude_descriptors", Some(excluded.as_str()).filter(|names| !names.is_empty())))
}
