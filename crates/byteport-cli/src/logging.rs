// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! `--verbose`: the library's messages on standard error.
//!
//! Invariant: only messages of this library are shown. Those of the HTTP code beneath it may hold a request, key and all.

use byteport_core::model::Timestamp;
use log::{LevelFilter, Log, Metadata, Record};

use crate::screen;

struct Stderr;

impl Log for Stderr {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_ours(metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let time = Timestamp::now().to_iso8601();
            screen::line(&format!("{time}Z {} {}: {}", record.level(), record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

fn is_ours(target: &str) -> bool {
    target == "byteport" || target.starts_with("byteport::")
}

/// Shows messages from now on: none, those of level info (`-v`), or debug too (`-vv`). A command that works on by itself
/// has no other way to tell what goes wrong, so it always tells warnings.
pub fn start(verbose: u8, is_service: bool) {
    let level = match verbose {
        0 if is_service => LevelFilter::Warn,
        0 => return,
        1 => LevelFilter::Info,
        _ => LevelFilter::Debug,
    };
    if log::set_logger(&Stderr).is_ok() {
        log::set_max_level(level);
    }
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn only_our_own_messages_are_shown() {
        assert!(is_ours("byteport") && is_ours("byteport::http"));
        assert!(!is_ours("ureq::run") && !is_ours("byteporter") && !is_ours(""));
    }
}
