// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! The last will of an MQTT client.

use std::fmt;

/// What the broker publishes when a client is gone without a farewell: its connection broke, or it was silent for one and a half
/// keep-alives.
#[derive(Clone, PartialEq, Eq)]
pub struct Will {
    pub(crate) topic: String,
    pub(crate) body: Vec<u8>,
    pub(crate) confirm: bool,
    pub(crate) retain: bool,
}

impl Will {
    /// Published at QoS 1, and not kept by the broker for those who subscribe later.
    pub fn new(topic: &str, body: impl Into<Vec<u8>>) -> Will {
        Will { topic: topic.to_owned(), body: body.into(), confirm: true, retain: false }
    }

    /// Whether it is published at QoS 1, or at QoS 0.
    pub fn confirm(mut self, confirm: bool) -> Will {
        self.confirm = confirm;
        self
    }

    /// Whether the broker keeps it, and sends it to those who subscribe later.
    pub fn retain(mut self, retain: bool) -> Will {
        self.retain = retain;
        self
    }
}

/// The body is not shown.
impl fmt::Debug for Will {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Will")
            .field("topic", &self.topic)
            .field("retain", &self.retain)
            .finish_non_exhaustive()
    }
}
