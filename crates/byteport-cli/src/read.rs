// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `byteport read`: logs in, reads one series, logs out, prints it.

use std::io::{self, BufWriter, Write};

use byteport_core::model::Timestamp;
use byteport_core::model::name::{self, NameKind};
use byteport_core::{Client, Range, Series};

use crate::exit::Failure;
use crate::options::{Format, ReadArgs};
use crate::settings::{Name, Settings};
use crate::{ask, chart, format, screen, span};

/// The address of a series.
struct Guid<'a> {
    namespace: &'a str,
    device: &'a str,
    field: &'a str,
}

pub fn run(args: &ReadArgs, settings: &Settings) -> Result<(), Failure> {
    let guid = guid(&args.series, settings)?;
    let range = span::of(args, Timestamp::now())?;
    let client = Client::new(settings.connection()?)?;
    let user = ask::user(settings)?;
    let password = ask::password(settings, &user)?;
    client.login(&user, &password)?;
    let series = load(&client, &guid, range)?;
    print(args.format, &guid, &series)
}

fn load(client: &Client, guid: &Guid<'_>, range: Range) -> Result<Series, Failure> {
    let series = client.load_series(guid.namespace, guid.device, guid.field, range);
    if let Err(error) = client.logout() {
        log::debug!(target: "byteport::read", "the session was not ended: {error}");
    }
    let series = series?;
    log::info!(target: "byteport::read", "read {} values", series.len());
    Ok(series)
}

/// The parts of `NAMESPACE.DEVICE.FIELD`; no name holds a point, so `DEVICE.FIELD` cannot be taken for anything else.
fn guid<'a>(text: &'a str, settings: &'a Settings) -> Result<Guid<'a>, Failure> {
    let parts: Vec<&str> = text.split('.').collect();
    let (namespace, device, field) = match parts[..] {
        [namespace, device, field] => (namespace, device, field),
        [device, field] => (settings.need(Name::Namespace, "namespace")?, device, field),
        _ => {
            let shown: String = text.chars().take(100).collect();
            let why = format!("{shown:?} is neither NAMESPACE.DEVICE.FIELD nor DEVICE.FIELD");
            return Err(Failure::input(why));
        }
    };
    name::check(NameKind::Namespace, namespace)?;
    name::check(NameKind::Device, device)?;
    name::check(NameKind::Field, field)?;
    Ok(Guid { namespace, device, field })
}

fn print(format: Format, guid: &Guid<'_>, series: &Series) -> Result<(), Failure> {
    let title = format!("{}.{}.{}", guid.namespace, guid.device, guid.field);
    if series.is_empty() && matches!(format, Format::Table | Format::Chart) {
        screen::say(&format!("{title} has no value in this span of time"));
    }
    let mut out = BufWriter::new(output()?);
    match format {
        Format::Table => format::table(&mut out, series)?,
        Format::Csv => format::csv(&mut out, series)?,
        Format::Json => format::json(&mut out, series)?,
        Format::Chart => out.write_all(chart::draw(&title, series, screen::width())?.as_bytes())?,
    }
    Ok(out.flush()?)
}

/// Standard output. Not the standard library's own, which takes one that is not open for writing for one that is.
#[cfg(unix)]
fn output() -> io::Result<impl Write> {
    use std::os::fd::AsFd as _;
    Ok(std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn output() -> io::Result<impl Write> {
    Ok(io::stdout().lock())
}
