// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! A series as a JSON answer, written while it is read.
//!
//! Invariants: at most three pages are in memory for one answer, whatever its length; between two
//! pages no connection is held; an answer that cannot be finished is broken off ([`parts`]).

use axum::response::Response;

use super::Series;
use super::writer::Writer;
use crate::jsonp::Wrap;
use crate::parts::{self, Ended, Sender};
use crate::store::Store;

/// Answers a series.
pub fn response(store: Store, series: Series, wrap: &Wrap) -> Response {
    let ends = (wrap.head(), wrap.tail());
    wrap.response(parts::body(move |sender| write(store, series, ends, sender)))
}

async fn write(
    store: Store,
    series: Series,
    (head, tail): (String, &str),
    sender: Sender,
) -> Result<(), Ended> {
    let mut writer = Writer::new(series, &head)?;
    let mut task = writer.task();
    while let Some(page) = task {
        let write = move |connection: &_| writer.page(connection, page).map(|rest| (writer, rest));
        (writer, task) = store.read(write).await?;
        if task.is_some() {
            sender.send(writer.text()).await?;
        }
    }
    sender.send(writer.end(tail)?).await
}
