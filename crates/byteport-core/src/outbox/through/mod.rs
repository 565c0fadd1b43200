// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The way of an outbox through a broker: [`Settings`] ask for it, [`Through`] is it. Without a broker's client in the library
//! both are there and neither can be, so the rest of the outbox need not know.

#[cfg(not(feature = "broker"))]
mod absent;
#[cfg(feature = "broker")]
mod broker;

#[cfg(not(feature = "broker"))]
pub(super) use absent::{Settings, Through};
#[cfg(feature = "broker")]
pub(super) use broker::{Settings, Through};
