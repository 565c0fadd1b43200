// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Messages to a device, and the history of them.
//!
//! Choices where the API is silent:
//! - A message is UTF-8 text of 1 to [`LONGEST`] bytes; `format` is `json` or absent.
//! - It may be sent to every device that the server knows, registered or not.
//! - [`KEPT`] messages are kept for each device; one more takes the place of the oldest.
//! - `from` and `to` are both included and count from the last sent, which is 0: `from=0&to=9`
//!   answers the last ten, newest first. Without `to` it is [`PAGE`] messages from `from` on.
//! - `status` is `sent` where the brokers that the server is connected to have confirmed that they have it, and `queued` where
//!   they had not when the call was answered, or there is none. A server that is connected goes on trying while it runs.
//! - `error_level` is `None`; `send_time` is ISO 8601, the packet's `timestamp` UNIX seconds; `device` is `NS.UID`.
//!
//! Invariant: messages are read by [`AT_ONCE`], and no connection is held in between, so that an
//! answer takes a bounded amount of memory; one that is sent meanwhile neither doubles nor hides another.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::journal;
use crate::jsonp::{plain, to_text};
use crate::parts::{self, Ended, Sender};
use crate::session::call::{self, Call};
use crate::store::{Connection, Row, Store};
use crate::target::Target;
use crate::{store, values};

/// The longest message in bytes.
pub const LONGEST: usize = 16 * 1024;
/// Messages that are kept for each device.
pub const KEPT: u32 = 1000;
/// Messages in an answer where `to` is not given.
pub const PAGE: u32 = 20;
/// Messages that are read in one go.
pub const AT_ONCE: u32 = 32;
/// The largest form: every byte of a message may be escaped, and more fields come with it.
const LARGEST_FORM: usize = 4 * LONGEST;

/// A message as it is kept.
struct Message {
    id: i64,
    user: String,
    time: Timestamp,
    text: String,
    /// Whether a broker has it.
    sent: bool,
}

/// A message as it is answered.
#[derive(Serialize)]
struct Shown {
    status: &'static str,
    error_level: &'static str,
    user: String,
    send_time: String,
    device: String,
    message: String,
    id: String,
}

/// The packet in which a device gets a message.
#[derive(Serialize)]
struct Packet<'a> {
    data: &'a str,
    namespace: &'a str,
    uid: &'a str,
    timestamp: String,
}

/// `POST /api/v1/message/NS/UID/`: keeps a message for a device.
pub async fn send(
    State(app): State<Shared>,
    Path(names): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (user, form) = call::posted(&app, &headers, body, LARGEST_FORM).await?;
    let target = Target::checked(names)?;
    let text = text_of(&form)?;
    let device_of = target.clone();
    let work = move |connection: &_| {
        let device = device_of.find(connection, user.id)?.id;
        insert(connection, device, &user.name, &text)
    };
    let mut message = app.store.write(work).await?;
    message.sent = app.brokers.send(&target, packets(&target, &message)?).await;
    if message.sent {
        note_sent(&app.store, message.id).await;
    }
    plain(&Shown::new(&target, message)?)
}

/// Notes that a broker has a message. If that does not work it still has it, and the list of messages does not know.
async fn note_sent(store: &Store, id: i64) {
    let sql = "UPDATE message SET sent = 1 WHERE id = ?1";
    let noted = store.write(move |connection| Ok(connection.execute(sql, values![id])?)).await;
    if let Err(failure) = noted {
        journal::warn(format_args!("a message that was sent is not marked so: {}", failure.reason()));
    }
}

/// `GET /api/v1/message/NS/UID/`: what was sent to a device, newest first.
pub async fn list(call: Call, State(app): State<Shared>, Path(names): Path<(String, String)>) -> Answer {
    let target = Target::checked(names)?;
    let (from, left) = page_of(&call.query)?;
    let user = call.user.id;
    let read = move |connection: &_| {
        let device = target.find(connection, user)?.id;
        Rest { target, device, before: i64::MAX, from, left }.read(connection)
    };
    let (rest, first) = app.store.read(read).await?;
    let ends = (format!("{}[{first}", call.wrap.head()), format!("]{}", call.wrap.tail()));
    let store = app.store.clone();
    let body = match rest.left {
        0 => Body::from(ends.0 + &ends.1),
        _ => parts::body(move |sender| send_rest(store, rest, ends, sender)),
    };
    Ok(call.wrap.response(body))
}

async fn send_rest(
    store: Store,
    mut rest: Rest,
    (head, tail): (String, String),
    sender: Sender,
) -> Result<(), Ended> {
    sender.send(head).await?;
    while rest.left > 0 {
        let text;
        (rest, text) = store.read(move |connection| rest.read(connection)).await?;
        if !text.is_empty() {
            sender.send(format!(",{text}")).await?;
        }
    }
    sender.send(tail).await
}

/// What is still to be answered.
struct Rest {
    target: Target,
    device: i64,
    /// Only messages with a smaller id.
    before: i64,
    /// How many of these are passed over.
    from: u32,
    /// How many come then; 0 when there are no more.
    left: u32,
}

impl Rest {
    /// Reads the next messages, as JSON objects with commas between them.
    fn read(mut self, connection: &Connection) -> Result<(Self, String), Failure> {
        let count = self.left.min(AT_ONCE);
        let messages = select(connection, &self, count)?;
        let is_end = messages.len() < count as usize;
        self.left = if is_end { 0 } else { self.left - count };
        self.before = messages.last().map_or(self.before, |message| message.id);
        self.from = 0;
        let texts = messages.into_iter().map(|message| to_text(&Shown::new(&self.target, message)?));
        let text = texts.collect::<Result<Vec<_>, _>>()?.join(",");
        Ok((self, text))
    }
}

fn text_of(form: &Form) -> Result<String, Failure> {
    if let Some(format) = form.single("format")?.filter(|format| *format != "json") {
        return Err(Failure::bad(format!("the format {} is not supported; json is", shown(format))));
    }
    match form.single("message")?.unwrap_or_default() {
        "" => Err(Failure::bad("message is missing or empty")),
        text if text.len() > LONGEST => {
            let reason = format!("the message is longer than {LONGEST} bytes");
            Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, reason))
        }
        text => Ok(text.to_owned()),
    }
}

/// The index of the newest message that is asked for, and how many there are from it on.
fn page_of(query: &Form) -> Result<(u32, u32), Failure> {
    query.allow_only(&["from", "to"])?;
    let from = query.count("from", 0..=u32::MAX)?.unwrap_or(0);
    let to = query.count("to", 0..=u32::MAX)?.unwrap_or(from.saturating_add(PAGE - 1));
    let length = to.checked_sub(from).ok_or_else(|| Failure::bad("from is larger than to"))?;
    Ok((from, length.saturating_add(1).min(KEPT)))
}

/// Keeps a message; of two servers that do, the later waits, so that ids follow each other in time.
fn insert(connection: &Connection, device: i64, user: &str, text: &str) -> Result<Message, Failure> {
    connection.lock("device", &[device])?;
    let time = Timestamp::now();
    let sql =
        "INSERT INTO message (device_id, user_name, send_time, text) VALUES (?1, ?2, ?3, ?4) RETURNING id";
    let id = connection.query_one(sql, values![device, user, time.as_micros(), text], |row| row.get(0))?;
    let sql = "DELETE FROM message WHERE device_id = ?1 AND id <=
                   (SELECT id FROM message WHERE device_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)";
    connection.execute(sql, values![device, KEPT])?;
    Ok(Message { id, user: user.to_owned(), time, text: text.to_owned(), sent: false })
}

fn select(connection: &Connection, rest: &Rest, count: u32) -> Result<Vec<Message>, Failure> {
    let sql = "SELECT id, user_name, send_time, text, sent FROM message WHERE device_id = ?1 AND id < ?2
               ORDER BY id DESC LIMIT ?4 OFFSET ?3";
    let values = values![rest.device, rest.before, rest.from, count];
    Ok(connection.query_all(sql, values, Message::from_row)?)
}

impl Message {
    fn from_row(row: &Row<'_>) -> store::Result<Self> {
        let time = Timestamp::from_micros(row.get(2)?);
        Ok(Self { id: row.get(0)?, user: row.get(1)?, time, text: row.get(3)?, sent: row.get(4)? })
    }
}

/// The list in which the device gets a message.
fn packets(target: &Target, message: &Message) -> Result<String, Failure> {
    let Target { namespace, uid } = target;
    let packet = Packet { data: &message.text, namespace, uid, timestamp: message.time.to_string() };
    to_text(&[packet])
}

impl Shown {
    fn new(target: &Target, message: Message) -> Result<Self, Failure> {
        let packets = packets(target, &message)?;
        Ok(Self {
            status: if message.sent { "sent" } else { "queued" },
            error_level: "None",
            user: message.user,
            send_time: message.time.to_iso8601(),
            device: target.guid(),
            message: packets,
            id: message.id.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let page = |query: &str| {
            let query = Form::parse(query.as_bytes()).expect("a form");
            page_of(&query).map_err(|failure| failure.status().as_u16())
        };
        assert_eq!(page(""), Ok((0, PAGE)));
        assert_eq!(page("from=3"), Ok((3, PAGE)));
        assert_eq!(page("to=0"), Ok((0, 1)));
        assert_eq!(page("from=5&to=5"), Ok((5, 1)));
        assert_eq!(page("to=4294967295"), Ok((0, KEPT)));
        assert_eq!(page("from=4294967295"), Ok((4_294_967_295, 1)));
        for bad in ["from=1&to=0", "from=-1", "to=x", "to=4294967296", "from=1&from=2", "limit=1"] {
            assert_eq!(page(bad), Err(400), "{bad}");
        }
    }
}
