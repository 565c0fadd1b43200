// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport stats` and `byteport typical`: what a field holds, and which of its days are unlike the others.

use byteport_core::http::{Range, Span};
use byteport_core::manage::{self, Grouping, Order, TypicalQuery};
use byteport_core::model::Timestamp;
use clap::Args;
use serde_json::Value;

use crate::exit::Failure;
use crate::listing::{Format, ListArgs, Listing, Row, list, row};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::span::{self, SpanArgs};
use crate::{address, screen, session};

const DISTANCES: &[&str] = &["group_name", "dist"];
const DESCRIBED: &[&str] = &["group_name", "dist", "count", "mean", "std", "min", "25%", "50%", "75%", "max"];

#[derive(Args)]
pub struct StatsArgs {
    /// The field
    #[arg(value_name = "NS.DEVICE.FIELD")]
    series: String,
    /// With the days as a calendar, which JSON alone can show
    #[arg(long)]
    calendar: bool,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

#[derive(Args)]
pub struct TypicalArgs {
    /// The field
    #[arg(value_name = "NS.DEVICE.FIELD")]
    series: String,
    /// Into what the time is cut: hourly, daily, weekly or monthly
    #[arg(long, value_name = "GROUPING", default_value = "daily")]
    grouping: String,
    /// By what the groups are ordered: date or distance
    #[arg(long, value_name = "ORDER", default_value = "date")]
    order: String,
    /// Compare the values' change, not the values
    #[arg(long)]
    diff: bool,
    /// With what describes each group, and last the typical one
    #[arg(long)]
    describe: bool,
    /// What not to compare: some of count,mean,std,min,max,50%,25%,75%
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    exclude: Vec<String>,
    #[command(flatten)]
    span: SpanArgs,
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    user: UserArgs,
}

pub fn stats(args: &StatsArgs, settings: &Settings) -> Result<(), Failure> {
    let series = address::series(&args.series, settings)?;
    if args.calendar && args.list.format != Format::Json {
        return Err(Failure::input("a calendar is no table: use --calendar with --format json"));
    }
    let ask = manage::statistics(series.namespace, series.device, series.field, args.calendar)?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    if args.list.format == Format::Table {
        warn(&text);
    }
    Listing { text: &text, columns: &["date", "count", "percent"], rows: days, secrets: false }
        .print(&args.list)
}

/// Values with times that cannot be are none of the days'.
fn warn(text: &str) {
    let answer: Value = serde_json::from_str(text).unwrap_or_default();
    for (key, what) in [("values_in_way_past", "long past"), ("values_in_future", "yet to come")] {
        let count = answer.get(key).map(|count| count.to_string().replace('"', "")).unwrap_or_default();
        if !matches!(count.as_str(), "" | "0" | "None" | "null") {
            screen::say(&format!("{count} values have a time that is {what}"));
        }
    }
}

fn days(mut answer: Value) -> Option<Vec<Row>> {
    let Value::Array(days) = answer.get_mut("daily_activity")?.take() else { return None };
    let day = |day: Value| {
        let Value::Array(parts) = day else { return row(day, "date") };
        ["date", "count", "percent"].into_iter().map(str::to_owned).zip(parts).collect()
    };
    Some(days.into_iter().map(day).collect())
}

pub fn typical(args: &TypicalArgs, settings: &Settings) -> Result<(), Failure> {
    let series = address::series(&args.series, settings)?;
    let exclude: Vec<&str> = args.exclude.iter().map(String::as_str).collect();
    let query = TypicalQuery {
        span: if args.span.is_given() { range(&args.span)?.into() } else { Span::default() },
        grouping: Grouping::parse(&args.grouping)?,
        order: Order::parse(&args.order)?,
        diff_before_analysis: args.diff,
        include_descriptions: args.describe,
        exclude_descriptors: &exclude,
    };
    let ask = manage::distance_to_typical(series.namespace, series.device, series.field, &query)?;
    let text = session::with(settings, |client| Ok(client.ask_json(ask)?))?;
    Listing {
        text: &text,
        columns: if args.describe { DESCRIBED } else { DISTANCES },
        rows: groups,
        secrets: false,
    }
    .print(&args.list)
}

fn range(args: &SpanArgs) -> Result<Range, Failure> {
    Ok(span::of(args, Timestamp::now())?)
}

/// The groups, each with its description where there are any, and last the typical one.
fn groups(mut answer: Value) -> Option<Vec<Row>> {
    let mut rows = list(answer.get_mut("distances")?.take())?;
    let Some(Value::Object(mut descriptions)) = answer.get_mut("descriptions").map(Value::take) else {
        return Some(rows);
    };
    for group in &mut rows {
        let name = group.get("group_name").and_then(Value::as_str).unwrap_or_default();
        if let Some(Value::Object(described)) = descriptions.remove(name) {
            group.extend(described);
        }
    }
    let mut typical = row(answer.get_mut("T_med")?.take(), "T_med");
    typical.insert("group_name".to_owned(), "typical".into());
    rows.push(typical);
    Some(rows)
}
