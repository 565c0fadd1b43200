// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! Messages as lines: a table, CSV or JSON.
//!
//! Invariant: what could drive a terminal never reaches one, and a message is one line in a table and in JSON, whatever is in it.

use std::io::{self, Write};

use byteport_core::broker::{Delivery, Message};
use byteport_core::codec;
use byteport_core::model::Timestamp;
use clap::ValueEnum;

use crate::{format, json, screen};

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns under a header
    Table,
    /// RFC 4180, with a header
    Csv,
    /// A JSON object a line
    Json,
}

/// Writes one message after the other.
pub struct Printer<W> {
    pub out: W,
    pub format: Format,
    /// Whether somebody looks at it.
    pub is_terminal: bool,
    /// The device that is listened for, if it is one.
    pub device: Option<String>,
}

impl<W: Write> Printer<W> {
    /// Writes the header, where there is one.
    pub fn begin(&mut self) -> io::Result<()> {
        match self.format {
            Format::Table => writeln!(self.out, "{:<27}  {:<20}  {:>8}  text", "received", "device", "age")?,
            Format::Csv => self.out.write_all(b"received,sent,device,age,text\r\n")?,
            Format::Json => {}
        }
        self.out.flush()
    }

    /// Writes the messages of a delivery, and leaves nothing of them in a buffer.
    pub fn delivery(&mut self, delivery: &Delivery, now: Timestamp) -> io::Result<()> {
        let received = format::time(now.as_micros());
        for message in delivery.messages() {
            match self.format {
                Format::Table => self.row(message, delivery, &received)?,
                Format::Csv => self.record(message, delivery, &received)?,
                Format::Json => self.object(message, delivery, &received)?,
            }
        }
        self.out.flush()
    }

    fn row(&mut self, message: &Message, delivery: &Delivery, received: &str) -> io::Result<()> {
        let device = screen::printable(&self.device_of(message, delivery));
        let age = message.age.map_or_else(|| "-".to_owned(), |age| format!("{:.1}s", seconds(age)));
        writeln!(self.out, "{received}  {device:<20}  {age:>8}  {}", printable(&message.body))
    }

    fn record(&mut self, message: &Message, delivery: &Delivery, received: &str) -> io::Result<()> {
        let cell = if self.is_terminal { format::quoted_for_terminal } else { format::quoted };
        let device = cell(&self.device_of(message, delivery));
        let (sent, age) = (sent(message).unwrap_or_default(), age(message).unwrap_or_default());
        let text = message.text().map_or_else(|| printable(&message.body), str::to_owned);
        write!(self.out, "{received},{sent},{device},{age},{}\r\n", cell(&text))
    }

    fn object(&mut self, message: &Message, delivery: &Delivery, received: &str) -> io::Result<()> {
        let or_null = |text: Option<String>| text.unwrap_or_else(|| "null".to_owned());
        let quoted = |text: Option<&str>| or_null(text.map(json::quoted));
        let sent = quoted(sent(message).as_deref());
        let (namespace, device) = (quoted(message.namespace.as_deref()), quoted(message.uid.as_deref()));
        let (age, destination) = (or_null(age(message)), json::quoted(delivery.destination()));
        let (name, text) = match message.text() {
            Some(text) => ("text", json::quoted(text)),
            None => ("base64", json::quoted(&codec::to_base64(&message.body))),
        };
        let again = delivery.redelivered();
        writeln!(
            self.out,
            "{{\"received\":\"{received}\",\"sent\":{sent},\"age\":{age},\"namespace\":{namespace},\"device\":{device},\
             \"destination\":{destination},\"redelivered\":{again},\"{name}\":{text}}}"
        )
    }

    /// The device that the packet names; without a packet the one that is listened for, or else where the message was sent to.
    fn device_of(&self, message: &Message, delivery: &Delivery) -> String {
        match (&message.namespace, &message.uid, &self.device) {
            (Some(namespace), Some(uid), _) => format!("{namespace}.{uid}"),
            (None, Some(uid), _) => uid.clone(),
            (_, None, Some(device)) => device.clone(),
            (_, None, None) => delivery.destination().to_owned(),
        }
    }
}

fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// When it was sent.
fn sent(message: &Message) -> Option<String> {
    message.timestamp.map(|time| format::time(time.as_micros()))
}

/// How old it was when it came, in seconds.
fn age(message: &Message) -> Option<String> {
    message.age.map(|age| format::number(seconds(age)))
}

/// A body in one line that cannot drive a terminal; bytes that are no text as `\xff`.
fn printable(body: &[u8]) -> String {
    let mut shown = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        shown.push_str(&format::printable(chunk.valid()));
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn any_body_is_one_line() {
        assert_eq!(
            printable("on\r\noff \u{1b}[2J\u{202e} \\ ö".as_bytes()),
            r"on\r\noff \u{1b}[2J\u{202e} \\ ö"
        );
        assert_eq!(printable(b"a\xff\0b\xc3"), r"a\xff\u{0}b\xc3");
        assert_eq!(printable(b""), "");
    }
}
