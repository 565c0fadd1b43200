// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A long range of a series, a page at a time.
//!
//! Invariants: pages follow each other without gap or overlap, whatever each holds; one page is in memory at a time, and it
//! takes at most [`PAGE_BYTES`] on the wire. The API has no pages, so a page is a span of time: it is made longer where there
//! are few points, shorter where there are many, and asked again, shorter, where they are too many.

use super::query::Operation;
use super::{Client, Range, Series, SeriesQuery};
use crate::error::{Error, ErrorCode, Result};
use crate::model::Timestamp;

/// About how many points a page holds.
pub const PAGE_POINTS: usize = 10_000;
/// The longest answer of a page.
const PAGE_BYTES: u64 = 32 * 1024 * 1024;

const SECOND: i64 = 1_000_000;
const FIRST_WIDTH: i64 = 3600 * SECOND;
/// By how much the next page's span may differ from the one before.
const STEP: i64 = 8;

/// The pages of a range, oldest first; each is a [`Series`] with at least one point. After an error there are no more:
/// [`SeriesPages::rest`] says what was not read. Values may be numbers in one page and texts in another.
#[derive(Debug)]
pub struct SeriesPages<'a> {
    client: &'a Client,
    path: [String; 3],
    query: SeriesQuery,
    rest: Option<(i64, i64)>,
    width: i64,
    has_failed: bool,
}

impl Client {
    /// Walks a long range of a field in bounded memory. The query's span needs a beginning; without an end it is now.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidArgument`] for a span without a beginning, or with a `diff` or `cum_sum`, which would
    /// begin anew with each page. What [`Client::load_series`] says comes with the first page.
    pub fn series_pages(
        &self,
        [namespace, device, field]: [&str; 3],
        query: impl Into<SeriesQuery>,
    ) -> Result<SeriesPages<'_>> {
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
        let path = [namespace, device, field].map(str::to_owned);
        Ok(SeriesPages { client: self, path, query, rest, width: FIRST_WIDTH, has_failed: false })
    }
}

impl SeriesPages<'_> {
    /// What was not yet read; `None` at the end.
    pub fn rest(&self) -> Option<Range> {
        let ends = |(from, to)| [from, to].map(|end| Some(Timestamp::from_micros(end)));
        self.rest.map(ends).map(|[from, to]| Range { from, to })
    }

    /// The next page that has a point.
    fn page(&mut self) -> Result<Option<Series>> {
        while let Some((from, last)) = self.rest {
            let to = end_of_page(from, self.width).min(last);
            match self.load(from, to) {
                Ok(series) => {
                    self.rest = Some((to.saturating_add(1), last)).filter(|_| to < last);
                    self.width = next_width(self.width, series.len());
                    if !series.is_empty() {
                        return Ok(Some(series));
                    }
                }
                Err(error) if error.code() == ErrorCode::AnswerTooLarge && to > from => {
                    self.width = ((to - from) / STEP).max(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn load(&self, from: i64, to: i64) -> Result<Series> {
        let [from, to] = [from, to].map(|end| Some(Timestamp::from_micros(end)));
        let [namespace, device, field] = &self.path;
        let query = SeriesQuery { span: Range { from, to }.into(), ..self.query };
        let (path, call) = self.client.series_call(namespace, device, field, query)?;
        self.client.perform(call.up_to(PAGE_BYTES))?.series(&path)
    }
}

impl Iterator for SeriesPages<'_> {
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

/// The last microsecond of a page. It is the last one of a second, where no service that keeps milliseconds has a value, so
/// that it does not matter to which page it counts the end.
fn end_of_page(from: i64, width: i64) -> i64 {
    let end = from.saturating_add(width - 1);
    if width < 2 * SECOND { end } else { (end - end.rem_euclid(SECOND)).saturating_add(SECOND - 1) }
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
    fn a_page_ends_within_its_second() {
        assert_eq!(end_of_page(0, 3600 * SECOND), 3600 * SECOND - 1);
        assert_eq!(end_of_page(500_000, 2 * SECOND), 3 * SECOND - 1);
        assert_eq!(end_of_page(-1, 2 * SECOND), 2 * SECOND - 1);
        assert_eq!(end_of_page(7, 1), 7);
        assert_eq!(end_of_page(i64::MAX - 5, 10 * SECOND), i64::MAX);
    }
}
