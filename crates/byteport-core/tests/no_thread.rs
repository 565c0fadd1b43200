// SPDX-License-Identifier: BSD-3-Clause
// Copyright The libbyteport authors
//! What is opened where only some of its threads can be started: an error, nothing left behind, and a later try that works.
//! One test, for how threads are started is set once for a process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // so a helper fails its test

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use byteport_core::broker::{Broker, BrokerOptions, Protocol, Verdict};
use byteport_core::outbox::{Outbox, OutboxOptions};
use byteport_core::{Client, ErrorCode, Options, start_threads_inside};

/// How many threads may be started yet.
static LEFT: AtomicUsize = AtomicUsize::new(0);

fn start_while_some_are_left(start: &mut dyn FnMut()) {
    if LEFT.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
        start();
    }
}

/// An outbox of a host where nobody answers, whose listener holds `userdata`.
fn open(folder: &tempfile::TempDir, userdata: &Arc<()>) -> byteport_core::Result<Outbox> {
    let options = Options::new().host("127.0.0.1:1").namespace("ns").key("k").device("dev").no_proxy();
    let held = Arc::clone(userdata);
    let settings = OutboxOptions::new().on_event(move |_| drop(Arc::clone(&held)));
    Outbox::open(folder.path().join("box"), Arc::new(Client::new(options).unwrap()), settings)
}

#[test]
fn a_thread_that_is_missing_is_an_error_that_leaves_nothing() {
    start_threads_inside(start_while_some_are_left);
    let (folder, userdata) = (tempfile::tempdir().unwrap(), Arc::new(()));
    for threads in 0..3 {
        LEFT.store(threads, Ordering::SeqCst);
        assert_eq!(open(&folder, &userdata).unwrap_err().code(), ErrorCode::File, "{threads} threads");
        let begun = Instant::now();
        while Arc::strong_count(&userdata) > 1 {
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "with {threads} threads, one of them never ends"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    LEFT.store(3, Ordering::SeqCst);
    open(&folder, &userdata).unwrap();

    LEFT.store(1, Ordering::SeqCst);
    let options = BrokerOptions::new(Protocol::Mqtt).host("mqtt://127.0.0.1:1").login("joe", "secret");
    let broker = Broker::open(options.namespace("ns").device("dev")).unwrap();
    let listen = || broker.listen(|_, _| Verdict::Taken);
    assert_eq!(listen().unwrap_err().code(), ErrorCode::File);
    LEFT.store(1, Ordering::SeqCst);
    listen().unwrap();
    assert_eq!(listen().unwrap_err().code(), ErrorCode::InvalidArgument);
}
