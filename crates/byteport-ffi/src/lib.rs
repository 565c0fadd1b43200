// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! libbyteport: the Byteport client for C. The rules for callers are at the head of `include/byteport.h`; these are the
//! rules for this crate.
//!
//! - No logic: an export checks its arguments, calls the core, hands out the result.
//! - `handle` is the only file in which a pointer becomes a reference, a slice, a text or a box, and the reverse.
//! - `panic` is the only file that stops a panic. Every export that can fail, calls the core or frees goes through it;
//!   getters only read fields.
//! - `memory` is where all memory comes from; a call does not begin while that is short.
//! - `error` is the only file that turns an error of the core into what C sees.
//! - What comes in as an enumeration comes in as `int32_t` and is checked: a Rust enumeration with a number that it does
//!   not know is undefined behaviour.
//! - Outputs are checked before anything is done, and written last.
//! - What a board leaves out is left out by the file, here below: a function is there or is not, and does not change.
//! - Names here are the names in C; the header is generated from these files by `tests/header.rs`.

// What helps only a part that is left out is then unused; the build with all parts still finds what nobody uses.
#![cfg_attr(
    not(all(feature = "tls", feature = "outbox", feature = "mqtt", feature = "stomp")),
    allow(dead_code, unused_imports)
)]
// The types carry their C names, so that one name can be searched for in both languages.
#![allow(non_camel_case_types)]
// What every pointer must be is said once, at the head of the header.
#![allow(clippy::missing_safety_doc)]

mod abi;
mod address;
#[cfg(feature = "broker")]
mod broker;
#[cfg(feature = "broker")]
mod broker_limits;
#[cfg(feature = "broker")]
mod broker_listen;
#[cfg(feature = "broker")]
mod broker_message;
#[cfg(feature = "broker")]
mod broker_options;
#[cfg(feature = "broker")]
mod broker_stats;
#[cfg(feature = "broker")]
mod broker_store;
mod client;
mod device;
mod device_type;
mod download;
mod error;
mod firmware;
mod handle;
mod log;
mod memory;
mod message;
mod namespace;
mod options;
#[cfg(feature = "outbox")]
mod outbox;
#[cfg(all(feature = "outbox", feature = "broker"))]
mod outbox_broker;
#[cfg(feature = "outbox")]
mod outbox_event;
#[cfg(feature = "outbox")]
mod outbox_options;
#[cfg(feature = "outbox")]
mod outbox_queue;
#[cfg(feature = "outbox")]
mod outbox_service;
#[cfg(feature = "outbox")]
mod outbox_stats;
mod pages;
mod panic;
mod progress;
mod query;
mod reading;
mod registration;
mod result;
mod series;
mod signals;
mod span;
mod status;
mod timestamp;
mod turn;
mod typical;
mod userdata;
mod value;
mod version;
