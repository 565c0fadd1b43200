// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What is handed to a statement.
//!
//! Invariant: a value knows its type even where it is not set, so a statement's parameters have the
//! same types each time, and both engines agree on them.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A whole number; truth values are 0 and 1.
    Integer(Option<i64>),
    /// A floating-point number.
    Real(Option<f64>),
    /// A text.
    Text(Option<&'a str>),
    /// Bytes.
    Blob(Option<&'a [u8]>),
}

/// What can be handed to a statement.
pub trait Bind {
    /// The same type, not set.
    const NULL: Value<'static>;

    /// The parameter.
    fn value(&self) -> Value<'_>;
}

/// The parameters of a statement: `values![a, b]`.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => {
        &[$($crate::store::Bind::value(&$value)),*]
    };
}

/// How a type becomes a parameter of a kind.
macro_rules! bind {
    ($type:ty, $kind:ident, $it:ident => $value:expr) => {
        impl Bind for $type {
            const NULL: Value<'static> = Value::$kind(None);

            fn value(&self) -> Value<'_> {
                let $it = self;
                Value::$kind(Some($value))
            }
        }
    };
}

bind!(i64, Integer, it => *it);
bind!(u32, Integer, it => i64::from(*it));
bind!(bool, Integer, it => i64::from(*it));
bind!(f64, Real, it => *it);
bind!(str, Text, it => it);
bind!(String, Text, it => it);
bind!([u8; 32], Blob, it => it);

impl Bind for [u8] {
    const NULL: Value<'static> = Value::Blob(None);

    fn value(&self) -> Value<'_> {
        Value::Blob(Some(self))
    }
}

impl<T: Bind + ?Sized> Bind for &T {
    const NULL: Value<'static> = T::NULL;

    fn value(&self) -> Value<'_> {
        T::value(self)
    }
}

impl<T: Bind> Bind for Option<T> {
    const NULL: Value<'static> = T::NULL;

    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(T::NULL, T::value)
    }
}

impl Value<'_> {
    /// About how many bytes it has.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.map_or(0, str::len),
            Self::Blob(bytes) => bytes.map_or(0, <[u8]>::len),
            Self::Integer(_) | Self::Real(_) => 8,
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = match self {
            Self::Integer(value) => value.map(ValueRef::Integer),
            Self::Real(value) => value.map(ValueRef::Real),
            Self::Text(value) => value.map(|text| ValueRef::Text(text.as_bytes())),
            Self::Blob(value) => value.map(ValueRef::Blob),
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}
