// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! This server's own calls, under `/api/local/`, which Byteport does not have: what a page or a
//! program needs to show how things are now.
//!
//! Invariants: they take a session and answer as the others do, scalars as strings; what they
//! answer and how long they read is bounded, whatever is stored, and a text that is too long
//! is cut and said to be (`truncated`); `ref` finds the whole value.

pub mod control;
pub mod dead_letters;
pub mod fields;
pub mod log;
