// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A series as a JSON answer, written while it is read.
//!
//! Invariants: at most three pages are in memory for one answer, whatever its length; between two
//! pages no connection is held; where the first page cannot be read that is the answer, and one that cannot be finished is
//! broken off ([`parts`]).

use super::Series;
use super::range::Range;
use super::writer::Writer;
use crate::answer::{Answer, Failure};
use crate::jsonp::Wrap;
use crate::parts::{self, Ended, Sender};
use crate::store::Store;

/// A range of a field that is still to be read.
type Task = Option<(i64, Range)>;

/// Answers a series.
pub async fn response(store: Store, series: Series, wrap: &Wrap) -> Answer {
    let tail = wrap.tail();
    let writer = Writer::new(series, &wrap.head())?;
    let task = writer.task();
    let begun = next(&store, writer, task).await?;
    Ok(wrap.response(parts::body(move |sender| write(store, begun, tail, sender))))
}

/// Reads the next page; gives what is left to do.
async fn next(store: &Store, mut writer: Writer, task: Task) -> Result<(Writer, Task), Failure> {
    let Some(page) = task else { return Ok((writer, None)) };
    store.read(move |connection| writer.page(connection, page).map(|rest| (writer, rest))).await
}

async fn write(
    store: Store,
    (mut writer, mut task): (Writer, Task),
    tail: &str,
    sender: Sender,
) -> Result<(), Ended> {
    while task.is_some() {
        sender.send(writer.text()).await?;
        (writer, task) = next(&store, writer, task).await?;
    }
    sender.send(writer.end(tail)?).await
}
