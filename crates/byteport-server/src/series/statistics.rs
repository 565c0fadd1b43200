// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/timeseries/statistics/NS/UID/FIELD/`: when a field's values were measured.
//!
//! Choices where the API is silent:
//! - All of the field's values are looked at. Those before [`WAY_PAST`], which a device stores whose clock
//!   was not set, are in the way past; those after the time of the call are in the future.
//! - `daily_activity` and the calendar hold the others, by the day in UTC, oldest first; a day without
//!   values is in neither. The percentage has two decimals.
//! - `build_calendar` (a truth value, false unless given) adds `calendar`: `{year: {month: {day: count}}}`,
//!   with the digits of the date: `{"2015": {"05": {"01": "12"}}}`.
//! - `meta` holds `path`, `len` (all values), `first` and `last` (their times, or `None`),
//!   `way_past_before` and `future_after`. Every scalar is a string.
//!
//! Invariant: a job reads so many times only, so that others get their turn, and none of the values.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use serde::Serialize;

use super::address::Address;
use super::range::{DAY, Range};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::scalar::time_or_none;
use crate::session::call::Call;
use crate::store::{Connection, Error};
use crate::values;

/// 2000-01-01T00:00:00, before Byteport was.
pub const WAY_PAST: Timestamp = Timestamp::from_micros(946_684_800_000_000);
/// How many times one job reads.
const READ: usize = 250_000;

#[derive(Serialize)]
struct Shown {
    meta: Meta,
    values_in_way_past: String,
    values_in_future: String,
    daily_activity: Vec<[String; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar: Option<Calendar>,
}

#[derive(Serialize)]
struct Meta {
    path: String,
    len: String,
    first: String,
    last: String,
    way_past_before: String,
    future_after: String,
}

/// Year, month, day, and the count of that day's values.
type Calendar = BTreeMap<String, BTreeMap<String, BTreeMap<String, String>>>;

/// What was counted.
struct Tally {
    now: i64,
    past: u64,
    future: u64,
    /// Days since 1970, in order, with the number of their values.
    days: Vec<(i64, u64)>,
    first: Option<i64>,
    last: Option<i64>,
}

/// Answers when a field's values were measured.
pub async fn load(
    State(app): State<Shared>,
    Path(names): Path<(String, String, String)>,
    call: Call,
) -> Answer {
    call.query.allow_only(&["build_calendar"])?;
    let with_calendar = call.query.flag("build_calendar")?.unwrap_or_default();
    let (address, user) = (Address::checked(names)?, call.user.id);
    let path = address.path();
    let found = app.store.look_up(move |connection| address.find(connection, user)).await?;
    let now = Timestamp::now().as_micros();
    let mut tally = Tally { now, past: 0, future: 0, days: Vec::new(), first: None, last: None };
    let mut task = found.id.map(|field| (field, Range::ALL));
    while let Some((field, range)) = task {
        let job = move |connection: &_| read(connection, field, range, tally);
        let rest;
        (tally, rest) = app.store.read(job).await?;
        task = rest.map(|range| (field, range));
    }
    call.wrap.answer(&tally.shown(path, with_calendar))
}

/// Counts the first times of a range; gives what is left of it.
fn read(
    connection: &Connection,
    field: i64,
    range: Range,
    mut tally: Tally,
) -> Result<(Tally, Option<Range>), Failure> {
    let sql = "SELECT micros FROM value WHERE field_id = ?1 AND micros BETWEEN ?2 AND ?3 ORDER BY micros";
    let (mut left, mut rest) = (READ, None);
    connection.walk(sql, values![field, range.from.as_micros(), range.to.as_micros()], |row| {
        let micros = row.get(0)?;
        tally.count(micros);
        left -= 1;
        if left > 0 {
            return Ok(ControlFlow::Continue(()));
        }
        rest = range.after(micros);
        Ok::<_, Error>(ControlFlow::Break(()))
    })?;
    Ok((tally, rest))
}

impl Tally {
    /// Counts a time that is later than the ones before.
    fn count(&mut self, micros: i64) {
        self.first.get_or_insert(micros);
        self.last = Some(micros);
        if micros < WAY_PAST.as_micros() {
            self.past += 1;
        } else if micros > self.now {
            self.future += 1;
        } else {
            let day = micros.div_euclid(DAY);
            match self.days.last_mut() {
                Some((last, count)) if *last == day => *count += 1,
                _ => self.days.push((day, 1)),
            }
        }
    }

    fn shown(self, path: String, with_calendar: bool) -> Shown {
        let most = self.days.iter().map(|(_, count)| *count).max().unwrap_or(1);
        let percent = |count| format!("{:.2}", count as f64 * 100.0 / most as f64);
        let activity = self.days.iter().map(|(day, count)| [date(*day), count.to_string(), percent(*count)]);
        let daily_activity: Vec<_> = activity.collect();
        let calendar = with_calendar.then(|| calendar(&daily_activity));
        let dated: u64 = self.days.iter().map(|(_, count)| count).sum();
        Shown {
            values_in_way_past: self.past.to_string(),
            values_in_future: self.future.to_string(),
            daily_activity,
            calendar,
            meta: Meta {
                path,
                len: (self.past + dated + self.future).to_string(),
                first: time_or_none(self.first),
                last: time_or_none(self.last),
                way_past_before: WAY_PAST.to_iso8601(),
                future_after: Timestamp::from_micros(self.now).to_iso8601(),
            },
        }
    }
}

fn calendar(activity: &[[String; 3]]) -> Calendar {
    let mut calendar = Calendar::new();
    for [date, count, _] in activity {
        let mut parts = date.splitn(3, '-').map(str::to_owned);
        if let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) {
            calendar.entry(year).or_default().entry(month).or_default().insert(day, count.clone());
        }
    }
    calendar
}

fn date(day: i64) -> String {
    let mut text = Timestamp::from_micros(day.saturating_mul(DAY)).to_iso8601();
    text.truncate(text.find('T').unwrap_or(text.len()));
    text
}
