// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `GET /api/v1/value/NS/UID/FIELD/REF/`: one value; and [`download`], the object that it stands for.
//!
//! Choices where the API is silent:
//! - `REF` is `r` of a data point, a microsecond, or `latest`, which Byteport does not have: the
//!   value with the latest time, be that in the future.
//! - `value` is the text that was stored, as a JSON string, be it a number or not.
//! - `meta` is that of a data point: `trv`, `vlen`, `hdts`. A value of more than
//!   [`LONGEST_TEXT`] bytes is cut, and `trv` is true; a
//!   download with `decode=False` has all of it.
//! - A value that is not there is 404.

pub mod download;

use axum::extract::{Path, State};
use byteport_core::model::Timestamp;
use serde::Serialize;

use crate::answer::{Answer, Failure};
use crate::app::Shared;
use crate::scalar::truth;
use crate::series::address::Address;
use crate::series::page::{LONGEST_TEXT, beginning};
use crate::session::call::Call;
use crate::store::{Connection, Row};
use crate::{store, values};

/// The parts of a path that name a value: namespace, device, field, reference.
pub type Names = (String, String, String, String);

#[derive(Serialize)]
struct Shown {
    namespace_name: String,
    uid: String,
    field_name: String,
    value: String,
    timestamp: String,
    #[serde(rename = "ref")]
    reference: String,
    meta: Meta,
}

#[derive(Serialize)]
struct Meta {
    trv: &'static str,
    vlen: String,
    hdts: String,
}

/// Answers one value.
pub async fn load(State(app): State<Shared>, Path(names): Path<Names>, call: Call) -> Answer {
    call.query.allow_only(&[])?;
    let (target, user) = (Target::checked(names)?, call.user.id);
    let shown = app.store.read(move |connection| {
        target.find(connection, user, "text", |row| {
            let micros: i64 = row.get(0)?;
            Ok(shown(&target, micros, &row.text(1)?))
        })
    });
    call.wrap.answer(&shown.await?)
}

fn shown(target: &Target, micros: i64, whole: &str) -> Shown {
    let [namespace, uid, field] = target.address.names().map(str::to_owned);
    let value = beginning(whole, LONGEST_TEXT).to_owned();
    let (reference, trv) = (micros.to_string(), truth(value.len() < whole.len()));
    Shown {
        namespace_name: namespace,
        uid,
        field_name: field,
        value,
        timestamp: Timestamp::from_micros(micros).to_iso8601(),
        meta: Meta { trv, vlen: whole.len().to_string(), hdts: reference.clone() },
        reference,
    }
}

/// Which of a field's values is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reference {
    At(i64),
    Latest,
}

/// A value as a path names it.
struct Target {
    address: Address,
    reference: Reference,
}

impl Target {
    fn checked((namespace, uid, field, reference): Names) -> Result<Self, Failure> {
        let address = Address::checked((namespace, uid, field))?;
        let micros = || reference.parse().map(Reference::At).ok();
        let reference = if reference == "latest" { Some(Reference::Latest) } else { micros() };
        let reference =
            reference.ok_or_else(|| Failure::bad("the reference is neither a microsecond nor latest"))?;
        Ok(Self { address, reference })
    }

    /// Finds the value, and gives of its row the time and this column.
    fn find<T>(
        &self,
        connection: &Connection,
        user: i64,
        column: &str,
        read: impl FnOnce(&Row<'_>) -> store::Result<T>,
    ) -> Result<T, Failure> {
        let (first, last) = match self.reference {
            Reference::At(micros) => (micros, micros),
            Reference::Latest => (i64::MIN, i64::MAX),
        };
        let field = self.address.find(connection, user)?.id;
        let sql = format!(
            "SELECT micros, {column} FROM value WHERE field_id = ?1 AND micros BETWEEN ?2 AND ?3
             ORDER BY micros DESC LIMIT 1"
        );
        let found = connection.query_row(&sql, values![field, first, last], read)?;
        found.ok_or_else(|| Failure::missing("no such value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let reference = |text: &str| {
            let target = Target::checked(("ns".into(), "d".into(), "f".into(), text.into()));
            target.map(|target| target.reference).ok()
        };
        assert_eq!(reference("-5"), Some(Reference::At(-5)));
        assert_eq!(reference("9223372036854775807"), Some(Reference::At(i64::MAX)));
        assert_eq!(reference("latest"), Some(Reference::Latest));
        for bad in ["", "x", "1.5", "9223372036854775808", "1e3", " 1", "..", "../1", "1/2", "LATEST"] {
            assert_eq!(reference(bad), None, "{bad}");
        }
    }
}
