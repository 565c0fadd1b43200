// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The real program on a real PostgreSQL, with a database of its own for each test: every test of
//! `tests/server` but those of files, and those of several servers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "clippy.toml's leave does not reach helpers"
)]

mod engine;
mod several;
mod sharing;
mod starter;
mod trouble;

#[path = "../server/abuse.rs"]
mod abuse;
#[path = "../server/api.rs"]
mod api;
#[path = "../server/brokers.rs"]
mod brokers;
#[path = "../server/client.rs"]
mod client;
#[path = "../server/computed.rs"]
mod computed;
#[path = "../server/control.rs"]
mod control;
#[path = "../server/cors.rs"]
mod cors;
#[path = "../server/csrf.rs"]
mod csrf;
#[path = "../server/dead_letters.rs"]
mod dead_letters;
#[path = "../server/devices.rs"]
mod devices;
#[path = "../server/downlink.rs"]
mod downlink;
#[path = "../server/durable.rs"]
mod durable;
#[path = "../server/farm.rs"]
mod farm;
#[path = "../server/firmware.rs"]
mod firmware;
#[path = "../server/fixture.rs"]
mod fixture;
#[path = "../server/hostile.rs"]
mod hostile;
#[path = "../server/ingest.rs"]
mod ingest;
#[path = "../server/login.rs"]
mod login;
#[path = "../server/logs.rs"]
mod logs;
#[path = "../server/messages.rs"]
mod messages;
#[path = "../server/packets.rs"]
mod packets;
#[path = "../server/page.rs"]
mod page;
#[path = "../server/pages.rs"]
mod pages;
#[path = "../server/program.rs"]
mod program;
#[path = "../server/register.rs"]
mod register;
#[path = "../server/search.rs"]
mod search;
#[path = "../server/seed.rs"]
mod seed;
#[path = "../server/series.rs"]
mod series;
#[path = "../server/statistics.rs"]
mod statistics;
#[path = "../server/store.rs"]
mod store;
#[path = "../server/types.rs"]
mod types;
#[path = "../server/typical.rs"]
mod typical;
#[path = "../server/value.rs"]
mod value;
