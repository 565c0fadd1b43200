// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! In the place of TLS where the library is built without it.
//!
//! Invariant: there is no [`Session`], so nothing that was to be enciphered goes out in the clear.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use crate::error::Result;
use crate::net::Target;

/// Trusts nobody.
#[derive(Debug)]
pub(crate) struct Tls;

/// None can be made.
#[derive(Debug)]
pub(crate) enum Session {}

impl Tls {
    pub(crate) fn new(_ca_file: Option<PathBuf>, _client_cert: Option<PathBuf>) -> Tls {
        Tls
    }

    pub(crate) fn session(&self, _host: &str) -> Result<Session> {
        Err(Target::without_tls())
    }
}

impl Session {
    pub(crate) fn handshake(&mut self, _: &mut (impl Read + Write)) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn read(&mut self, _: &mut (impl Read + Write), _: &mut [u8]) -> io::Result<usize> {
        match *self {}
    }

    pub(crate) fn write_all(&mut self, _: &mut impl Write, _: &[u8]) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn flush(&mut self, _: &mut impl Write) -> io::Result<()> {
        match *self {}
    }

    pub(crate) fn receive(&mut self, _: &[u8], _: &mut Vec<u8>) -> io::Result<bool> {
        match *self {}
    }

    pub(crate) fn ended_well(&mut self) -> bool {
        match *self {}
    }

    pub(crate) fn is_alive(&mut self, _: &mut impl Read) -> bool {
        match *self {}
    }
}
