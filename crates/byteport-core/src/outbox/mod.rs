// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The outbox: readings that were accepted are delivered, later if need be, and not lost in between.

mod backlog;
mod block;
mod carry;
mod clock;
mod commit;
mod event;
mod file;
mod filing;
mod fill;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod handle;
mod inspect;
mod intake;
mod judge;
mod keeper;
mod ledger;
mod line;
mod mend;
mod options;
mod overview;
mod policy;
mod rate;
mod receipt;
mod report;
mod retry;
mod shared;
mod shed;
mod state;
mod stats;
mod through;
mod upload;
mod way;
mod window;
mod wire;

pub use clock::{Clock, SystemClock};
pub use event::Event;
pub use handle::Outbox;
pub use inspect::{FileSummary, OutboxFile, QuarantinedReading, StoredReading, Verdict};
pub(crate) use intake::settle;
pub use line::Stamp;
pub use options::{Listener, Order, OutboxOptions, WhenFull};
pub use receipt::{Durability, Flushed, Receipt};
pub use stats::{DiskState, Dropped, LinkState, Reason, Stats};
