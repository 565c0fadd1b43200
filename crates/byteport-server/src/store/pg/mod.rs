// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! The store on PostgreSQL, which any number of servers may share.
//!
//! Invariants: one set of statements serves both engines, and [`dialect`] alone knows how
//! PostgreSQL says what SQLite says otherwise; a connection that is lost is made again by
//! [`link`] when it is needed, but never within a transaction.

pub mod address;
pub mod cell;
pub mod dialect;
pub mod link;
pub mod schema;
pub mod session;
pub mod text;

pub use address::Address;
pub use link::Link;
