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
        if let Err(failure) = write(&store, &series, &sender, (head, tail)).await {
            journal::warn(format_args!("an answer was broken off: {}", failure.reason()));
        }
    });
    wrap.response(Body::new(Pages { receiver, is_whole: false }))
}

async fn write(
    store: &Store,
    series: &Series,
    sender: &mpsc::Sender<Part>,
    (head, tail): (String, &str),
) -> Result<(), Failure> {
    let path = to_text(&series.path)?;
    let mut text = format!("{head}{{\"meta\":{{\"path\":{path}}},\"data\":{{\"ts_data\":[");
    let mut rest = series.field.map(|field| (field, series.range));
    let (mut length, mut errors) = (0, 0);
    while let Some((field, range)) = rest {
        let page: Page = store.read(move |connection| page::read(connection, field, range)).await?;
        for point in &page.points {
            match append(&mut text, point, series.kind, length == 0)? {
                true => length += 1,
                false => errors += 1,
            }
        }
        send(sender, Part::Text(std::mem::take(&mut text))).await?;
        rest = page.rest.map(|range| (field, range));
    }
    let meta = to_text(&meta(series, length, errors))?;
    send(sender, Part::Text(format!("{text}],\"ts_meta\":{meta}}}}}{tail}"))).await?;
    send(sender, Part::End).await
}

/// Writes a point; false where it is no number and should be one.
fn append(text: &mut String, point: &Point, kind: Kind, is_first: bool) -> Result<bool, Failure> {
    let value = match kind {
        Kind::Number => number::to_json(&point.text),
        _ => Some(to_text(&point.text)?),
    };
    let Some(value) = value else { return Ok(false) };
    let (time, micros) = (point.time.to_iso8601(), point.time.as_micros());
    let (comma, cut, length) = (if is_first { "" } else { "," }, point.is_cut(), point.length);
    let meta = format_args!("{{\"trv\":{cut},\"vlen\":{length},\"hdts\":\"{micros}\"}}");
    let written = write!(text, "{comma}{{\"t\":\"{time}\",\"v\":{value},\"r\":\"{micros}\",\"m\":{meta}}}");
    written.map_err(|error| Failure::internal("answer", error))?;
    Ok(true)
}

fn meta(series: &Series, len: u64, conversion_errors: u64) -> Meta<'_> {
    Meta {
        path: &series.path,
        from: series.range.from.to_iso8601(),
        to: series.range.to.to_iso8601(),
        seconds: series.range.seconds(),
        len,
        orig_len: len + conversion_errors,
        data_type: series.kind.word(),
        conversion_errors,
        reduced: false,
    }
}

async fn send(sender: &mpsc::Sender<Part>, part: Part) -> Result<(), Failure> {
    sender.send(part).await.map_err(|_| Failure::bad("the client went away"))
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
