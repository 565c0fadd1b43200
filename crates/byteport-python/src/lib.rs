// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The Python module `byteport._byteport`: the core client with Python values in, Python exceptions out, and messages
//! through Python's `logging`. The classes that programs use are in `python/byteport`, on top of this.
//!
//! Invariants: a call converts its arguments first, with the interpreter's lock; then lets the lock go for as long as it
//! does input or output; nothing of Python is touched in between but to log, to tell a program's own function, and to ask for
//! a keyboard interrupt.

mod answer;
mod args;
mod ask;
mod broker;
mod broker_message;
mod broker_options;
mod broker_packet;
mod broker_stats;
mod call;
mod client;
mod command;
mod convert;
mod download;
mod ending;
mod error;
mod firmware;
mod interrupt;
mod link;
mod log;
mod outbox;
mod outbox_event;
mod outbox_options;
mod outbox_stats;
mod pages;
mod place;
mod progress;
mod request;
mod span;
mod time;
mod upload;
mod watch;

use pyo3::prelude::*;

#[pymodule]
fn _byteport(module: &Bound<'_, PyModule>) -> PyResult<()> {
    interrupt::install();
    ending::install(module)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("LOGGERS", log::LOGGERS)?;
    module.add_class::<answer::Answer>()?;
    module.add_class::<ask::Ask>()?;
    module.add_class::<broker::Broker>()?;
    module.add_class::<broker_message::Delivery>()?;
    module.add_class::<broker_message::Message>()?;
    module.add_class::<broker_options::Will>()?;
    module.add_class::<broker_stats::BrokerStats>()?;
    module.add_class::<call::Call>()?;
    module.add_class::<client::Client>()?;
    module.add_class::<download::Download>()?;
    module.add_class::<download::Downloaded>()?;
    module.add_class::<firmware::Firmware>()?;
    module.add_class::<firmware::Fetched>()?;
    module.add_class::<link::Link>()?;
    module.add_class::<outbox::Outbox>()?;
    module.add_class::<outbox::Receipt>()?;
    module.add_class::<outbox::Flushed>()?;
    module.add_class::<outbox_event::Delivered>()?;
    module.add_class::<outbox_event::Dropped>()?;
    module.add_class::<outbox_event::Quarantined>()?;
    module.add_class::<outbox_event::LinkChanged>()?;
    module.add_class::<outbox_event::DiskChanged>()?;
    module.add_class::<outbox_event::MovedAside>()?;
    module.add_class::<outbox_stats::OutboxStats>()?;
    module.add_class::<pages::Pages>()?;
    module.add_class::<upload::Upload>()?;
    module.add_class::<watch::Watch>()?;
    module.add_function(wrap_pyfunction!(command::command, module)?)?;
    module.add_function(wrap_pyfunction!(convert::is_valid_name, module)?)?;
    module.add_function(wrap_pyfunction!(convert::check_name, module)?)?;
    module.add_function(wrap_pyfunction!(convert::items, module)?)?;
    module.add_function(wrap_pyfunction!(convert::decode_object, module)?)?;
    module.add_function(wrap_pyfunction!(time::timestamp_text, module)?)?;
    module.add_function(wrap_pyfunction!(time::unix_micros, module)?)?;
    module.add_function(wrap_pyfunction!(upload::unreadable, module)?)?;
    module.add_function(wrap_pyfunction!(convert::value_text, module)?)
}
