// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! A broker's client against Mosquitto and RabbitMQ.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod faults;
mod hostile;
mod messages;
mod outbox;
mod publishing;
mod support;
