// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! `byteport-server`: a Byteport instance for one machine, or for several that share a database.
//!
//! HTTP API v1 over one SQLite file or PostgreSQL: storing with a key, logging in, and reading back what was
//! stored. A 200 is sent after the commit, so what it stands for is on disk.
//!
//! The modules, from the outside in: [`options`] and [`run()`] start and stop the program, and
//! [`fatal`] is why it ends; [`server`] (with [`patience`]) holds the connections, [`app`] the table
//! of calls; [`page`] is what a browser shows at `/`. A call is in the module of its noun: [`ingest`],
//! [`session`], [`namespace`], [`device`], [`device_type`], [`media`], [`series`], [`value`]; [`broker`] takes and
//! sends what does not come over HTTP. [`store`]
//! is the database, [`seed`] fills it. [`form`], [`jsonp`] and [`answer`] are how calls come in and go
//! out; [`secret`] and [`journal`] see to it that secrets stay secret.
//!
//! Where the API's description is silent, the choice is written at the head of the module that
//! makes it. Three that concern all calls: paths end with a slash; an error's body is one line
//! of plain text; `HEAD` is refused under `/api/`, because some `GET` calls store.
#![forbid(unsafe_code)]

pub mod answer;
pub mod app;
pub mod broker;
pub mod control;
pub mod cors;
pub mod device;
pub mod device_type;
pub mod fatal;
pub mod form;
pub mod ingest;
pub mod journal;
pub mod jsonp;
pub mod local;
pub mod media;
pub mod message;
pub mod namespace;
pub mod options;
pub mod page;
pub mod parts;
pub mod patience;
pub mod run;
pub mod scalar;
pub mod secret;
pub mod seed;
pub mod series;
pub mod server;
pub mod session;
pub mod store;
pub mod target;
pub mod value;

pub use fatal::Fatal;
pub use options::Options;
pub use run::run;
