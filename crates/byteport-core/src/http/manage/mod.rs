// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The calls that read and manage (HTTP API v1, sections 4 and 5): a function for each, which says what to ask and how to
//! read the answer.
//!
//! Nothing is sent by them: [`ask`](crate::Client::ask) gives the answer as a type, [`ask_json`](crate::Client::ask_json) as
//! the service's own text, and [`ask_call`](crate::Client::ask_call) lets an event loop do the input and output. All but
//! [`echo`] need a session ([`login`](crate::Client::login)).
//!
//! In these answers the service writes nearly every scalar as text: `"True"`, `"None"`, `"180"`. Here they are what they
//! mean; what is `"None"`, `null` or missing is `None`. What the service says beyond the keys known here is kept in `more`.
//!
//! ```no_run
//! # fn main() -> Result<(), byteport_core::Error> {
//! use byteport_core::{Client, Options, manage};
//! let client = Client::new(Options::new().host("127.0.0.1:8000"))?;
//! client.login("admin@example.org", "demo-password")?;
//! for device in client.ask(manage::devices("my_garage", Some("cart*"), Some(1))?)? {
//!     println!("{}: {:?}", device.uid, device.last_contact);
//! }
//! # Ok(())
//! # }
//! ```

mod ask;
mod configure;
mod device;
mod device_type;
mod message;
mod namespace;
mod register;
mod scalar;
mod service;
mod statistics;
mod typical;
mod value;

pub use ask::{Ask, FromAnswer, Question};
pub use configure::{SETTING_NAMES, Setting, configure, set_fields};
pub use device::{Device, DeviceTypeRef, device, devices, search_devices, search_guids};
pub use device_type::{DeviceType, FieldDefinition, Firmware, device_types, field_definitions, firmwares};
pub use message::{Message, MessagePacket, messages, send_message};
pub use namespace::{Activity, Namespace, UnregisteredDevice, activity, namespaces};
pub use register::{Registered, RegisteredDevice, Registration, register};
pub use service::{echo, session};
pub use statistics::{Day, Statistics, statistics};
pub use typical::{DESCRIPTORS, Grouping, Order, Typical, TypicalGroup, TypicalQuery, distance_to_typical};
pub use value::{StoredValue, ValueRef, value};

pub(super) use scalar::is_true;

/// Whatever else an answer says, by its keys. It may hold keys of the API: do not log it.
pub type More = std::collections::BTreeMap<String, serde_json::Value>;
