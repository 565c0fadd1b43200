// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport read`: one series over a span of time.
//!
//! Invariants: nothing is printed before the first values are there; in CSV and JSON a long span is printed as it comes, in
//! memory that does not grow with it.

use std::io::Write as _;
use std::iter;

use byteport_core::http::{Operation, STORE_PATH, SeriesQuery, Span};
use byteport_core::model::Timestamp;
use byteport_core::{Client, Error, Range, Series};
use clap::{Args, ValueEnum};

use crate::exit::Failure;
use crate::lines::{self, Lines, Printer};
use crate::options::UserArgs;
use crate::settings::Settings;
use crate::span::{self, SpanArgs};
use crate::{address, chart, format, json, output, screen, session};

pub const EXAMPLES: &str = "\
Examples:
  byteport read my_garage.cart-44.speed --since 1h
  byteport read cart-44.speed --since 2d --format chart
  byteport read cart-44.speed --from 2026-05-01 --to 2026-05-02 --format csv >speed.csv
  byteport read cart-44.speed --since 1h --operation diff

Settings and exit status: byteport --help";

#[derive(Args)]
pub struct ReadArgs {
    /// What to read: NAMESPACE.DEVICE.FIELD, or DEVICE.FIELD of the namespace that is set
    #[arg(value_name = "NS.DEVICE.FIELD")]
    series: String,
    #[command(flatten)]
    span: SpanArgs,
    /// What the service makes of it: diff, smooth_diff or cum_sum
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// A factor for the values
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    scale: Option<f64>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    user: UserArgs,
}

/// How a series is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Two columns, time and value
    Table,
    /// RFC 4180, with a header
    Csv,
    /// A list of {"time", "value"}, one a line
    Json,
    /// A small picture, numbers only
    Chart,
    /// The service's own JSON text, which has a reference (r) for each value
    Service,
}

pub fn run(args: &ReadArgs, settings: &Settings) -> Result<(), Failure> {
    let series = address::series(&args.series, settings)?;
    let span = span::of(&args.span, Timestamp::now())?.into();
    let operation = args.operation.as_deref().map(Operation::parse).transpose()?;
    let query = SeriesQuery { span, scale: args.scale, operation };
    session::with(settings, |client| match args.format {
        Format::Table | Format::Chart => print_whole(client, &series, query, args.format),
        Format::Csv => print_lines(client, &series, query, Lines::Csv),
        Format::Json => print_lines(client, &series, query, Lines::Json),
        Format::Service => print_answer(client, &series, query),
    })
}

/// The values, a page at a time; in one where an operation is asked for, which would begin anew with each page.
fn pages<'a>(
    client: &'a Client,
    series: &address::Series<'_>,
    query: SeriesQuery,
) -> Result<Box<dyn Iterator<Item = Result<Series, Error>> + 'a>, Error> {
    let path @ [namespace, device, field] = [series.namespace, series.device, series.field];
    if query.operation.is_some() {
        return Ok(Box::new(iter::once(client.load_series(namespace, device, field, query))));
    }
    Ok(Box::new(client.series_pages(path, query)?))
}

fn print_whole(
    client: &Client,
    series: &address::Series<'_>,
    query: SeriesQuery,
    format: Format,
) -> Result<(), Failure> {
    let whole = lines::join(pages(client, series, query)?.collect::<Result<_, _>>()?);
    read(whole.len());
    if whole.is_empty() {
        screen::say(&format!("{} has no value in this span of time", series.guid()));
    }
    let mut out = output::open()?;
    match format {
        Format::Chart => out.write_all(chart::draw(&series.guid(), &whole, screen::width())?.as_bytes())?,
        _ => format::table(&mut out, &whole)?,
    }
    Ok(out.flush()?)
}

fn print_lines(
    client: &Client,
    series: &address::Series<'_>,
    query: SeriesQuery,
    format: Lines,
) -> Result<(), Failure> {
    let mut pages = pages(client, series, query)?;
    let first = pages.next().transpose()?;
    let mut printer = Printer::begin(output::open()?, format, output::is_terminal())?;
    let mut count = 0;
    for page in first.into_iter().map(Ok).chain(pages) {
        let page = page?;
        printer.page(&page)?;
        count += page.len();
    }
    printer.end()?;
    read(count);
    Ok(())
}

fn read(count: usize) {
    log::info!(target: "byteport::read", "read {count} values");
}

/// The answer as it is: what else it says of each value is found nowhere else.
fn print_answer(client: &Client, series: &address::Series<'_>, query: SeriesQuery) -> Result<(), Failure> {
    let mut pairs = Vec::new();
    if let Span::Between(Range { from, to }) = query.span {
        let ends = [("from", from), ("to", to)];
        pairs.extend(ends.into_iter().filter_map(|(name, end)| Some((name, end?.to_iso8601()))));
    }
    pairs.extend(query.scale.map(|scale| ("scale", scale.to_string())));
    pairs.extend(query.operation.map(|operation| ("operation", operation.text().to_owned())));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let path = format!("{STORE_PATH}{}/{}/{}/", series.namespace, series.device, series.field);
    let text = client.get_json(&path, &pairs)?;
    let mut out = output::open()?;
    json::write(&mut out, &text, json::Style { pretty: output::is_terminal(), hide_secrets: false })?;
    Ok(out.flush()?)
}
