// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors

//! What every call shares, and the table of calls.

pub mod body;
pub mod pace;
pub mod pages;
pub mod router;

use std::path::PathBuf;
use std::sync::Arc;

use crate::broker::Brokers;
use crate::cors::Origin;
use crate::session::Logins;
use crate::store::Store;
use body::Bodies;

/// What every call shares.
pub struct App {
    /// The database.
    pub store: Store,
    /// The brokers that are consumed from.
    pub brokers: Brokers,
    /// The folder of firmwares' files, where there is one.
    pub media: Option<PathBuf>,
    /// Reads request bodies, within limits.
    pub bodies: Bodies,
    /// Checks passwords, a few at a time.
    pub logins: Logins,
    /// Whose pages may use the API beside those of this host.
    pub origins: Vec<Origin>,
}

/// The state as handlers get it.
pub type Shared = Arc<App>;
