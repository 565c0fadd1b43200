// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Control fields: what a device is to be set to.
//!
//! Invariants: of each field only the last value is kept, with when it was set; a call sets all
//! its fields or none. Fields are named by paths such as `Group name.Property`, to which the rule
//! for names does not apply.
//!
//! Choices where the API is silent: a call sets 1 to [`MOST`] fields of any device that the
//! server knows; a path is 1 to [`LONGEST_PATH`] bytes without control characters, a value text
//! of at most [`LONGEST_VALUE`] bytes; of two values for one path the last counts; a device has
//! at most [`KEPT`] fields. The answer repeats what was set.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::form::{Form, shown};
use crate::jsonp::plain;
use crate::session::{call, csrf};
use crate::store::{Bind as _, Connection};
use crate::target::Target;
use crate::values;

/// The most fields in one call.
pub const MOST: usize = 256;
/// The longest path in bytes.
pub const LONGEST_PATH: usize = 256;
/// The longest value in bytes.
pub const LONGEST_VALUE: usize = 4096;
/// The most fields of one device.
pub const KEPT: u32 = 1024;
/// The largest form.
const LARGEST_FORM: usize = 1024 * 1024;

/// What a call set.
#[derive(Serialize)]
struct Set {
    namespace: String,
    uid: String,
    set_fields: BTreeMap<String, String>,
}

/// `POST /api/v1/device_control/set_fields/NS/UID/`: sets control fields of a device.
pub async fn set(
    State(app): State<Shared>,
    Path(names): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    let (user, form) = call::posted(&app, &headers, body, LARGEST_FORM).await?;
    let target = Target::checked(names)?;
    let set_fields = fields_of(form)?;
    let work = move |connection: &_| {
        let device = target.find(connection, user.id)?.id;
        keep(connection, device, &set_fields)?;
        Ok(Set {
            namespace: target.namespace.clone(),
            uid: target.uid.clone(),
            set_fields: set_fields.clone(),
        })
    };
    plain(&app.store.write(work).await?)
}

fn fields_of(form: Form) -> Result<BTreeMap<String, String>, Failure> {
    let mut fields = BTreeMap::new();
    for (path, value) in form.into_pairs() {
        if path != csrf::FIELD {
            check(&path, &value)?;
            fields.insert(path, value);
        }
    }
    match fields.len() {
        0 => Err(Failure::bad("no field to set")),
        count if count > MOST => Err(Failure::bad(format!("more than {MOST} fields in one call"))),
        _ => Ok(fields),
    }
}

fn check(path: &str, value: &str) -> Result<(), Failure> {
    let is_path = (1..=LONGEST_PATH).contains(&path.len()) && !path.contains(char::is_control);
    if !is_path {
        let rule = format!("1 to {LONGEST_PATH} bytes without control characters");
        return Err(Failure::bad(format!("{} is not a control field's path: {rule}", shown(path))));
    }
    if value.len() > LONGEST_VALUE {
        let reason = format!("the value of {} is longer than {LONGEST_VALUE} bytes", shown(path));
        return Err(Failure::bad(reason));
    }
    Ok(())
}

fn keep(connection: &Connection, device: i64, fields: &BTreeMap<String, String>) -> Result<(), Failure> {
    let now = Timestamp::now().as_micros();
    connection.lock("device", &[device])?;
    let sql = "INSERT INTO control (device_id, path, value, changed) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT (device_id, path) DO UPDATE SET value = excluded.value, changed = excluded.changed";
    let rows = fields.iter().map(|(path, value)| [device.value(), path.value(), value.value(), now.value()]);
    connection.execute_many(sql, &rows.collect::<Vec<_>>())?;
    let sql = "SELECT count(*) FROM control WHERE device_id = ?1";
    let count: i64 = connection.query_one(sql, values![device], |row| row.get(0))?;
    if count > i64::from(KEPT) {
        return Err(Failure::bad(format!("a device has at most {KEPT} control fields")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Result<Vec<(String, String)>, String> {
        let fields = fields_of(Form::parse(text.as_bytes()).expect("a form"));
        fields.map(|map| map.into_iter().collect()).map_err(|failure| failure.reason().to_owned())
    }

    #[test]
    fn the_last_value_of_a_path_counts_and_the_token_is_none() {
        let expected = vec![("A b.c".to_owned(), "2".to_owned()), ("_x".to_owned(), String::new())];
        assert_eq!(fields("A+b.c=1&csrfmiddlewaretoken=t&_x=&A+b.c=2"), Ok(expected));
    }

    #[test]
    fn what_is_no_field_is_refused() {
        let long_path = format!("{}=1", "p".repeat(LONGEST_PATH + 1));
        let long_value = format!("p={}", "v".repeat(LONGEST_VALUE + 1));
        let many: String = (0..=MOST).map(|index| format!("f{index}=1&")).collect();
        for bad in ["", "csrfmiddlewaretoken=t", "=1", "a%00=1", "a%0Ab=1", &long_path, &long_value, &many] {
            assert!(fields(bad).is_err(), "{}", shown(bad));
        }
        let error = fields(&long_value).expect_err("refused");
        assert!(error.contains("\"p\"") && !error.contains('v'.to_string().repeat(9).as_str()));
    }
}
