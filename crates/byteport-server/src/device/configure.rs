// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `POST /api/v1/namespace/configure_device/NS/UID/`: changes what is known of a device.
//!
//! Choices where the API is silent: a device that stored may be configured, registered or not; an
//! empty value, or `None`, clears what may be missing; numbers other than degrees are whole and
//! not below 0; a key that is not known is refused. All keys of a call are set, or none.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use byteport_core::model::value::parse_number;

use super::object;
use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::Form;
use crate::jsonp::plain;
use crate::scalar;
use crate::session::{call, csrf};
use crate::store::{Bind as _, Connection, Value};
use crate::target::Target;

/// The largest form.
const LARGEST_FORM: usize = 64 * 1024;

/// What a key takes.
#[derive(Clone, Copy)]
enum Rule {
    Truth,
    Text,
    Count,
    /// Degrees, at most so far from 0.
    Degrees(f64),
}

/// What goes into a column.
enum Setting {
    Count(Option<i64>),
    Text(Option<String>),
    Degrees(Option<f64>),
}

impl Setting {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Count(count) => count.value(),
            Self::Text(text) => text.value(),
            Self::Degrees(degrees) => degrees.value(),
        }
    }
}

/// The keys, each also a column.
const KEYS: [(&str, Rule); 11] = [
    ("active", Rule::Truth),
    ("lat", Rule::Degrees(LAT)),
    ("lon", Rule::Degrees(LON)),
    ("location_hint", Rule::Text),
    ("alias", Rule::Text),
    ("serial", Rule::Text),
    ("description", Rule::Text),
    ("timeout_limit", Rule::Count),
    ("offline_alarm", Rule::Truth),
    ("alarm_interval", Rule::Count),
    ("alarm_repeat_times", Rule::Count),
];

/// The largest latitude.
pub const LAT: f64 = 90.0;
/// The largest longitude.
pub const LON: f64 = 180.0;

/// Changes a device and answers it.
pub async fn configure(
    State(app): State<Shared>,
    Path(names): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (user, form) = call::posted(&app, &headers, body, LARGEST_FORM).await?;
    let target = Target::checked(names)?;
    let changes = changes(&form);
    let work = move |connection: &_| {
        let device = target.find(connection, user.id)?.id;
        for (column, setting) in changes.as_ref().map_err(Clone::clone)? {
            set(connection, device, column, setting)?;
        }
        object::by_ids(connection, std::iter::once(device))
    };
    let device = app.store.write(work).await?.pop();
    plain(&device.ok_or_else(|| Failure::missing("no such device"))?)
}

/// Reads the form: columns and what goes into them.
fn changes(form: &Form) -> Result<Vec<(&'static str, Setting)>, Failure> {
    let mut allowed: Vec<_> = KEYS.iter().map(|(name, _)| *name).collect();
    allowed.push(csrf::FIELD);
    form.allow_only(&allowed)?;
    let mut changes = Vec::new();
    for (name, rule) in KEYS {
        if let Some(text) = form.single(name)? {
            changes.push((name, value(form, (name, rule), text)?));
        }
    }
    Ok(changes)
}

fn value(form: &Form, (name, rule): (&str, Rule), text: &str) -> Result<Setting, Failure> {
    let is_cleared = scalar::given(text).is_none();
    Ok(match rule {
        Rule::Truth => Setting::Count(form.flag(name)?.map(i64::from)),
        Rule::Text => Setting::Text(scalar::text(name, text)?),
        Rule::Count if is_cleared => Setting::Count(None),
        Rule::Count => Setting::Count(form.count(name, 0..=u32::MAX)?.map(i64::from)),
        Rule::Degrees(_) if is_cleared => Setting::Degrees(None),
        Rule::Degrees(most) => Setting::Degrees(Some(degrees(name, parse_number(text), most)?)),
    })
}

/// Checks a latitude or longitude.
pub fn degrees(name: &str, number: Option<f64>, most: f64) -> Result<f64, Failure> {
    let found = number.filter(|number| (-most..=most).contains(number));
    found.ok_or_else(|| Failure::bad(format!("{name} is not a number of degrees from -{most} to {most}")))
}

/// Sets one column, whose name is in the table above.
fn set(connection: &Connection, device: i64, column: &'static str, setting: &Setting) -> Result<(), Failure> {
    let sql = format!("UPDATE device SET {column} = ?2 WHERE id = ?1");
    connection.execute(&sql, &[device.value(), setting.value()])?;
    Ok(())
}
