// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What the tests of several packages share: real brokers, by `scripts/brokers.sh`.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // every failure here is to fail a test

mod broker;

use std::sync::LazyLock;

pub use broker::{Broker, Kind};

/// A Mosquitto for all tests of a program.
pub static MOSQUITTO: LazyLock<Broker> = LazyLock::new(|| Broker::start(Kind::Mosquitto));

/// A RabbitMQ for all tests of a program.
pub static RABBITMQ: LazyLock<Broker> = LazyLock::new(|| Broker::start(Kind::RabbitMq));
