// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A long range of a series, a page at a time.
//!
//! Invariants: the spans of the pages follow each other without gap or overlap; a point comes once and after those before
//! it, even where the service answers in another order or more than was asked for; one page is in memory at a time, and it
//! takes at most [`PAGE_BYTES`] on the wire. The API has no pages, so a page is a span of time: it is made longer where there
//! are few points, shorter where there are many, and asked again, shorter, where they are too many or the service leaves some
//! of them out.

use std::ops::Deref;

use serde::Deserialize;

use super::manage::is_true;
use super::query::Operation;
use super::{Client, Range, Series, SeriesQuery, SeriesValues};
use crate::error::{Error, ErrorCode, Phase, Result};
use crate::model::Timestamp;

/// About how many points a page holds.
pub const PAGE_POINTS: usize = 10_000;
/// The longest answer of a page.
const PAGE_BYTES: u64 = 32 * 1024 * 1024;

/// After so many answers in a row without a point, the service cannot be walked. The longest gap before the densest crowd
/// takes about a third of them.
const MOST_EMPTY: usize = 1000;

const SECOND: i64 = 1_000_000;
/// What services keep of a time.
const MILLISECOND: i64 = 1000;
const FIRST_WIDTH: i64 = 3600 * SECOND;
/// By how much the next page's span may differ from the one before.
const STEP: i64 = 8;

/// The pages of a range, oldest first; each is a [`Series`] with at least one point. After an error there are no more:
/// [`SeriesPages::rest`] says what was not read. Values may be numbers in one page and texts in another.
/// `C` refers to the client: `&Client`, or an owner such as `Arc<Client>`.
#[derive(Debug)]
pub struct SeriesPages<C> {
    client: C,
    path: [String; 3],
    query: SeriesQuery,
    rest: Option<(i64, i64)>,
    width: i64,
    /// Up to here points have come.
    come: i64,
    has_failed: bool,
}

impl Client {
    /// Walks a long range of a field in bounded memory: see [`SeriesPages::new`].
    ///
    /// # Errors
    /// As [`SeriesPages::new`].
    pub fn series_pages(
        &self,
        path: [&str; 3],
        query: impl Into<SeriesQuery>,
    ) -> Result<SeriesPages<&Client>> {
        SeriesPages::new(self, path, query)
    }
}

impl<C: Deref<Target = Client>> SeriesPages<C> {
    /// The pages of namespace, device and field. Nothing is sent yet. The query's span needs a beginning; without an end it is
    /// now.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a span without a beginning, or with an operation, which would begin anew with each
    /// page. What [`Client::load_series`] says comes with the first page; [`ErrorCode::InvalidAnswer`] comes also where the
    /// service answers too much or no point, time and again.
    pub fn new(client: C, path: [&str; 3], query: impl Into<SeriesQuery>) -> Result<SeriesPages<C>> {
        let query = query.into();
        let no = |why| Err(Error::new(ErrorCode::InvalidArgument, why));
        let super::Span::Between(Range { from: Some(from), to }) = query.span else {
            return no("a range that is read in pages needs a beginning");
        };
        if let Some(Operation::Diff | Operation::SmoothDiff | Operation::CumSum) = query.operation {
            return no("an operation over a range needs the range in one piece: load it without pages");
        }
        let to = to.unwrap_or_else(Timestamp::now);
        from.check_date()?;
        to.check_date()?;
        let rest = Some((from.as_micros(), to.as_micros())).filter(|(from, to)| from <= to);
        let path = path.map(str::to_owned);
        // The millisecond of the beginning counts as a whole: what was stored in it may have come back as its first moment.
        let come = from.as_micros() - from.as_micros().rem_euclid(MILLISECOND) - 1;
        Ok(SeriesPages { client, path, query, rest, width: FIRST_WIDTH, come, has_failed: false })
    }

    /// What was not yet read; `None` at the end.
    pub fn rest(&self) -> Option<Range> {
        let ends = |(from, to)| [from, to].map(|end| Some(Timestamp::from_micros(end)));
        self.rest.map(ends).map(|[from, to]| Range { from, to })
    }

    /// The next page that has a point.
    fn page(&mut self) -> Result<Option<Series>> {
        for _ in 0..MOST_EMPTY {
            let Some((from, last)) = self.rest else { return Ok(None) };
            let to = end_of_page(from, self.width).min(last);
            match self.load(from, to) {
                Ok(Some(series)) => {
                    // As the beginning's, the end's millisecond counts as a whole.
                    let until = if to < last { to } else { to + (-to).rem_euclid(MILLISECOND) };
                    let series = tidied(series, self.come, until);
                    self.rest = Some((to.saturating_add(1), last)).filter(|_| to < last);
                    self.width = next_width(self.width, series.len());
                    if let Some(come) = series.times.last() {
                        self.come = *come;
                        return Ok(Some(series));
                    }
                }
                Ok(None) => self.width = shorter(from, to),
                Err(error) if error.code() == ErrorCode::AnswerTooLarge && to > from => {
                    self.width = shorter(from, to);
                }
                Err(error) => return Err(error),
            }
        }
        let message = "the service answers too much or no point, time and again: ask for a shorter range";
        Err(Error::new(ErrorCode::InvalidAnswer, message).in_phase(Phase::Receive))
    }

    /// What the service has from one moment to another; `None` where it leaves some of it out, and may do less so in less time.
    fn load(&self, from: i64, to: i64) -> Result<Option<Series>> {
        let [first, last] = [from, to].map(|end| Some(Timestamp::from_micros(end)));
        let [namespace, device, field] = &self.path;
        let query = SeriesQuery { span: Range { from: first, to: last }.into(), ..self.query };
        let (path, call) = self.client.series_call(namespace, device, field, query)?;
        let answer = self.client.perform(call.up_to(PAGE_BYTES))?;
        let series = answer.series(&path)?;
        Ok(Some(series).filter(|_| to - from < MILLISECOND || !is_reduced(&answer.body)))
    }
}

impl<C: Deref<Target = Client>> Iterator for SeriesPages<C> {
    type Item = Result<Series>;

    fn next(&mut self) -> Option<Result<Series>> {
        if self.has_failed {
            return None;
        }
        let page = self.page();
        self.has_failed = page.is_err();
        page.transpose()
    }
}

fn is_reduced(answer: &[u8]) -> bool {
    serde_json::from_slice(answer).is_ok_and(|Envelope { data }| data.ts_meta.reduced)
}

/// What an answer says of its points.
#[derive(Deserialize)]
struct Envelope {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    ts_meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    /// Whether it leaves points out.
    #[serde(default, deserialize_with = "is_true")]
    reduced: bool,
}

/// The points after one moment and up to another, oldest first.
fn tidied(series: Series, after: i64, until: i64) -> Series {
    let is_wanted = |time: &i64| *time > after && *time <= until;
    if series.times.is_sorted() && series.times.iter().all(is_wanted) {
        return series;
    }
    let Series { times, values } = series;
    let mut order: Vec<(i64, usize)> =
        times.into_iter().zip(0..).filter(|(time, _)| is_wanted(time)).collect();
    order.sort_unstable();
    let places = order.iter().map(|(_, place)| *place);
    let values = match values {
        SeriesValues::Numbers(all) => {
            SeriesValues::Numbers(places.filter_map(|place| all.get(place).copied()).collect())
        }
        SeriesValues::Texts(mut all) => {
            SeriesValues::Texts(places.filter_map(|place| all.get_mut(place).map(std::mem::take)).collect())
        }
    };
    Series { times: order.into_iter().map(|(time, _)| time).collect(), values }
}

/// How long to make a page instead of one that held too much.
fn shorter(from: i64, to: i64) -> i64 {
    ((to - from) / STEP).max(1)
}

/// The last microsecond of a page. It is the last one of a second, or of a millisecond in a short page, where no service that
/// keeps milliseconds has a value, so that it does not matter to which page it counts the end.
fn end_of_page(from: i64, width: i64) -> i64 {
    let end = from.saturating_add(width - 1);
    match [SECOND, MILLISECOND].into_iter().find(|unit| width >= 2 * unit) {
        Some(unit) => (end - end.rem_euclid(unit)).saturating_add(unit - 1),
        None => end,
    }
}

fn next_width(width: i64, points: usize) -> i64 {
    let fits = width as f64 * (PAGE_POINTS as f64 / points.max(1) as f64);
    (fits as i64).clamp((width / STEP).max(1), width.saturating_mul(STEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_and_shrink_within_bounds() {
        assert_eq!(next_width(1000, 0), 8000);
        assert_eq!(next_width(1000, PAGE_POINTS), 1000);
        assert_eq!(next_width(1000, 2 * PAGE_POINTS), 500);
        assert_eq!(next_width(1000, usize::MAX), 125);
        assert_eq!(next_width(1, usize::MAX), 1);
        assert_eq!(next_width(i64::MAX, 0), i64::MAX);
    }

    #[test]
    fn what_is_of_no_page_is_left_out_and_the_rest_is_sorted() {
        let texts = |all: &[&str]| SeriesValues::Texts(all.iter().map(|text| text.to_string()).collect());
        let series = Series { times: vec![9, 5, 3, 5, 2], values: texts(&["e", "c", "b", "d", "a"]) };
        assert_eq!(tidied(series, 2, 8), Series { times: vec![3, 5, 5], values: texts(&["b", "c", "d"]) });
        let series = Series { times: vec![3, 2], values: SeriesValues::Numbers(vec![3.0, 2.0]) };
        let sorted = Series { times: vec![2, 3], values: SeriesValues::Numbers(vec![2.0, 3.0]) };
        assert_eq!(tidied(series, 1, 3), sorted);
    }

    #[test]
    fn a_page_ends_with_a_second_or_a_millisecond() {
        assert_eq!(end_of_page(0, 3600 * SECOND), 3600 * SECOND - 1);
        assert_eq!(end_of_page(500_000, 2 * SECOND), 3 * SECOND - 1);
        assert_eq!(end_of_page(-1, 2 * SECOND), 2 * SECOND - 1);
        assert_eq!(end_of_page(500, 2500), 2999);
        assert_eq!(end_of_page(7, 1), 7);
        assert_eq!(end_of_page(i64::MAX - 5, 10 * SECOND), i64::MAX);
    }
}
