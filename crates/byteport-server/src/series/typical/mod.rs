// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/timeseries/analysis/distance_to_typical/NS/UID/FIELD/`: how far each period's
//! numbers are from what is typical.
//!
//! Choices where the API is silent:
//! - `grouping` is `daily` unless given; the periods are those of UTC ([`period`]). A period without a number
//!   is no group, as pandas' empty groups are once they are dropped.
//! - `order` is `date` unless given: oldest first; `distance` is the farthest first.
//! - `diff_before_analysis` describes what each number is more than the one before it (pandas'
//!   `diff()`); the first number of the range has none before it.
//! - The standard deviation of one number is not a number, and `null` in the answer. It is left out of
//!   the median and of the distance, which is what pandas does by default ([`describe`]).
//! - `exclude_descriptors` takes figures out of the distance, `T_med` and the descriptions; one must be left.
//! - `include_descriptions` adds `descriptions`: the figures of each group by its name.
//! - Values that are not numbers are left out and counted: `conversion_errors`.
//! - Figures and distances are JSON numbers; every other scalar is a string.
//!
//! Invariant: [`AT_ONCE`] analyses at a time, so their memory is bounded ([`groups`]).

pub mod describe;
pub mod groups;
pub mod period;

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use serde::Serialize;
use tokio::sync::Semaphore;

use super::address::Address;
use super::range::{DAY, PARAMETERS, Range};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::scalar::truth;
use crate::session::call::Call;
use crate::store::Store;
use describe::{Figures, NAMES, distance, typical};
use groups::Groups;
use period::Grouping;

/// Analyses that may run at the same time; others wait.
pub const AT_ONCE: usize = 2;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Date,
    Distance,
}

/// What is asked for.
struct Question {
    range: Range,
    grouping: Grouping,
    order: Order,
    of_differences: bool,
    with_descriptions: bool,
    /// Which figures count.
    counts: [bool; 8],
}

#[derive(Serialize)]
struct Shown<'a> {
    distances: Vec<Distance<'a>>,
    #[serde(rename = "T_med")]
    median: Named,
    #[serde(skip_serializing_if = "Option::is_none")]
    descriptions: Option<BTreeMap<&'a str, Named>>,
    meta: Meta,
}

/// Figures by their names.
type Named = BTreeMap<&'static str, f64>;

#[derive(Serialize)]
struct Distance<'a> {
    group_name: &'a str,
    dist: f64,
}

#[derive(Serialize)]
struct Meta {
    path: String,
    from: String,
    to: String,
    seconds: String,
    grouping: &'static str,
    order: &'static str,
    diff_before_analysis: &'static str,
    len: String,
    conversion_errors: String,
}

/// Answers how far each period's numbers are from what is typical.
pub async fn load(
    State(app): State<Shared>,
    Path(names): Path<(String, String, String)>,
    call: Call,
) -> Answer {
    let question = Question::from_query(&call.query)?;
    let (address, user) = (Address::checked(names)?, call.user.id);
    let path = address.path();
    let found = app.store.look_up(move |connection| address.find(connection, user)).await?;
    let turn = TURNS.acquire().await.map_err(|error| Failure::internal("analyses", error))?;
    let groups = analyse(&app.store, found.id, &question).await?;
    drop(turn);
    call.wrap.answer(&question.shown(&groups, path))
}

async fn analyse(store: &Store, field: Option<i64>, question: &Question) -> Result<Groups, Failure> {
    let mut groups = Groups::new(question.grouping, question.of_differences);
    let mut task = field.map(|field| (field, question.range));
    while let Some((field, range)) = task {
        let job = move |connection: &_| groups.read(connection, field, range).map(|rest| (groups, rest));
        let rest;
        (groups, rest) = store.read(job).await?;
        task = rest.map(|range| (field, range));
    }
    Ok(groups)
}

impl Question {
    fn from_query(query: &Form) -> Result<Self, Failure> {
        let own =
            ["grouping", "order", "diff_before_analysis", "include_descriptions", "exclude_descriptors"];
        query.allow_only(&[&PARAMETERS[..], &own].concat())?;
        let orders = [("date", Order::Date), ("distance", Order::Distance)];
        Ok(Self {
            range: Range::from_query(query, 7 * DAY)?,
            grouping: query.word("grouping", &Grouping::WORDS)?.unwrap_or(Grouping::Daily),
            order: query.word("order", &orders)?.unwrap_or(Order::Date),
            of_differences: query.flag("diff_before_analysis")?.unwrap_or_default(),
            with_descriptions: query.flag("include_descriptions")?.unwrap_or_default(),
            counts: counts(query.single("exclude_descriptors")?.unwrap_or_default())?,
        })
    }

    fn shown<'a>(&self, groups: &'a Groups, path: String) -> Shown<'a> {
        let median = typical(&groups.figures);
        let named = groups.names.iter().map(String::as_str).zip(&groups.figures);
        let far = |figures| distance(figures, &median, &self.counts);
        let distances =
            named.clone().map(|(name, figures)| Distance { group_name: name, dist: far(figures) });
        let mut distances: Vec<_> = distances.collect();
        if self.order == Order::Distance {
            distances.sort_by(|one, other| other.dist.total_cmp(&one.dist));
        }
        let descriptions = || named.map(|(name, figures)| (name, self.named(figures))).collect();
        Shown {
            distances,
            median: self.named(&median),
            descriptions: self.with_descriptions.then(descriptions),
            meta: self.meta(groups, path),
        }
    }

    /// The figures that count.
    fn named(&self, figures: &Figures) -> Named {
        let named = NAMES.into_iter().zip(*figures).zip(self.counts);
        named.filter(|(_, counts)| *counts).map(|(figure, _)| figure).collect()
    }

    fn meta(&self, groups: &Groups, path: String) -> Meta {
        Meta {
            path,
            from: self.range.from.to_iso8601(),
            to: self.range.to.to_iso8601(),
            seconds: format!("{:?}", self.range.seconds()),
            grouping: self.grouping.word(),
            order: if self.order == Order::Date { "date" } else { "distance" },
            diff_before_analysis: truth(self.of_differences),
            len: groups.count.to_string(),
            conversion_errors: groups.left_out.to_string(),
        }
    }
}

/// Which figures are left when those of a comma list are taken out.
fn counts(list: &str) -> Result<[bool; 8], Failure> {
    let excluded: Vec<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if let Some(name) = excluded.iter().find(|name| !NAMES.contains(name)) {
        let reason = format!("exclude_descriptors: {} is not one of {}", shown(name), NAMES.join(", "));
        return Err(Failure::bad(reason));
    }
    let counts = NAMES.map(|name| !excluded.contains(&name));
    if counts.contains(&true) {
        return Ok(counts);
    }
    Err(Failure::bad("exclude_descriptors leaves no descriptor"))
}
