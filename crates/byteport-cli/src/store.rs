// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport store`: one reading, or a sign of life.
//!
//! Invariant: everything is checked before a key is asked for and anything is sent.

use std::io::Read as _;

use byteport_core::model::name::{self, NameKind};
use byteport_core::model::{Reading, Timestamp};
use byteport_core::{Client, Error, ErrorCode, Method};

use crate::exit::Failure;
use crate::options::StoreArgs;
use crate::settings::{Name, Settings};
use crate::{ask, span};

pub fn run(args: &StoreArgs, settings: &Settings) -> Result<(), Failure> {
    let reading = reading(args)?;
    let namespace = settings.need(Name::Namespace, "namespace")?;
    let device = settings.need(Name::Device, "device UID")?;
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    let options = settings.connection()?.namespace(namespace).device(device);
    let options = options.store_method(if args.get { Method::Get } else { Method::Post });
    let client = Client::new(options.key(&ask::key(settings, namespace)?))?;
    let Some(reading) = reading else {
        client.heartbeat(None)?;
        log::info!(target: "byteport::store", "{namespace}.{device} showed a sign of life");
        return Ok(());
    };
    client.store(&reading)?;
    let names: Vec<&str> = reading.fields().iter().map(|(name, _)| name.as_str()).collect();
    let time = reading.timestamp().map(Timestamp::to_iso8601).unwrap_or_default();
    log::info!(target: "byteport::store", "stored {} of {namespace}.{device} at {time}Z", names.join(", "));
    Ok(())
}

/// What was measured; nothing where no field is named.
fn reading(args: &StoreArgs) -> Result<Option<Reading>, Failure> {
    let mut reading = Reading::new();
    let time = args.timestamp.as_deref().map(span::moment).transpose()?;
    if time.is_some() {
        reading.set_timestamp(time);
    }
    for text in &args.pairs {
        let (field, value) = split(text, "NAME=VALUE")?;
        add(&mut reading, field, value.to_owned())?;
    }
    let mut stdin_taken = false;
    for text in &args.files {
        let (field, path) = split(text, "NAME=FILE")?;
        name::check(NameKind::Field, field)?;
        if path == "-" && std::mem::replace(&mut stdin_taken, true) {
            return Err(Failure::input("standard input can be one field's value only"));
        }
        add(&mut reading, field, text_of(path)?)?;
    }
    match (reading.fields().is_empty(), time) {
        (false, _) => Ok(Some(reading)),
        (true, None) => Ok(None),
        (true, Some(_)) => {
            Err(Failure::input("a sign of life has no --timestamp: name a field, or leave it out"))
        }
    }
}

fn split<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once('=').ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Failure::input(format!("{shown:?} is not {form}"))
    })
}

fn add(reading: &mut Reading, field: &str, value: String) -> Result<(), Failure> {
    if reading.fields().iter().any(|(name, _)| name == field) {
        return Err(Failure::input(format!("field {field:?} is given twice")));
    }
    reading.set(field, value)?;
    Ok(())
}

/// A file's text as it stands, the newline at its end included.
fn text_of(path: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = match path {
        "-" => std::io::stdin().lock().read_to_end(&mut bytes),
        path => std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::input(format!("cannot read {path}: {error}")))?;
    String::from_utf8(bytes).map_err(|_| {
        let message = format!("{path} is not UTF-8 text: encode it first, by base64 for instance");
        Error::new(ErrorCode::InvalidValue, message).into()
    })
}
