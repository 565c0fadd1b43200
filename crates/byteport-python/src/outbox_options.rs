// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings of an outbox from Python's keyword arguments.

use byteport_core::outbox::{Order, OutboxOptions, WhenFull};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::{args, broker_options, outbox_event, time};

/// The core's settings; what is None is left as the core has it.
pub(crate) fn options(given: Option<&Bound<'_, PyDict>>) -> PyResult<OutboxOptions> {
    let mut options = OutboxOptions::new();
    for (name, value) in given.into_iter().flatten().filter(|(_, value)| !value.is_none()) {
        let name = name.cast::<PyString>()?.to_cow()?;
        options = set(options, &name, &value)?;
    }
    Ok(options)
}

/// One setting by its name.
fn set(options: OutboxOptions, name: &str, value: &Bound<'_, PyAny>) -> PyResult<OutboxOptions> {
    Ok(match name {
        "max_disk" => options.max_disk(args::size(name, value)?),
        "max_memory" => options.max_memory(args::size(name, value)?),
        "max_count" => options.max_count(args::count(name, value)?.into()),
        "max_age" => options.max_age(args::span(name, value)?),
        "when_full" => options.when_full(args::choice(name, value, WhenFull::from_text)?),
        "order" => options.order(args::choice(name, value, Order::from_text)?),
        "connections" => options.connections(usize::try_from(args::count(name, value)?)?),
        "max_rate" => options.max_rate(args::finite(name, value)?),
        "broker" => options.broker(broker_options::of_mapping(value)?),
        "legacy_key" => options.legacy_key(&args::text("the legacy key", value)?),
        "commit_interval" => options.commit_interval(args::span(name, value)?),
        "commit_bytes" => options.commit_bytes(args::size(name, value)?),
        "sync_interval" => options.sync_interval(args::span(name, value)?),
        "timeout" => options.timeout(args::span(name, value)?),
        "clock_floor" => options.clock_floor(time::timestamp(value)?),
        "on_event" => options.on_event(outbox_event::listener(value)?),
        _ => return Err(args::unknown(name)),
    })
}
