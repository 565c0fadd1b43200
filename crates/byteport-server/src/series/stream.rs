// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A series as a JSON answer, written while it is read.
//!
//! Invariants: at most two pages are in memory for one answer, whatever its length; between two
//! pages no connection is held; an answer that cannot be finished is broken off, so that it is
//! never taken for a whole one.

use std::fmt::Write as _;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::body::Frame;
use serde::Serialize;
use tokio::sync::mpsc;

use super::page::{self, Page, Point};
use super::{Kind, Series, number};
use crate::answer::Failure;
use crate::journal;
use crate::jsonp::{Wrap, to_text};
use crate::store::Store;

#[derive(Serialize)]
struct Meta<'a> {
    path: &'a str,
    from: String,
    to: String,
    seconds: f64,
    len: u64,
    orig_len: u64,
    data_type: &'static str,
    conversion_errors: u64,
    reduced: bool,
}

/// Answers a series.
pub fn response(store: Store, series: Series, wrap: &Wrap) -> Response {
    let (sender, receiver) = mpsc::channel(1);
    let (head, tail) = (wrap.head(), wrap.tail());
    tokio::spawn(async move {
        match write(&store, &series, &sender, (head, tail)).await {
            Ok(()) => {}
            Err(Ended::Gone) => {
                journal::debug(format_args!("an answer was broken off: the client went away"))
            }
            Err(Ended::Failed(failure)) => {
                journal::warn(format_args!("an answer was broken off: {}", failure.reason()));
            }
        }
    });
    wrap.response(Body::new(Pages { receiver, is_whole: false }))
}

/// Why an answer is not whole.
enum Ended {
    /// Nobody takes it any more.
    Gone,
    /// It cannot be read.
    Failed(Failure),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// The points of an answer so far.
#[derive(Default)]
struct Tally {
    answered: u64,
    left_out: u64,
    /// Those that were answered as text in a series of numbers.
    texts: u64,
}

async fn write(
    store: &Store,
    series: &Series,
    sender: &mpsc::Sender<Part>,
    (head, tail): (String, &str),
) -> Result<(), Ended> {
    let path = to_text(&series.path)?;
    let mut text = format!("{head}{{\"meta\":{{\"path\":{path}}},\"data\":{{\"ts_data\":[");
    let mut rest = series.field.map(|field| (field, series.range));
    let mut tally = Tally::default();
    while let Some((field, range)) = rest {
        let page: Page = store.read(move |connection| page::read(connection, field, range)).await?;
        for point in &page.points {
            append(&mut text, point, series, &mut tally)?;
        }
        send(sender, Part::Text(std::mem::take(&mut text))).await?;
        rest = page.rest.map(|range| (field, range));
    }
    let meta = to_text(&meta(series, &tally))?;
    send(sender, Part::Text(format!("{text}],\"ts_meta\":{meta}}}}}{tail}"))).await?;
    send(sender, Part::End).await
}

/// Writes a point, or counts it where it is no number and a definition says that it should be.
fn append(text: &mut String, point: &Point, series: &Series, tally: &mut Tally) -> Result<(), Failure> {
    // The beginning of a long text may look like a number.
    let number = match series.kind {
        Kind::Number if !point.is_cut() => number::to_json(&point.text),
        _ => None,
    };
    let value = match number {
        Some(number) => number,
        None if series.kind == Kind::Number && series.is_defined => {
            tally.left_out += 1;
            return Ok(());
        }
        None => {
            tally.texts += u64::from(series.kind == Kind::Number);
            to_text(&point.text)?
        }
    };
    let is_first = tally.answered == 0;
    tally.answered += 1;
    let (time, micros) = (point.time.to_iso8601(), point.time.as_micros());
    let (comma, cut, length) = (if is_first { "" } else { "," }, point.is_cut(), point.length);
    let meta = format!("{{\"trv\":{cut},\"vlen\":{length},\"hdts\":\"{micros}\"}}");
    let written = write!(text, "{comma}{{\"t\":\"{time}\",\"v\":{value},\"r\":\"{micros}\",\"m\":{meta}}}");
    written.map_err(|error| Failure::internal("answer", error))
}

fn meta<'a>(series: &'a Series, tally: &Tally) -> Meta<'a> {
    let orig_len = tally.answered + tally.left_out;
    let data_type = match series.kind {
        _ if orig_len == 0 && !series.is_defined => "None",
        _ if tally.texts > 0 => Kind::Text.word(),
        kind => kind.word(),
    };
    Meta {
        path: &series.path,
        from: series.range.from.to_iso8601(),
        to: series.range.to.to_iso8601(),
        seconds: series.range.seconds(),
        len: tally.answered,
        orig_len,
        data_type,
        conversion_errors: tally.left_out,
        reduced: false,
    }
}

async fn send(sender: &mpsc::Sender<Part>, part: Part) -> Result<(), Ended> {
    sender.send(part).await.map_err(|_| Ended::Gone)
}

/// What goes from the task that reads to the one that answers.
enum Part {
    /// The answer's next text.
    Text(String),
    /// The answer is whole.
    End,
}

/// Why a body ends before its end.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the answer was broken off")
    }
}

impl std::error::Error for Broken {}

/// A body that is what comes through a channel; without the part that says that it is whole, it
/// ends as an error.
struct Pages {
    receiver: mpsc::Receiver<Part>,
    is_whole: bool,
}

impl hyper::body::Body for Pages {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if self.is_whole {
            return Poll::Ready(None);
        }
        let next = match ready!(self.receiver.poll_recv(context)) {
            Some(Part::Text(text)) => Some(Ok(Frame::data(text.into()))),
            Some(Part::End) => {
                self.is_whole = true;
                None
            }
            None => Some(Err(Broken)),
        };
        Poll::Ready(next)
    }
}
