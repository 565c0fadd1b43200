// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The numbers of a broker's client as a Python object.

use byteport_core::broker::BrokerStats as Core;
use pyo3::prelude::*;

/// The numbers at one moment.
#[pyclass(frozen, eq, get_all, module = "byteport._byteport")]
#[derive(PartialEq)]
pub(crate) struct BrokerStats {
    state: &'static str,
    published: u64,
    refused: u64,
    pending: u64,
    received: u64,
    stale: u64,
    ahead: u64,
    taken: u64,
    not_taken: u64,
    connections: u64,
    last_error: String,
}

impl From<Core> for BrokerStats {
    fn from(core: Core) -> BrokerStats {
        BrokerStats {
            state: core.state.text(),
            published: core.published,
            refused: core.refused,
            pending: core.pending,
            received: core.received,
            stale: core.stale,
            ahead: core.ahead,
            taken: core.taken,
            not_taken: core.not_taken,
            connections: core.connections,
            last_error: core.last_error,
        }
    }
}

#[pymethods]
impl BrokerStats {
    fn __repr__(&self) -> String {
        let BrokerStats { state, published, refused, pending, received, taken, not_taken, .. } = self;
        format!(
            "<BrokerStats state={state} published={published} refused={refused} pending={pending} \
             received={received} taken={taken} not_taken={not_taken}>"
        )
    }
}
