// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! How much a field holds, and of which days.

use serde::Deserialize;

use super::{Ask, More, scalar};
use crate::error::Result;
use crate::http::STORE_PATH;
use crate::model::name::{self, NameKind};

/// What a field holds, by days.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Statistics {
    /// Values with a time that is too old to be true.
    #[serde(default, deserialize_with = "scalar::count")]
    pub values_in_way_past: Option<u64>,
    /// Values with a time that is yet to come.
    #[serde(default, deserialize_with = "scalar::count")]
    pub values_in_future: Option<u64>,
    /// The days on which there are values, as the service orders them.
    #[serde(default, deserialize_with = "scalar::or_empty")]
    pub daily_activity: Vec<Day>,
    /// The days as a calendar, if it was asked for; its shape is not documented.
    #[serde(default)]
    pub calendar: Option<serde_json::Value>,
    /// Everything else that the service says.
    #[serde(flatten)]
    pub more: More,
}

/// One day of a field.
#[derive(Debug, Clone, Deserialize)]
pub struct Day {
    /// The date, `2015-05-01`.
    #[serde(deserialize_with = "scalar::some_text")]
    pub date: String,
    /// How many values it has.
    #[serde(deserialize_with = "scalar::count")]
    pub count: Option<u64>,
    /// That in percent of the most active day's.
    #[serde(deserialize_with = "scalar::number")]
    pub percent: Option<f64>,
}

/// What a field holds; with `build_calendar` also as a calendar.
///
/// # Errors
/// [`ErrorCode::InvalidName`](crate::ErrorCode::InvalidName).
pub fn statistics(
    namespace: &str,
    device: &str,
    field: &str,
    build_calendar: bool,
) -> Result<Ask<Statistics>> {
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    name::check(NameKind::Field, field)?;
    let ask = Ask::get(format!("{STORE_PATH}statistics/{namespace}/{device}/{field}/"));
    Ok(if build_calendar { ask.with_truth("build_calendar", true) } else { ask })
}
