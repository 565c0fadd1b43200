// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/namespace/NS/device/`: the devices of a namespace.
//!
//! Invariants: devices are read by pages of `PAGE`, and no connection is held between two of them,
//! so that the answer takes a bounded amount of memory and holds nobody up; a device that comes
//! or goes meanwhile neither doubles nor hides another.

use axum::body::Body;
use axum::extract::{Path, State};
use byteport_core::model::name::NameKind;
use serde::Serialize;

use super::pattern::Pattern;
use super::{Named, Names, object};
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::jsonp::{Wrap, to_text};
use crate::namespace;
use crate::parts::{self, Ended, Sender};
use crate::session::call::Call;
use crate::store::{Connection, Store};

/// Devices that are read in one go.
const PAGE: usize = 1000;
/// The deepest of the answers.
const DEEPEST: usize = 3;
/// Sorts after the name that it follows, and before any name that begins with that name.
const NEXT: char = '\u{1}';

/// What is asked for.
#[derive(Clone)]
struct Question {
    namespace: i64,
    pattern: Pattern,
    depth: usize,
}

/// A device of which only the name is asked.
#[derive(Serialize)]
struct Bare {
    uid: String,
}

/// Some of the devices.
struct Page {
    /// JSON objects with commas between them.
    text: String,
    /// Where the next page begins.
    next: Option<String>,
}

/// Lists the devices, or those that `key` stands for.
pub async fn list(call: Call, State(app): State<Shared>, Path(name): Path<String>) -> Answer {
    namespace::check_name(NameKind::Namespace, &name)?;
    let (pattern, depth) = parameters(&call.query)?;
    let user = call.user.id;
    let read = move |connection: &_| {
        let namespace = namespace::visible(connection, user, &name)?;
        let question = Question { namespace, pattern, depth };
        let page = page(connection, &question, "")?;
        Ok((question, page))
    };
    let (question, first) = app.store.read(read).await?;
    Ok(call.wrap.response(answer(app.store.clone(), question, first, &call.wrap)))
}

fn parameters(query: &Form) -> Result<(Pattern, usize), Failure> {
    query.allow_only(&["key", "_key", "uid", "depth"])?;
    let key = namespace::key(query, &["key", "_key", "uid"])?.unwrap_or("*");
    let depth = query.count("depth", 0..=DEEPEST)?.unwrap_or(1);
    Ok((Pattern::new(key), depth))
}

/// The answer's body, which is at hand where there is one page only.
fn answer(store: Store, question: Question, first: Page, wrap: &Wrap) -> Body {
    let (head, tail) = (format!("{}[{}", wrap.head(), first.text), format!("]{}", wrap.tail()));
    match first.next {
        Some(next) => parts::body(move |sender| send(store, question, next, (head, tail), sender)),
        None => Body::from(head + &tail),
    }
}

async fn send(
    store: Store,
    question: Question,
    next: String,
    (head, tail): (String, String),
    sender: Sender,
) -> Result<(), Ended> {
    sender.send(head).await?;
    let mut next = Some(next);
    while let Some(from) = next {
        let question = question.clone();
        let page = store.read(move |connection| page(connection, &question, &from)).await?;
        if !page.text.is_empty() {
            sender.send(format!(",{}", page.text)).await?;
        }
        next = page.next;
    }
    sender.send(tail).await
}

fn page(connection: &Connection, question: &Question, from: &str) -> Result<Page, Failure> {
    let prefix = question.pattern.prefix();
    let names = Names { namespace: question.namespace, prefix, from, most: PAGE };
    let found = names.find(connection, |uid| question.pattern.matches(uid))?;
    let next = found.last().filter(|_| found.len() >= PAGE).map(|last| format!("{}{NEXT}", last.uid));
    Ok(Page { text: text(connection, found, question.depth)?, next })
}

fn text(connection: &Connection, found: Vec<Named>, depth: usize) -> Result<String, Failure> {
    if depth == 0 {
        return joined(found.into_iter().map(|device| Bare { uid: device.uid }));
    }
    let mut devices = object::by_ids(connection, found.iter().map(|device| device.id))?;
    object::deepen(connection, &mut devices, depth)?;
    joined(devices.into_iter())
}

fn joined(objects: impl Iterator<Item = impl Serialize>) -> Result<String, Failure> {
    let texts = objects.map(|object| to_text(&object)).collect::<Result<Vec<_>, _>>()?;
    Ok(texts.join(","))
}
