// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A reading: the fields that one device measured at one time.

use std::collections::HashMap;

use super::name::{self, NameKind};
use super::{Timestamp, Value};
use crate::error::{Error, ErrorCode, Result};

/// The fields that one device measured at one time. Names and values are checked when they are added.
///
/// A reading is stamped with the system clock when it is made, and keeps that time however late it is sent. No two readings of a
/// process get the same stamp.
///
/// ```
/// use byteport_core::model::Reading;
/// let mut reading = Reading::new();
/// reading.set("Speed1", 12.5)?.set("state", "rolling")?;
/// assert!(reading.set("_key", 1).is_err());
/// # Ok::<(), byteport_core::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Reading {
    device: Option<String>,
    timestamp: Option<Timestamp>,
    fields: Vec<(String, Value)>,
    /// Where each field is, once there are more than [`FEW`]; empty before.
    places: HashMap<String, usize>,
}

/// So many fields are looked through faster than they are hashed.
const FEW: usize = 32;

impl PartialEq for Reading {
    fn eq(&self, other: &Reading) -> bool {
        (self.device(), self.timestamp, self.fields()) == (other.device(), other.timestamp, other.fields())
    }
}

impl Default for Reading {
    fn default() -> Reading {
        Reading::new()
    }
}

impl Reading {
    /// An empty reading of the client's own device, stamped now.
    pub fn new() -> Reading {
        Reading { timestamp: Some(Timestamp::next()), ..Reading::unstamped() }
    }

    /// An empty reading without a timestamp: the server stamps it when it comes.
    pub fn unstamped() -> Reading {
        Reading { device: None, timestamp: None, fields: Vec::new(), places: HashMap::new() }
    }

    /// Sets the device that measured, in place of the client's own.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`].
    pub fn set_device(&mut self, device: &str) -> Result<&mut Reading> {
        name::check(NameKind::Device, device)?;
        self.device = Some(device.to_owned());
        Ok(self)
    }

    /// Sets the time of measuring; `None` leaves it to the server.
    pub fn set_timestamp(&mut self, timestamp: Option<Timestamp>) -> &mut Reading {
        self.timestamp = timestamp;
        self
    }

    /// Sets a field; a field of that name is replaced.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidName`], [`ErrorCode::InvalidValue`]; the reading stays as it was.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) -> Result<&mut Reading> {
        name::check(NameKind::Field, field)?;
        let value = value.into();
        if let Err(error) = value.check() {
            return Err(Error::new(ErrorCode::InvalidValue, format!("field {field:?}: {}", error.message())));
        }
        match self.place(field) {
            Some(place) => self.fields[place].1 = value,
            None => self.append(field, value),
        }
        Ok(self)
    }

    fn place(&self, field: &str) -> Option<usize> {
        if self.fields.len() <= FEW {
            return self.fields.iter().position(|(name, _)| name == field);
        }
        self.places.get(field).copied()
    }

    fn append(&mut self, field: &str, value: Value) {
        self.fields.push((field.to_owned(), value));
        match self.fields.len() {
            ..=FEW => {}
            len if len == FEW + 1 => {
                let places = self.fields.iter().enumerate();
                self.places.extend(places.map(|(place, (name, _))| (name.clone(), place)));
            }
            len => {
                self.places.insert(field.to_owned(), len - 1);
            }
        }
    }

    /// Removes every field and stamps the reading anew: ready for the next round.
    pub fn restart(&mut self) -> &mut Reading {
        self.fields.clear();
        self.places.clear();
        self.timestamp = Some(Timestamp::next());
        self
    }

    /// The device, if it is not the client's own.
    pub fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// The time of measuring; `None` leaves it to the server.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.timestamp
    }

    /// The fields in the order in which they were first set.
    pub fn fields(&self) -> &[(String, Value)] {
        &self.fields
    }
}

/// The four fields that the service shows as log messages (HTTP API v1, section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// The field `debug`.
    Debug,
    /// The field `info`.
    Info,
    /// The field `warn`.
    Warn,
    /// The field `error`.
    Error,
}

impl LogLevel {
    /// The name of the level's field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_field_leaves_the_reading_as_it_was() {
        let mut reading = Reading::unstamped();
        reading.set("a", 1).unwrap();
        let before = reading.clone();
        let error = reading.set("b", f64::NAN).unwrap_err();
        assert_eq!(error.to_string(), "field \"b\": NaN is not a finite number");
        assert!(reading.set("a b", 1).is_err() && reading.set_device("-x").is_err());
        assert_eq!(reading, before);
    }

    #[test]
    fn setting_twice_replaces() {
        let mut reading = Reading::unstamped();
        reading.set("a", 1).unwrap().set("b", 2).unwrap().set("a", 3).unwrap();
        assert_eq!(reading.fields(), [("a".into(), Value::Integer(3)), ("b".into(), Value::Integer(2))]);
    }

    #[test]
    fn many_fields_keep_their_order_and_are_replaced_too() {
        let mut reading = Reading::unstamped();
        for round in 0..2 {
            for i in 0..1000 {
                reading.set(&format!("f{i}"), i + round).unwrap();
            }
            assert_eq!(reading.fields().len(), 1000);
            assert_eq!(reading.fields()[999], ("f999".into(), Value::Integer(999 + round)));
        }
        reading.restart().set("f5", 1).unwrap();
        assert_eq!(reading.fields(), [("f5".into(), Value::Integer(1))]);
    }
}
