// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The accounting of an outbox as a Python object.

use byteport_core::outbox::{Dropped, Reason, Stats};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// The accounting at one moment.
#[pyclass(frozen, module = "byteport._byteport")]
pub(crate) struct OutboxStats {
    core: Stats,
}

impl From<Stats> for OutboxStats {
    fn from(core: Stats) -> OutboxStats {
        OutboxStats { core }
    }
}

/// The readings that were given up, by the reason's word; every reason is there.
fn by_reason<'py>(py: Python<'py>, dropped: &Dropped) -> PyResult<Bound<'py, PyDict>> {
    let counts = PyDict::new(py);
    for reason in Reason::ALL {
        counts.set_item(reason.text(), dropped.by(reason))?;
    }
    Ok(counts)
}

#[pymethods]
impl OutboxStats {
    #[getter]
    fn accepted(&self) -> u64 {
        self.core.accepted
    }

    #[getter]
    fn delivered(&self) -> u64 {
        self.core.delivered
    }

    #[getter]
    fn queued(&self) -> u64 {
        self.core.queued
    }

    #[getter]
    fn quarantined(&self) -> u64 {
        self.core.quarantined
    }

    #[getter]
    fn queued_in_memory(&self) -> u64 {
        self.core.queued_in_memory
    }

    #[getter]
    fn memory_bytes(&self) -> u64 {
        self.core.memory_bytes
    }

    #[getter]
    fn disk_bytes(&self) -> u64 {
        self.core.disk_bytes
    }

    #[getter]
    fn accepted_rate(&self) -> f64 {
        self.core.accepted_rate
    }

    #[getter]
    fn delivered_rate(&self) -> f64 {
        self.core.delivered_rate
    }

    #[getter]
    fn retries(&self) -> u64 {
        self.core.retries
    }

    #[getter]
    fn calls(&self) -> u64 {
        self.core.calls
    }

    #[getter]
    fn committed_sequence(&self) -> u64 {
        self.core.committed_sequence
    }

    #[getter]
    fn synced_sequence(&self) -> u64 {
        self.core.synced_sequence
    }

    #[getter]
    fn last_sequence(&self) -> u64 {
        self.core.last_sequence
    }

    #[getter]
    fn moved_aside(&self) -> u64 {
        self.core.moved_aside
    }

    #[getter]
    fn dropped<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        by_reason(py, &self.core.dropped)
    }

    #[getter]
    fn oldest_age(&self) -> Option<f64> {
        self.core.oldest_age.map(|age| age.as_secs_f64())
    }

    #[getter]
    fn link(&self) -> &'static str {
        self.core.link.text()
    }

    #[getter]
    fn disk(&self) -> &'static str {
        self.core.disk.text()
    }

    #[getter]
    fn last_error(&self) -> &str {
        &self.core.last_error
    }

    /// As JSON text.
    fn to_json(&self) -> String {
        self.core.to_json()
    }

    /// As text for Prometheus, with this name of the outbox.
    fn to_prometheus(&self, outbox: &str) -> String {
        self.core.to_prometheus(outbox)
    }

    fn __repr__(&self) -> String {
        let Stats { accepted, delivered, queued, quarantined, .. } = self.core;
        let (dropped, link, disk) = (self.core.dropped.total(), self.link(), self.disk());
        format!(
            "<OutboxStats accepted={accepted} delivered={delivered} queued={queued} \
             quarantined={quarantined} dropped={dropped} link={link} disk={disk}>"
        )
    }
}
