// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! Values and cells as PostgreSQL sends them.

use std::borrow::Cow;
use std::error::Error;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::text;
use crate::store::value::Value;

/// A cell that is a whole number or a truth value.
pub struct Integer(pub i64);

impl<'a> FromSql<'a> for Integer {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *kind {
            Type::BOOL => i64::from(bool::from_sql(kind, raw)?),
            Type::INT4 => i64::from(i32::from_sql(kind, raw)?),
            _ => i64::from_sql(kind, raw)?,
        }))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::BOOL | Type::INT4 | Type::INT8)
    }
}

/// A cell that is a text.
pub struct Text<'a>(pub Cow<'a, str>);

impl<'a> FromSql<'a> for Text<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(text::read(<&str>::from_sql(kind, raw)?)))
    }

    fn accepts(kind: &Type) -> bool {
        <&str as FromSql<'_>>::accepts(kind)
    }
}

/// A parameter's type, alone or in a list.
#[must_use]
pub fn kind(value: &Value<'_>, in_list: bool) -> Type {
    match (value, in_list) {
        (Value::Integer(_), false) => Type::INT8,
        (Value::Integer(_), true) => Type::INT8_ARRAY,
        (Value::Real(_), false) => Type::FLOAT8,
        (Value::Real(_), true) => Type::FLOAT8_ARRAY,
        (Value::Text(_), false) => Type::TEXT,
        (Value::Text(_), true) => Type::TEXT_ARRAY,
        (Value::Blob(_), false) => Type::BYTEA,
        (Value::Blob(_), true) => Type::BYTEA_ARRAY,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Integer(value) => value.to_sql(kind, out),
            Self::Real(value) => value.to_sql(kind, out),
            Self::Text(value) => value.map(text::written).to_sql(kind, out),
            Self::Blob(value) => value.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::FLOAT8 | Type::TEXT | Type::BYTEA)
    }

    to_sql_checked!();
}
