// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The settings of an outbox from Python's keyword arguments.

use std::time::Duration;

use byteport_core::ErrorCode::InvalidArgument;
use byteport_core::outbox::{Order, OutboxOptions, WhenFull};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDelta, PyDict, PyString};

use crate::{args, convert, error, outbox_event, time};

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
        "max_age" => options.max_age(span(name, value)?),
        "when_full" => options.when_full(choice(name, value, WhenFull::from_text)?),
        "order" => options.order(choice(name, value, Order::from_text)?),
        "connections" => options.connections(usize::try_from(args::count(name, value)?)?),
        "max_rate" => options.max_rate(args::finite(name, value)?),
        "legacy_key" => options.legacy_key(&args::text("the legacy key", value)?),
        "commit_interval" => options.commit_interval(span(name, value)?),
        "commit_bytes" => options.commit_bytes(args::size(name, value)?),
        "sync_interval" => options.sync_interval(span(name, value)?),
        "timeout" => options.timeout(span(name, value)?),
        "clock_floor" => options.clock_floor(time::timestamp(value)?),
        "on_event" => options.on_event(outbox_event::listener(value)?),
        _ => return Err(args::unknown(name)),
    })
}

/// A span of time: seconds, or a timedelta.
pub(crate) fn span(name: &str, value: &Bound<'_, PyAny>) -> PyResult<Duration> {
    if value.is_instance_of::<PyDelta>() {
        return args::seconds(name, &value.call_method0(intern!(value.py(), "total_seconds"))?);
    }
    args::seconds(name, value)
}

/// One of the words that the core knows.
pub(crate) fn choice<T>(
    name: &str,
    value: &Bound<'_, PyAny>,
    from_text: impl FnOnce(&str) -> Option<T>,
) -> PyResult<T> {
    let word = args::text(name, value)?;
    from_text(&word).ok_or_else(|| match convert::shown(value) {
        Ok(shown) => error::refused(value.py(), InvalidArgument, format!("there is no {name} {shown}")),
        Err(raised) => raised,
    })
}
