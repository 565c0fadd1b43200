// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is stored: names, timestamps, values, readings, packets. No input or output here.

pub mod name;
pub mod packet;
mod reading;
mod timestamp;
pub mod value;

pub use name::NameKind;
pub use packet::Packet;
pub use reading::{LogLevel, Reading};
pub use timestamp::Timestamp;
pub use value::Value;
