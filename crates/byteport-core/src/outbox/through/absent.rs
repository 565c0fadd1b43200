// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! In the place of the way through a broker where the library is built without a broker's client.

use std::time::Instant;

use crate::error::Result;
use crate::http::Client;

/// None can be given.
#[derive(Debug, Clone)]
pub(crate) enum Settings {}

/// None can be opened.
#[derive(Clone)]
pub(in crate::outbox) enum Through {}

impl Settings {
    pub(in crate::outbox) fn check(&self) -> Result<()> {
        match *self {}
    }

    pub(in crate::outbox) fn namespace(&self) -> Option<&str> {
        match *self {}
    }

    pub(in crate::outbox) fn device(&self) -> Option<&str> {
        match *self {}
    }
}

impl Through {
    pub(in crate::outbox) fn open(settings: &Settings, _: &Client) -> Result<Through> {
        match *settings {}
    }

    pub(in crate::outbox) fn max_list(&self) -> usize {
        match *self {}
    }

    pub(in crate::outbox) fn store_list(&self, _: &str) -> Result<()> {
        match *self {}
    }

    pub(in crate::outbox) fn stop(&self) {
        match *self {}
    }

    pub(in crate::outbox) fn join(&self, _: Instant) {
        match *self {}
    }
}
